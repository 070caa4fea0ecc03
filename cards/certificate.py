"""What was removed when a guest was let go: a certificate, for the files."""

from cards.elements import Part, card, column, columns, line, local_time, run, text
from cards.escape import address, plain
from cards.words import place, title
from domain.addresses import erased, mask
from domain.certificate_views import CertificateView
from locales import Speech, speak


def certificate(view: CertificateView, *, language: str, masked: bool) -> Part:
    speech = speak(language)
    words = speech.say("Access removed")
    shown = whom(speech, view.address, masked)
    where = place(speech, view.workspace_kind, view.workspace)
    said = speech.say("{address} has no access to {workspace} any more.", address=shown, workspace=where)
    if erased(view.address):
        said = speech.say("This guest has no access to {workspace} any more.", workspace=where)
    body = [
        title(speech, words),
        line(run(said), spacing="Medium"),
        line(run(_why(speech, view), size="Small", isSubtle=True), spacing="None"),
        *(_row(*fact) for fact in _facts(speech, view)),
        line(
            run(speech.say("Certificate {certificate}", certificate=view.certificate_id), size="Small", isSubtle=True),
            separator=True,
        ),
    ]
    return card(body, language=speech.language, line=said)


def whom(speech: Speech, given: str, masked: bool) -> str:
    """An address as it may be read, or that it was erased."""
    if erased(given):
        return speech.say("Address erased")
    return address(mask(given) if masked else given)


def _why(speech: Speech, view: CertificateView) -> str:
    name = plain(view.by)
    if view.reason == "left":
        return speech.say("The guest left by themselves.")
    if view.reason in ("removed", "revoked"):
        return speech.say("Removed by {name}.", name=name) if name else speech.say("Removed.")
    return speech.say("A rule of the organisation ended it.")


def _facts(speech: Speech, view: CertificateView) -> list[tuple[str, str]]:
    """What ended, and then what stays."""
    it = view.removed
    facts = [(speech.say("Ended"), local_time(view.made_at))]
    if view.started_at is not None:
        facts.append((speech.say("Access since"), local_time(view.started_at)))
    ended = {
        speech.say("Sign-ins ended"): it.sessions,
        speech.say("Open passcodes ended"): it.passcodes,
        speech.say("Links ended"): it.links,
        speech.say("Mails withdrawn"): it.mails,
        speech.say("Applications no longer reachable"): it.applications,
    }
    facts += [(words, str(number)) for words, number in ended.items()]
    if it.factors:
        facts.append((speech.say("Second factors kept, without any access here"), str(it.factors)))
    if it.others:
        facts.append((speech.say("Other accesses in the organisation, not touched"), str(it.others)))
    return facts


def _row(words: str, value: str) -> Part:
    return columns(
        column([text(words, size="Small")]),
        column([text(value, size="Small", weight="Bolder", horizontalAlignment="Right")], "auto"),
        spacing="Small",
    )
