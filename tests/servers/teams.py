"""People in Teams: what they type and click reaches the bot as the channel would send it, signed."""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

from tests.servers.background import PATIENCE_SECONDS
from tests.servers.botframework import CARD, Cloud, Message
from tests.servers.web import Answer, post_json

TENANT = "5a2d1c0e-8f1b-4c3a-9d57-0a4f6f3c2b11"
_ids = count(time.time_ns() // 1_000_000)


@dataclass(frozen=True)
class Colleague:
    """Somebody with an account in a tenant. `role` is the roster's userRole."""

    name: str
    person_id: str = field(default_factory=lambda: str(uuid4()))
    role: str = "user"
    tenant_id: str = TENANT

    @property
    def channel_id(self) -> str:
        return f"29:{self.person_id.replace('-', '')}"

    @property
    def address(self) -> str:
        return f"{self.name.split()[0].lower()}@contoso.example"

    def account(self) -> dict[str, Any]:
        return {"id": self.channel_id, "name": self.name, "aadObjectId": self.person_id}

    def member(self) -> dict[str, Any]:
        first, _, last = self.name.partition(" ")
        return self.account() | {
            "objectId": self.person_id,
            "givenName": first,
            "surname": last,
            "email": self.address,
            "userPrincipalName": self.address,
            "tenantId": self.tenant_id,
            "userRole": self.role,
        }


@dataclass(frozen=True)
class Turn:
    """An activity that was sent, and how the bot's endpoint answered it."""

    activity: dict[str, Any]
    answer: Answer
    seen: int
    """How many messages of the bot there were before."""

    @property
    def status(self) -> int:
        return self.answer.status


class Teams:
    """The channel. `endpoints` are the bot's messaging endpoints: one, or one of each replica in turn."""

    def __init__(self, cloud: Cloud, *endpoints: str, tls: ssl.SSLContext | None = None) -> None:
        self.cloud, self.endpoints, self.tls = cloud, list(endpoints), tls
        self.turns = count()

    def personal(self, person: Colleague) -> "Chat":
        return self._chat("personal", f"a:{person.person_id}", (person,), person.tenant_id)

    def group(self, *people: Colleague) -> "Chat":
        return self._chat("groupChat", f"19:{uuid4().hex}@thread.v2", people, people[0].tenant_id)

    def channel(self, *people: Colleague) -> "Chat":
        """A team's general channel."""
        return self._chat("channel", f"19:{uuid4().hex}@thread.tacv2", people, people[0].tenant_id)

    def send(self, activity: dict[str, Any], *, token: str | None = None, endpoint: str | None = None) -> Answer:
        signed = self.cloud.token() if token is None else token
        where = endpoint or self.endpoints[next(self.turns) % len(self.endpoints)]
        headers = {"Authorization": f"Bearer {signed}"} if signed else {}
        return post_json(where, activity, headers=headers, tls=self.tls)

    def _chat(self, kind: str, name: str, people: tuple[Colleague, ...], tenant_id: str) -> "Chat":
        self.cloud.members[name] = {person.channel_id: person.member() for person in people}
        return Chat(self, kind, name, tenant_id)


@dataclass
class Chat:
    """A conversation with the bot in it. `kind` is Teams' conversationType."""

    teams: Teams
    kind: str
    name: str
    tenant_id: str

    # What people do

    def install(self, person: Colleague) -> Turn:
        """The person adds the bot: two activities, as Teams sends them. The second's turn is given back."""
        self.deliver(self.activity(person, "installationUpdate", action="add"))
        bot = {"id": f"28:{self.teams.cloud.app_id}", "name": "Gatehouse"}
        return self.deliver(self.activity(person, "conversationUpdate", membersAdded=[bot]))

    def uninstall(self, person: Colleague) -> Turn:
        return self.deliver(self.activity(person, "installationUpdate", action="remove"))

    def say(self, person: Colleague, text: str, *, thread: str = "", mentions: tuple[Colleague, ...] = ()) -> Turn:
        """A message. Outside personal chats the bot is mentioned; `@Name` in the text mentions a person."""
        return self.deliver(self.message(person, text, thread=thread, mentions=mentions))

    def press(self, person: Colleague, message: Message, verb: str, **inputs: str) -> Turn:
        """A click on the button with that verb of the card as it stands now."""
        return self.deliver(self.click(person, message, verb, **inputs))

    def look(self, person: Colleague, message: Message, locale: str = "en-GB") -> Turn:
        """The person's client shows the card, and asks for their own view of it."""
        assert message.card
        value = {"action": message.card["refresh"]["action"], "trigger": "automatic"}
        asked = self.activity(person, "invoke", name="adaptiveCard/action", value=value, replyToId=message.activity)
        asked["conversation"]["id"] = message.conversation
        return self.deliver(asked | {"locale": locale})

    # How that looks on the wire

    def message(
        self, person: Colleague, text: str, *, thread: str = "", mentions: tuple[Colleague, ...] = ()
    ) -> dict[str, Any]:
        entities: list[dict[str, Any]] = [{"type": "clientInfo", "locale": "en-GB", "country": "GB", "platform": "Web"}]
        if self.kind != "personal":
            text = f"<at>Gatehouse</at> {text}"
            bot = {"id": f"28:{self.teams.cloud.app_id}", "name": "Gatehouse"}
            entities.append({"type": "mention", "text": "<at>Gatehouse</at>", "mentioned": bot})
        for other in mentions:
            text = text.replace(f"@{other.name}", f"<at>{other.name}</at>")
            mentioned = {"id": other.channel_id, "name": other.name}
            entities.append({"type": "mention", "text": f"<at>{other.name}</at>", "mentioned": mentioned})
        activity = self.activity(person, "message", text=text, textFormat="plain", entities=entities)
        if self.kind == "channel":
            activity["conversation"]["id"] += f";messageid={thread or activity['id']}"
        return activity

    def click(self, person: Colleague, message: Message, verb: str, **inputs: str) -> dict[str, Any]:
        action = self.button(message, verb)
        value = {
            "action": {"type": "Action.Execute", "verb": verb, "data": {**(action.get("data") or {}), **inputs}},
            "trigger": "manual",
        }
        clicked = self.activity(person, "invoke", name="adaptiveCard/action", value=value, replyToId=message.activity)
        clicked["conversation"]["id"] = message.conversation
        return clicked

    def activity(self, person: Colleague, kind: str, **more: Any) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        data: dict[str, Any] = {"tenant": {"id": self.tenant_id}}
        if self.kind == "channel":
            data |= {"teamsChannelId": self.name, "teamsTeamId": self.name}
            data |= {"channel": {"id": self.name}, "team": {"id": self.name, "name": "Fabrikam launch"}}
        place = {"id": self.name, "conversationType": self.kind, "tenantId": self.tenant_id}
        return {
            "type": kind,
            "id": str(next(_ids)),
            "timestamp": now,
            "localTimestamp": now,
            "localTimezone": "Europe/London",
            "locale": "en-GB",
            "channelId": "msteams",
            "serviceUrl": self.teams.cloud.service_url,
            "from": person.account(),
            "conversation": place if self.kind == "personal" else place | {"isGroup": True},
            "recipient": {"id": f"28:{self.teams.cloud.app_id}", "name": "Gatehouse"},
            "channelData": data,
            **more,
        }

    def deliver(self, activity: dict[str, Any], **how: Any) -> Turn:
        seen = len(self.teams.cloud.messages.entries)
        return Turn(activity, self.teams.send(activity, **how), seen)

    # What people see

    def here(self, message: Message) -> bool:
        return message.conversation.partition(";")[0] == self.name

    def reply(self, turn: Turn, wanted: Callable[[Message], bool] = lambda message: True) -> Message:
        """The first message of the bot here since that turn that is `wanted`."""
        return self.teams.cloud.messages.wait(lambda message: self.here(message) and wanted(message), after=turn.seen)

    def cards(self, address: str) -> list[Message]:
        """The invitation cards here on which this (or the masked) address stands, oldest first."""
        return self.teams.cloud.messages.matching(
            lambda message: self.here(message) and status(message.card) != "" and address in str(message.card)
        )

    def card(self, address: str, text: str, seconds: float = PATIENCE_SECONDS) -> Message:
        """Waits until the newest invitation card for the address says `text`, such as *Redeemed*."""

        def look() -> Message | None:
            newest = self.cards(address)[-1:]
            return newest[0] if newest and status(newest[0].card) == text else None

        return self.teams.cloud.messages.wait_for(look, seconds)

    def button(self, message: Message, verb: str) -> dict[str, Any]:
        found = [action for action in actions(message.card) if action.get("verb") == verb]
        assert found, f"no button {verb} on the card: {message.card}"
        return found[0]


def elements(value: Any) -> list[dict[str, Any]]:
    """Every object of a card, however deep."""
    if isinstance(value, dict):
        return [value, *(element for part in value.values() for element in elements(part))]
    return [element for part in value for element in elements(part)] if isinstance(value, list) else []


def actions(card: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [element for element in elements(card) if element.get("type") == "Action.Execute"]


def status(card: dict[str, Any] | None) -> str:
    """What stands in the TextBlock of id `status`; empty where there is none."""
    found = [e for e in elements(card) if e.get("id") == "status" and e.get("type") == "TextBlock"]
    return found[0]["text"] if found else ""


def answered_card(turn: Turn) -> dict[str, Any]:
    """The card in an invoke's answer."""
    body = turn.answer.json
    assert turn.status == 200, body
    assert body["type"] == CARD, body
    return body["value"]
