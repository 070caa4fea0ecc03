"""Tenants: whatever is asked for with another tenant's ids, nothing is read and nothing is written."""

import inspect
import itertools
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import text

from domain import (
    addresses,
    admins,
    approval_decisions,
    approval_dues,
    approval_lists,
    approvals,
    audit,
    authenticators,
    blocks,
    bulks,
    certificates,
    consent,
    delivery,
    departures,
    destinations,
    directory,
    erasing,
    erasing_asked,
    factor_resets,
    factors,
    finding,
    guests,
    handovers,
    history,
    identities,
    inquiries,
    invitations,
    invite_form,
    inviting,
    lifetimes,
    lists,
    mailings,
    method_changes,
    notices,
    partners,
    passcodes,
    passkeys,
    policy_edits,
    postings,
    readers,
    recovery,
    redemption,
    reliance,
    reminders,
    repairs,
    requests,
    resources,
    reviews,
    rules,
    sessions,
    settings,
    showing,
    sponsoring,
    sponsors,
    switches,
    tenant_settings,
    terms_of_use,
    warnings,
    workspaces,
)
from domain.approval_views import ApprovalTarget
from domain.audit import Choice
from domain.directory import Team, TeamOwner
from domain.errors import NoGuestHere, NotOwner, Refusal, UnknownAddress, UnknownInvitation
from domain.form_views import Filled
from domain.handovers import Carried
from domain.history_views import Question
from domain.policies import Approval, Method, Policy, Rule
from domain.secrets import digest
from domain.setting_fields import Page
from domain.setting_views import ListChange, Listed
from domain.sign_ins import Proof
from domain.switch_views import Remind
from domain.views import Claimed, InvitationMail, Kind, PasscodeMail, Person, Setting, Surface, Target
from domain.work import Work
from storage import reviews as review_rows
from tests.domain.second_factors import Holder
from tests.domain.world import (
    ALICE,
    BOB,
    CHARLIE,
    CHAT,
    CONTOSO,
    FOREIGN,
    GROUP,
    GWEN,
    TAILSPIN,
    TEAM,
    WORKER,
    World,
    place,
)

SECRET = ("Alice", "Launch", "gwen", "fabrikam", CONTOSO, "K7Q")
DOOR = {
    invitations: "invite draft confirm resend correct extend revoke remove status listing",
    workspaces: "arrived departed renamed standing owners add_owner remove_owner known known_by_channel_id remember",
    admins: "claim",
    settings: "show set_tenant",
    redemption: "offer decline enter choices choose",
    passcodes: "request show again",
    guests: "leave",
    mailings: "mail mails unwanted begin sent refused deferred dead",
    postings: "card cards creating not_created posted told card_gone card_quiet card_found",
    audit: "timeline verify export piece event",
    history: "read",
    approval_decisions: "approve deny withdraw",
    approval_lists: "listing shown card_found",
    requests: "form ask ask_for_time invite extend dismiss card card_found",
    repairs: "remail language move",
    showing: "by_id",
    terms_of_use: "published",
    policy_edits: "workspaces kept_out",
    resources: "listing add remove",
    handovers: "access begun opens ticket spend",
    sessions: "of_guest end_all",
    factor_resets: "ask waiting confirm deny card",
    destinations: "invited moving",
    identities: "enter link",
    inquiries: "explain",
    readers: "invitation guests",
    invite_form: "opened submit here unknown",
    finding: "guests",
    bulks: "preview look shown result confirm stop",
    method_changes: "show move switch",
    warnings: "extend let_end",
    reviews: "page keep end lines",
    sponsors: "of of_all owners_of admins_of contact heads answers",
    notices: "card_found parted",
    blocks: "report block lift blocking",
    switches: "show asking turn_on block remind_later",
    tenant_settings: "show set_fields change_list change_list_surely add_rule remove_rule publish_terms",
    inviting: "standing asked",
    directory: "due renew",
    sponsoring: "show may add remove hand_over",
    departures: "left hand_over",
    certificates: "show",
    erasing_asked: "ask erase",
    erasing: "over erase_all stale",
}
BY_SECRET = {
    redemption: {"look", "open"},
    passcodes: {"withdraw", "withdraw_view"},
    guests: {"page", "access", "sign_out", "speak"},
    consent: {"show", "accept"},
    sessions: {"own", "end"},
    factors: {"view", "remove"},
    authenticators: {"begin", "app", "confirm", "enter"},
    passkeys: {"registration", "register", "request", "sign_in"},
    recovery: {"recover", "renew_codes"},
    destinations: {"moves"},
}
"""Operations that take nothing but a secret of 256 bits: it names its tenant itself."""
OPERATORS = {
    approvals: {"needed", "hold", "require"},
    approval_dues: {"act"},
    reminders: {"act"},
    rules: {"act", "changed"},
    switches: {"announce", "switched", "remind", "view", "reach", "report"},
    settings: {"set_tenant_by_operator", "rollouts", "tenant_settings", "set_rollout"},
    admins: {"issue_claim_code"},
    audit: {"refused", "tenants", "record", "write", "chained"},
    passcodes: {"request_by_address"},
    terms_of_use: {"publish", "require"},
    tenant_settings: {"set_by_operator", "list_by_operator", "told_to_operator"},
    reliance: {"affected"},
    policy_edits: {"add_rule", "change_domains", "with_rule", "without_rule", "with_domain", "without_domain"},
    destinations: {"returning", "elsewhere", "looked_up"},
    identities: {"come_back", "choices"},
    method_changes: {"change_by_operator", "of_tenant", "tenants"},
    partners: {"add", "remove"},
    bulks: {"everything", "wait", "go_on", "cardless"},
    blocks: {"among", "decline_all"},
    warnings: {"act", "shown"},
    reviews: {"act", "begin", "told", "concerning", "shown"},
    notices: {"tell", "tell_all", "put", "changed", "close", "close_all", "waiting", "met", "by_id", "opened"},
    sponsoring: {"answered_for", "handed_over"},
    sponsors: {"of", "of_all", "owners_of", "admins_of", "contact", "heads", "answers", "take_over"},
    departures: {"view"},
    certificates: {"standing", "issue", "changed", "noticed"},
    erasing_asked: {"by_operator", "everything"},
    erasing: {"person", "invitations", "guest", "traces"},
}
"""Operations of the operator, of no tenant, or which another one calls after it has looked."""


async def _fill(world: World) -> dict[str, Any]:
    """Contoso's guest, open invitation, draft and outbox, and the ids of all that."""
    browser = await world.guest()
    world.clock.move(minutes=2)
    await browser.asks()
    open_one = await world.invite("open@fabrikam.example")
    holder = await world.opens("open@fabrikam.example")
    await holder.asks()
    assert holder.link
    held = (holder.link.tenant_id, holder.link.invitation_id, holder.link.token_hash)
    await world.do(requests.ask, *held, "petra@northwind.example", "", client="c")
    draft = await world.do(invitations.draft, TEAM, ALICE, (GWEN,), None)
    page = await browser.page()
    wiki = await world.do(resources.add, TEAM, ALICE, "Wiki", "https://wiki.contoso.example/")
    resource_id = wiki.resources[0].resource_id
    carried = await world.do(handovers.ticket, resource_id, browser.session, CONTOSO, digest("state"), browser.network)
    (guest,) = await world.rows("SELECT guest_id FROM guests WHERE address = :address", address=GWEN)
    assert holder.passcode
    holder_of_app = Holder(browser)
    await holder_of_app.sets_up_app()
    reset = await world.do(factor_resets.ask, TEAM, ALICE, GWEN)
    desk = place(CONTOSO, Kind.PERSONAL, "Alice")
    await world.do(notices.met, desk, ALICE)
    coming = f"email_passcode|{world.clock.now.isoformat()}|7"
    await world.do(notices.tell, CONTOSO, "switch", coming, [ALICE.person_id])
    ((notice_id,),) = await world.rows("SELECT notice_id FROM notices WHERE kind = 'switch'")
    await world.do(departures.left, TEAM, (ALICE.person_id, "29:alice"))
    ((left_id,),) = await world.rows("SELECT notice_id FROM notices WHERE kind = 'sponsor_left'")
    await world.invite("removed@fabrikam.example")
    await world.comes_in("removed@fabrikam.example")
    await world.do(invitations.remove, TEAM, ALICE, "removed@fabrikam.example")
    ((certificate_id,),) = await world.rows("SELECT certificate_id FROM certificates")
    ((request_id,),) = await world.rows("SELECT request_id FROM requests WHERE kind = 'invitation'")
    await world.policy(approval=Approval.ALWAYS, approvers=("alice-id", "bob-id"))
    waiting = await world.do(invitations.invite, TEAM, ALICE, ("waits@fabrikam.example",), None)
    warned, asked = await _asked(world)
    bulk = await world.do(bulks.preview, TEAM, ALICE, lists.read(b"email\nlisted@fabrikam.example"))
    ((workspace_id,),) = await world.rows("SELECT workspace_id FROM workspaces WHERE name = 'Launch'")
    rows = [*await world.claim("mail"), *await world.claim("card")]
    return {
        "invitation_id": open_one.invitation_id,
        "workspace_id": open_one.workspace_id,
        "version": open_one.version,
        "draft_id": draft.draft_id,
        "approval": ApprovalTarget(waiting.asked[0].approval_id, 1),
        "passcode_id": holder.passcode.passcode_id,
        "token_hash": holder.link.token_hash,
        "reset_id": reset.request_id,
        "membership_id": page.memberships[0].membership_id,
        "rows": rows,
        "bulk_id": bulk.bulk_id,
        "resource_id": resource_id,
        "ticket": carried.ticket,
        "guest_id": guest.guest_id,
        "request_id": request_id,
        "warned": warned,
        "asked": asked,
        "notice_id": notice_id,
        "team": Team(TAILSPIN, workspace_id, "3e9c5a70-2d4b-4c81-b6f3-0a8d7e5c2b19"),
        "left_id": left_id,
        "certificate_id": certificate_id,
    }


async def _asked(world: World) -> tuple[Any, Any]:
    """Alice's cards about the guest's end, and about whether the guest is still needed."""
    await world.do(notices.met, CHAT, ALICE)
    [guest] = await world.rows(
        "SELECT m.membership_id, m.workspace_id, m.ends_at FROM memberships m JOIN guests g ON g.guest_id = m.guest_id "
        "WHERE g.address = :address AND m.ended_at IS NULL",
        address=GWEN,
    )
    since = world.clock.now.replace(microsecond=0)
    question = {
        "attestation_id": "attested", "tenant_id": CONTOSO, "workspace_id": guest.workspace_id,
        "membership_id": guest.membership_id, "asked_at": since, "answer_by": since + timedelta(days=7),
    }  # fmt: skip
    await world.do(lambda work: work.run(review_rows.ask(work.connection.dialect.name), question))
    subjects = {
        lifetimes.WARNING: f"{guest.membership_id}-1-7",
        lifetimes.REVIEW: lifetimes.review_id(guest.workspace_id, since, "a"),
    }
    for kind, subject in subjects.items():
        await world.do(notices.tell, CONTOSO, kind, subject, [ALICE.person_id], guest.workspace_id)

    def both(work: Work) -> tuple[Any, Any]:
        found = [notices.by_id(work, CONTOSO, row.notice_id) for row in work.all(text("SELECT notice_id FROM notices"))]
        by_kind = {each.kind: each for each in found}
        return by_kind[lifetimes.WARNING], by_kind[lifetimes.REVIEW]

    return await world.look(both)


def _trespass(ids: dict[str, Any]) -> dict[str, list[Callable[[World], Any]]]:
    """By operation, every way in which Charlie may name what is Contoso's."""
    same_id = place(TAILSPIN, Kind.TEAM, "Launch")
    crossed = Person(TAILSPIN, "alice-id", "Charlie as Alice")
    target = Target(ids["invitation_id"], ids["version"])

    def chat(operation: Callable[..., Any], *args: Any) -> list[Callable[[World], Any]]:
        return [
            lambda world, where=where, who=who: world.do(operation, where, who, *args)
            for where in (FOREIGN, same_id, TEAM)
            for who in (CHARLIE, crossed)
        ]

    def guest(operation: Callable[..., Any], *args: Any, **named: Any) -> list[Callable[[World], Any]]:
        return [lambda world: world.do(operation, *args, **named)]

    foreign = [
        Claimed(each.row_id, TAILSPIN, each.kind, each.subject_id, 1, each.changes, each.created_at)
        for each in ids["rows"]
    ]

    def several(operation: Callable[..., Any]) -> list[Callable[[World], Any]]:
        """Beside rows of the tenant whose things these are."""
        own = [replace(each, tenant_id=CONTOSO) for each in foreign]

        async def ask(world: World) -> Any:
            return (await world.do(operation, [*own, *foreign, *own]))[len(own) : -len(own)]

        return [ask]

    def row(operation: Callable[..., Any], *more: Any) -> list[Callable[[World], Any]]:
        owned = () if operation in (mailings.mail, postings.card, requests.card, factor_resets.card) else ("nobody",)
        return [lambda world, each=each: world.do(operation, each, *owned, *more) for each in foreign]

    link = (TAILSPIN, ids["invitation_id"], ids["token_hash"])
    thief = {"browser": "thief"}
    proof = Proof(Method.PARTNER, "p1", "https://evil.example", "charlie", GWEN)
    return {
        "invite": chat(invitations.invite, (GWEN,), None) + chat(requests.invite, ids["request_id"]),
        "approve": chat(approval_decisions.approve, ids["approval"], "")
        + chat(approval_decisions.approve, "waits@fabrikam.example", ""),
        "withdraw": chat(approval_decisions.withdraw, ids["approval"]),
        "draft": chat(invitations.draft, (GWEN,), None),
        "opened": chat(invite_form.opened),
        "submit": chat(invite_form.submit, Filled(typed=GWEN, parsed=addresses.parse(GWEN))),
        "here": guest(invite_form.here, replace(TEAM, tenant_id=TAILSPIN)),
        "unknown": guest(invite_form.unknown, TAILSPIN, ("alice-id",)),
        "guests": chat(finding.guests, "gwen") + chat(readers.guests, "all", 1),
        "resend": chat(invitations.resend, target) + chat(invitations.resend, GWEN),
        "correct": chat(invitations.correct, target, "x@x.example"),
        "extend": chat(invitations.extend, target, None)
        + chat(invitations.extend, GWEN, None)
        + chat(requests.extend, ids["request_id"]),
        "revoke": chat(invitations.revoke, target) + chat(invitations.revoke, GWEN),
        "remove": chat(invitations.remove, GWEN)
        + chat(resources.remove, "Wiki")
        + chat(sponsoring.remove, GWEN, crossed),
        "may": chat(sponsoring.may, GWEN),
        "hand_over": chat(sponsoring.hand_over, crossed, CHARLIE) + chat(departures.hand_over, ids["left_id"]),
        "left": [lambda world: world.do(departures.left, same_id, ("alice-id", "29:alice"))],
        "erase": chat(erasing_asked.erase, ids["invitation_id"]),
        "over": guest(erasing.over),
        "stale": guest(erasing.stale),
        "erase_all": guest(erasing.erase_all, [erasing.Over(TAILSPIN, ids["invitation_id"], "")])
        + guest(erasing.erase_all, [erasing.Over(TAILSPIN, "", ids["guest_id"])]),
        "status": chat(invitations.status, GWEN),
        "listing": chat(invitations.listing, "all", 1) + chat(resources.listing) + chat(approval_lists.listing, 1),
        "add": chat(resources.add, "Mine", "https://evil.example/") + chat(sponsoring.add, GWEN, CHARLIE),
        "access": guest(handovers.access, ids["resource_id"], Carried("no session", TAILSPIN), None),
        "begun": guest(handovers.begun, ids["resource_id"], "evil.example"),
        "opens": guest(handovers.opens, ids["resource_id"], "no session", CONTOSO, None),
        "ticket": guest(handovers.ticket, ids["resource_id"], "no session", CONTOSO, "0" * 64, None),
        "spend": guest(handovers.spend, ids["resource_id"], "evil.example", ids["ticket"], "state", None)
        + guest(handovers.spend, ids["resource_id"], "wiki.contoso.example", ids["ticket"], "thief", None),
        "of_guest": chat(sessions.of_guest, GWEN),
        "end_all": chat(sessions.end_all, ids["guest_id"]),
        "shown": chat(approval_lists.shown, ids["approval"]) + chat(bulks.shown, ids["bulk_id"], "all"),
        "arrived": [lambda world: world.do(workspaces.arrived, same_id, CHARLIE)],
        "departed": [lambda world: world.do(workspaces.departed, same_id)],
        "renamed": [lambda world: world.do(workspaces.renamed, replace(same_id, name="Taken over"))],
        "standing": chat(workspaces.standing),
        "owners": chat(workspaces.owners),
        "add_owner": chat(workspaces.add_owner, CHARLIE),
        "remove_owner": chat(workspaces.remove_owner, crossed),
        "known": guest(workspaces.known, TAILSPIN, "alice-id"),
        "known_by_channel_id": guest(workspaces.known_by_channel_id, TAILSPIN, "29:alice"),
        "remember": guest(workspaces.remember, crossed),
        "claim": chat(admins.claim, "AAAA-BBBB-CCCC-DDDD"),
        "preview": chat(bulks.preview, lists.read(b"email\nx@x.example")),
        "look": chat(bulks.look, lists.read(b"email\nx@x.example"), Surface.API),
        "result": chat(bulks.result, ids["bulk_id"]),
        "stop": chat(bulks.stop, ids["bulk_id"]),
        "show": chat(settings.show)
        + chat(sponsoring.show, GWEN)
        + chat(certificates.show, ids["certificate_id"])
        + chat(certificates.show, GWEN)
        + guest(passcodes.show, ids["passcode_id"], browser="thief", token_hash=link[2], masked="", workspace=""),
        "set_tenant": chat(settings.set_tenant, "email_passcode", Setting.DISABLED),
        "offer": guest(redemption.offer, *link),
        "decline": guest(redemption.decline, *link),
        "enter": guest(redemption.enter, ids["passcode_id"], "12345678", **thief, client="c", token_hash=link[2])
        + guest(identities.enter, proof, "state", *link, language="en"),
        "invited": guest(destinations.invited, *link, "p1"),
        "moving": guest(destinations.moving, "no session", "p1"),
        "link": guest(identities.link, proof, "state", "no session"),
        "choices": guest(redemption.choices, ids["passcode_id"], **thief),
        "choose": guest(redemption.choose, ids["passcode_id"], CONTOSO, **thief),
        "request": guest(passcodes.request, *link, **thief, language="en"),
        "again": guest(passcodes.again, ids["passcode_id"], **thief, client="c", language="en", address=None),
        "leave": guest(guests.leave, "no session", ids["membership_id"]),
        "dismiss": chat(requests.dismiss, ids["request_id"]),
        "form": guest(requests.form, *link),
        "ask_for_time": guest(requests.ask_for_time, *link, client="c"),
        "card_found": [
            lambda world: world.do(approval_lists.card_found, same_id, ids["approval"].approval_id, "a"),
            lambda world: world.do(requests.card_found, same_id, ids["request_id"], "a"),
            lambda world: world.do(postings.card_found, same_id, ids["invitation_id"], "a"),
            lambda world: world.do(notices.card_found, same_id, ids["notice_id"], "a"),
        ],
        "remail": guest(repairs.remail, *link),
        "language": chat(repairs.language, GWEN, "de"),
        "mail": row(mailings.mail),
        "mails": several(mailings.mails),
        "cards": several(postings.cards),
        "unwanted": row(mailings.unwanted),
        "begin": row(mailings.begin),
        "sent": row(mailings.sent),
        "refused": row(mailings.refused, "550"),
        "deferred": row(mailings.deferred, "451", ids["rows"][0].created_at, True),
        "dead": row(mailings.dead, "given up"),
        "card": row(postings.card) + row(requests.card) + row(factor_resets.card),
        "creating": row(postings.creating),
        "not_created": row(postings.not_created, "503", ids["rows"][0].created_at, True),
        "posted": row(postings.posted, "activity"),
        "told": row(postings.told),
        "card_gone": row(postings.card_gone),
        "card_quiet": row(postings.card_quiet),
        "timeline": guest(audit.timeline, TAILSPIN, [ids["invitation_id"]]),
        "verify": guest(audit.verify, TAILSPIN),
        "piece": guest(audit.piece, TAILSPIN, Choice(address=GWEN), 0),
        "event": guest(audit.event, TAILSPIN, 1),
        "read": [
            trespass
            for question in (Question(), Question(address=GWEN), Question(invitation_id=ids["invitation_id"]))
            for trespass in chat(history.read, question)
        ],
        "export": guest(lambda work: list(audit.export(work, TAILSPIN))),
        "ask": chat(erasing_asked.ask, GWEN)
        + chat(factor_resets.ask, GWEN)
        + guest(requests.ask, *link, "p@p.example", "", client="c"),
        "waiting": chat(factor_resets.waiting),
        "deny": chat(factor_resets.deny, ids["reset_id"]) + chat(approval_decisions.deny, ids["approval"], ""),
        "confirm": chat(invitations.confirm, ids["draft_id"])
        + chat(factor_resets.confirm, ids["reset_id"])
        + chat(bulks.confirm, ids["bulk_id"]),
        "explain": chat(inquiries.explain, (GWEN,)),
        "asked": chat(inviting.asked) + chat(inviting.standing),
        "set_fields": chat(tenant_settings.set_fields, Page.LIFETIMES, {"invitation_days": 3}, 0),
        "change_list": chat(tenant_settings.change_list, ListChange(Listed.DENY, "x.example", True), 0)
        + chat(tenant_settings.change_list_surely, ListChange(Listed.APPROVERS, "alice-id", True), 0),
        "add_rule": chat(tenant_settings.add_rule, Rule("r", "r", workspaces=(ids["workspace_id"],), mfa=True), 0)
        + [lambda world, page=page: world.do(tenant_settings.show, FOREIGN, CHARLIE, page) for page in Page],
        "remove_rule": chat(tenant_settings.remove_rule, "r", 0),
        "publish_terms": chat(tenant_settings.publish_terms, "en", "Mine.", 0),
        "show_methods": chat(method_changes.show),
        "move": chat(method_changes.move, Method.GOOGLE, True, 0) + chat(repairs.move, GWEN, "x@x.example"),
        "switch": chat(method_changes.switch, Method.GOOGLE, False, 0),
        "report": chat(blocks.report, 1),
        "blocking": guest(blocks.blocking, *link) + guest(blocks.block, *link) + guest(blocks.lift, *link),
        "let_end": chat(warnings.let_end, ids["warned"].notice_id),
        "page": chat(reviews.page, ids["asked"].notice_id, 1),
        "keep": chat(reviews.keep, ids["asked"].notice_id, ids["membership_id"])
        + chat(reviews.keep, ids["asked"].notice_id, None),
        "end": chat(reviews.end, ids["asked"].notice_id, ids["membership_id"]),
        "extend_access": chat(warnings.extend, ids["warned"].notice_id),
        "lines": guest(reviews.lines, replace(reviews.Asked.read(TAILSPIN, ids["asked"].subject_id))),
        "of": guest(sponsors.of, TAILSPIN, ids["invitation_id"]),
        "of_all": guest(sponsors.of_all, TAILSPIN, [ids["invitation_id"]]),
        "owners_of": guest(sponsors.owners_of, TAILSPIN, [ids["workspace_id"]]),
        "admins_of": guest(sponsors.admins_of, TAILSPIN),
        "contact": guest(sponsors.contact, TAILSPIN, ids["invitation_id"]),
        "heads": chat(sponsors.heads, ids["workspace_id"]),
        "answers": chat(sponsors.answers, ids["workspace_id"], ids["invitation_id"]),
        "parted": guest(notices.parted, place(TAILSPIN, Kind.PERSONAL, "Alice")),
        "asking": chat(switches.asking, ids["notice_id"]) + chat(switches.show, ids["notice_id"]),
        "turn_on": chat(switches.turn_on, ids["notice_id"]),
        "block": chat(switches.block, ids["notice_id"]),
        "remind_later": chat(switches.remind_later, ids["notice_id"], Remind.WEEK),
        "invitation": chat(readers.invitation, ids["invitation_id"]),
        "due": [lambda world: world.do(directory.due, same_id, CHARLIE), *chat(directory.due)[:4]],
        "renew": guest(directory.renew, ids["team"], (TeamOwner("charlie-id", "Charlie"),), ids["rows"][0].created_at),
        "by_id": guest(showing.by_id, TAILSPIN, ids["invitation_id"]),
        "published": guest(terms_of_use.published, TAILSPIN),
        "workspaces": guest(policy_edits.workspaces, TAILSPIN),
        "kept_out": guest(policy_edits.kept_out, TAILSPIN, Policy(denied_domains=("fabrikam.example",))),
    }


def test_every_operation_is_walked() -> None:
    for module, named in DOOR.items():
        walked = set(named.split()) | BY_SECRET.get(module, set()) | OPERATORS.get(module, set())
        missed = set(_operations(module)) - walked - HELPERS
        assert not missed, module.__name__


HELPERS = {
    "may_decide", "create", "tell", "settle",
    "acting", "administering", "is_admin", "owner_names", "admin_ids", "admin_names", "outside", "stranger", "open_to",
    "start_session", "enter_workspace", "end_membership", "end_sessions", "known_address", "end_all",
    "invitation_scope", "tries", "client_tries", "tries_by_link", "again_at", "refusals", "works", "lock", "holds",
    "redeemed", "signed_in", "renew_session",
    "opened", "known", "url", "tenant", "of_workspaces", "view", "views", "line", "with_step",
    "held", "changing", "adding", "added", "passed", "tell_owners", "check",
    "permitted", "provider", "partner_by_id", "mover", "each_partner",
    "of_workspace", "of_invitation", "open_to_somebody", "sift", "require", "refusal", "barrier", "suspicious",
    "full_order", "moved", "switched", "ordered", "trusting", "with_google", "checked", "issuer_fits", "pattern",
    "cleaned", "chosen", "conditions",
    "page_of", "readers",
    "days",
    "asked_in", "kept",
    "find", "seen", "may", "required",
    "make_room",
    "sponsor_names",
}  # fmt: skip
"""Parts of operations, called after the operation has looked who asks for what."""


def _operations(module: ModuleType) -> list[str]:
    return [
        name
        for name, it in vars(module).items()
        if inspect.isfunction(it) and it.__module__ == module.__name__ and not name.startswith("_")
    ]


async def test_nothing_of_another_tenant_is_read_or_written_by_any_operation(world: World) -> None:
    """C5, D1."""
    await world.settle(FOREIGN, CHARLIE)
    ids = await _fill(world)
    for name, ways in _trespass(ids).items():
        for trespass in ways:
            before = _of_contoso(await world.contents())
            try:
                seen = await trespass(world)
            except Refusal as refusal:
                told: Any = {each.name for each in fields(refusal)} - {"tenant_id"}
                seen = {name: getattr(refusal, name) for name in told}
            assert not [each for each in SECRET if each in repr(_without_echo(seen))], name
            assert _of_contoso(await world.contents()) == before, name


def _of_contoso(contents: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Rows that name the tenant. A count of refused tries is no row of a tenant."""
    return {name: [row for row in rows if CONTOSO in row] for name, rows in contents.items()}


def _without_echo(seen: Any) -> Any:
    """What Charlie said comes back: the name of the place, the address that was typed; and in a place whom to ask."""
    said_back = repr(seen)
    for said in (
        repr(GWEN),
        "Charlie as Alice",
        "alice-id",
        "owners=('Alice Owner',)",
        "'owners': ('Alice Owner',)",
        "'Launch'",
        "gwen@fabrikam.example",
    ):
        said_back = said_back.replace(said, "")
    return said_back


async def test_a_workspace_of_the_same_tenant_is_as_foreign(world: World) -> None:
    view = await world.invite()
    await world.settle(GROUP, BOB)
    target = Target(view.invitation_id, view.version)
    before = await world.contents()
    trespassers = ((GROUP, BOB), (GROUP, ALICE), (TEAM, BOB))
    acts = (invitations.resend, invitations.revoke)
    for (where, who), act, named in itertools.product(trespassers, acts, (target, GWEN)):
        with pytest.raises((NotOwner, UnknownInvitation, UnknownAddress, NoGuestHere)):
            await world.do(act, where, who, named)
    assert await world.contents() == before


async def test_mails_are_made_for_the_tenant_of_their_row_only(world: World) -> None:
    await world.invite()
    await (await world.opens()).asks()
    (row,) = await world.claim()
    assert isinstance(await world.look(mailings.mail, row), InvitationMail | PasscodeMail)
    foreign = Claimed(row.row_id, TAILSPIN, row.kind, row.subject_id, 1, 1, row.created_at)
    assert await world.look(mailings.mail, foreign) is None
    nobodys = replace(foreign, tenant_id="")
    none, mail, *others = await world.look(mailings.mails, [foreign, row, nobodys, replace(nobodys, kind="invitation")])
    assert [none, *others] == [None] * 3
    assert mail == await world.look(mailings.mail, row)
    assert not await world.do(mailings.begin, foreign, WORKER)
    assert await world.do(delivery.finish, row, WORKER)


async def test_cards_are_drawn_for_the_tenant_of_their_row_only(world: World) -> None:
    await world.invite(GWEN, "petra@fabrikam.example")
    first, second = (row for row in await world.claim("card") if row.kind == delivery.CARD)
    foreign = replace(first, tenant_id=TAILSPIN)
    none, *own = await world.look(postings.cards, [foreign, second, first])
    assert none is None
    assert own == [await world.look(postings.card, row) for row in (second, first)]
    assert {each.view.address for each in own} == {GWEN, "petra@fabrikam.example"}
