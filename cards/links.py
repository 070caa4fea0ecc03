"""`links`: the applications of a workspace, and what a proxy in front of each has to know."""

from cards.elements import Part, card, container, fitting, line, run, text
from cards.escape import plain
from cards.words import place, title
from domain.access_views import ResourcesView, ResourceView
from locales import Speech, speak

ROOM = 20_000
"""Bytes of JSON for the list: a message has 28 KB for everything."""


def links(view: ResourcesView, *, language: str) -> Part:
    """The list, after `links` and after a change."""
    speech = speak(language)
    words = speech.say("Applications for guests")
    head = title(speech, words)
    where = place(speech, view.kind, view.workspace)
    head["items"].append(line(run(where, size="Small", isSubtle=True), spacing="None"))
    told = speech.say("To change this, write “links add NAME URL” or “links remove NAME”.")
    body = [head, *_change(speech, view), *_list(speech, view)]
    body.append(text(told, size="Small", isSubtle=True, spacing="Medium"))
    return card(body, language=speech.language, line=words)


def _change(speech: Speech, view: ResourcesView) -> list[Part]:
    if view.added:
        said = speech.say("{name} is on your guests’ pages now.", name=plain(view.added))
    elif view.removed:
        said = speech.say("{name} was removed, and lets nobody in any more.", name=plain(view.removed))
    else:
        return []
    return [line(run(said, weight="Bolder"), spacing="Medium")]


def _list(speech: Speech, view: ResourcesView) -> list[Part]:
    if view.resources:
        rows, left = fitting((_row(speech, one) for one in view.resources), len(view.resources), ROOM)
        more = [text(speech.say_many("and {count} more", "and {count} more", left), isSubtle=True)] if left else []
        return [*rows, *more]
    return [text(speech.say("None yet. Guests see applications on their page, and are let in."), spacing="Medium")]


def _row(speech: Speech, one: ResourceView) -> Part:
    """The address is a checked one, and shown as it is: it may be copied."""
    told = speech.say("For the proxy: {setting}", setting=f"resource={one.resource_id}")
    rows = [
        line(run(plain(one.name), weight="Bolder")),
        line(run(one.url), spacing="None"),
        line(run(told, size="Small", isSubtle=True), spacing="None"),
    ]
    return container(rows, separator=True, spacing="Medium")
