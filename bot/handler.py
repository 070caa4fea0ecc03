"""Activity → typed command → one domain operation → reply. What a turn does, from its first check to its last word."""

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from botbuilder.core import TurnContext

from bot import deeds, invokes, outcomes, places
from bot.clicks import clicked
from bot.commands import AddOwner, Command, RemoveOwner
from bot.deeds import Deed, deed
from bot.listeners import Listener, Reply
from bot.people import People
from bot.phrases import understand
from bot.repeats import Repeats, activity_key
from bot.replies import refused
from bot.roster import Roster
from bot.turn import Turn, answer_text
from bot.visits import Visit
from bot.writing import without
from domain import received, workspaces
from domain.doors import Clock, Flags, Units
from domain.errors import AccessRefusal, Outsider, Refusal, Unverified
from domain.faults import Unavailable
from domain.views import Kind, Person, Place
from domain.work import Veto

NO_VETOES: frozenset[Veto] = frozenset()
Counting = Callable[[str, str], None]


def _uncounted(_command: str, _outcome: str) -> None: ...


_log = logging.getLogger("gatehouse.bot")


class Gatehouse:
    """The bot. `count(what, outcome)` is called once per command; `roster` is for tests."""

    def __init__(
        self, database: Units, flags: Flags, clock: Clock, *, roster: Roster | None = None, count: Counting = _uncounted
    ) -> None:
        self._database = database
        self._flags = flags
        self._clock = clock
        self._roster = roster
        self._count = count
        self._people = People(database, clock)
        self._repeats = Repeats()

    async def on_turn(self, turn_context: TurnContext) -> None:
        """Raises Unavailable where that cannot be told in the chat: the activity is to be delivered again."""
        turn = Turn.of(turn_context, self._roster)
        try:
            where = places.place(turn.activity, turn.tenant_id)
        except places.Unplaceable:
            return
        match turn.activity.get("type"):
            case "message":
                await self._message(turn, where)
            case "invoke":
                await self._invoke(turn, where)
            case "installationUpdate" | "conversationUpdate":
                await self._coming_and_going(turn, where)
            case _:
                pass

    async def _message(self, turn: Turn, where: Place) -> None:
        command = _said(turn.activity, where)
        if command is None:
            return
        visit = self._visit(turn, where, clicked=False)
        if not self._repeats.begin(visit.key):
            return
        done = False
        try:
            await self._converse(visit, command)
            done = True
        finally:
            self._repeats.end(visit.key, done)

    async def _invoke(self, turn: Turn, where: Place) -> None:
        read = invokes.action(turn.activity)
        if read is None:
            await turn.answer(invokes.unknown(turn.activity, Listener.at(where, self._clock())))
            return
        await self._converse(self._visit(turn, where, clicked=True), clicked(*read))

    def _visit(self, turn: Turn, where: Place, clicked: bool) -> Visit:
        key = activity_key(turn.activity, turn.tenant_id)
        return Visit(turn, where, key, Listener.at(where, self._clock(), clicked))

    async def _converse(self, visit: Visit, command: Command) -> None:
        """The one place where faults become words. Nothing of them but a reference is told."""
        name, outcome = type(command).__name__, "done"
        try:
            await visit.tell(await self._done(visit, command))
        except Refusal as refusal:
            outcome = refusal.code
            await visit.tell(await self._refused(visit, refusal))
        except Unavailable:
            outcome = "unavailable"
            if not await visit.tell(outcomes.unavailable(visit.listener)):
                raise
        except Exception:  # noqa: BLE001 - the bot door's one
            outcome, reference = "fault", secrets.token_hex(4)
            _log.exception("fault %s in %s", reference, name)
            await visit.tell(outcomes.fault_with(reference, visit.listener))
        finally:
            self._count(name, outcome)

    async def _done(self, visit: Visit, command: Command) -> Reply | str | None:
        """What to say; text: an invoke's answer in JSON. None: it was said before."""
        person = await self._people.sender(visit.turn, visit.place)
        what = await self._deed(visit, command)
        vetoes = await self._flags.vetoes(visit.place.tenant_id) if what.gated else NO_VETOES
        arguments = (visit.place, person, *what.arguments)
        if visit.key is None or not (what.once or visit.listener.clicked):
            unit = self._database.write if what.writes else self._database.read
            return what.show(await unit(what.operation, *arguments, vetoes=vetoes), visit.listener)
        render = _rendering(what, visit) if visit.listener.clicked else None
        result, answer = await self._database.write(
            received.once, visit.key, render, what.operation, *arguments, vetoes=vetoes
        )
        if answer is not None or result is None:
            return answer
        return what.show(result, visit.listener)

    async def _deed(self, visit: Visit, command: Command) -> Deed:
        match command:
            case AddOwner(mention):
                return deeds.owner_added(await self._people.mentioned(visit.turn, visit.place, mention))
            case RemoveOwner(mention):
                return deeds.owner_removed(await self._people.leaving(visit.turn, visit.place, mention))
            case _:
                return deed(command)

    async def _refused(self, visit: Visit, refusal: Refusal) -> Reply | str:
        """An invoke's refusal is kept, so that the same invoke again gets the same answer."""
        if isinstance(refusal, Outsider) and not refusal.owners:
            refusal = await self._with_owners(visit)
        reply = refused(refusal, visit.listener)
        if visit.key is None or not visit.listener.clicked or isinstance(refusal, AccessRefusal):
            return reply
        text = answer_text(visit.body(reply))
        try:
            _, answer = await self._database.write(received.once, visit.key, _always(text), _nothing)
        except Unavailable:
            return reply
        return answer or text

    async def _with_owners(self, visit: Visit) -> Outsider:
        nobody = Person(visit.place.tenant_id, "")
        try:
            return Outsider((await self._database.read(workspaces.standing, visit.place, nobody)).owners)
        except Unavailable:
            return Outsider()

    async def _coming_and_going(self, turn: Turn, where: Place) -> None:
        key = activity_key(turn.activity, turn.tenant_id) or secrets.token_hex(16)
        if _leaves(turn.activity):
            await self._database.write(received.once, key, None, _departed, where)
        elif _comes(turn.activity):
            person = await self._newcomer(turn, where)
            if person is None:
                return
            view, _ = await self._database.write(received.once, key, None, workspaces.arrived, where, person)
            if view is not None:
                visit = self._visit(turn, where, clicked=False)
                await visit.tell(outcomes.arrived(view, visit.listener))

    async def _newcomer(self, turn: Turn, where: Place) -> Person | None:
        """Who added the bot, and owns the workspace if nobody was before. None: not told, and nobody waits for it."""
        nobody = Person(turn.tenant_id, "")
        try:
            return await self._people.sender(turn, where)
        except Unverified:
            # Asked again before anything is done in this person's name.
            return places.person(turn.activity, turn.tenant_id)
        except Outsider:
            if places.word(places.part(turn.activity, "from"), "aadObjectId"):
                return nobody
        known = await self._database.read(workspaces.standing, where, nobody)
        return nobody if known.workspace_id else None


def _said(activity: Mapping[str, Any], where: Place) -> Command | None:
    """None: it is not for the bot."""
    sender, bot = places.word(places.part(activity, "from"), "id"), where.bot_id
    if sender and sender == bot:
        return None
    text = activity.get("text")
    if not isinstance(text, str) or not text.strip():
        read = invokes.submitted(activity)
        return clicked(*read) if read else None
    people, called = places.mentions(activity)
    if where.kind is not Kind.PERSONAL and not called:
        return None
    return understand(without(text, places.shown(activity)), people)


def _rendering(what: Deed, visit: Visit) -> Callable[[Any], str]:
    return lambda result: answer_text(visit.body(what.show(result, visit.listener)))


def _always(text: str) -> Callable[[object], str]:
    return lambda _: text


def _nothing(_work: Any) -> bool:
    """An operation that leaves everything as it is, so that an answer can be kept."""
    return True


def _departed(work: Any, where: Place) -> bool:
    workspaces.departed(work, where)
    return True


def _about_bot(activity: Mapping[str, Any], list_name: str) -> bool:
    bot_id = places.word(places.part(activity, "recipient"), "id")
    return bool(bot_id) and any(places.word(one, "id") == bot_id for one in places.things(activity, list_name))


def _comes(activity: Mapping[str, Any]) -> bool:
    if activity.get("type") == "installationUpdate":
        return activity.get("action") in ("add", "add-upgrade")
    return _about_bot(activity, "membersAdded")


def _leaves(activity: Mapping[str, Any]) -> bool:
    if activity.get("type") == "installationUpdate":
        return activity.get("action") == "remove"
    return _about_bot(activity, "membersRemoved")
