"""Dates in words. Babel knows them too, among 6 MiB of other things."""

from datetime import datetime
from functools import cache

from locales import Speech


def day(speech: Speech, moment: datetime) -> str:
    """6 December 2026."""
    month = _months(speech)[moment.month - 1]
    return speech.say("{day} {month} {year}", day=moment.day, month=month, year=moment.year)


@cache
def _months(speech: Speech) -> tuple[str, ...]:
    return (
        speech.say("January"), speech.say("February"), speech.say("March"), speech.say("April"), speech.say("May"),
        speech.say("June"), speech.say("July"), speech.say("August"), speech.say("September"), speech.say("October"),
        speech.say("November"), speech.say("December"),
    )  # fmt: skip
