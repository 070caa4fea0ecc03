"""Activity → typed command → one domain operation → reply. What a turn does, from its first check to its last word."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, Unpack

from bot import (
    answers,
    bulk_outcomes,
    deeds,
    file_phrases,
    files,
    form_outcomes,
    invokes,
    outcomes,
    places,
    result_files,
    sponsor_deeds,
)
from bot.arrivals import Arrivals
from bot.asking import Asking
from bot.body import BadBody
from bot.clicks import clicked
from bot.commands import (
    AddOwner,
    Command,
    FillIn,
    Find,
    HowToInvite,
    InviteFromMessage,
    Look,
    Need,
    RemoveOwner,
    Unclear,
)
from bot.deeds import Deed, deed
from bot.files import Files
from bot.list_commands import InviteFile, OfferFile, PutFile
from bot.listeners import Listener, Reply
from bot.people import People
from bot.phrases import understand
from bot.repeats import Repeats, activity_key
from bot.replies import refused
from bot.roster import Roster
from bot.sdk import TurnContext
from bot.sponsor_commands import AddSponsor, HandOver, RemoveSponsor
from bot.team_owners import TeamOwners
from bot.turn import Turn, answer_text
from bot.visits import Visit
from bot.writing import clean, without
from domain import bulks, invite_form, inviting, received, refusals, workspaces
from domain.approval_errors import UnknownApproval
from domain.bulk_errors import UnknownList
from domain.doors import Clock, Discovery, Flags, Units
from domain.errors import AccessRefusal, NotOwner, Outsider, Refusal, UnknownInvitation, Unverified
from domain.faults import Unavailable
from domain.form_views import Filled
from domain.life_errors import NothingAsked
from domain.life_refusals import NothingToHandOver
from domain.request_errors import RequestGone
from domain.secrets import new_fault
from domain.views import Kind, Person, Place
from domain.work import Veto, Work

NO_VETOES: frozenset[Veto] = frozenset()
FOREIGN = (UnknownInvitation, UnknownApproval, NothingAsked, NothingToHandOver, RequestGone)
"""Also what somebody hears without any right: then nothing is believed of where a card stands."""
TALKING = frozenset({"message", "invoke"})
Counting = Callable[[str, str], None]


def _uncounted(_command: str, _outcome: str) -> None: ...


_log = logging.getLogger("gatehouse.bot")


class Sources(TypedDict, total=False):
    """Who is asked besides the database and the channel, as far as it was set up."""

    discovery: Discovery | None
    """Who has an account where; none: there is no sign-in method but the passcode."""
    files: Files | None
    """Files that people send; none: they are told to paste."""
    team_owners: TeamOwners | None
    """The directory, about who owns a team; none: only the chat says so."""


class Gatehouse:
    """The bot. `count(what, outcome)` is called once per command; `roster` is for tests; `anonymous`: nobody's token
    is checked."""

    def __init__(
        self,
        database: Units,
        flags: Flags,
        clock: Clock,
        *,
        roster: Roster | None = None,
        count: Counting = _uncounted,
        anonymous: bool = False,
        **sources: Unpack[Sources],
    ) -> None:
        self._database = database
        self._flags = flags
        self._clock = clock
        self._roster = roster
        self._count = count
        self._people = People(database, clock, anonymous=anonymous)
        self._arrivals = Arrivals(database, self._people)
        self._repeats = Repeats()
        self._asking = Asking(sources.get("discovery"))
        self._files = sources.get("files")
        self._team_owners = sources.get("team_owners")

    async def on_turn(self, turn_context: TurnContext) -> None:
        """The one place where faults become words. Nothing of them but a reference is told; what cannot be told in the
        chat is raised, so that the activity is delivered again: `Unavailable`, or the fault itself. Raises BadBody."""
        turn = Turn.of(turn_context, self._roster)
        try:
            where = places.place(turn.activity, turn.tenant_id)
        except places.Unplaceable:
            raise BadBody("no place") from None
        visit = self._visit(turn, where)
        try:
            await self._heard(visit)
        except Unavailable:
            # An arrival is nothing that somebody could try again.
            if turn.type not in TALKING or not await visit.tell(outcomes.unavailable(visit.listener)):
                raise
        except Exception:
            reference = new_fault()
            _log.exception("fault %s in a turn", reference)
            if not await visit.tell(outcomes.fault_with(reference, visit.listener)):
                raise

    async def turned_away(self, activity: Mapping[str, Any], tenants: frozenset[str]) -> None:
        """The door did not let an activity in that named these tenants, against each other; they are served."""
        person_id = places.sender_id(activity)
        for tenant_id in sorted(tenants):
            with contextlib.suppress(Unavailable):
                await self._database.write(refusals.noted, tenant_id, person_id, "wrong_tenant")

    def _visit(self, turn: Turn, where: Place) -> Visit:
        key = activity_key(turn.activity, turn.tenant_id)
        name = invokes.name(turn.activity)
        clicked = turn.is_invoke and name != invokes.CONSENT
        who = clean(places.part(turn.activity, "from").get("name"))
        return Visit(turn, where, key, Listener.at(where, self._clock(), clicked, name in invokes.DIALOGS, who))

    async def _heard(self, visit: Visit) -> None:
        match visit.turn.type:
            case "message":
                await self._message(visit)
            case "invoke":
                await self._invoke(visit)
            case "installationUpdate" | "conversationUpdate":
                await visit.tell(await self._arrivals.heard(visit))
            case _:
                pass

    async def _message(self, visit: Visit) -> None:
        command = _said(visit.turn.activity, visit.place)
        if command is None or not await self._repeats.begin(visit.key):
            return
        done = False
        try:
            await self._converse(visit, command)
            done = True
        finally:
            self._repeats.end(visit.key, done)

    async def _invoke(self, visit: Visit) -> None:
        command = invokes.asked(visit.turn.activity)
        if command is None:
            await visit.tell(answers.unknown(visit.listener))
            return
        await self._converse(visit, command)

    async def _converse(self, visit: Visit, command: Command) -> None:
        outcome = "fault"
        try:
            try:
                reply, outcome = await self._done(visit, command), "done"
            except Refusal as refusal:
                reply, outcome = await self._refused(visit, command, refusal), refusal.code
            await visit.tell(reply)
        except Unavailable:
            outcome = "unavailable"
            raise
        finally:
            self._count(type(command).__name__, outcome)

    async def _done(self, visit: Visit, command: Command) -> Reply | str | None:
        """What to say; text: an invoke's answer in JSON. None: it was said before."""
        if invokes.name(visit.turn.activity) in invokes.ON_MESSAGES:
            await self._database.read(invite_form.here, visit.place)
        person = await self._sender(visit, command)
        if workspaces.outside(person) and not isinstance(command, deeds.FOR_GUESTS):
            raise Outsider
        if self._team_owners is not None and not workspaces.outside(person):
            await self._team_owners.refresh(visit.place, person)
        what = await self._deed(visit, person, command)
        vetoes = await self._flags.vetoes(visit.place.tenant_id) if what.gated else NO_VETOES
        arguments = (visit.place, person, *what.arguments)
        if visit.key is None or not _kept(visit, what):
            unit = self._database.write if what.writes else self._database.read
            seen = await self._asking.run(unit, what.operation, *arguments, vetoes=vetoes)
            return what.show(seen, visit.listener)
        render = _rendering(what, visit) if visit.listener.clicked else None
        result, answer = await self._asking.run(
            self._database.write, received.once, visit.key, render, what.operation, *arguments, vetoes=vetoes
        )
        if answer is not None or result is None:
            return answer
        return what.show(result, visit.listener)

    async def _sender(self, visit: Visit, command: Command) -> Person:
        ask = self._people.finder if isinstance(command, Find) else self._people.sender
        return await ask(visit.turn, visit.place)

    async def _deed(self, visit: Visit, person: Person, command: Command) -> Deed:
        match command:
            case AddOwner(mention):
                await self._may(visit, person)
                return deeds.owner_added(await self._people.mentioned(visit.turn, visit.place, mention))
            case RemoveOwner(mention):
                await self._may(visit, person)
                return deeds.owner_removed(await self._people.leaving(visit.turn, visit.place, mention))
            case InviteFromMessage():
                await self._may_invite(visit, person)
                return deed(await self._prefilled(visit, command))
            case FillIn(filled) if filled.sponsors:
                await self._may_invite(visit, person)
                unknown = await self._database.read(invite_form.unknown, person.tenant_id, filled.sponsors)
                await self._people.meet(visit.turn, visit.place, unknown)
                return deed(command)
            case InviteFile() | OfferFile() | PutFile():
                return await self._with_file(visit, person, command)
            case AddSponsor() | RemoveSponsor():
                return Deed(*await sponsor_deeds.named(self._database.read, self._people, visit, person, command))
            case HandOver():
                return Deed(
                    *await sponsor_deeds.handing_over(self._database.read, self._people, visit, person, command)
                )
            case _:
                found = deeds.card_found(command, visit.card_id)
                return deeds.on_card(deed(command), found) if found else deed(command)

    async def _with_file(self, visit: Visit, person: Person, command: InviteFile | OfferFile | PutFile) -> Deed:
        """After what is to be fetched was fetched, and what is to be put was put: neither without the right."""
        if isinstance(command, InviteFile):
            await self._may_invite(visit, person)
            return deeds.listed(await files.listed(self._files, command.file), command.file.name, command.days)
        if not result_files.taken_at(visit.place):
            raise UnknownList
        if isinstance(command, PutFile):
            lines = await self._database.write(bulks.result, visit.place, person, command.bulk_id)
            data = await asyncio.to_thread(bulk_outcomes.result, lines, visit.listener)
            await result_files.put(self._files, command.upload, data)
        return deed(command)

    async def _prefilled(self, visit: Visit, command: InviteFromMessage) -> HowToInvite:
        """With the addresses in the message, and its author's where that is somebody from outside."""
        author = await self._people.guest(visit.turn, visit.place, command.author_id)
        given = dict.fromkeys((*((author,) if author else ()), *command.addresses))
        name = command.author if author and len(given) == 1 else ""
        return HowToInvite(Filled(typed="\n".join(given), name=clean(name)))

    async def _may(self, visit: Visit, person: Person) -> None:
        """Asked before the roster is, so that nobody learns from it without the right. Raises NotOwner."""
        standing = await self._database.read(workspaces.standing, visit.place, person)
        if not (standing.owner or standing.admin):
            raise NotOwner(standing.owners)

    async def _may_invite(self, visit: Visit, person: Person) -> None:
        """As `_may`, for those who may invite. Raises NotOwner, MayNotInvite, Outsider."""
        standing = await self._database.read(inviting.asked, visit.place, person)
        if not (standing.owner or standing.admin or standing.invites):
            raise NotOwner(standing.owners)

    async def _refused(self, visit: Visit, command: Command, refusal: Refusal) -> Reply | str:
        """An invoke's refusal is kept, so that the same invoke again gets the same answer."""
        if isinstance(refusal, Outsider) and not refusal.owners:
            refusal = await self._with_owners(visit)
        reply = refused(refusal, visit.listener)
        if isinstance(command, Look):
            return reply
        if isinstance(refusal, AccessRefusal):
            await self._note(visit, command, refusal)
            return reply
        if isinstance(command, FillIn) and visit.listener.dialog:
            reply = form_outcomes.again(command.filled, reply, visit.listener)
        if visit.key is None or not visit.listener.clicked:
            return reply
        found = None if isinstance(refusal, FOREIGN) else deeds.card_found(command, visit.card_id)
        text = answer_text(visit.body(reply))
        try:
            _, answer = await self._database.write(
                received.once, visit.key, _always(text), found or _nothing, visit.place
            )
        except Unavailable:
            return reply
        return answer or text

    async def _note(self, visit: Visit, command: Command, refusal: AccessRefusal) -> None:
        """The refusal itself has left nothing behind: it gets a unit of its own."""
        if isinstance(refusal, Unverified):
            return
        whom = (visit.place.tenant_id, places.sender_id(visit.turn.activity), refusal.code)
        with contextlib.suppress(Unavailable):
            await self._database.write(refusals.noted, *whom, place=visit.place, command=type(command).__name__)

    async def _with_owners(self, visit: Visit) -> Outsider:
        nobody = Person(visit.place.tenant_id, "")
        try:
            return Outsider((await self._database.read(workspaces.standing, visit.place, nobody)).owners)
        except Unavailable:
            return Outsider()


def _said(activity: Mapping[str, Any], where: Place) -> Command | None:
    """None: it is not for the bot."""
    sender, bot = places.word(places.part(activity, "from"), "id"), where.bot_id
    if sender and sender == bot:
        return None
    text = activity.get("text")
    if where.kind is Kind.PERSONAL:
        sent = file_phrases.sent(files.attached(activity), text if isinstance(text, str) else "")
        if sent is not None:
            return sent
    if not isinstance(text, str) or not text.strip():
        read = invokes.submitted(activity)
        command = clicked(*read) if read else None
        # A look is answered to one reader, and a message is read by all.
        return Unclear("", Need.BUTTON) if isinstance(command, Look) else command
    people, called = places.mentions(activity)
    if where.kind is not Kind.PERSONAL and not called:
        return None
    return understand(without(text, places.shown(activity)), people)


def _kept(visit: Visit, what: Deed) -> bool:
    """Whether the activity is remembered: for what has an effect, and so that a click again gets the same answer."""
    return what.kept and (what.once or (visit.listener.clicked and not what.looks))


def _rendering(what: Deed, visit: Visit) -> Callable[[Any], str]:
    return lambda result: answer_text(visit.body(what.show(result, visit.listener)))


def _always(text: str) -> Callable[[object], str]:
    return lambda _: text


def _nothing(_work: Work, _place: Place) -> bool:
    """An operation that leaves everything as it is, so that an answer can be kept."""
    return True
