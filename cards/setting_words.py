"""What pages and settings are called, and what a change does to what there is already."""

from domain.policies import Approval, Inviting
from domain.setting_fields import Page, Value
from domain.setting_views import Listed
from domain.views import Quota
from locales import Speech


def page_name(speech: Speech, page: Page) -> str:
    return {
        Page.INVITING: speech.say("Who may invite"),
        Page.DOMAINS: speech.say("Domains"),
        Page.LIFETIMES: speech.say("Lifetimes"),
        Page.QUOTAS: speech.say("Quotas"),
        Page.APPROVAL: speech.say("Approval"),
        Page.LIFECYCLE: speech.say("Guest lifecycle"),
        Page.RULES: speech.say("Rules"),
        Page.TERMS: speech.say("Terms of use"),
    }[page]


def effect(speech: Speech, page: Page) -> str:
    """What a change of this page does to invitations, guests and sign-ins that there are."""
    return {
        Page.INVITING: speech.say(
            "A change counts at once. Open invitations stay open; their cards tell when the inviter may not invite "
            "any more."
        ),
        Page.DOMAINS: speech.say(
            "A change counts at once: who is kept out is signed out and cannot redeem. There is an allow list or a "
            "deny list, not both."
        ),
        Page.LIFETIMES: speech.say(
            "Invitations, accesses and passcodes that there are keep their date. Sign-ins end at the shorter one."
        ),
        Page.QUOTAS: speech.say(
            "You can lower what the operator set. What was invited before counts; nothing that is open is ended."
        ),
        Page.APPROVAL: speech.say(
            "This counts for new invitations. Without approvers an admin decides. What waits already stays waiting."
        ),
        Page.LIFECYCLE: speech.say(
            "Guests whom a rule concerns keep their access for the grace; their sponsors are told before."
        ),
        Page.RULES: speech.say("Where all conditions of a rule are met, its demands count from the next request on."),
        Page.TERMS: speech.say(
            "Guests are asked at their next request. Longer texts, and several languages at once, are published by "
            "command line."
        ),
    }[page]


def field_name(speech: Speech, name: str) -> str:
    return {
        "who_may_invite": speech.say("Who may invite"),
        "invitation_days": speech.say("Days that an invitation is open"),
        "access_days": speech.say("Days of a guest’s access"),
        "access_days_most": speech.say("Days of access at most"),
        "passcode_minutes": speech.say("Minutes that a passcode works"),
        "session_hours": speech.say("Hours that a sign-in lasts"),
        "owner_hour": speech.say("Invitations of one person in an hour"),
        "workspace_day": speech.say("Invitations of one workspace in a day"),
        "tenant_day": speech.say("Invitations of the organisation in a day"),
        "workspace_open": speech.say("Open invitations of one workspace"),
        "approval": speech.say("Invitations that need approval"),
        "inactive_days": speech.say("Days without a sign-in after which access ends"),
        "unredeemed_days": speech.say("Days without a redemption after which an invitation ends"),
        "sponsor_missing": speech.say("End access when all sponsors have left"),
        "grace_days": speech.say("Days of grace"),
        "attestation_days": speech.say("Days after which sponsors are asked whether a guest is still needed"),
        "terms_for_all": speech.say("Terms of use are for"),
        "rule": speech.say("A rule’s demands (at least one)"),
        "domains": speech.say("Domains"),
        "networks": speech.say("Networks"),
    }.get(name, name)


def choice_name(speech: Speech, name: str, value: Value) -> str:
    """A value in words; numbers are not among them."""
    if name == "terms_for_all":
        return speech.say("All guests") if value else speech.say("Guests of whom a rule demands them")
    if name == "sponsor_missing":
        return speech.say("Yes") if value else speech.say("No")
    words: dict[str, str] = {
        Inviting.NOBODY: speech.say("Nobody"),
        Inviting.NAMED: speech.say("Admins and the people named here"),
        Inviting.OWNERS: speech.say("Owners of the workspace and admins"),
        Inviting.MEMBERS: speech.say("All members of the workspace"),
        Inviting.EVERYONE: speech.say("Everyone in the workspace, also its Teams guests"),
        Approval.NEVER: speech.say("None"),
        Approval.ALWAYS: speech.say("All"),
        Approval.UNFAMILIAR: speech.say("Those to other domains than the familiar ones"),
    }
    return words.get(str(value), str(value))


def number(speech: Speech, name: str, value: Value, usual: dict[str, int]) -> str:
    """A number as it counts; what 0 means, in words."""
    if value or name in ("grace_days", "session_hours"):
        return str(value)
    if name in ("inactive_days", "unredeemed_days", "attestation_days"):
        return speech.say("never")
    if name in usual:
        return speech.say("as usual: {number}", number=usual[name])
    return speech.say("as usual")


def list_name(speech: Speech, listed: Listed) -> str:
    return {
        Listed.OWN: speech.say("Your own domains: employees, never guests"),
        Listed.ALLOW: speech.say("Allowed: only these may be guests"),
        Listed.DENY: speech.say("Denied: never guests"),
        Listed.FAMILIAR: speech.say("Familiar domains: no approval needed"),
        Listed.INVITERS: speech.say("Named inviters"),
        Listed.APPROVERS: speech.say("Approvers of the organisation"),
        Listed.WORKSPACE_APPROVERS: speech.say("Approvers of this workspace"),
    }[listed]


def quota_name(speech: Speech, quota: Quota) -> str:
    return {
        Quota.OWNER_HOUR: speech.say("You, in the last hour"),
        Quota.WORKSPACE_DAY: speech.say("This workspace, in the last day"),
        Quota.TENANT_DAY: speech.say("Your organisation, in the last day"),
        Quota.WORKSPACE_OPEN: speech.say("Open in this workspace now"),
    }.get(quota, quota.value)
