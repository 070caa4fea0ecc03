"""The one card of an invitation. It is edited in place whenever something happens."""

from functools import cache

from cards.barriers import who_can_help, why
from cards.certificate import whom
from cards.elements import (
    Part,
    card,
    column,
    columns,
    container,
    execute,
    label,
    line,
    local_date,
    local_time,
    names,
    run,
    text,
    unfold,
)
from cards.escape import REASON, plain, without_addresses
from cards.readers import refreshing
from cards.words import COLOURS, badge, place, status_word
from domain.policies import domain_of
from domain.policy_views import Barrier
from domain.views import InvitationView, Status, TimelineEntry
from locales import LANGUAGE_NAMES, Speech, speak

_STYLES = {
    "Accent": "accent",
    "Attention": "attention",
    "Good": "good",
    "Warning": "warning",
    "Default": "emphasis",
}
_OPEN = ("resend", "extend", "correct", "revoke")
BUTTONS = {
    Status.SENDING: _OPEN,
    Status.SENT: _OPEN,
    Status.LINK_OPENED: _OPEN,
    Status.PASSCODE_SENT: _OPEN,
    Status.UNDELIVERABLE: ("correct", "resend", "revoke"),
    Status.REDEEMED: ("extend", "revoke"),
    Status.EXPIRED: ("extend", "resend"),
    Status.DECLINED: (),
    Status.REVOKED: (),
}
_SHORT = 24
"""Longer addresses are set smaller: a phone shows about so many large characters in a line."""
_ROWS = 8
"""What happened is told in at most so many rows: the beginning, and the latest."""


def invitation(view: InvitationView, *, language: str, masked: bool, buttons: bool = True, known: bool = False) -> Part:
    """All nine states. The text block `status` holds the state and nothing else. Without `buttons`: for readers who
    may do nothing here, and whose clients have no reason to ask again. `known`: somebody just invited the address
    again."""
    speech = speak(language)
    shown = whom(speech, view.address, masked)
    body = [_head(speech, view, shown), *_known(speech, known), text(_meaning(speech, view), spacing="Medium")]
    if view.status == Status.UNDELIVERABLE and view.failure:
        body.append(_reason(view.failure, masked))
    if view.barrier:
        body.append(_barrier(speech, view.barrier, view.address, masked))
    if view.orphaned:
        body.append(_orphaned(speech))
    body += [_timeline(speech, view, shown), _foot(speech, view)]
    said = f"{shown}: {status_word(speech, view.status)}"
    if view.erased or view.replaced or not buttons:
        return card(body, language=speech.language, line=said)
    actions = [_button(speech, verb, view, masked) for verb in BUTTONS[view.status]]
    whole = card(body, actions, language=speech.language, line=said)
    return refreshing(speech, whole, "invitation.show", _named(view), view.readers)


def _head(speech: Speech, view: InvitationView, shown: str) -> Part:
    colour = COLOURS[view.status]
    status = text(status_word(speech, view.status), id="status", weight="Bolder")
    badges = [column([badge(speech)], "auto")] if view.preview else []
    where = speech.say(
        "Guest in {workspace}, invited by {inviter}",
        workspace=place(speech, view.kind, view.workspace),
        inviter=plain(view.inviter),
    )
    rows = [
        columns(column([status]), *badges),
        line(run(shown, size="Large" if len(shown) <= _SHORT else "Default", weight="Bolder"), spacing="Small"),
        line(run(where, size="Small", isSubtle=True), spacing="Small"),
    ]
    if view.sponsors:
        said = speech.say("Answering for the guest: {names}", names=", ".join(names(view.sponsors)))
        rows.append(line(run(said, size="Small", isSubtle=True), spacing="None"))
    return container(rows, style=_STYLES[colour], bleed=True)


def _known(speech: Speech, known: bool) -> list[Part]:
    said = speech.say("This address is invited already; nothing was changed.")
    return [text(said, weight="Bolder", spacing="Medium")] if known else []


def _meaning(speech: Speech, view: InvitationView) -> str:
    """What the state means, and what the reader can do."""
    if view.erased:
        return speech.say("What was known of this guest was erased. What happened stays, without a name.")
    if view.held:
        return _held(speech)
    if view.deferred:
        return _deferred(speech)
    if view.status is Status.REDEEMED and _waits_elsewhere(view):
        return _moved(speech)
    if view.status is Status.DECLINED and view.barrier:
        return speech.say("The guest declined.")
    return _expired(speech, view) if view.status is Status.EXPIRED else _meanings(speech)[view.status]


@cache
def _meanings(speech: Speech) -> dict[Status, str]:
    return {
        Status.SENDING: speech.say("The invitation mail is on its way to the mail server."),
        Status.SENT: speech.say("The mail server has taken the invitation mail. Now it is the guest's turn."),
        Status.UNDELIVERABLE: speech.say(
            "The mail server refused the invitation mail. Check the address and correct it, or send the mail again."
        ),
        Status.LINK_OPENED: speech.say("The link in the mail was opened, by the guest or by a mail scanner."),
        Status.PASSCODE_SENT: speech.say("The guest asked for a passcode. It was sent to the invited address."),
        Status.REDEEMED: speech.say("The guest proved the address and accepted the invitation."),
        Status.DECLINED: speech.say("The guest declined. You can invite the address again if that was a mistake."),
        Status.REVOKED: speech.say("This guest cannot get in. To change that, invite the address again."),
    }


def _held(speech: Speech) -> str:
    return speech.say("The guest could not get in now, so the mail waits. It goes out by itself when that changes.")


def _deferred(speech: Speech) -> str:
    return speech.say(
        "The mail server does not take the invitation mail just now. It goes out by itself as soon as that changes."
    )


def _waits_elsewhere(view: InvitationView) -> bool:
    """Whether the guest was moved to another mailbox, and did not sign in since."""
    moves = [entry.at for entry in view.timeline if entry.kind == "moved"]
    return bool(moves) and (view.seen_at is None or view.seen_at < max(moves))


def _moved(speech: Speech) -> str:
    return speech.say(
        "The guest was moved to this mailbox, and comes in again with a passcode sent there. All access stays."
    )


def _expired(speech: Speech, view: InvitationView) -> str:
    if view.replaced:
        return speech.say("This invitation is over. The address was invited again since: its new card counts.")
    if view.access_ends_at:
        return speech.say("The guest's access ran out. Extend it or send a new link to open it again.")
    return speech.say("Nobody used the invitation in time. Extend it or send a new link to open it again.")


def _reason(failure: str, masked: bool) -> Part:
    """The relay's own words."""
    said = plain(without_addresses(failure) if masked else failure, REASON)
    return container([line(run(said, fontType="Monospace", size="Small"))], style="emphasis", spacing="Small")


def _barrier(speech: Speech, barrier: Barrier, whom: str, masked: bool) -> Part:
    """The policy was changed since: what keeps the guest out now. What rules are called is nothing for everybody."""
    told = [why(speech, barrier, domain_of(whom), named=not masked), who_can_help(speech, barrier)]
    return container([line(run(said)) for said in told], style="warning", spacing="Small")


def _orphaned(speech: Speech) -> Part:
    """The offer stands: nobody's right but the inviter's own was lost."""
    told = speech.say("The inviter may not invite any more. The invitation stays open until an owner ends it.")
    return container([line(run(told))], style="warning", spacing="Small")


def _foot(speech: Speech, view: InvitationView) -> Part:
    """Until when it lasts, and which language the guest is written to in."""
    name = LANGUAGE_NAMES.get(view.language)
    spoken = [run(f" · {name}", size="Small", isSubtle=True)] if name else []
    return line(run(_until(speech, view), size="Small", isSubtle=True), *spoken, separator=True)


def _until(speech: Speech, view: InvitationView) -> str:
    if view.status in {Status.DECLINED, Status.REVOKED}:
        return speech.say("Invited on {moment}", moment=local_time(view.created_at))
    if view.access_ends_at and view.status == Status.EXPIRED:
        return speech.say("Access ended on {moment}", moment=local_time(view.access_ends_at))
    if view.access_ends_at:
        return speech.say("Access until {moment}", moment=local_time(view.access_ends_at))
    if view.status == Status.EXPIRED:
        return speech.say("The invitation ended on {moment}", moment=local_time(view.expires_at))
    if view.access_until:
        opened, last = local_date(view.expires_at), local_date(view.access_until)
        return speech.say("Open until {moment}, then access until {last}", moment=opened, last=last)
    return speech.say_many(
        "Open until {moment}, then access for {count} day",
        "Open until {moment}, then access for {count} days",
        view.access_days,
        moment=local_date(view.expires_at),
    )


def _timeline(speech: Speech, view: InvitationView, shown: str) -> Part:
    """What happened, the oldest first: it is read like a story, and the next step appears below."""
    entries = sorted(view.timeline, key=lambda entry: entry.at)
    last = next((entry for entry in reversed(entries) if entry.kind == "moved"), None)
    rows = [_row(speech, entry, shown if entry is last else "") for entry in entries]
    left = len(rows) - _ROWS
    if left > 0:
        rows = [rows[0], _left_out(speech, left), *rows[1 - _ROWS :]]
    return container([label(speech.say("What happened")), *rows])


def _left_out(speech: Speech, count: int) -> Part:
    said = speech.say_many(
        "… {count} more step; “audit ADDRESS” shows them all",
        "… {count} more steps; “audit ADDRESS” shows them all",
        count,
    )
    return text(said, size="Small", isSubtle=True, spacing="Small")


def _row(speech: Speech, entry: TimelineEntry, there: str) -> Part:
    when = text(local_time(entry.at), size="Small", isSubtle=True, horizontalAlignment="Right")
    return columns(
        column([line(run(_event(speech, entry, there), size="Small"))]),
        column([when], "auto", verticalContentAlignment="Center"),
        spacing="Small",
    )


def _event(speech: Speech, entry: TimelineEntry, there: str) -> str:
    what = _events(speech).get(entry.kind) or plain(entry.kind)
    if there:
        what = speech.say("Moved to {address}", address=there)
    if not entry.actor.strip():
        return what
    return speech.say("{what} by {name}", what=what, name=plain(entry.actor))


@cache
def _events(speech: Speech) -> dict[str, str]:
    return {
        "invited": speech.say("Invited"),
        "sent": speech.say("Mail sent"),
        "undeliverable": speech.say("Mail refused"),
        "opened": speech.say("Link opened"),
        "passcode_sent": speech.say("Passcode sent"),
        "redeemed": speech.say("Redeemed"),
        "declined": speech.say("Declined"),
        "resent": speech.say("Sent again"),
        "remailed": speech.say("Mail asked for again"),
        "corrected": speech.say("Address corrected"),
        "moved": speech.say("Moved to another mailbox"),
        "language": speech.say("Language changed"),
        "extended": speech.say("Extended"),
        "reminded": speech.say("Reminder sent"),
        "revoked": speech.say("Revoked"),
        "removed": speech.say("Removed"),
        "left": speech.say("Guest left"),
        "sponsor_added": speech.say("Another sponsor named"),
        "sponsor_removed": speech.say("A sponsor removed"),
        "handed_over": speech.say("Handed over to another sponsor"),
        "erased": speech.say("Personal data erased"),
        "expired": speech.say("Expired"),
        "access_ended": speech.say("Access ended"),
        "factor_added": speech.say("Second factor set up"),
        "factor_removed": speech.say("Second factor removed"),
        "recovery_used": speech.say("Recovery code used"),
        "reset_asked": speech.say("Reset of the second factor asked for"),
        "factors_reset": speech.say("Second factor reset"),
        "reset_denied": speech.say("Reset of the second factor denied"),
    }


def _button(speech: Speech, verb: str, view: InvitationView, masked: bool) -> Part:
    data = _named(view)
    if verb == "resend":
        return execute(speech.say("Resend"), "invitation.resend", data)
    if verb == "extend":
        return execute(speech.say("Extend"), "invitation.extend", data)
    if verb == "correct":
        return _correct(speech, view, data, masked)
    return _revoke(speech, view, data)


def _named(view: InvitationView) -> Part:
    return {"invitation": view.invitation_id, "version": view.version}


def _correct(speech: Speech, view: InvitationView, data: Part, masked: bool) -> Part:
    field = {
        "type": "Input.Text",
        "id": "address",
        "label": speech.say("Right address"),
        "style": "Email",
        "maxLength": 254,
        "isRequired": True,
        "errorMessage": speech.say("Please enter one address, such as name@example.com."),
    }
    if not masked:
        field["value"] = view.address
    told = text(speech.say("The guest gets a new mail there, and the old link ends."), size="Small", isSubtle=True)
    save = execute(speech.say("Save and send"), "invitation.correct", data, style="positive", associatedInputs="Auto")
    return unfold(speech.say("Correct"), [field, told], [save])


def _revoke(speech: Speech, view: InvitationView, data: Part) -> Part:
    """One step more: there is no way back."""
    question = (
        speech.say("The guest loses access at once and is signed out.")
        if view.status == Status.REDEEMED
        else speech.say("The link in the mail stops working at once.")
    )
    sure = execute(speech.say("Yes, revoke"), "invitation.revoke", data, style="destructive")
    return unfold(speech.say("Revoke"), [text(question)], [sure], style="destructive")
