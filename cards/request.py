"""A request's card: somebody asks, and one owner decides. It is edited in place when that has happened."""

from cards.certificate import whom
from cards.elements import Part, card, execute, label, line, local_time, run
from cards.escape import plain, without_addresses
from cards.words import place, title
from domain.addresses import erased
from domain.request_views import Decision, RequestView, Wish
from locales import Speech, speak

_NOTE = 200


def request(view: RequestView, *, language: str, masked: bool) -> Part:
    """With buttons until it is decided; afterwards it says who decided what."""
    speech = speak(language)
    who = whom(speech, view.address, masked)
    words = _asked(speech, view)
    body = [
        title(speech, words),
        line(run(who, size="Large" if len(who) <= 24 else "Default", weight="Bolder"), spacing="Medium"),
        line(run(_why(speech, view, masked), size="Small", isSubtle=True), spacing="Small"),
        *_note(speech, view, masked),
    ]
    if view.decision:
        body.append(line(run(_outcome(speech, view), weight="Bolder"), separator=True, spacing="Medium"))
        return card(body, language=speech.language, line=f"{who}: {_outcome(speech, view)}")
    body.append(
        line(run(speech.say("Asked on {moment}", moment=local_time(view.asked_at)), size="Small", isSubtle=True))
    )
    return card(body, _buttons(speech, view), language=speech.language, line=f"{who}: {words}")


def _asked(speech: Speech, view: RequestView) -> str:
    if view.wish is Wish.EXTENSION:
        return speech.say("Somebody asks for more time")
    return speech.say("Somebody asks for an invitation")


def _why(speech: Speech, view: RequestView, masked: bool) -> str:
    invited = whom(speech, view.invited, masked)
    where = place(speech, view.kind, view.workspace)
    if view.wish is Wish.EXTENSION:
        return speech.say("Opened the link to {workspace} after it had expired.", workspace=where)
    if erased(view.invited):
        return speech.say(
            "Has the link to {workspace} that was mailed to an address which was erased, and typed this address. "
            "Nobody has proved it yet.",
            workspace=where,
        )
    return speech.say(
        "Has the link to {workspace} that was mailed to {invited}, and typed this address. Nobody has proved it yet.",
        workspace=where,
        invited=invited,
    )


def _note(speech: Speech, view: RequestView, masked: bool) -> list[Part]:
    """What the stranger wrote, as text and nothing else."""
    if not view.note:
        return []
    said = plain(without_addresses(view.note) if masked else view.note, _NOTE)
    return [label(speech.say("Their message")), line(run(said), spacing="Small")]


def _outcome(speech: Speech, view: RequestView) -> str:
    name = plain(view.decided_by) or speech.say("an owner")
    return {
        Decision.INVITED: speech.say("Invited by {name}", name=name),
        Decision.EXTENDED: speech.say("Extended by {name}", name=name),
        Decision.ASKED: speech.say("{name} has asked for the approval that it needs", name=name),
        Decision.DISMISSED: speech.say("Dismissed by {name}", name=name),
        Decision.ALREADY: speech.say("Nothing was left to do: “status” shows where it stands"),
    }[view.decision or Decision.ALREADY]


def _buttons(speech: Speech, view: RequestView) -> list[Part]:
    data = {"request": view.request_id}
    if view.wish is Wish.EXTENSION:
        yes = execute(speech.say("Extend"), "request.extend", data, style="positive")
    else:
        yes = execute(speech.say("Invite"), "request.invite", data, style="positive")
    return [yes, execute(speech.say("Dismiss"), "request.dismiss", data)]
