"""Who answers for guests: shown, handed over, and asked for when a sponsor has left."""

from cards.certificate import whom
from cards.elements import Part, card, container, execute, line, local_date, names, run, text, unfold
from cards.escape import plain
from cards.words import place, title
from domain.sponsor_views import HandoverView, LeftView, SponsorsView
from locales import Speech, speak

_MOST_CHOICES = 50


def sponsors(view: SponsorsView, *, language: str, masked: bool) -> Part:
    speech = speak(language)
    words = speech.say("Who answers for the guest")
    shown = whom(speech, view.address, masked)
    body = [title(speech, words), line(run(shown, weight="Bolder"), spacing="Medium")]
    if view.changed:
        body.append(line(run(_changed(speech, view))))
    body.append(container([line(run(_name(speech, each)), spacing="Small") for each in view.sponsors]))
    told = speech.say("They are asked and told about the guest. “sponsors ADDRESS add @person” names another one.")
    body.append(text(told, size="Small", isSubtle=True))
    return card(body, language=speech.language, line=f"{words}: {', '.join(names(view.sponsors))}")


def _name(speech: Speech, name: str) -> str:
    return plain(name) or speech.say("Somebody without a name")


def _changed(speech: Speech, view: SponsorsView) -> str:
    name = _name(speech, view.changed)
    if view.already:
        return speech.say("{name} answers for the guest already.", name=name)
    if view.added:
        return speech.say("{name} answers for the guest now.", name=name)
    return speech.say("{name} does not answer for the guest any more.", name=name)


def handed_over(view: HandoverView, *, language: str) -> Part:
    speech = speak(language)
    words = speech.say("Guests handed over")
    said = speech.say_many(
        "{after} answers for {count} guest now, in place of {before}.",
        "{after} answers for {count} guests now, in place of {before}.",
        view.guests,
        after=_name(speech, view.after),
        before=_name(speech, view.before),
    )
    where = place(speech, view.kind, view.workspace)
    if view.everywhere:
        where = speech.say("In all workspaces of your organisation")
    body = [title(speech, words), line(run(said), spacing="Medium"), line(run(where, size="Small", isSubtle=True))]
    return card(body, language=speech.language, line=said)


def sponsor_left(view: LeftView, *, language: str, masked: bool = False) -> Part:  # noqa: ARG001 - as all that is posted
    """It names no guest, so that there is nothing to mask."""
    speech = speak(language)
    words = speech.say("Somebody who answers for guests has left")
    name, where = _name(speech, view.name), place(speech, view.workspace_kind, view.workspace)
    body = [title(speech, words)]
    if not view.guests:
        said = speech.say("{name} has left {workspace}. Others answer for the guests now.", name=name, workspace=where)
        return card([*body, line(run(said), spacing="Medium")], language=speech.language, line=said)
    said = speech.say_many(
        "{name} has left {workspace} and answers for {count} guest there.",
        "{name} has left {workspace} and answers for {count} guests there.",
        view.guests,
        name=name,
        workspace=where,
    )
    body += [line(run(said), spacing="Medium"), text(local_date(view.left_at), size="Small", isSubtle=True)]
    body.append(text(speech.say("Somebody has to be asked about them, and warned before their access ends.")))
    return card(body, _buttons(speech, view), language=speech.language, line=said)


def _buttons(speech: Speech, view: LeftView) -> list[Part]:
    data = {"notice": view.notice_id}
    buttons = [execute(speech.say("Hand over to me"), "sponsors.take", data, style="positive")]
    if not view.owners:
        return buttons
    choose = {
        "type": "Input.ChoiceSet",
        "id": "person",
        "label": speech.say("Owner"),
        "style": "compact",
        "isRequired": True,
        "errorMessage": speech.say("Please choose an owner."),
        "choices": [{"title": plain(name), "value": each} for each, name in view.owners[:_MOST_CHOICES]],
    }
    give = execute(speech.say("Hand over"), "sponsors.give", data, style="positive", associatedInputs="Auto")
    return [*buttons, unfold(speech.say("Choose an owner"), [choose], [give])]
