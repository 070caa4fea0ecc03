"""Sentences in the guest's language, ready for a page: what is filled in is escaped, moments are machine-readable."""

from collections.abc import Callable
from datetime import datetime

from markupsafe import Markup, escape

from domain import names
from locales import Speech

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Sentences:
    """One answer's sentences. `now` is the moment that "in 40 seconds" counts from."""

    def __init__(self, speech: Speech, now: datetime) -> None:
        self._speech = speech
        self.now = now
        self.language = speech.language

    def say(self, text: str, **values: object) -> Markup:
        """The translated text; `values` are escaped unless they are markup of ours."""
        return Markup(self._speech.say(text, **{name: escape(value) for name, value in values.items()}))  # noqa: S704

    def say_many(self, one: str, many: str, count: int, **values: object) -> Markup:
        safe = {name: escape(value) for name, value in values.items()}
        return Markup(self._speech.say_many(one, many, count, **safe))  # noqa: S704

    def inviter(self, name: str) -> Markup:
        """Whom to ask, by name where it is known."""
        known = names.plain(name)
        return strong(known) if known else self.say("the person who invited you")

    def clock(self, moment: datetime) -> Markup:
        """10:42 UTC; with the day where it is not today."""
        words = self._speech.time(moment)
        if moment.date() != self.now.date():
            words = self._speech.say("{time} on {day}", time=words, day=self._speech.day(moment))
        return element(moment, words)

    def day(self, moment: datetime) -> Markup:
        return element(moment, self._speech.day(moment))

    def ahead(self, moment: datetime) -> Markup:
        """10:42 UTC (in 40 seconds); only the clock time once it is past."""
        if moment <= self.now:
            return self.clock(moment)
        return self.say("{clock} ({span})", clock=self.clock(moment), span=self._span(moment, self._ahead))

    def left(self, moment: datetime) -> Markup:
        """29 minutes left"""
        return self._span(moment, self._left)

    def _span(self, moment: datetime, words: Callable[[int], tuple[Markup, ...]]) -> Markup:
        """The span until then in the largest unit that says enough. Seconds are rounded up, minutes and hours down,
        days to the nearest, as the date stands beside them: 90 days are not 89 a second later."""
        seconds = max(0, -int(-(moment - self.now).total_seconds() // 1))
        if seconds >= 2 * DAY:
            return words((seconds + DAY // 2) // DAY)[0]
        for place, unit in enumerate((2 * HOUR, 2 * MINUTE), 1):
            if seconds >= unit:
                return words(seconds // (unit // 2))[place]
        return words(seconds)[3]

    def _ahead(self, count: int) -> tuple[Markup, ...]:
        return (
            self.say_many("in {count} day", "in {count} days", count),
            self.say_many("in {count} hour", "in {count} hours", count),
            self.say_many("in {count} minute", "in {count} minutes", count),
            self.say_many("in {count} second", "in {count} seconds", count),
        )

    def _left(self, count: int) -> tuple[Markup, ...]:
        return (
            self.say_many("{count} day left", "{count} days left", count),
            self.say_many("{count} hour left", "{count} hours left", count),
            self.say_many("{count} minute left", "{count} minutes left", count),
            self.say_many("{count} second left", "{count} seconds left", count),
        )


def element(moment: datetime, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(f"{moment:%Y-%m-%dT%H:%M:%SZ}", words)


def strong(text: str) -> Markup:
    return Markup("<strong>{}</strong>").format(text)
