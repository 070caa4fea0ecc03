"""A guest that was found while writing a message: a card without buttons, which may be put into any chat."""

from cards.elements import Part, card, line, run, text
from cards.escape import address, plain
from cards.words import COLOURS, place, status_word, until
from domain.addresses import mask
from domain.views import InvitationView
from locales import Speech, speak


def found(view: InvitationView, name: str, *, language: str, masked: bool) -> Part:
    """`name`: the guest's, as far as it is known; nobody reads it where addresses are masked."""
    speech = speak(language)
    who, state = _who(view, masked), status_word(speech, view.status)
    called = [line(run(plain(name), size="Small", isSubtle=True), spacing="None")] if name and not masked else []
    body = [
        line(run(who, weight="Bolder")),
        *called,
        text(state, id="status", color=COLOURS[view.status], weight="Bolder", spacing="Small"),
        line(run(_where(speech, view), size="Small", isSubtle=True), spacing="Small"),
    ]
    ends = until(speech, view.status, view.access_ends_at or view.expires_at)
    if ends:
        body.append(text(ends, size="Small", isSubtle=True, spacing="None"))
    return card(body, language=speech.language, line=f"{who}: {state}")


def found_line(view: InvitationView, name: str, *, language: str, masked: bool) -> tuple[str, str]:
    """Title and text of a line in the list of what was found."""
    speech = speak(language)
    called = plain(name) if name and not masked else ""
    told = (called, status_word(speech, view.status), place(speech, view.kind, view.workspace))
    return _who(view, masked), " · ".join(filter(None, told))


def _who(view: InvitationView, masked: bool) -> str:
    return address(mask(view.address) if masked else view.address)


def _where(speech: Speech, view: InvitationView) -> str:
    return speech.say("Guest in {workspace}", workspace=place(speech, view.kind, view.workspace))
