"""The card that warns a sponsor: a guest's access ends soon, and one click extends it."""

from cards.elements import Part, card, execute, line, local_date, run, text
from cards.escape import address, plain
from cards.words import place, title
from domain.addresses import mask
from domain.life_views import Outlook, WarningView
from locales import Speech, speak


def warning(view: WarningView, *, language: str, masked: bool) -> Part:
    """With buttons until somebody has answered; afterwards it says who did what."""
    speech = speak(language)
    who = address(mask(view.address) if masked else view.address)
    where = place(speech, view.workspace_kind, view.workspace)
    words = speech.say("Access ends soon") if view.outlook is Outlook.ENDING else _outcome(speech, view)
    body = [
        title(speech, speech.say("Access ends soon")),
        line(run(who, size="Large" if len(who) <= 24 else "Default", weight="Bolder"), spacing="Medium"),
        line(run(speech.say("Guest in {workspace}", workspace=where), size="Small", isSubtle=True), spacing="Small"),
    ]
    if view.outlook is not Outlook.ENDING:
        body.append(line(run(_outcome(speech, view), weight="Bolder"), separator=True, spacing="Medium"))
        return card(body, language=speech.language, line=f"{who}: {words}")
    told = speech.say("The access ends on {day}. The guest was told by mail.", day=local_date(view.ends_at))
    body.append(text(told, spacing="Medium"))
    return card(body, _buttons(speech, view), language=speech.language, line=f"{who}: {words}")


def _outcome(speech: Speech, view: WarningView) -> str:
    name, day = plain(view.by) or speech.say("an owner"), local_date(view.until)
    return {
        Outlook.EXTENDED: speech.say("Extended by {name} until {day}", name=name, day=day),
        Outlook.LEFT: speech.say("{name} lets it end on {day}", name=name, day=day),
        Outlook.NEWER: speech.say("The access ends on {day}: a newer message asks about it", day=day),
        Outlook.ENDED: speech.say("The access ended on {day}", day=day),
    }[view.outlook]


def _buttons(speech: Speech, view: WarningView) -> list[Part]:
    data = {"notice": view.notice_id}
    words = speech.say_many("Extend by {count} day", "Extend by {count} days", view.days)
    return [
        execute(words, "access.extend", data, style="positive"),
        execute(speech.say("Let it end"), "access.let_end", data),
    ]
