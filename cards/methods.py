"""`methods`: the sign-in methods in the tenant's order, for admins."""

from collections.abc import Sequence

from cards.elements import Part, card, column, columns, container, execute, fitting, label, line, run, text, unfold
from cards.escape import domain, plain
from cards.words import title
from domain.policies import Method
from domain.policy_views import MethodLine, MethodsView, PartnerLine, StageLine
from domain.views import Stage, Surface
from locales import Speech, speak

_PARTNERS_ROOM = 8_000
"""Bytes, as in cards/invite.py."""
MOST_DOMAINS = 5


def methods(view: MethodsView, *, language: str, notice: str = "") -> Part:
    """Each with its state and its buttons. `notice`: a sentence above it all, plain text."""
    speech = speak(language)
    words = speech.say("Sign-in methods")
    told = speech.say("Guests are offered those that fit, in this order, and a passcode where nothing else is certain.")
    body = [title(speech, words)]
    if notice:
        body.append(line(run(notice, weight="Bolder", color="Attention"), spacing="Medium"))
    body += [text(told, spacing="Medium"), *(_method(speech, view, one) for one in view.lines)]
    body += _partners(speech, view.partners)
    if view.google_domains:
        body.append(_google(speech, view.google_domains))
    back = execute(speech.say("Settings"), "settings.show", {})
    return card(body, [back], language=speech.language, line=notice or words)


def method_name(speech: Speech, method: Method) -> str:
    return {
        Method.MICROSOFT: speech.say("Microsoft account of an organisation"),
        Method.PARTNER: speech.say("A partner’s own sign-in"),
        Method.GOOGLE: speech.say("Google account"),
        Method.PERSONAL: speech.say("Personal Microsoft account"),
        Method.EMAIL_PASSCODE: speech.say("E-mail passcode"),
    }[method]


def _method(speech: Speech, view: MethodsView, one: MethodLine) -> Part:
    state = text(
        speech.say("On") if one.on else speech.say("Off"),
        weight="Bolder",
        color="Good" if one.on and one.there else "Default",
        horizontalAlignment="Right",
    )
    said = [text(method_name(speech, one.method)), *(_small(told) for told in _told(speech, view, one))]
    head = columns(column(said), column([state], "auto"), spacing="Small")
    buttons = {"type": "ActionSet", "actions": _buttons(speech, view, one)}
    return container([head, buttons], separator=True, spacing="Medium")


def _small(words: str) -> Part:
    return text(words, size="Small", isSubtle=True, spacing="None")


def _told(speech: Speech, view: MethodsView, one: MethodLine) -> list[str]:
    if one.method is Method.EMAIL_PASSCODE:
        return [speech.say("Always the last one."), *(_stage(speech, each) for each in view.stages)]
    told = [] if one.there else [speech.say("Nobody has set it up yet: it is offered to nobody.")]
    if one.trusts_mfa:
        told.append(speech.say("Its second factor counts here."))
    return told


def _stage(speech: Speech, one: StageLine) -> str:
    where = {Surface.CHAT: speech.say("Chat"), Surface.API: speech.say("API and bulk")}[one.surface]
    stage = {
        Stage.OFF: speech.say("Not released"),
        Stage.PREVIEW: speech.say("Preview"),
        Stage.GA: speech.say("Released"),
    }[one.stage]
    state = speech.say("On") if one.on else speech.say("Off")
    return speech.say("Feature, {where}: {stage}, {state}", where=where, stage=stage, state=state)


def _buttons(speech: Speech, view: MethodsView, one: MethodLine) -> list[Part]:
    data = {"method": one.method.value, "version": view.version}
    movable = [each.method for each in view.lines if each.method is not Method.EMAIL_PASSCODE]
    found: list[Part] = []
    if one.method in movable[1:]:
        found.append(execute(speech.say("Up"), "methods.move", data | {"direction": "up"}))
    if one.method in movable[:-1]:
        found.append(execute(speech.say("Down"), "methods.move", data | {"direction": "down"}))
    return [*found, _switch(speech, view, one, data)]


def _switch(speech: Speech, view: MethodsView, one: MethodLine, data: Part) -> Part:
    """Switching off takes one step more: guests may lose the way they came in."""
    if not one.on:
        return execute(speech.say("Switch on"), "methods.switch", data | {"state": "on"}, style="positive")
    told = speech.say_many(
        "Guests who sign in with it are signed out at once, and need another way. {count} guest has access now.",
        "Guests who sign in with it are signed out at once, and need another way. {count} guests have access now.",
        view.guests,
    )
    sure = execute(speech.say("Yes, switch off"), "methods.switch", data | {"state": "off"}, style="destructive")
    return unfold(speech.say("Switch off"), [text(told)], [sure])


def _partners(speech: Speech, partners: Sequence[PartnerLine]) -> list[Part]:
    if not partners:
        return []
    rows, left = fitting((_partner(speech, one) for one in partners), len(partners), _PARTNERS_ROOM)
    if left:
        rows.append(text(speech.say_many("and {count} more", "and {count} more", left), isSubtle=True))
    return [container([label(speech.say("Partners")), *rows], separator=True, spacing="Medium")]


def _partner(speech: Speech, one: PartnerLine) -> Part:
    said = _domains(speech, one.domains)
    if one.trusts_mfa:
        said = f"{said} · {speech.say('Its second factor counts here.')}"
    rows = [line(run(plain(one.name), weight="Bolder")), line(run(said, size="Small", isSubtle=True), spacing="None")]
    return container(rows, spacing="Small")


def _domains(speech: Speech, domains: Sequence[str]) -> str:
    shown = [domain(each) for each in domains[:MOST_DOMAINS]]
    left = len(domains) - len(shown)
    if left:
        shown.append(speech.say_many("and {count} more", "and {count} more", left))
    return ", ".join(shown)


def _google(speech: Speech, domains: Sequence[str]) -> Part:
    rows = [label(speech.say("Domains that sign in with Google")), line(run(_domains(speech, domains)))]
    return container(rows, separator=True, spacing="Medium")
