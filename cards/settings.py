"""`settings`: where each feature stands, and the tenant's own setting, for admins."""

from cards.elements import (
    Part,
    card,
    column,
    columns,
    container,
    execute,
    heading,
    label,
    line,
    local_date,
    names,
    run,
    text,
    unfold,
)
from cards.setting_pages import navigation
from cards.words import title
from domain.views import Affected, FeatureView, Setting, SettingsView, Stage, Surface, SurfaceState
from locales import Speech, speak


def settings(view: SettingsView, *, language: str) -> Part:
    """Each feature with its surfaces, what the setting means, and a button to change it."""
    speech = speak(language)
    words = speech.say("Settings")
    body = [title(speech, words), *(_feature(speech, feature) for feature in view.features), _admins(speech, view)]
    buttons = [_change(speech, feature, view.affected) for feature in view.features]
    buttons.append(execute(speech.say("Sign-in methods"), "methods.show", {}))
    return card([*body, *navigation(speech, None)], buttons, language=speech.language, line=words)


def settings_confirmation(view: SettingsView, feature: str, *, language: str) -> Part:
    """The question before *disabled* is set: who could no longer get in."""
    speech = speak(language)
    words = speech.say("Disable {feature}?", feature=feature_name(speech, feature))
    body = [
        title(speech, words),
        *(text(said, weight="Bolder", color="Attention") for said in _affected(speech, view.affected)),
        text(speech.say("Guests who are signed in are signed out at once. You can enable it again at any time.")),
    ]
    data = {"feature": feature, "setting": Setting.DISABLED.value}
    buttons = [
        execute(speech.say("Yes, disable"), "settings.confirm", data, style="destructive"),
        execute(speech.say("Keep it"), "settings.show", {}),
    ]
    return card(body, buttons, language=speech.language, line=words)


def feature_name(speech: Speech, feature: str) -> str:
    """What people call a feature."""
    return {"email_passcode": speech.say("E-mail passcodes")}.get(feature, feature)


def _feature(speech: Speech, feature: FeatureView) -> Part:
    rows = [heading(feature_name(speech, feature.feature)), text(_meaning(speech, feature.setting))]
    rows += [label(speech.say("Where it works")), *(_surface(speech, one) for one in feature.surfaces)]
    return container(rows, spacing="Medium")


def _meaning(speech: Speech, setting: Setting) -> str:
    return {
        Setting.DEFAULT: speech.say("Your setting: **default**. It follows the rollout and stays off in preview."),
        Setting.ENABLED: speech.say("Your setting: **enabled**. It is on wherever there is a preview or a release."),
        Setting.DISABLED: speech.say("Your setting: **disabled**. It is off everywhere in your organisation."),
    }[setting]


def _surface(speech: Speech, one: SurfaceState) -> Part:
    where = {Surface.CHAT: speech.say("Chat"), Surface.API: speech.say("API and bulk")}[one.surface]
    on = text(
        speech.say("On") if one.on else speech.say("Off"),
        weight="Bolder",
        color="Good" if one.on else "Default",
        horizontalAlignment="Right",
    )
    said = [text(where), text(_stage(speech, one), size="Small", isSubtle=True, spacing="None")]
    return columns(column(said), column([on], "auto"), spacing="Small")


def _stage(speech: Speech, one: SurfaceState) -> str:
    if one.stage == Stage.OFF:
        return speech.say("Not released")
    if one.stage == Stage.PREVIEW:
        return speech.say("Preview")
    if one.from_at:
        return speech.say("Released, on by default from {day}", day=local_date(one.from_at))
    return speech.say("Released, on by default")


def _admins(speech: Speech, view: SettingsView) -> Part:
    who = ", ".join(names(view.admins)) or speech.say("named by the operator")
    said = speech.say("Admins: {names}", names=who)
    return line(run(said, size="Small", isSubtle=True), separator=True, spacing="Medium")


def _affected(speech: Speech, affected: Affected) -> list[str]:
    guests = speech.say_many(
        "{count} guest could no longer sign in.", "{count} guests could no longer sign in.", affected.guests
    )
    pending = speech.say_many(
        "{count} open invitation could not be redeemed.",
        "{count} open invitations could not be redeemed.",
        affected.pending,
    )
    return [guests, pending]


def _change(speech: Speech, feature: FeatureView, affected: Affected) -> Part:
    """The choice, folded in, so that each feature's field goes with its own button only."""
    titles = {
        Setting.DEFAULT: speech.say("Default – follow the rollout"),
        Setting.ENABLED: speech.say("Enabled – also in preview"),
        Setting.DISABLED: speech.say("Disabled – off for everybody"),
    }
    choice = {
        "type": "Input.ChoiceSet",
        "id": "setting",
        "label": feature_name(speech, feature.feature),
        "style": "expanded",
        "value": feature.setting.value,
        "choices": [{"title": words, "value": setting.value} for setting, words in titles.items()],
        "isRequired": True,
        "errorMessage": speech.say("Please choose one."),
    }
    warning = " ".join([speech.say("If disabled:"), *_affected(speech, affected)])
    save = execute(
        speech.say("Save"),
        "settings.feature",
        {"feature": feature.feature},
        style="positive",
        associatedInputs="Auto",
    )
    words = speech.say("Change {feature}", feature=feature_name(speech, feature.feature))
    return unfold(words, [choice, text(warning, size="Small", isSubtle=True)], [save])
