"""`sessions ADDRESS`: how often and since when a guest is signed in."""

from cards.elements import Part, card, container, execute, line, local_time, run, text
from cards.escape import address
from cards.words import place, title
from domain.access_views import SignInLine, SignInsView
from domain.addresses import mask
from domain.policies import Method
from locales import Speech, speak


def sign_ins(view: SignInsView, *, language: str, masked: bool) -> Part:
    """With a button that ends them all, where there are some."""
    speech = speak(language)
    words = _count(speech, view)
    shown = address(mask(view.address) if masked else view.address)
    head = title(speech, words)
    where = place(speech, view.kind, view.workspace)
    head["items"] += [
        line(run(shown, weight="Bolder"), spacing="None"),
        line(run(where, size="Small", isSubtle=True), spacing="None"),
    ]
    body = [head, *_ended(speech, view), *(_row(speech, one) for one in view.lines)]
    ends = [execute(speech.say("End all"), "sessions.end", {"guest": view.guest_id}, style="destructive")]
    return card(body, ends if view.lines else [], language=speech.language, line=words)


def _count(speech: Speech, view: SignInsView) -> str:
    if not view.lines:
        return speech.say("Not signed in")
    return speech.say_many("Signed in once", "Signed in {count} times", len(view.lines))


def _ended(speech: Speech, view: SignInsView) -> list[Part]:
    if view.ended is None:
        return []
    said = speech.say_many("{count} session was ended.", "{count} sessions were ended.", view.ended)
    told = speech.say("The access itself stays: the guest can sign in again.")
    return [text(f"{said} {told}", spacing="Medium")]


def _row(speech: Speech, one: SignInLine) -> Part:
    rows = [
        text(speech.say("Since {moment}", moment=local_time(one.since))),
        text(_method(speech, one.method), size="Small", isSubtle=True, spacing="None"),
    ]
    return container(rows, separator=True, spacing="Medium")


def _method(speech: Speech, method: Method) -> str:
    return {
        Method.MICROSOFT: speech.say("With a Microsoft account of an organisation"),
        Method.PERSONAL: speech.say("With a personal Microsoft account"),
        Method.GOOGLE: speech.say("With Google"),
        Method.PARTNER: speech.say("With the guest’s own organisation"),
        Method.EMAIL_PASSCODE: speech.say("With a code by mail"),
    }[method]
