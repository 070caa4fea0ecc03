"""For whom the bot speaks, and what a reply is made of. Sentences are plain text (`textFormat` plain)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cards.escape import address, plain
from cards.words import place
from domain.addresses import mask
from domain.value import value
from domain.views import Kind, Place
from locales import Speech, speak

Card = dict[str, Any]
MOST_NAMES = 5
TEAMS = "msteams"
OWN_VIEWS = frozenset({TEAMS})
"""Channels where the answer to a click takes the card's place for the person who clicked, and for nobody else."""


@value
class Reply:
    """A sentence, or cards. Nothing at all: the outbox posts what there is to see."""

    text: str = ""
    cards: tuple[Card, ...] = ()
    address: str | None = None
    """Whom the card is about, for command words where there are no buttons."""
    lines: tuple[tuple[str, str], ...] = ()
    """For cards to choose from: title and text of each."""
    posted: Card | None = None
    """An attachment that comes as a message of its own, before what is said."""


@value
class Listener:
    """For whom a reply is written, where and when."""

    speech: Speech
    kind: Kind
    workspace: str
    now: datetime
    clicked: bool = False
    """True: the reply answers a button, and takes the place of its card."""
    alone: bool = False
    """True: nobody else sees it, although others see the card."""
    dialog: bool = False
    """True: the reply is shown in a dialog."""
    teams: bool = False
    """True: the client opens dialogs, and has a picker of people."""
    name: str = ""
    """The listener's own."""

    @classmethod
    def at(cls, where: Place, now: datetime, clicked: bool = False, dialog: bool = False, name: str = "") -> "Listener":
        alone, teams = clicked and where.channel_id in OWN_VIEWS, where.channel_id == TEAMS
        return cls(speak(where.locale), where.kind, where.name, now, clicked, alone, dialog, teams, name)

    @property
    def masked(self) -> bool:
        """Everybody in a team or a group chat reads what is posted there. What answers a click is read by who clicked,
        and holds no address unless that person was found to have the right."""
        return self.kind is not Kind.PERSONAL and not self.alone

    @property
    def language(self) -> str:
        return self.speech.language

    def address(self, whole: str) -> str:
        return address(mask(whole) if self.masked else whole)

    def place(self, workspace: str = "") -> str:
        return place(self.speech, self.kind, workspace or self.workspace)

    def among(self, people: Sequence[str]) -> bool:
        """By name, as only that is known of them."""
        return bool(self.name) and self.name in people

    def names(self, people: Sequence[str]) -> str:
        shown = [plain(one) for one in people[:MOST_NAMES]]
        left = len(people) - len(shown)
        if left:
            shown.append(self.speech.say_many("{count} other", "{count} others", left))
        return ", ".join(shown)

    def who_can_change(self, admins: Sequence[str]) -> str:
        if self.among(admins):
            return self.speech.say("You can change that.")
        if admins:
            return self.speech.say("{names} can change that.", names=self.names(admins))
        return self.speech.say("An admin can change that.")

    def when(self, moment: datetime) -> str:
        """The first whole second or minute at which it is certain, in words."""
        wait = moment - self.now
        if wait <= timedelta(seconds=90):
            seconds = max(1, int(wait.total_seconds()) + 1)
            return self.speech.say_many("in {count} second", "in {count} seconds", seconds)
        minute = moment + timedelta(seconds=59)
        if minute.date() == self.now.date():
            return self.speech.say("at {time}", time=self.speech.time(minute))
        return self.speech.say("on {day} at {time}", day=self.speech.day(minute), time=self.speech.time(minute))
