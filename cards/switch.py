"""A feature that comes on by itself on a date, for admins: what happens, whom it concerns, and what can be done."""

from cards.elements import Part, card, execute, local_date, local_time, text, unfold
from cards.settings import feature_name
from cards.words import title
from domain.switch_views import Outcome, Reach, Remind, SwitchView
from domain.views import Surface
from locales import Speech, speak


def switch(view: SwitchView, *, language: str, masked: bool = False) -> Part:  # noqa: ARG001 - as all that is posted
    """Buttons while it waits; afterwards what became of it. It names nobody, so that there is nothing to mask."""
    speech = speak(language)
    name = feature_name(speech, view.feature)
    if view.asking and view.outcome is Outcome.PENDING:
        return _question(speech, view, name)
    words = _head(speech, view, name)
    body = [title(speech, words), *_body(speech, view)]
    return card(body, _buttons(speech, view), language=speech.language, line=words)


def _head(speech: Speech, view: SwitchView, name: str) -> str:
    if view.outcome is Outcome.PENDING:
        return speech.say_many(
            "{name} come on in {count} day", "{name} come on in {count} days", view.days, name=name
        )  # fmt: skip
    return {
        Outcome.ON: speech.say("{name} are on", name=name),
        Outcome.ENABLED: speech.say("{name} were turned on", name=name),
        Outcome.BLOCKED: speech.say("{name} are blocked", name=name),
        Outcome.MOVED: speech.say("{name}: the date was moved", name=name),
    }[view.outcome]


def _body(speech: Speech, view: SwitchView) -> list[Part]:
    if view.outcome is not Outcome.PENDING:
        return [text(_became(speech, view))]
    where = speech.say("in chats, and for what scripts and lists invite")
    if len(view.surfaces) == 1:
        where = {
            Surface.CHAT: speech.say("for what is invited in chats"),
            Surface.API: speech.say("for what scripts and lists invite"),
        }[view.surfaces[0]]
    said = speech.say(
        "On {day} they come on for your organisation, {where}, unless you block them.",
        day=local_date(view.at), where=where,
    )  # fmt: skip
    body = [text(said), text(_comes_in(speech, view.comes_in), isSubtle=True)]
    if view.reminder_at:
        told = speech.say("You will be reminded on {moment}.", moment=local_time(view.reminder_at))
        body.append(text(told, weight="Bolder", color="Good"))
    return body


def _became(speech: Speech, view: SwitchView) -> str:
    if view.outcome is Outcome.MOVED:
        if view.moved_to is None:
            return speech.say("Nothing comes on by itself any more. “settings” shows where it stands.")
        return speech.say("The new date is {day}. You will be told again before it.", day=local_date(view.moved_to))
    return {
        Outcome.ON: speech.say("They came on by themselves on {day}.", day=local_date(view.at)),
        Outcome.ENABLED: speech.say("Your organisation did not wait for the date. “settings” can change that."),
    }.get(view.outcome, speech.say("They stay off in your organisation, on every date. “settings” can change that."))


def _comes_in(speech: Speech, reach: Reach) -> str:
    guests = speech.say_many("{count} guest", "{count} guests", reach.guests)
    invitations = speech.say_many("{count} open invitation", "{count} open invitations", reach.invitations)
    return speech.say(
        "Whom it concerns today: {guests} and {invitations}, who could sign in with a passcode then.",
        guests=guests, invitations=invitations,
    )  # fmt: skip


def _question(speech: Speech, view: SwitchView, name: str) -> Part:
    words = speech.say("Block {name}?", name=name)
    guests = speech.say_many(
        "{count} guest could no longer sign in.", "{count} guests could no longer sign in.", view.shut_out.guests
    )
    invitations = speech.say_many(
        "{count} open invitation could not be redeemed.", "{count} open invitations could not be redeemed.",
        view.shut_out.invitations,
    )  # fmt: skip
    body = [
        title(speech, words),
        text(guests, weight="Bolder", color="Attention"),
        text(invitations, weight="Bolder", color="Attention"),
        text(speech.say("They are switched off everywhere in your organisation, now and on the date.")),
    ]
    data = {"notice": view.notice_id}
    buttons = [
        execute(speech.say("Yes, block"), "switch.block", data, style="destructive"),
        execute(speech.say("Back"), "switch.show", data),
    ]
    return card(body, buttons, language=speech.language, line=words)


def _buttons(speech: Speech, view: SwitchView) -> list[Part]:
    if view.outcome is not Outcome.PENDING:
        return []
    data = {"notice": view.notice_id}
    choices = {
        Remind.TOMORROW: speech.say("Tomorrow"),
        Remind.WEEK: speech.say("In a week"),
        Remind.DAY_BEFORE: speech.say("A day before"),
    }
    choice = {
        "type": "Input.ChoiceSet",
        "id": "when",
        "label": speech.say("When?"),
        "style": "expanded",
        "value": Remind.WEEK.value,
        "choices": [{"title": words, "value": when.value} for when, words in choices.items()],
    }
    later = execute(speech.say("Save"), "switch.remind", data, style="positive", associatedInputs="Auto")
    return [
        execute(speech.say("Turn on now"), "switch.on", data),
        execute(speech.say("Block"), "switch.ask", data),
        unfold(speech.say("Remind me"), [choice], [later]),
    ]
