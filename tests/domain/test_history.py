"""Who reads what of the audit: owners what happened in their workspaces, admins what happened in their tenant."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import domain
from cards.audit_words import kinds as told
from domain import admins, audit, history, invitations, refusals, settings, workspaces
from domain.errors import NotOwner, Outsider, UnknownPerson
from domain.features import EMAIL_PASSCODE
from domain.history_views import About, By, HistoryView, Question, Reach
from domain.views import Kind, Person, Place, Setting
from locales import speak
from tests.domain.world import (
    ALICE,
    BOB,
    CHARLIE,
    CHAT,
    CONTOSO,
    DORA,
    FOREIGN,
    GRETA,
    GROUP,
    GWEN,
    TAILSPIN,
    TEAM,
    World,
    place,
)

EVERYTHING = Question()
BOBS_CHAT = place(CONTOSO, Kind.PERSONAL, "Bob")
DORAS_CHAT = place(CONTOSO, Kind.PERSONAL, "Dora")
OTHER = "otto@northwind.example"


async def read(world: World, where: Place = TEAM, who: Person = ALICE, question: Question = EVERYTHING) -> HistoryView:
    return await world.look(history.read, where, who, question)


def kinds(view: HistoryView) -> list[str]:
    return [one.kind for one in view.lines]


async def admin(world: World) -> None:
    code = await world.do(admins.issue_claim_code, (CONTOSO,), starting=True)
    await world.do(admins.claim, TEAM, DORA, code)


async def bobs(world: World) -> None:
    """A second workspace, with a guest of its own."""
    await world.settle(GROUP, BOB)
    await world.invite(OTHER, where=GROUP, by=BOB)


async def test_an_owner_reads_who_invited_whom_without_an_admins_rights(world: World) -> None:
    await world.invite()
    view = await read(world)
    newest = view.lines[0]
    assert (newest.kind, newest.by, newest.actor, newest.address) == (
        "invitation.created", By.PERSON, "Alice Owner", GWEN,
    )  # fmt: skip
    assert newest.at == world.clock.now
    assert view.reach is Reach.WORKSPACE
    assert kinds(view) == ["invitation.created", "owner.added", "workspace.added"]


async def test_what_happens_to_an_invitation_is_told_to_the_owners_of_its_workspace(world: World) -> None:
    """Deliveries, opened links, passcodes and wrong ones too."""
    await world.guest()
    view = await read(world)
    assert {"invitation.sent", "invitation.opened", "passcode.issued", "passcode.sent", "invitation.redeemed"} <= set(
        kinds(view)
    )
    assert {one.address for one in view.lines if one.kind not in ("owner.added", "workspace.added")} == {GWEN}


async def test_an_owner_of_one_workspace_reads_nothing_of_another(world: World) -> None:
    await world.invite()
    await bobs(world)
    for where, who, foreign in ((TEAM, ALICE, OTHER), (CHAT, ALICE, OTHER), (GROUP, BOB, GWEN), (BOBS_CHAT, BOB, GWEN)):
        for question in (EVERYTHING, Question(address=foreign), Question(about=About.INVITATIONS)):
            view = await read(world, where, who, question)
            assert foreign not in repr(view.lines)
    for where, who in ((TEAM, BOB), (GROUP, ALICE)):
        with pytest.raises(NotOwner):
            await read(world, where, who)


async def test_an_invitation_of_another_workspace_is_as_unknown_as_one_that_never_was(world: World) -> None:
    await bobs(world)
    (row,) = await world.rows("SELECT invitation_id FROM invitations WHERE address = :it", it=OTHER)
    for invitation_id in (row.invitation_id, "made-up"):
        view = await read(world, CHAT, ALICE, Question(invitation_id=invitation_id))
        assert (view.lines, view.question.address) == ((), "")


async def test_in_a_personal_chat_an_owner_reads_all_workspaces_that_are_owned_now(world: World) -> None:
    await bobs(world)
    await world.do(workspaces.add_owner, GROUP, BOB, ALICE)
    view = await read(world, CHAT)
    assert view.reach is Reach.OWN
    assert {one.workspace for one in view.lines} == {"Launch", "Lunch"}
    assert [one.sequence for one in view.lines] == sorted((one.sequence for one in view.lines), reverse=True)
    await world.do(workspaces.remove_owner, GROUP, BOB, ALICE)
    assert {one.workspace for one in (await read(world, CHAT)).lines} == {"Launch"}


async def test_who_owns_nothing_any_more_reads_nothing(world: World) -> None:
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    assert (await read(world, BOBS_CHAT, BOB)).lines
    await world.do(workspaces.remove_owner, TEAM, ALICE, BOB)
    assert not (await read(world, BOBS_CHAT, BOB)).lines
    with pytest.raises(NotOwner):
        await read(world, TEAM, BOB)


async def test_an_admin_reads_the_tenant_in_a_personal_chat_and_one_workspace_elsewhere(world: World) -> None:
    await admin(world)
    await bobs(world)
    await world.do(settings.set_tenant_by_operator, CONTOSO, EMAIL_PASSCODE, Setting.ENABLED)
    view = await read(world, DORAS_CHAT, DORA)
    assert view.reach is Reach.TENANT
    assert {"feature.set", "admin.claimed"} <= set(kinds(view))
    assert {one.workspace for one in view.lines} == {"Launch", "Lunch", None}
    in_team = await read(world, TEAM, DORA)
    assert not {"feature.set", "admin.claimed"} & set(kinds(in_team))
    assert OTHER not in repr(in_team)


async def test_what_belongs_to_no_workspace_is_for_admins_only(world: World) -> None:
    await world.do(settings.set_tenant_by_operator, CONTOSO, EMAIL_PASSCODE, Setting.ENABLED)
    await world.guest()
    for where in (TEAM, CHAT):
        assert not {"feature.set", "session.started"} & set(kinds(await read(world, where)))


async def test_nothing_of_another_tenant_is_read(world: World) -> None:
    await world.settle(FOREIGN, CHARLIE)
    await world.invite()
    toys = place(TAILSPIN, Kind.PERSONAL, "Charlie")
    (row,) = await world.rows("SELECT invitation_id FROM invitations")
    for question in (EVERYTHING, Question(address=GWEN), Question(invitation_id=row.invitation_id)):
        for where in (FOREIGN, toys):
            view = await read(world, where, CHARLIE, question)
            assert not [word for word in (GWEN, "Launch", "Alice") if word in repr(view.lines)]
        for who in (CHARLIE, replace(CHARLIE, person_id=ALICE.person_id)):
            with pytest.raises(Outsider):
                await read(world, TEAM, who, question)
    with pytest.raises(UnknownPerson):
        await read(world, toys, CHARLIE, Question(person=ALICE.person_id))


async def test_guests_of_the_channel_read_nothing_even_as_owners_or_admins(world: World) -> None:
    world.settings["admins"] = frozenset({GRETA.person_id})
    for where in (TEAM, place(CONTOSO, Kind.PERSONAL, "Greta")):
        with pytest.raises(Outsider):
            await read(world, where, GRETA)


async def test_reading_leaves_no_trace(world: World) -> None:
    await world.invite()
    before = await world.contents()
    for where, who in ((TEAM, ALICE), (CHAT, ALICE), (BOBS_CHAT, BOB)):
        await read(world, where, who)
    assert await world.contents() == before


async def test_pages_follow_each_other_without_a_gap_whatever_happens_meanwhile(world: World) -> None:
    await world.invite(*(f"guest{number}@x.example" for number in range(25)))
    seen: list[int] = []
    view = await read(world)
    while True:
        seen += [one.sequence for one in view.lines]
        if not view.older:
            break
        assert len(view.lines) == history.PAGE
        await world.invite(f"late{len(seen)}@x.example")
        view = await read(world, question=Question(before=seen[-1]))
    assert seen == list(range(27, 0, -1))


@pytest.mark.parametrize("before", [-5, 0, 1, 10**12])
async def test_a_page_that_no_button_asks_for_does_no_harm(world: World, before: int) -> None:
    assert len((await read(world, question=Question(before=before))).lines) in (0, 2)


async def test_events_are_chosen_by_the_guests_address(world: World) -> None:
    await world.invite(GWEN, OTHER)
    view = await read(world, question=Question(address="GWEN@fabrikam.example"))
    assert [one.address for one in view.lines] == [GWEN]
    again = await read(world, question=Question(invitation_id=view.question.invitation_id))
    assert (again.lines, again.question.address) == (view.lines, GWEN)
    assert not (await read(world, question=Question(address="nobody@x.example"))).lines


async def test_events_are_chosen_by_what_happened(world: World) -> None:
    await world.guest()
    await world.do(refusals.noted, CONTOSO, BOB.person_id, "not_owner", place=TEAM)
    for about, chosen in history.GROUPS.items():
        view = await read(world, question=Question(about=about))
        assert view.lines
        assert set(kinds(view)) <= set(chosen)


async def test_events_are_chosen_by_time(world: World) -> None:
    await world.invite()
    world.clock.move(days=7, seconds=1)
    await world.invite(OTHER)
    assert [one.address for one in (await read(world, question=Question(days=7))).lines] == [OTHER]
    for days in (8, 0, -1, 10**9):
        assert len((await read(world, question=Question(days=days))).lines) == 4


async def test_events_are_chosen_by_who_acted(world: World) -> None:
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    await world.invite(by=BOB)
    for named in (BOB.person_id, BOB.channel_user_id):
        view = await read(world, question=Question(person=named))
        assert [one.actor for one in view.lines] == ["Bob Member"]
        assert (view.person, view.question.person) == ("Bob Member", BOB.person_id)
    with pytest.raises(UnknownPerson):
        await read(world, question=Question(person="29:nobody"))


async def test_it_is_said_to_whom_it_was_done_and_what_was_refused(world: World) -> None:
    await world.do(workspaces.add_owner, TEAM, ALICE, BOB)
    await world.do(refusals.noted, CONTOSO, BOB.person_id, "not_admin", place=TEAM)
    refused, added = (await read(world)).lines[:2]
    assert (refused.kind, refused.code) == ("refused", "not_admin")
    assert (added.subject, added.actor) == ("Bob Member", "Alice Owner")


async def test_a_detail_that_was_tampered_with_hides_no_event(world: World) -> None:
    for detail in ("", "[]", "{", '"x"', '{"person": 7, "code": null}'):
        await world.change("UPDATE audit_events SET detail = :detail", detail=detail)
        assert len((await read(world)).lines) == 2


# Every kind of event that the code records.

FOLDER = Path(domain.__file__).parent
Function = tuple[str, str]
"""Module and name."""


class Source:
    """What is recorded, found in the source: a function that hands its own `kind` on to a recorder is one, too."""

    def __init__(self) -> None:
        self.trees = {path.stem: ast.parse(path.read_text()) for path in sorted(FOLDER.glob("*.py"))}
        self.recorders: dict[Function, int] = {("audit", "record"): 2}
        while self._grow():
            pass

    def _grow(self) -> bool:
        before = len(self.recorders)
        for module, function, _, kind in self.calls():
            names = [each.arg for each in function.args.args]
            if isinstance(kind, ast.Name) and kind.id in names:
                self.recorders.setdefault((module, function.name), names.index(kind.id))
        return len(self.recorders) > before

    def calls(self) -> Iterator[tuple[str, ast.FunctionDef, ast.Call, ast.expr]]:
        """Calls of recorders, with the functions that they stand in and the kinds that they are given."""
        for module, function in self._functions():
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                at = self.recorders.get(self._called(module, call))
                if at is not None:
                    yield module, function, call, call.args[at]

    def _functions(self) -> Iterator[tuple[str, ast.FunctionDef]]:
        for module, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    yield module, node

    def _called(self, module: str, call: ast.Call) -> Function:
        match call.func:
            case ast.Attribute(value=ast.Name(id=other), attr=name):
                return other, name
            case ast.Name(id=name):
                return self._home(module, name), name
        return "", ""

    def _home(self, module: str, name: str) -> str:
        for node in ast.walk(self.trees[module]):
            if isinstance(node, ast.ImportFrom) and name in [each.asname or each.name for each in node.names]:
                return (node.module or "").rpartition(".")[2]
        return module

    def kinds(self) -> set[str]:
        found: set[str] = set()
        for module, function, call, kind in self.calls():
            if isinstance(kind, ast.Name) and kind.id in [each.arg for each in function.args.args]:
                continue
            literal = set(_literals(function, kind))
            assert literal, f"{module}.py:{call.lineno}: what is recorded here cannot be read from the source"
            found |= literal
        return found


def _literals(function: ast.FunctionDef, given: ast.expr) -> Iterator[str]:
    match given:
        case ast.Constant(value=str(kind)):
            yield kind
        case ast.IfExp(body=one, orelse=other):
            yield from _literals(function, one)
            yield from _literals(function, other)
        case ast.Name(id=name):
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and any(
                    isinstance(each, ast.Name) and each.id == name for each in node.targets
                ):
                    yield from _literals(function, node.value)


def test_every_kind_of_event_is_in_a_group_and_has_a_sentence_in_every_language() -> None:
    recorded = Source().kinds()
    assert len(recorded) > 45
    grouped = [kind for group in history.GROUPS.values() for kind in group]
    assert sorted(grouped) == sorted(recorded)
    for language in ("en", "de"):
        assert told(speak(language)) == recorded


def test_whoever_has_a_mail_is_told_apart_from_gatehouse_itself_for_kinds_that_there_are() -> None:
    assert {kind for group in history.GROUPS.values() for kind in group} >= history.BY_HOLDERS


async def test_a_whole_life_is_told_in_words(world: World) -> None:
    """No event of it is told as something that this version does not know."""
    await world.guest()
    await world.do(invitations.remove, TEAM, ALICE, GWEN)
    recorded: list[Any] = await world.rows("SELECT kind FROM audit_events")
    assert {row.kind for row in recorded} <= told(speak("en"))
    assert await world.look(audit.verify, CONTOSO) is None
