"""What an inviter says besides the address goes all the way: to the mail, the guest and the membership."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain import finding, invitations, invite_form, own_words, workspaces
from domain.addresses import parse
from domain.errors import Outsider
from domain.form_errors import EndPassed, NotHere
from domain.form_views import Filled, Flaw, FormView, Input
from domain.policies import Approval
from domain.views import DraftView, InvitationMail, InviteView, Standing, Status
from domain.wishes import Wishes
from tests.domain.world import ALICE, BOB, CHAT, DORA, FOREIGN, GRETA, GROUP, GWEN, TEAM, World

PETRA = "petra@northwind.example"


def form(typed: str = GWEN, **more: Any) -> Filled:
    return Filled(typed=typed, parsed=parse(typed), **more)


async def sent(world: World, filled: Filled) -> Any:
    return await world.do(invite_form.submit, TEAM, ALICE, filled)


async def wished(world: World, *given: str, **wishes: Any) -> Any:
    return await world.do(invitations.invite, TEAM, ALICE, given or (GWEN,), None, wishes=Wishes(**wishes))


def flaws(view: FormView) -> set[tuple[Input, Flaw]]:
    return {(one.field, one.flaw) for one in view.faults}


async def test_all_that_was_wished_is_kept_mailed_and_shown(world: World) -> None:
    await world.do(workspaces.remember, BOB)
    filled = form(
        name=" Gwen  Stacy ", language="de", until="2026-12-24", sponsors=(BOB.person_id,), message="Welcome,\n\nGwen!"
    )
    done = await sent(world, filled)
    assert isinstance(done, InviteView)
    card = await world.card()
    assert (card.language, card.sponsors) == ("de", ("Bob Member",))
    assert card.access_until is not None
    assert card.access_until.isoformat() == "2026-12-24T23:59:59+00:00"
    await world.deliver()
    (mail,) = world.inbox
    assert isinstance(mail, InvitationMail)
    assert (mail.name, mail.message, mail.language) == ("Gwen Stacy", "Welcome,\n\nGwen!", "de")
    assert mail.access_until == card.access_until
    browser = await world.comes_in()
    page = await browser.page()
    assert page.name == "Gwen Stacy"
    assert page.memberships[0].ends_at == card.access_until


async def test_the_same_form_again_changes_nothing_and_shows_the_open_invitation(world: World) -> None:
    await sent(world, form(name="Gwen"))
    before = await world.contents()
    done = await sent(world, form(name="Gwen"))
    assert [one.address for one in done.open] == [GWEN]
    assert not done.created
    assert await world.contents() == before


@pytest.mark.parametrize(
    ("filled", "expected"),
    [
        (form(""), (Input.ADDRESSES, Flaw.MISSING)),
        (form("gwen@fabrikam.example, foo@"), (Input.ADDRESSES, Flaw.BAD_ADDRESS)),
        (form(f"{GWEN} {PETRA}", name="Gwen"), (Input.NAME, Flaw.SEVERAL)),
        (form(name="x" * 65), (Input.NAME, Flaw.TOO_LONG)),
        (form(name="www.evil.example"), (Input.NAME, Flaw.LINK)),
        (form(until="tomorrow"), (Input.UNTIL, Flaw.NO_DATE)),
        (form(until="2026-11-21"), (Input.UNTIL, Flaw.PAST)),
        (form(until="2027-11-23"), (Input.UNTIL, Flaw.TOO_LATE)),
        (form(days=0), (Input.DAYS, Flaw.WRONG_DAYS)),
        (form(days=366), (Input.DAYS, Flaw.WRONG_DAYS)),
        (form(sponsors=("nobody",)), (Input.SPONSORS, Flaw.UNKNOWN_PERSON)),
        (form(sponsors=("greta-id",)), (Input.SPONSORS, Flaw.UNKNOWN_PERSON)),
        (form(sponsors=("alice-id", "nobody")), (Input.SPONSORS, Flaw.UNKNOWN_PERSON)),
        (form(sponsors=tuple("abcdef")), (Input.SPONSORS, Flaw.TOO_MANY)),
        (form(reason="x" * 301), (Input.REASON, Flaw.TOO_LONG)),
        (form(message="x" * 501), (Input.MESSAGE, Flaw.TOO_LONG)),
        (form(message="see https://evil.example"), (Input.MESSAGE, Flaw.LINK)),
    ],
)
async def test_each_fault_is_named_at_its_field_and_nobody_is_invited(
    quick: World, filled: Filled, expected: tuple[Input, Flaw]
) -> None:
    await quick.do(workspaces.remember, GRETA)
    before = await quick.contents()
    view = await sent(quick, filled)
    assert flaws(view) == {expected}
    assert view.filled == filled
    assert await quick.contents() == before


async def test_all_faults_are_named_at_once(quick: World) -> None:
    view = await sent(quick, form("", until="x", message="evil.example"))
    assert {one.field for one in view.faults} == {Input.ADDRESSES, Input.UNTIL, Input.MESSAGE}


async def test_a_sponsor_of_another_tenant_or_who_left_is_unknown(quick: World) -> None:
    await quick.settle(FOREIGN, replace(ALICE, tenant_id=FOREIGN.tenant_id, person_id="far-id"))
    view = await sent(quick, form(sponsors=("far-id",)))
    assert flaws(view) == {(Input.SPONSORS, Flaw.UNKNOWN_PERSON)}
    assert await quick.look(invite_form.unknown, TEAM.tenant_id, ("alice-id", "far-id")) == ("far-id",)


async def test_the_form_opens_for_who_may_invite_and_changes_nothing(quick: World) -> None:
    before = await quick.contents()
    view = await quick.look(invite_form.opened, TEAM, ALICE)
    assert view.owners == (("alice-id", "Alice Owner"),)
    assert isinstance(await quick.look(invite_form.opened, TEAM, BOB), Standing)
    assert isinstance(await quick.look(invite_form.opened, CHAT, ALICE), FormView)
    assert await quick.contents() == before


async def test_a_place_without_the_bot_is_not_here(quick: World) -> None:
    await quick.look(invite_form.here, TEAM)
    with pytest.raises(NotHere):
        await quick.look(invite_form.here, GROUP)
    await quick.do(workspaces.departed, TEAM)
    with pytest.raises(NotHere):
        await quick.look(invite_form.here, TEAM)


async def test_a_draft_keeps_what_was_wished(world: World) -> None:
    draft = await wished(world, "gwen@gmial.com", name="Gwen", message="Hello")
    assert isinstance(draft, DraftView)
    done = await world.do(invitations.confirm, TEAM, ALICE, draft.draft_id)
    assert len(done.created) == 1
    await world.deliver()
    (mail,) = world.inbox
    assert isinstance(mail, InvitationMail)
    assert (mail.name, mail.message) == ("Gwen", "Hello")


async def test_an_offer_never_outlives_its_access(world: World) -> None:
    ends_at = world.clock.now + timedelta(days=3)
    await wished(world, until=ends_at)
    card = await world.card()
    assert card.expires_at == ends_at
    browser = await world.opens()
    await browser.asks()
    world.clock.move(days=3, seconds=1)
    assert (await world.card()).status is Status.EXPIRED
    with pytest.raises(EndPassed):
        await wished(world, PETRA, until=ends_at)


async def test_extending_an_offer_beyond_its_end_lets_the_days_count_again(world: World) -> None:
    await wished(world, until=world.clock.now + timedelta(days=3))
    view = await world.do(invitations.extend, TEAM, ALICE, GWEN, 2)
    assert view.access_until is not None
    view = await world.do(invitations.extend, TEAM, ALICE, GWEN, 10)
    assert view.access_until is None
    await world.comes_in()
    guest = await world.card()
    assert guest.access_ends_at == world.clock.now + timedelta(days=90)


async def test_extending_an_access_overrides_its_wished_end(world: World) -> None:
    await wished(world, until=world.clock.now + timedelta(days=3))
    await world.comes_in()
    await world.do(invitations.extend, TEAM, ALICE, GWEN, 30)
    world.clock.move(days=4)
    card = await world.card()
    assert (card.status, card.access_until) == (Status.REDEEMED, None)


async def test_an_expired_invitation_that_is_sent_again_forgets_an_end_that_is_over(world: World) -> None:
    await wished(world, until=world.clock.now + timedelta(days=3))
    world.clock.move(days=5)
    view = await world.do(invitations.resend, TEAM, ALICE, GWEN)
    assert view.access_until is None
    assert view.expires_at == world.clock.now + timedelta(days=14)


async def test_finding_looks_at_beginnings_in_owned_workspaces_only(world: World) -> None:
    await world.settle(GROUP, BOB)
    await wished(world, name="Gwen Stacy")
    await world.invite(PETRA)
    await world.invite("gwendolyn@fabrikam.example", where=GROUP, by=BOB)

    async def found(begins: str) -> list[str]:
        view = await world.look(finding.guests, TEAM, ALICE, begins)
        return sorted(one.address for one in view.guests)

    assert await found("GWEN") == [GWEN]
    assert await found("stac") == [GWEN]
    assert await found("tacy") == []
    assert await found("") == sorted([GWEN, PETRA])
    assert await found("%") == []
    assert await found("pe_ra") == []
    view = await world.look(finding.guests, TEAM, ALICE, "gwen")
    assert (view.masked, view.names) == (True, ("Gwen Stacy",))


async def test_who_owns_nothing_finds_nothing_and_guests_are_turned_away(quick: World) -> None:
    await wished(quick)
    assert (await quick.look(finding.guests, TEAM, DORA, "gwen")).guests == ()
    await quick.do(workspaces.remember, GRETA)
    for who in (GRETA, replace(GRETA, role=None)):
        with pytest.raises(Outsider):
            await quick.look(finding.guests, TEAM, who, "gwen")


async def test_at_most_ten_are_found_newest_first(quick: World) -> None:
    for number in range(12):
        await quick.invite(f"gwen{number}@fabrikam.example")
        quick.clock.move(seconds=1)
    view = await quick.look(finding.guests, TEAM, ALICE, "gwen")
    assert [one.address[4:6] for one in view.guests] == ["11", "10", *(f"{n}@" for n in range(9, 1, -1))]


@pytest.mark.parametrize(
    "word",
    [
        "https://a",
        "HTTP:/x",
        "www.evil",
        "evil.example",
        "evil。example",
        "ｅｖｉｌ．ｅｘａｍｐｌｅ",
        "a@b",
        "ev\u200dil.example",
        "x/y.z/",
    ],
)
def test_what_looks_like_a_link_is_one(word: str) -> None:
    assert own_words.links(f"hello {word} there")


@pytest.mark.parametrize("text", ["Hello, Gwen. See you at 10.30 a.m.!", "v1.2 … 3.14", "and/or", "Grüße, e.g. Ümit"])
def test_ordinary_words_are_no_links(text: str) -> None:
    assert own_words.links(text) == ()


def test_turning_and_invisible_signs_are_taken_out_and_lines_stay() -> None:
    said = own_words.lines("a\u202eb\u2066c\x00\r\n\n\n\n\u200bd\u2028e")
    assert said == "abc\n\nd\ne"
    assert own_words.one_line("a\r\nBcc: x") == "a Bcc: x"


async def test_the_forms_reason_reaches_whoever_has_to_approve(world: World) -> None:
    await world.policy(approval=Approval.ALWAYS, approvers=(DORA.person_id,))
    opened = await world.look(invite_form.opened, TEAM, ALICE)
    assert opened.approval
    sent = await world.do(invite_form.submit, TEAM, ALICE, form(reason="she audits our books"))
    assert [each.reason for each in sent.asked] == ["she audits our books"]
