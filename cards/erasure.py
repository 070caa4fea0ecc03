"""Erasing a person who asked for it, for admins: what will go, and that it went."""

from cards.certificate import whom
from cards.elements import Part, card, execute, line, run, text
from cards.escape import plain
from cards.words import title
from domain.erasing_asked import ErasureView
from locales import Speech, speak


def erasure(view: ErasureView, *, language: str, masked: bool) -> Part:
    speech = speak(language)
    if view.done:
        return _done(speech, view)
    shown = whom(speech, view.address, masked)
    words = speech.say("Erase everything about this guest?")
    ends = [
        *([_accesses(speech, view)] if view.accesses else []),
        *([_open(speech, view)] if view.open else []),
        speech.say("Names, addresses, messages, accounts and second factors are erased from the records at once."),
        speech.say("What happened stays in the audit, under a pseudonym. There is no way back."),
    ]
    body = [title(speech, words), line(run(shown, weight="Bolder"), spacing="Medium"), *map(text, ends)]
    sure = execute(speech.say("Erase now"), "erase.confirm", {"invitation": view.invitation_id}, style="destructive")
    return card(body, [sure], language=speech.language, line=f"{words} {shown}")


def _accesses(speech: Speech, view: ErasureView) -> str:
    return speech.say_many(
        "The guest is in {count} workspace: the access ends at once.",
        "The guest is in {count} workspaces: all access ends at once.",
        view.accesses,
    )


def _open(speech: Speech, view: ErasureView) -> str:
    return speech.say_many(
        "{count} open invitation ends at once.", "{count} open invitations end at once.", view.open
    )  # fmt: skip


def _done(speech: Speech, view: ErasureView) -> Part:
    words = speech.say("Erased")
    said = speech.say_many(
        "Everything about this guest was erased, with {count} invitation.",
        "Everything about this guest was erased, with {count} invitations.",
        view.invitations,
    )
    named = speech.say("The audit knows the guest as {pseudonym}.", pseudonym=plain(view.address))
    body = [title(speech, words), text(said, spacing="Medium"), line(run(named, size="Small", isSubtle=True))]
    return card(body, language=speech.language, line=said)
