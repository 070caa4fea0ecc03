"""Tenants: whatever is asked for with another tenant's ids, nothing is read and nothing is written."""

import inspect
import itertools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from domain import (
    admins,
    audit,
    delivery,
    guests,
    invitations,
    mailings,
    passcodes,
    redemption,
    repairs,
    requests,
    settings,
    showing,
    workspaces,
)
from domain.errors import NotOwner, Refusal, UnknownAddress, UnknownInvitation
from domain.views import Claimed, InvitationMail, Kind, PasscodeMail, Person, Setting, Target
from tests.domain.world import ALICE, BOB, CHARLIE, CONTOSO, FOREIGN, GROUP, GWEN, TAILSPIN, TEAM, WORKER, World, place

SECRET = ("Alice", "Launch", "gwen", "fabrikam", CONTOSO, "K7Q")
DOOR = {
    invitations: "invite draft confirm resend correct extend revoke remove status listing shown",
    workspaces: "arrived departed standing owners add_owner remove_owner known known_by_channel_id remember",
    admins: "claim",
    settings: "show set_tenant",
    redemption: "offer decline enter choices choose",
    passcodes: "request show again",
    guests: "leave",
    mailings: "mail begin sent refused dead card creating not_created posted told card_gone card_quiet card_found",
    audit: "timeline verify export",
    requests: "form ask ask_for_time invite extend dismiss card card_found",
    repairs: "remail language move",
    showing: "by_id",
}
BY_SECRET = {
    redemption: {"look", "open"},
    passcodes: {"withdraw", "withdraw_view"},
    guests: {"page", "access", "sign_out", "speak"},
}
"""Operations that take nothing but a secret of 256 bits: it names its tenant itself."""
OPERATORS = {
    settings: {"set_tenant_by_operator", "affected", "rollouts", "tenant_settings", "set_rollout", "require"},
    admins: {"issue_claim_code"},
    audit: {"refused", "tenants", "record", "write", "chained"},
    passcodes: {"request_by_address"},
}
"""Operations of the operator, of no tenant, or which another one calls after it has looked."""


async def _fill(world: World) -> dict[str, Any]:
    """Contoso's guest, open invitation, draft and outbox, and the ids of all that."""
    browser = await world.guest()
    world.clock.move(minutes=2)
    await browser.asks()
    open_one = await world.invite("open@fabrikam.example")
    holder = await world.opens("open@fabrikam.example")
    await holder.asks()
    assert holder.link
    held = (holder.link.tenant_id, holder.link.invitation_id, holder.link.token_hash)
    await world.do(requests.ask, *held, "petra@northwind.example", "", client="c")
    draft = await world.do(invitations.draft, TEAM, ALICE, (GWEN,), None)
    page = await browser.page()
    assert holder.passcode
    ((request_id,),) = await world.rows("SELECT request_id FROM requests")
    rows = [*await world.claim("mail"), *await world.claim("card")]
    return {
        "invitation_id": open_one.invitation_id,
        "version": open_one.version,
        "draft_id": draft.draft_id,
        "passcode_id": holder.passcode.passcode_id,
        "token_hash": holder.link.token_hash,
        "membership_id": page.memberships[0].membership_id,
        "rows": rows,
        "request_id": request_id,
    }


def _trespass(ids: dict[str, Any]) -> dict[str, list[Callable[[World], Any]]]:
    """By operation, every way in which Charlie may name what is Contoso's."""
    same_id = place(TAILSPIN, Kind.TEAM, "Launch")
    crossed = Person(TAILSPIN, "alice-id", "Charlie as Alice")
    target = Target(ids["invitation_id"], ids["version"])

    def chat(operation: Callable[..., Any], *args: Any) -> list[Callable[[World], Any]]:
        return [
            lambda world, where=where, who=who: world.do(operation, where, who, *args)
            for where in (FOREIGN, same_id, TEAM)
            for who in (CHARLIE, crossed)
        ]

    def guest(operation: Callable[..., Any], *args: Any, **named: Any) -> list[Callable[[World], Any]]:
        return [lambda world: world.do(operation, *args, **named)]

    def row(operation: Callable[..., Any], *more: Any) -> list[Callable[[World], Any]]:
        foreign = [
            Claimed(each.row_id, TAILSPIN, each.kind, each.subject_id, 1, each.changes, each.created_at)
            for each in ids["rows"]
        ]
        owned = () if operation in (mailings.mail, mailings.card, requests.card) else ("nobody",)
        return [lambda world, each=each: world.do(operation, each, *owned, *more) for each in foreign]

    link = (TAILSPIN, ids["invitation_id"], ids["token_hash"])
    thief = {"browser": "thief"}
    return {
        "invite": chat(invitations.invite, (GWEN,), None) + chat(requests.invite, ids["request_id"]),
        "draft": chat(invitations.draft, (GWEN,), None),
        "confirm": chat(invitations.confirm, ids["draft_id"]),
        "resend": chat(invitations.resend, target) + chat(invitations.resend, GWEN),
        "correct": chat(invitations.correct, target, "x@x.example"),
        "extend": chat(invitations.extend, target, None)
        + chat(invitations.extend, GWEN, None)
        + chat(requests.extend, ids["request_id"]),
        "revoke": chat(invitations.revoke, target) + chat(invitations.revoke, GWEN),
        "remove": chat(invitations.remove, GWEN),
        "status": chat(invitations.status, GWEN),
        "listing": chat(invitations.listing, "all", 1),
        "shown": chat(invitations.shown, ids["invitation_id"]),
        "arrived": [lambda world: world.do(workspaces.arrived, same_id, CHARLIE)],
        "departed": [lambda world: world.do(workspaces.departed, same_id)],
        "standing": chat(workspaces.standing),
        "owners": chat(workspaces.owners),
        "add_owner": chat(workspaces.add_owner, CHARLIE),
        "remove_owner": chat(workspaces.remove_owner, crossed),
        "known": guest(workspaces.known, TAILSPIN, "alice-id"),
        "known_by_channel_id": guest(workspaces.known_by_channel_id, TAILSPIN, "29:alice"),
        "remember": guest(workspaces.remember, crossed),
        "claim": chat(admins.claim, "AAAA-BBBB-CCCC-DDDD"),
        "show": chat(settings.show)
        + guest(passcodes.show, ids["passcode_id"], browser="thief", masked="", workspace=""),
        "set_tenant": chat(settings.set_tenant, "email_passcode", Setting.DISABLED),
        "offer": guest(redemption.offer, *link),
        "decline": guest(redemption.decline, *link),
        "enter": guest(redemption.enter, ids["passcode_id"], "12345678", **thief, client="c", token_hash=link[2]),
        "choices": guest(redemption.choices, ids["passcode_id"], **thief),
        "choose": guest(redemption.choose, ids["passcode_id"], CONTOSO, **thief),
        "request": guest(passcodes.request, *link, **thief, language="en"),
        "again": guest(passcodes.again, ids["passcode_id"], **thief, client="c", language="en", address=None),
        "leave": guest(guests.leave, "no session", ids["membership_id"]),
        "dismiss": chat(requests.dismiss, ids["request_id"]),
        "form": guest(requests.form, *link),
        "ask": guest(requests.ask, *link, "p@p.example", "", client="c"),
        "ask_for_time": guest(requests.ask_for_time, *link, client="c"),
        "card_found": [
            lambda world: world.do(requests.card_found, same_id, ids["request_id"], "a"),
            lambda world: world.do(mailings.card_found, same_id, ids["invitation_id"], "a"),
        ],
        "remail": guest(repairs.remail, *link),
        "language": chat(repairs.language, GWEN, "de"),
        "move": chat(repairs.move, GWEN, "x@x.example"),
        "mail": row(mailings.mail),
        "begin": row(mailings.begin),
        "sent": row(mailings.sent),
        "refused": row(mailings.refused, "550"),
        "dead": row(mailings.dead, "given up"),
        "card": row(mailings.card) + row(requests.card),
        "creating": row(mailings.creating),
        "not_created": row(mailings.not_created, "503", ids["rows"][0].created_at, True),
        "posted": row(mailings.posted, "activity"),
        "told": row(mailings.told),
        "card_gone": row(mailings.card_gone),
        "card_quiet": row(mailings.card_quiet),
        "timeline": guest(audit.timeline, TAILSPIN, [ids["invitation_id"]]),
        "verify": guest(audit.verify, TAILSPIN),
        "export": guest(lambda work: list(audit.export(work, TAILSPIN))),
        "by_id": guest(showing.by_id, TAILSPIN, ids["invitation_id"]),
    }


def test_every_operation_is_walked() -> None:
    for module in (
        invitations,
        workspaces,
        admins,
        settings,
        redemption,
        passcodes,
        guests,
        mailings,
        audit,
        requests,
        repairs,
    ):
        walked = set(DOOR[module].split()) | BY_SECRET.get(module, set()) | OPERATORS.get(module, set())
        missed = set(_operations(module)) - walked - HELPERS
        assert not missed, module.__name__


HELPERS = {
    "acting", "administering", "is_admin", "owner_names", "admin_names", "outside", "stranger", "open_to",
    "start_session", "enter_workspace", "end_membership", "end_sessions", "known_address", "end_all",
    "invitation_scope", "tries", "client_tries", "again_at", "lock", "holds", "redeemed", "signed_in", "renew_session",
    "cleaned",
}  # fmt: skip
"""Parts of operations, called after the operation has looked who asks for what."""


def _operations(module: ModuleType) -> list[str]:
    return [
        name
        for name, it in vars(module).items()
        if inspect.isfunction(it) and it.__module__ == module.__name__ and not name.startswith("_")
    ]


async def test_nothing_of_another_tenant_is_read_or_written_by_any_operation(world: World) -> None:
    """C5, D1."""
    await world.settle(FOREIGN, CHARLIE)
    ids = await _fill(world)
    for name, ways in _trespass(ids).items():
        for trespass in ways:
            before = _of_contoso(await world.contents())
            try:
                seen = await trespass(world)
            except Refusal as refusal:
                seen = {key: value for key, value in vars(refusal).items() if key != "tenant_id"}
            assert not [each for each in SECRET if each in repr(_without_echo(seen))], name
            assert _of_contoso(await world.contents()) == before, name


def _of_contoso(contents: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Rows that name the tenant. A count of refused tries is no row of a tenant."""
    return {name: [row for row in rows if CONTOSO in row] for name, rows in contents.items()}


def _without_echo(seen: Any) -> Any:
    """What Charlie said comes back: the name of the place, the address that was typed; and in a place whom to ask."""
    text = repr(seen)
    for said in (
        repr(GWEN),
        "Charlie as Alice",
        "alice-id",
        "owners=('Alice Owner',)",
        "'owners': ('Alice Owner',)",
        "'Launch'",
        "gwen@fabrikam.example",
    ):
        text = text.replace(said, "")
    return text


async def test_a_workspace_of_the_same_tenant_is_as_foreign(world: World) -> None:
    view = await world.invite()
    await world.settle(GROUP, BOB)
    target = Target(view.invitation_id, view.version)
    before = await world.contents()
    trespassers = ((GROUP, BOB), (GROUP, ALICE), (TEAM, BOB))
    acts = (invitations.resend, invitations.revoke)
    for (where, who), act, named in itertools.product(trespassers, acts, (target, GWEN)):
        with pytest.raises((NotOwner, UnknownInvitation, UnknownAddress)):
            await world.do(act, where, who, named)
    assert await world.contents() == before


async def test_mails_are_made_for_the_tenant_of_their_row_only(world: World) -> None:
    await world.invite()
    await (await world.opens()).asks()
    (row,) = await world.claim()
    assert isinstance(await world.look(mailings.mail, row), InvitationMail | PasscodeMail)
    foreign = Claimed(row.row_id, TAILSPIN, row.kind, row.subject_id, 1, 1, row.created_at)
    assert await world.look(mailings.mail, foreign) is None
    assert not await world.do(mailings.begin, foreign, WORKER)
    assert await world.do(delivery.finish, row, WORKER)
