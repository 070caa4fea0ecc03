"""The card channel: one outbox row brings one invitation's card up to date in the chat.

The card is posted once and edited afterwards. It is drawn at the moment of delivery, so the newest state is what is
shown, whatever was due. Creating is not idempotent: a post that may have gone through is never repeated.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from domain import bulks, delivery, mailings, notices, postings
from domain.doors import Clock, Units
from domain.views import CardPost, Claimed
from outbox import schedule

log = logging.getLogger(__name__)

GONE = 404
UNWELCOME = 403
PASSING = frozenset({None, 401, 408, 412, 429, 500, 502, 503, 504})
"""Worth another try later. Everything else is our fault and stays so."""
UNCOUNTED = frozenset({401, 429})
"""Says nothing about this card: the credentials, the channel's limits."""


class Outcome(Protocol):
    """How a call ended. `ambiguous`: it may have gone through, but that is not known."""

    @property
    def status(self) -> int | None: ...
    @property
    def activity_id(self) -> str | None: ...
    @property
    def retry_after(self) -> float | None: ...
    @property
    def ambiguous(self) -> bool: ...
    @property
    def problem(self) -> str: ...


class Chat(Protocol):
    """Where cards go; the bot door has one."""

    async def open(self, service_url: str, bot_id: str, tenant_id: str, member_id: str) -> Outcome:
        """A chat with one person alone; the outcome's `activity_id` is the conversation's id. The same again gives the
        same chat."""
        ...

    async def post(self, service_url: str, conversation_id: str, activity: Mapping[str, Any]) -> Outcome: ...

    async def put(
        self, service_url: str, conversation_id: str, activity_id: str, activity: Mapping[str, Any]
    ) -> Outcome: ...


class CardChannel:
    """`render` turns the card's post into the JSON of a message activity."""

    def __init__(
        self,
        database: Units,
        chat: Chat,
        render: Callable[[CardPost], Mapping[str, Any]],
        clock: Clock,
    ) -> None:
        self._database = database
        self._chat = chat
        self._render = render
        self._clock = clock

    async def prepare(self) -> None:
        """Nothing is needed before the first card."""

    def room(self, priority: int | None, free: int) -> int:
        """The chat's limits are kept call by call, not here."""
        return free

    async def deliver(self, row: Claimed, owner: str) -> None:
        """Everything that can become of a card is written to its row. Raises what the database raises."""
        post = row.card or await self._database.read(postings.card, row)
        if post is None:
            await self._database.write(bulks.cardless, row, owner)
        elif not post.conversation_id:
            await self._open(row, owner, post)
        elif post.activity_id is None:
            await self._create(row, owner, post)
        else:
            await self._edit(row, owner, post, post.activity_id)

    async def _create(self, row: Claimed, owner: str, post: CardPost) -> None:
        if not await self._database.write(postings.creating, row, owner):
            # Posted perhaps, and not known where: the next click shows the state, a second card would not help.
            await self._database.write(delivery.dropped, row, owner)
            return
        outcome = await self._chat.post(post.service_url, post.conversation_id, self._render(post))
        if outcome.activity_id:
            await self._database.write(postings.posted, row, owner, outcome.activity_id)
        elif outcome.ambiguous or outcome.status == 200:
            log.warning("card %s may have been posted: %s", row.row_id, outcome.problem or "no id in the answer")
            await self._database.write(delivery.dropped, row, owner)
        elif outcome.status in (UNWELCOME, GONE):
            await self._database.write(postings.card_quiet, row, owner)
        else:
            await self._later(row, owner, outcome, created=False)

    async def _open(self, row: Claimed, owner: str, post: CardPost) -> None:
        """Nobody talked there yet: the chat is opened, and the card posted into it."""
        if not post.member_id:
            await self._database.write(postings.card_quiet, row, owner)
            return
        outcome = await self._chat.open(post.service_url, post.bot_id, row.tenant_id, post.member_id)
        if outcome.activity_id:
            await self._database.write(notices.opened, row.tenant_id, row.subject_id, outcome.activity_id)
            await self._create(row, owner, replace(post, conversation_id=outcome.activity_id))
        elif outcome.status in (UNWELCOME, GONE):
            await self._database.write(postings.card_quiet, row, owner)
        else:
            await self._later(row, owner, outcome)

    async def _edit(self, row: Claimed, owner: str, post: CardPost, activity_id: str) -> None:
        outcome = await self._chat.put(post.service_url, post.conversation_id, activity_id, self._render(post))
        if outcome.status == 200:
            await self._database.write(postings.told, row, owner)
        elif outcome.status == GONE:
            await self._database.write(postings.card_gone, row, owner)
        elif outcome.status == UNWELCOME:
            await self._database.write(postings.card_quiet, row, owner)
        else:
            await self._later(row, owner, outcome)

    async def _later(self, row: Claimed, owner: str, outcome: Outcome, *, created: bool = True) -> None:
        due_at = self._due_at(row, outcome)
        if outcome.status not in PASSING or due_at is None:
            log.error("card %s is given up: %s", row.row_id, outcome.problem)
            await self._database.write(mailings.dead, row, owner, outcome.problem)
        else:
            put_off = delivery.deferred if created else postings.not_created
            counted = outcome.status not in UNCOUNTED
            await self._database.write(put_off, row, owner, outcome.problem, due_at, counted)

    def _due_at(self, row: Claimed, outcome: Outcome) -> datetime | None:
        now = self._clock()
        due_at = schedule.next_attempt("card", row.attempts, row.created_at, now)
        if due_at is None or outcome.retry_after is None:
            return due_at
        return max(due_at, now + timedelta(seconds=outcome.retry_after))
