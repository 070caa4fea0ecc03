"""Refusals in the chat: what a person reads when something was not done, and what to do about it."""

from collections.abc import Callable
from typing import Any

import cards
from bot import approval_outcomes, bulk_outcomes, form_refusals
from bot.life_outcomes import LIFE_REFUSALS
from bot.listeners import Listener, Reply
from bot.setting_refusals import SETTING_REFUSALS
from bot.sponsor_outcomes import REFUSALS as SPONSOR_REFUSALS
from cards import setting_pages
from cards.escape import plain
from cards.invite import problem
from cards.words import status_word
from domain import access_errors, errors, factor_errors, request_errors
from domain.access_views import UrlProblem
from domain.policies import Forbidden
from domain.policy_errors import MethodsSuperseded
from domain.setting_errors import SettingsSuperseded
from domain.views import BadAddress, Quota, Status


def refused(refusal: errors.Refusal, listener: Listener) -> Reply:
    """The one place where a refusal becomes words. An old button gets the current card."""
    if isinstance(refusal, errors.Outdated):
        card = cards.invitation(refusal.current, language=listener.language, masked=listener.masked)
        return Reply(cards=(card,), address=listener.address(refusal.current.address))
    if isinstance(refusal, SettingsSuperseded):
        said = _superseded(refusal, listener)
        return Reply(cards=(setting_pages.settings_page(refusal.current, language=listener.language, notice=said),))
    if isinstance(refusal, MethodsSuperseded):
        said = _superseded(refusal, listener)
        return Reply(cards=(cards.methods(refusal.current, language=listener.language, notice=said),))
    return Reply(REFUSALS[type(refusal)](refusal, listener))


def _not_owner(refusal: errors.NotOwner, to: Listener) -> str:
    if refusal.owners:
        return to.speech.say(
            "Only the owners of {workspace} can do this. Please ask {names}.",
            workspace=to.place(),
            names=to.names(refusal.owners),
        )
    return to.speech.say(
        "{workspace} has no owner yet. Please ask an admin to name one with “owners add @person”.",
        workspace=_first_letter(to.place()),
    )


def _not_admin(refusal: errors.NotAdmin, to: Listener) -> str:
    if refusal.admins:
        return to.speech.say("Only an admin can do this. Please ask {names}.", names=to.names(refusal.admins))
    return to.speech.say("Only an admin can do this. Please ask whoever runs Gatehouse to name one.")


def _outsider(refusal: errors.Outsider, to: Listener) -> str:
    if refusal.owners:
        return to.speech.say(
            "Only people of this organisation can do this, not its guests. Please ask {names}.",
            names=to.names(refusal.owners),
        )
    return to.speech.say("Only people of this organisation can do this, not its guests. Please ask an admin.")


def _unverified(_: errors.Unverified, to: Listener) -> str:
    return to.speech.say("I could not check who you are just now: nothing was changed. Please try again in a minute.")


def _unknown_address(refusal: errors.UnknownAddress, to: Listener) -> str:
    return to.speech.say(
        "{address} was never invited into {workspace}, or has another address by now. “guests” lists everybody.",
        address=to.address(refusal.address),
        workspace=to.place(),
    )


def _no_guest_here(refusal: errors.NoGuestHere, to: Listener) -> str:
    return to.speech.say(
        "{address} is no guest of {workspace} now. “guests” lists everybody who was invited.",
        address=to.address(refusal.address),
        workspace=to.place(),
    )


def _wrong_days(refusal: errors.WrongDays, to: Listener) -> str:
    said = to.speech.say("Choose from {least} to {most} days.", least=refusal.least, most=refusal.most)
    left = to.speech.say("Nobody was invited.") if refusal.inviting else to.speech.say("Nothing was changed.")
    return f"{said} {left}"


def _wrong_address(refusal: errors.WrongAddress, to: Listener) -> str:
    return fault(BadAddress(refusal.text, refusal.problem), to)


def _address_taken(refusal: errors.AddressTaken, to: Listener) -> str:
    return to.speech.say(
        "{address} has an invitation into {workspace} already, or is a guest there. Nothing was changed.",
        address=to.address(refusal.address),
        workspace=to.place(),
    )


def _illegal_move(refusal: errors.IllegalMove, to: Listener) -> str:
    status = status_word(to.speech, refusal.status)
    if refusal.operation == "remove":
        said = to.speech.say("There is no access to end: the invitation is “{status}”.", status=status)
    else:
        said = to.speech.say("That is not possible: the invitation is “{status}”.", status=status)
    if refusal.status in (Status.DECLINED, Status.REVOKED):
        return f"{said} {to.speech.say('You can invite the same address again.')}"
    if refusal.status is Status.REDEEMED:
        return f"{said} {to.speech.say('The guest is in, and signs in again without a new mail.')}"
    return said


def _unknown_invitation(_: errors.UnknownInvitation, to: Listener) -> str:
    return to.speech.say("I do not know this invitation here. “guests” lists those that I know.")


def _draft_gone(_: errors.DraftGone, to: Listener) -> str:
    return to.speech.say("This question was answered already, or is too old. Please invite again.")


def _wrong_claim_code(_: errors.WrongClaimCode, to: Listener) -> str:
    return to.speech.say(
        "This code does not work. Each works once, for 24 hours; the newest one stands in the server's log."
    )


def _unknown_person(refusal: errors.UnknownPerson, to: Listener) -> str:
    if not refusal.name:
        return to.speech.say("I could not find this person here. Please mention a member of this chat with @.")
    return to.speech.say(
        "I could not find {name} here. Please mention a member of this chat with @.", name=plain(refusal.name)
    )


def _last_owner(_: errors.LastOwner, to: Listener) -> str:
    return to.speech.say("A workspace keeps at least one owner. Please add another one first.")


def _too_soon(refusal: errors.TooSoon, to: Listener) -> str:
    return to.speech.say("A mail was sent just now. You can send another one {when}.", when=to.when(refusal.again_at))


def _limit_reached(refusal: errors.LimitReached, to: Listener) -> str:
    if refusal.most is not None and refusal.quota is Quota.MAILBOX_INVITATIONS:
        return to.speech.say_many(
            "At most {count} invitation mail can go to the mailbox of {address} at once. Nothing was sent.",
            "At most {count} invitation mails can go to the mailbox of {address} at once. Nothing was sent.",
            refusal.most,
            address=to.address(refusal.address),
        )
    if refusal.most is not None:
        return to.speech.say_many(
            "That is too many at once: at most {count} is possible. Nobody was invited.",
            "That is too many at once: at most {count} are possible. Nobody was invited.",
            refusal.most,
        )
    again = to.speech.say("It works again {when}.", when=to.when(refusal.again_at))
    return f"{_used_up(refusal, to)} {again}"


def _used_up(refusal: errors.LimitReached, to: Listener) -> str:
    speech = to.speech
    return {
        Quota.OWNER_HOUR: speech.say("You have used up your invitations for this hour. Nobody was invited."),
        Quota.WORKSPACE_DAY: speech.say("This workspace has used up its invitations for today. Nobody was invited."),
        Quota.TENANT_DAY: speech.say("Your organisation has used up its invitations for today. Nobody was invited."),
        Quota.WORKSPACE_OPEN: speech.say(
            "This workspace has as many open invitations as it can have; revoking some makes room. Nobody was invited."
        ),
        Quota.APPROVALS: speech.say("This workspace has asked for as many approvals as it can ask for in a day."),
        Quota.RESENDS_DAY: speech.say("This invitation was sent again as often as is possible in a day."),
        Quota.MAILBOX_INVITATIONS: speech.say(
            "The mailbox of {address} got as many invitation mails as it can get for now. Nothing was sent.",
            address=to.address(refusal.address),
        ),
    }.get(refusal.quota, speech.say("This was tried too often."))


def _feature_off(refusal: errors.FeatureOff, to: Listener) -> str:
    said = to.speech.say("Nothing was sent: guests could not sign in, as e-mail passcodes are switched off here.")
    if to.among(refusal.admins):
        who = to.speech.say("You can change it in the “settings”.")
    elif refusal.admins:
        who = to.speech.say("{names} can change it in the “settings”.", names=to.names(refusal.admins))
    else:
        who = to.speech.say("An admin can change it in the “settings”.")
    return f"{said} {who}"


def _policy_forbids(refusal: errors.PolicyForbids, to: Listener) -> str:
    who = to.address(refusal.address) if refusal.address else to.speech.say("This guest")
    said = {
        Forbidden.OWN_DOMAIN: to.speech.say("{address} is one of your own people, not a guest.", address=who),
        Forbidden.DENIED_DOMAIN: to.speech.say("{address} cannot be invited: the domain is blocked.", address=who),
        Forbidden.NOT_ALLOWED_DOMAIN: to.speech.say(
            "{address} cannot be invited: the domain is not on your organisation’s list.", address=who
        ),
        Forbidden.RULE: to.speech.say(
            "{address} cannot be invited: the rule “{rule}” forbids it.", address=who, rule=plain(refusal.rule, 64)
        ),
        Forbidden.UNWANTED: to.speech.say(
            "{address} does not take invitations from your organisation. Nothing was sent.", address=who
        ),
    }[refusal.reason]
    return said if refusal.reason is Forbidden.UNWANTED else f"{said} {to.who_can_change(refusal.admins)}"


def _superseded(_: errors.Superseded, to: Listener) -> str:
    return to.speech.say("Somebody else changed the settings meanwhile. Nothing was changed; please look again.")


def _wrong_url(refusal: access_errors.WrongUrl, to: Listener) -> str:
    said = {
        UrlProblem.NAME: to.speech.say("A name has from 1 to 64 characters."),
        UrlProblem.MALFORMED: to.speech.say("This is no address of an application."),
        UrlProblem.TOO_LONG: to.speech.say("This address is too long."),
        UrlProblem.NOT_HTTPS: to.speech.say("An application’s address begins with https://."),
        UrlProblem.USER_INFO: to.speech.say("An address with a user name or a password in it is not taken."),
        UrlProblem.FRAGMENT: to.speech.say("An address with a # in it is not taken."),
    }[refusal.problem]
    return f"{said} {to.speech.say('Nothing was changed.')}"


def _unknown_resource(refusal: access_errors.UnknownResource, to: Listener) -> str:
    return to.speech.say(
        "There is no application “{name}” in {workspace}. “links” lists them.",
        name=plain(refusal.name),
        workspace=to.place(),
    )


def _nothing_to_reset(refusal: factor_errors.NothingToReset, to: Listener) -> str:
    return to.speech.say(
        "I know no guest {address} in {workspace} who has a second factor. Nothing was changed.",
        address=to.address(refusal.address),
        workspace=to.place(),
    )


def _resource_taken(refusal: access_errors.ResourceTaken, to: Listener) -> str:
    return to.speech.say(
        "There is an application “{name}” already. Remove it first, or choose another name.", name=plain(refusal.name)
    )


def _too_many_resources(refusal: access_errors.TooManyResources, to: Listener) -> str:
    return to.speech.say("A workspace has at most {most} applications. Nothing was changed.", most=refusal.most)


def _unknown_request(_: factor_errors.UnknownRequest, to: Listener) -> str:
    return to.speech.say("I do not know this request. “mfa requests” lists those that wait.")


def _own_request(_: factor_errors.OwnRequest, to: Listener) -> str:
    return to.speech.say("You asked for this yourself: another admin has to confirm it. Nothing was changed.")


def _others_concerned(refusal: request_errors.OthersConcerned, to: Listener) -> str:
    said = to.speech.say(
        "This guest is in other workspaces too. Somebody who owns all of them can do this, or an admin."
    )
    if not refusal.admins:
        return said
    return f"{said} {to.speech.say('Please ask {names}.', names=to.names(refusal.admins))}"


def _request_gone(_: request_errors.RequestGone, to: Listener) -> str:
    return to.speech.say("I do not know this request here, or it is too old.")


def _mailbox_taken(refusal: request_errors.MailboxTaken, to: Listener) -> str:
    return to.speech.say(
        "{address} is known in your organisation already, as a guest or with an invitation. Nothing was changed.",
        address=to.address(refusal.address),
    )


REFUSALS: dict[type[errors.Refusal], Callable[[Any, Listener], str]] = {
    errors.NotOwner: _not_owner,
    errors.NotAdmin: _not_admin,
    errors.Outsider: _outsider,
    errors.Unverified: _unverified,
    errors.UnknownAddress: _unknown_address,
    errors.NoGuestHere: _no_guest_here,
    errors.WrongDays: _wrong_days,
    errors.WrongAddress: _wrong_address,
    errors.AddressTaken: _address_taken,
    errors.IllegalMove: _illegal_move,
    errors.UnknownInvitation: _unknown_invitation,
    errors.DraftGone: _draft_gone,
    errors.WrongClaimCode: _wrong_claim_code,
    errors.UnknownPerson: _unknown_person,
    errors.LastOwner: _last_owner,
    errors.TooSoon: _too_soon,
    errors.LimitReached: _limit_reached,
    errors.FeatureOff: _feature_off,
    errors.PolicyForbids: _policy_forbids,
    errors.Superseded: _superseded,
    access_errors.WrongUrl: _wrong_url,
    access_errors.UnknownResource: _unknown_resource,
    access_errors.ResourceTaken: _resource_taken,
    access_errors.TooManyResources: _too_many_resources,
    factor_errors.NothingToReset: _nothing_to_reset,
    factor_errors.UnknownRequest: _unknown_request,
    factor_errors.OwnRequest: _own_request,
    request_errors.OthersConcerned: _others_concerned,
    request_errors.RequestGone: _request_gone,
    request_errors.MailboxTaken: _mailbox_taken,
    **approval_outcomes.REFUSALS,
    **LIFE_REFUSALS,
    **SETTING_REFUSALS,
    **form_refusals.REFUSALS,
    **bulk_outcomes.REFUSALS,
    **SPONSOR_REFUSALS,
}


def _first_letter(text: str) -> str:
    return text[:1].upper() + text[1:]


def fault(bad: BadAddress, to: Listener) -> str:
    return to.speech.say("“{given}”: {problem}", given=plain(bad.text, 80), problem=problem(to.speech, bad.problem))
