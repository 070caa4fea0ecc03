"""A request to take away a guest's second factor, which an admin confirms or denies."""

from cards.elements import Part, card, execute, line, local_time, run, text
from cards.escape import address, plain
from cards.words import title
from domain.addresses import mask
from domain.factor_views import ResetView
from locales import Speech, speak


def factor_reset(view: ResetView, *, language: str, masked: bool) -> Part:
    """Buttons while it waits; afterwards who decided what. The request is named by an id that says nothing."""
    speech = speak(language)
    shown = address(mask(view.address) if masked else view.address)
    words = speech.say("Reset of a second factor")
    told = speech.say("{name} asks for it, for a guest of {workspace}.", name=_name(speech, view.asked_by),
                      workspace=plain(view.workspace) or speech.say("a workspace"))  # fmt: skip
    body = [
        title(speech, words),
        line(run(shown, weight="Bolder"), spacing="Medium"),
        line(run(told, size="Small", isSubtle=True), spacing="Small"),
        *_state(speech, view),
    ]
    return card(body, _buttons(speech, view), language=speech.language, line=f"{words}: {shown}")


def _state(speech: Speech, view: ResetView) -> list[Part]:
    if not view.decision:
        meaning = speech.say(
            "An admin who did not ask confirms it. Then the guest is signed out, and sets up a new second factor after "
            "the next sign-in. Make sure that it is the guest who asks, for example by a call."
        )
        asked = speech.say("Asked on {moment}", moment=local_time(view.asked_at))
        return [text(meaning), text(asked, size="Small", isSubtle=True)]
    said = {
        "confirmed": speech.say("Confirmed by {name}: the second factor is gone.", name=_name(speech, view.decided_by)),
        "denied": speech.say("Denied by {name}: nothing was changed.", name=_name(speech, view.decided_by)),
    }.get(view.decision, speech.say("Nobody confirmed it in time: nothing was changed."))
    rows = [line(run(said, weight="Bolder"))]
    if view.decided_at:
        rows.append(text(local_time(view.decided_at), size="Small", isSubtle=True))
    return rows


def _buttons(speech: Speech, view: ResetView) -> list[Part]:
    if view.decision:
        return []
    data = {"request": view.request_id}
    return [
        execute(speech.say("Confirm the reset"), "mfa.confirm", data, style="destructive"),
        execute(speech.say("Deny"), "mfa.deny", data),
    ]


def _name(speech: Speech, name: str) -> str:
    return plain(name) or speech.say("Somebody without a name")
