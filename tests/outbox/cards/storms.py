"""A team with many cards, and Teams' limits on a clock that the test moves: nobody waits."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.connector import Connector, open_session
from bot.credentials import Credentials
from bot.poster import Poster
from bot.rate import TEAMS, Pace
from bot.service_url import ServiceHosts
from cards.posting import message
from domain import delivery, postings
from domain.views import Claimed, Place
from domain.work import Work
from outbox.card_channel import CardChannel
from storage import invitations as rows
from tests.domain.world import START, TEAM, WORKER, World
from tests.servers.botframework import Call, Cloud

AT_ONCE = 4


@dataclass
class Storm:
    world: World
    cloud: Cloud
    channel: CardChannel
    place: Place

    async def changes(self, invitation_id: str) -> None:
        """One more version."""

        def change(work: Work) -> None:
            row = work.one(rows.BY_ID, {"tenant_id": self.place.tenant_id, "invitation_id": invitation_id})
            assert row is not None
            where = {"invitation": invitation_id, "tenant": row.tenant_id, "seen": row.version, "now": work.now}
            assert work.run(rows.PROLONG, where | {"until": row.expires_at + timedelta(seconds=1), "last": None})
            delivery.enqueue_card(work, row.tenant_id, invitation_id)

        await self.world.do(change)

    async def works(self) -> bool:
        """The worker takes what is due and delivers it. False: nothing is."""
        due = await self.world.do(delivery.claim, "card", None, WORKER, AT_ONCE, 60)
        for row in due:
            await self.channel.deliver(row, WORKER)
        return bool(due)

    async def settles(self, within: timedelta) -> None:
        """Time goes by until nothing is due any more."""
        until = self.world.clock.now + within
        while True:
            while await self.works():
                pass
            ((due,),) = await self.world.rows("SELECT min(due_at) FROM outbox WHERE channel = 'card'")
            if due is None or (due_at := _moment(due)) > until:
                return
            self.world.clock.now = max(self.world.clock.now, due_at)

    async def now_shown(self) -> dict[str, Any]:
        """By message, what every card should say."""

        def read(work: Work) -> dict[str, Any]:
            found = work.all(rows.CARDS.select())
            posts = [postings.card(work, _of(each.invitation_id, each.tenant_id)) for each in found]
            return {post.activity_id: json.loads(json.dumps(message(post))) for post in posts if post}

        return await self.world.look(read)

    def shown(self) -> dict[str, Any]:
        return {each.activity: each.body for each in self.cloud.messages.entries}

    def calls(self, method: str) -> list[Call]:
        return [call for call in self.cloud.calls.entries if call.method == method]


def _of(invitation_id: str, tenant_id: str) -> Any:
    return Claimed("", tenant_id, "card", invitation_id, 1, 1, START)


def _moment(value: Any) -> Any:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@asynccontextmanager
async def storm(world: World, cloud: Cloud) -> AsyncIterator[Storm]:
    """Alice's team in that cloud."""
    place = replace(TEAM, place_id="19:storm", conversation_id="19:storm;messageid=1", service_url=cloud.service_url)
    await world.settle(place)
    clock = world.clock

    def seconds() -> float:
        return (clock.now - START).total_seconds()

    async def sleep(waited: float) -> None:
        clock.move(seconds=waited)

    cloud.clock = seconds
    async with open_session() as session:
        credentials = Credentials(session, cloud.token_url, cloud.app_id, cloud.password)
        pace = Pace(TEAMS, seconds, sleep)
        connector = Connector(session, ServiceHosts(("127.0.0.1:*",)), credentials, pace)
        yield Storm(world, cloud, CardChannel(world.database, Poster(connector), message, clock), place)
        await credentials.close()
