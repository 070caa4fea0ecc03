"""Approvals in the chat: a view → a card; and the sentences of their refusals."""

from collections.abc import Callable
from typing import Any

import cards
from bot.listeners import Listener, Reply
from cards.escape import plain
from domain import approval_errors, errors
from domain.approval_views import ApprovalListView, ApprovalView, AskedView
from domain.views import Quota


def shown(view: ApprovalView, to: Listener) -> Reply:
    """The request as it stands, for an approver or for who asked."""
    look: dict[str, Any] = {"language": to.language, "masked": to.masked}
    card = cards.asked(view, **look) if isinstance(view, AskedView) else cards.approval(view, **look)
    return Reply(cards=(card,), address=_address(view, to))


def _address(view: ApprovalView, to: Listener) -> str:
    """For command words: any of the addresses names it."""
    return to.address(view.addresses[0])


def listed(view: ApprovalListView, to: Listener) -> Reply:
    return Reply(cards=(cards.approval_list(view, language=to.language, masked=to.masked),))


def _not_approver(refusal: approval_errors.NotApprover, to: Listener) -> str:
    if refusal.own:
        said = to.speech.say("You asked for this yourself: somebody else has to approve it.")
    else:
        said = to.speech.say("Only an approver can do this.")
    if refusal.approvers:
        return f"{said} {to.speech.say('Please ask {names}.', names=to.names(refusal.approvers))}"
    return f"{said} {to.speech.say('Please ask an admin who that is.')}"


def _not_asker(refusal: approval_errors.NotAsker, to: Listener) -> str:
    if not refusal.asker:
        return to.speech.say("Only who asked for an approval can withdraw it.")
    return to.speech.say("Only {name} can withdraw this: they asked for it.", name=plain(refusal.asker))


def _unknown(_: approval_errors.UnknownApproval, to: Listener) -> str:
    return to.speech.say("I know no such request for approval. “approvals” lists those that wait for you.")


def _needs_approval(refusal: approval_errors.NeedsApproval, to: Listener) -> str:
    said = to.speech.say(
        "{address} needs approval first. Nothing was changed. Invite this address instead, which asks for it.",
        address=to.address(refusal.address),
    )
    if not refusal.approvers:
        return said
    return f"{said} {to.speech.say('An approver can also do it: {names}.', names=to.names(refusal.approvers))}"


def _put_off(refusal: approval_errors.ApprovalPutOff, to: Listener) -> str:
    if refusal.quota is Quota.MAILBOX_INVITATIONS:
        return _mailbox_full(refusal, to)
    who = plain(refusal.asker) or to.speech.say("who asked")
    if refusal.most is not None:
        return to.speech.say(
            "Nothing was decided: {name} may invite at most {most} at once.", name=who, most=refusal.most
        )
    return to.speech.say(
        "Nothing was decided: the invitations that {name} may send are used up for now. Approving works again {when}.",
        name=who,
        when=to.when(refusal.again_at),
    )


def _mailbox_full(refusal: approval_errors.ApprovalPutOff, to: Listener) -> str:
    whose = to.address(refusal.address)
    if refusal.most is not None:
        return to.speech.say(
            "Nothing was decided: at most {most} invitation mails can go to the mailbox of {address} at once.",
            most=refusal.most,
            address=whose,
        )
    return to.speech.say(
        "Nothing was decided: the mailbox of {address} got as many invitation mails as it can get for now. "
        "Approving works again {when}.",
        address=whose,
        when=to.when(refusal.again_at),
    )


REFUSALS: dict[type[errors.Refusal], Callable[[Any, Listener], str]] = {
    approval_errors.NotApprover: _not_approver,
    approval_errors.NotAsker: _not_asker,
    approval_errors.UnknownApproval: _unknown,
    approval_errors.NeedsApproval: _needs_approval,
    approval_errors.ApprovalPutOff: _put_off,
}
