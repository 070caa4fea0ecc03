"""A chat that tests can speak in: the real handler and domain on SQLite, a recorder in place of the channel."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from botbuilder.core import BotAdapter, TurnContext
from botbuilder.schema import Activity, ResourceResponse

from bot.activities import incoming
from bot.adapter import Context
from bot.handler import Gatehouse
from bot.roster import Member, NotInRoster, RosterRefusal
from bot.turn import ACTIVITY_KEY, ROSTER_KEY, TENANT_KEY
from cards import fallback_text

TENANT = "11111111-1111-4111-8111-111111111111"
OTHER_TENANT = "22222222-2222-4222-8222-222222222222"
BOT = "28:bot"
START = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
PEOPLE = {
    "alice": ("a11ce000-0000-4000-8000-000000000001", "Alice Owner"),
    "bob": ("b0b00000-0000-4000-8000-000000000002", "Bob Member"),
    "charlie": ("c4a211e0-0000-4000-8000-000000000003", "Charlie Outsider"),
    "dora": ("d02a0000-0000-4000-8000-000000000004", "Dora Admin"),
    "greta": ("62e7a000-0000-4000-8000-000000000005", "Greta Guest"),
}
ADMIN = PEOPLE["dora"][0]
PERSONAL: dict[str, Any] = {"id": "a:personal", "conversationType": "personal", "tenantId": TENANT}
GROUP: dict[str, Any] = {
    "id": "19:group@thread.v2",
    "conversationType": "groupChat",
    "isGroup": True,
    "name": "Project Falcon",
    "tenantId": TENANT,
}
TEAM: dict[str, Any] = {
    "id": "19:general@thread.tacv2;messageid=17",
    "conversationType": "channel",
    "isGroup": True,
    "tenantId": TENANT,
}
TEAM_DATA = {"id": "19:team@thread.tacv2", "name": "Web"}
_numbers = itertools.count(1)


def sender(name: str) -> dict[str, Any]:
    person_id, shown = PEOPLE[name]
    return {"id": f"29:{name}", "name": shown, "aadObjectId": person_id}


def activity(kind: str, who: str = "alice", where: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    conversation = PERSONAL if where is None else where
    data: dict[str, Any] = {"tenant": {"id": TENANT}}
    if conversation["conversationType"] == "channel":
        data["team"] = TEAM_DATA
    return {
        "type": kind,
        "id": f"activity-{next(_numbers)}",
        "channelId": "msteams",
        "serviceUrl": "https://smba.trafficmanager.net/emea/",
        "from": sender(who),
        "recipient": {"id": BOT, "name": "Gatehouse"},
        "conversation": conversation,
        "channelData": data,
        "locale": "en-GB",
        **more,
    }


def said(text: str, who: str = "alice", where: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A message; in groups and channels with a mention of the bot."""
    message = activity("message", who, where, text=text, **more)
    if where is not None and where["conversationType"] != "personal":
        message["text"] = f"<at>Gatehouse</at> {text}"
        message.setdefault("entities", []).append(mention(BOT, "Gatehouse"))
    return message


def mention(channel_user_id: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "mention",
        "text": f"<at>{name}</at>",
        "mentioned": {"id": channel_user_id, "name": name, **more},
    }


def click(verb: Any, data: Any, who: str = "alice", where: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    value = {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"}
    return activity("invoke", who, where, name="adaptiveCard/action", value=value, **more)


class Recorder(BotAdapter):
    """Stands where the channel is."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        for one in activities:
            raw = dict(cast(Any, one).raw)
            if one.type == "invokeResponse":
                self.answers.append(raw["value"])
            else:
                self.sent.append(raw)
        return [ResourceResponse(id=f"reply-{next(_numbers)}") for _ in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> None: ...

    async def delete_activity(self, context: TurnContext, reference: Any) -> None: ...


@dataclass
class Heard:
    """What came back of one activity."""

    sent: list[dict[str, Any]]
    answers: list[dict[str, Any]]

    @property
    def cards(self) -> list[dict[str, Any]]:
        return [one["content"] for message in self.sent for one in message.get("attachments", [])]

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.sent if message.get("text")]

    @property
    def words(self) -> str:
        """Everything that can be read: sentences, cards, the answer to a click."""
        shown = self.texts + [fallback_text(card) for card in self.cards]
        for body in self.bodies:
            value = body["value"]
            shown.append(value if isinstance(value, str) else fallback_text(value))
        return "\n".join(shown)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(one["body"]) if isinstance(one["body"], str) else one["body"] for one in self.answers]

    @property
    def body(self) -> dict[str, Any]:
        assert len(self.bodies) == 1, "an invoke has exactly one answer"
        return self.bodies[0]

    @property
    def quiet(self) -> bool:
        return not self.sent and not self.answers


@dataclass
class Roster:
    """Roles by channel id; `fault` is raised instead, where there is one."""

    roles: dict[str, str] = field(default_factory=lambda: {f"29:{name}": "user" for name in PEOPLE})
    fault: type[RosterRefusal] | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    tenants: dict[str, str] = field(default_factory=dict)

    async def __call__(self, service_url: str, conversation_id: str, member_id: str) -> Member:
        self.asked.append((conversation_id, member_id))
        if self.fault is not None:
            raise self.fault
        if member_id not in self.roles:
            raise NotInRoster
        called = member_id.removeprefix("29:")
        by_id = {person_id: each for each, (person_id, _) in PEOPLE.items()}
        person_id, name = PEOPLE[by_id.get(called, called)]
        tenant_id = self.tenants.get(member_id, "")
        address = f"{member_id[3:]}@contoso.example"
        return Member(member_id, person_id, name, address, self.roles[member_id], tenant_id)


@dataclass
class Flags:
    """The operator's own provider."""

    off: frozenset[Any] = frozenset()

    async def vetoes(self, tenant_id: str | None, /) -> frozenset[Any]:
        return self.off


class Chat:
    def __init__(
        self,
        database: Any,
        roster: Roster,
        flags: Flags,
        now: Callable[[], datetime],
        discovery: Any = None,
        team_owners: Any = None,
    ) -> None:
        self.database = database
        self.roster = roster
        self.flags = flags
        self.now = now
        self.counted: list[tuple[str, str]] = []
        self.bot = Gatehouse(
            database,
            flags,
            now,
            count=lambda what, outcome: self.counted.append((what, outcome)),
            discovery=discovery,
            team_owners=team_owners,
        )

    async def hear(self, raw: dict[str, Any], tenant_id: str = TENANT) -> Heard:
        """The answer to one activity, through botbuilder's turn context."""
        adapter = Recorder()
        context = Context(TurnContext(adapter, incoming(raw)))
        context.turn_state.update({ACTIVITY_KEY: raw, TENANT_KEY: tenant_id, ROSTER_KEY: self.roster})
        await self.bot.on_turn(context)
        return Heard(adapter.sent, adapter.answers)

    async def say(self, text: str, who: str = "alice", where: dict[str, Any] | None = None, **more: Any) -> Heard:
        return await self.hear(said(text, who, where, **more))

    async def click(
        self, verb: Any, data: Any, who: str = "alice", where: dict[str, Any] | None = None, **more: Any
    ) -> Heard:
        return await self.hear(click(verb, data, who, where, **more))

    async def install(self, who: str = "alice", where: dict[str, Any] | None = None) -> Heard:
        return await self.hear(activity("installationUpdate", who, where, action="add"))

    async def rows(self, table: str) -> list[dict[str, Any]]:
        from sqlalchemy import text

        return [
            dict(row._mapping)
            for row in await self.database.read(lambda work: work.all(text(f"SELECT * FROM {table}")))
        ]


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)
