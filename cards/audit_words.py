"""What happened, in a sentence for each kind of event."""

from collections.abc import Callable
from functools import cache

from cards.escape import plain
from domain.history_views import EventLine
from locales import Speech


def what(speech: Speech, one: EventLine) -> str:
    """A kind that this version does not know yet is named as it is: an event is never left out."""
    name = plain(one.subject) or speech.say("Somebody without a name")
    tell = TOLD.get(one.kind)
    if tell is not None:
        return tell(speech, name, one.code)
    said = _sentences(speech).get(one.kind)
    return said or speech.say("Something else happened: {kind}", kind=plain(one.kind))


@cache
def _sentences(speech: Speech) -> dict[str, str]:
    groups = (_invitations, _approvals, _lists, _access, _lives, _second_factors, _settings)
    return {kind: sentence for group in groups for kind, sentence in group(speech).items()}


def _invitations(speech: Speech) -> dict[str, str]:
    return {
        "invitation.created": speech.say("A guest was invited."),
        "invitation.sent": speech.say("The invitation mail was sent."),
        "invitation.undeliverable": speech.say("A mail could not be delivered."),
        "invitation.opened": speech.say("The link of the invitation was opened."),
        "invitation.resent": speech.say("The invitation was sent again, with a new link."),
        "invitation.remailed": speech.say("The same mail was asked for once more."),
        "invitation.corrected": speech.say("The address of the invitation was corrected."),
        "invitation.language": speech.say("The language of the guest’s mails was changed."),
        "invitation.extended": speech.say("The invitation or the access was extended."),
        "invitation.reminded": speech.say("The guest was reminded of the invitation."),
        "invitation.declined": speech.say("The invitation was declined."),
        "invitation.revoked": speech.say("The invitation was revoked."),
        "invitation.expired": speech.say("The invitation expired."),
        "guest.blocked": speech.say("The mailbox takes no more invitations."),
        "guest.unblocked": speech.say("The mailbox takes invitations again."),
        "invitation.erased": speech.say("The personal data of the invitation was erased."),
        "request.made": speech.say("The owners were asked for an invitation or for more time."),
    }


def _approvals(speech: Speech) -> dict[str, str]:
    return {
        "approval.asked": speech.say("Approval for an invitation was asked for."),
        "approval.reminded": speech.say("The approvers were reminded."),
        "approval.withdrawn": speech.say("A request for approval was withdrawn."),
        "approval.expired": speech.say("A request for approval expired: nobody had decided."),
    }


def _lists(speech: Speech) -> dict[str, str]:
    return {
        "bulk.given": speech.say("A list of guests was looked through. Nobody was invited yet."),
        "bulk.confirmed": speech.say("Inviting the guests of a list was begun."),
        "bulk.cancelled": speech.say("A list of guests was cancelled before anybody was invited."),
        "bulk.stopped": speech.say("Inviting by a list was stopped."),
        "bulk.finished": speech.say("A list of guests was worked through."),
    }


def _access(speech: Speech) -> dict[str, str]:
    return {
        "invitation.redeemed": speech.say("The guest came in with the invitation."),
        "membership.left": speech.say("The guest left the workspace."),
        "membership.removed": speech.say("The guest’s access was ended."),
        "guest.erased": speech.say("The guest’s personal data was erased."),
        "guest.moved": speech.say("The guest was moved to another mailbox."),
        "guest.language": speech.say("The guest chose another language."),
        "identity.linked": speech.say("An account was linked to the guest."),
        "passcode.issued": speech.say("A passcode was asked for."),
        "passcode.sent": speech.say("A passcode was sent."),
        "passcode.withdrawn": speech.say("A passcode was withdrawn."),
        "passcode.wrong": speech.say("A wrong passcode was entered."),
        "session.started": speech.say("The guest signed in."),
        "session.ended": speech.say("A guest’s sign-in was ended."),
        "session.handed_over": speech.say("The guest opened an application."),
        "consent.given": speech.say("The guest agreed to the privacy statement."),
        "terms.accepted": speech.say("The guest accepted the terms of use."),
    }


def _lives(speech: Speech) -> dict[str, str]:
    return {
        "membership.kept": speech.say("Somebody said that the guest is still needed."),
        "membership.let_end": speech.say("Somebody decided to let the access end on its day."),
        "membership.expired": speech.say("The guest’s access ended on its day."),
        "attestation.asked": speech.say("It was asked whether the guest is still needed."),
    }


def _second_factors(speech: Speech) -> dict[str, str]:
    return {
        "session.second_factor": speech.say("The guest showed a second factor."),
        "second_factor.wrong": speech.say("A wrong second factor was shown."),
        "factor.added": speech.say("The guest set up a second factor."),
        "factor.removed": speech.say("The guest took a second factor away."),
        "recovery.renewed": speech.say("The guest got new recovery codes."),
        "recovery.used": speech.say("A recovery code was used."),
        "second_factor.reset_asked": speech.say("An admin was asked to reset second factors."),
        "second_factor.reset": speech.say("The guest’s second factors were reset."),
        "second_factor.reset_denied": speech.say("Resetting second factors was denied."),
    }


def _settings(speech: Speech) -> dict[str, str]:
    return {
        "feature.switched": speech.say("A feature came on by itself, on its date."),
        "feature.reminder": speech.say("An admin asked to be reminded of a feature’s date."),
        "workspace.added": speech.say("Gatehouse was added to the workspace."),
        "workspace.left": speech.say("Gatehouse was removed from the workspace."),
        "admin.claimed": speech.say("The rights of an admin were claimed, with the code from the server’s log."),
        "resource.added": speech.say("An application was added for guests."),
        "resource.removed": speech.say("An application was removed for guests."),
        "rollout.set": speech.say("The stage of a feature was set for everybody."),
        "policy.changed": speech.say("The policy was changed."),
        "terms.published": speech.say("Terms of use were published."),
    }


def _decided(speech: Speech, _name: str, code: str) -> str:
    known = {
        "invited": speech.say("A request was granted: the guest is invited."),
        "extended": speech.say("A request was granted: there is more time."),
        "dismissed": speech.say("A request was dismissed."),
    }
    return known.get(code) or speech.say("A request was decided.")


def _approved(speech: Speech, _name: str, code: str) -> str:
    known = {
        "approved": speech.say("An invitation was approved."),
        "denied": speech.say("Approval for an invitation was denied."),
        "void": speech.say("An approval came to nothing: whoever had asked may not invite any more."),
    }
    return known.get(code) or speech.say("A request for approval was decided.")


def _closing(speech: Speech, _name: str, code: str) -> str:
    known = {
        "inactive": speech.say("The access is to end: the guest has not been here for long."),
        "sponsor_missing": speech.say("The access is to end: nobody answers for the guest any more."),
    }
    return known.get(code) or speech.say("The access is to end by a rule.")


def _ended(speech: Speech, _name: str, code: str) -> str:
    known = {
        "inactive": speech.say("The access ended: the guest had not been here for long."),
        "sponsor_missing": speech.say("The access ended: nobody answered for the guest any more."),
        "unattested": speech.say("The access ended: nobody had said that the guest is still needed."),
    }
    return known.get(code) or speech.say("The access ended by a rule.")


def _feature(speech: Speech, _name: str, code: str) -> str:
    known = {
        "enabled": speech.say("A feature was turned on for the organisation, previews too."),
        "disabled": speech.say("A feature was turned off for the organisation."),
    }
    return known.get(code) or speech.say("A feature follows the rollout again.")


def _refused(speech: Speech, _name: str, code: str) -> str:
    known = {
        "not_owner": speech.say("Refused: only owners may do that."),
        "not_admin": speech.say("Refused: only admins may do that."),
        "outsider": speech.say("Refused: only people of the organisation may do that."),
        "wrong_tenant": speech.say("Refused: it came from another organisation."),
        "policy_forbids": speech.say("Refused: the policy keeps this guest out."),
    }
    return known.get(code) or speech.say("Something was refused: {code}", code=plain(code))


TOLD: dict[str, Callable[[Speech, str, str], str]] = {
    "owner.added": lambda speech, name, _: speech.say("{name} became an owner.", name=name),
    "owner.removed": lambda speech, name, _: speech.say("{name} is no longer an owner.", name=name),
    "sponsor.added": lambda speech, name, _: speech.say("{name} answers for the guest now.", name=name),
    "sponsor.removed": lambda speech, name, _: speech.say("{name} does not answer for the guest any more.", name=name),
    "sponsor.handed_over": lambda speech, name, _: speech.say("The guest was handed over to {name}.", name=name),
    "sponsor.left": lambda speech, name, _: speech.say("{name}, who answers for guests, has left.", name=name),
    "request.decided": _decided,
    "approval.decided": _approved,
    "membership.closing": _closing,
    "membership.ended": _ended,
    "feature.set": _feature,
    "refused": _refused,
}
"""Kinds whose sentence says more than that it happened."""


def kinds(speech: Speech) -> set[str]:
    """Every kind that has a sentence."""
    return {*_sentences(speech), *TOLD}
