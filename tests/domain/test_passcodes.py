"""Passcodes: how long they live, how often they may be tried and asked for, and whose they are."""

import asyncio
import contextlib
import itertools
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest

from domain import addresses, invitations, passcodes
from domain.errors import (
    LimitReached,
    LinkReplaced,
    NoPasscode,
    PasscodeExpired,
    PasscodeSpent,
    Refusal,
    TooSoon,
    UnknownLink,
)
from domain.secrets import Keys
from domain.views import ChooseTenant, PasscodeMail, Quota, SignedIn, WrongPasscode
from tests.domain.world import ALICE, CHARLIE, FOREIGN, GROUP, GWEN, KEYS, TEAM, Browser, World, other_code


async def test_a_passcode_lives_for_thirty_minutes_and_not_a_millisecond_more(world: World) -> None:
    """A5, with nothing sweeping."""
    await world.invite()
    browser = await world.asks()
    issued = world.clock.now
    world.clock.now = issued + timedelta(minutes=30, milliseconds=1)
    with pytest.raises(PasscodeExpired):
        await browser.types(world.passcode())
    with pytest.raises(PasscodeExpired):
        await browser.shows()
    world.clock.now = issued + timedelta(minutes=30)
    await browser.shows()
    assert isinstance(await browser.types(world.passcode()), SignedIn)


async def test_a_passcode_may_be_wrong_five_times_and_then_not_even_right(world: World) -> None:
    await world.invite()
    browser = await world.asks()
    wrong = other_code(world.passcode())
    left = [(await browser.types(wrong)).tries_left for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(PasscodeSpent) as refusal:
        await browser.types(world.passcode())
    assert refusal.value.again_at == world.clock.now + timedelta(seconds=60)
    with pytest.raises(PasscodeSpent):
        await browser.shows()


async def test_the_fifth_try_may_be_the_right_one(quick: World) -> None:
    await quick.invite()
    browser = await quick.asks()
    for _ in range(4):
        await browser.types(other_code(quick.passcode()))
    assert isinstance(await browser.types(quick.passcode()), SignedIn)


async def test_a_passcode_opens_one_session(world: World) -> None:
    await world.invite()
    browser = await world.comes_in()
    with pytest.raises(PasscodeSpent):
        await browser.types(world.passcode())
    assert len(await world.rows("SELECT * FROM sessions")) == 1


@pytest.mark.parametrize(("quota", "tries", "span"), [("tries_hour", 10, 1), ("tries_day", 20, 24)])
async def test_tries_are_counted_for_the_invitation_whatever_is_sent_anew(
    world: World, quota: str, tries: int, span: int
) -> None:
    """A4. Between two passcodes as long as it takes."""
    await world.invite()
    browser = await world.opens()
    compared: list[datetime] = []
    start = world.clock.now
    while world.clock.now < start + timedelta(hours=24):
        try:
            await browser.asks()
            await world.deliver()
            for _ in range(5):
                await browser.types(other_code(world.passcode()))
                compared.append(world.clock.now)
        except LimitReached as refusal:
            world.clock.now = max(refusal.again_at, world.clock.now + timedelta(minutes=1))
        except (TooSoon, PasscodeSpent):
            pass
        world.clock.move(seconds=61)
    for first in compared:
        assert sum(first <= at < first + timedelta(hours=span) for at in compared) <= tries
    assert len(compared) == 20


async def test_resending_the_invitation_gives_no_new_tries(world: World) -> None:
    """A4."""
    await world.invite()
    compared = 0
    for _ in range(4):
        browser = await world.opens()
        with contextlib.suppress(LimitReached):
            await browser.asks()
            await world.deliver()
            for _ in range(5):
                await browser.types(other_code(world.passcode()))
                compared += 1
        world.clock.move(seconds=61)
        await world.do(invitations.resend, TEAM, ALICE, GWEN)
    assert compared == 10


async def test_a_link_gets_no_more_passcodes_after_fifty_wrong_tries_until_the_owner_sends_another(
    world: World,
) -> None:
    await world.invite()
    browser = await world.opens()
    for _ in range(10):
        await browser.asks()
        for _ in range(5):
            await browser.types("00000000")
        world.clock.move(hours=13)
    with pytest.raises(LimitReached) as refusal:
        await browser.asks()
    assert refusal.value.quota is Quota.TRIES_LINK
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    await world.comes_in()


async def test_the_next_passcode_can_be_asked_for_a_minute_after_the_last(world: World) -> None:
    await world.invite()
    browser = await world.asks()
    asked = world.clock.now
    view = browser.passcode
    assert view
    assert view.again_at == asked + timedelta(seconds=60) == (await browser.sees()).again_at
    world.clock.now = view.again_at - timedelta(milliseconds=1)
    with pytest.raises(TooSoon) as refusal:
        await browser.asks()
    assert refusal.value.again_at == view.again_at
    world.clock.now = view.again_at
    assert (await browser.sees()).again_at is None
    await browser.asks()


async def test_five_passcodes_an_hour_and_ten_a_day(world: World) -> None:
    await world.invite()
    browser = await world.opens()
    start = world.clock.now
    world.limit(mailbox_passcodes_hour=100)
    for _ in range(5):
        await browser.asks()
        world.clock.move(minutes=2)
    with pytest.raises(LimitReached) as refusal:
        await browser.asks()
    assert (refusal.value.quota, refusal.value.again_at) == (Quota.PASSCODES_HOUR, start + timedelta(hours=1))
    world.clock.move(hours=2)
    for _ in range(5):
        await browser.asks()
        world.clock.move(minutes=2)
    world.clock.move(hours=2)
    with pytest.raises(LimitReached) as refusal:
        await browser.asks()
    assert (refusal.value.quota, refusal.value.again_at) == (Quota.PASSCODES_DAY, start + timedelta(days=1))
    world.clock.now = refusal.value.again_at
    await browser.asks()


async def test_the_newest_passcode_counts_and_an_older_one_tells_when_the_newer_was_sent(world: World) -> None:
    """A6: it costs a try all the same."""
    await world.invite()
    browser = await world.asks()
    old, old_id = world.passcode(), browser.passcode and browser.passcode.passcode_id
    world.clock.move(seconds=61)
    newer = await browser.asks()
    await world.deliver()
    wrong = await browser.types(old)
    assert isinstance(wrong, WrongPasscode)
    assert (wrong.newer_at, wrong.tries_left) == (newer.issued_at, 4)
    stale = await browser.types(world.passcode(), old_id)
    assert isinstance(stale, WrongPasscode)
    assert stale.newer_at == newer.issued_at
    assert (await browser.types("00000000")).newer_at is None
    assert isinstance(await browser.types(world.passcode()), SignedIn)


async def test_a_passcode_works_in_the_browser_that_asked_for_it_only(world: World) -> None:
    """A7: and nothing is charged to whoever asked."""
    await world.invite()
    browser = await world.asks()
    thief = world.browser()
    await thief.opens(world.link())
    thief.passcode = browser.passcode
    with pytest.raises(NoPasscode):
        await thief.types(world.passcode())
    with pytest.raises(NoPasscode):
        await thief.shows()
    assert (await browser.shows()).tries_left == 5
    assert isinstance(await browser.types(world.passcode()), SignedIn)


async def test_the_link_that_asked_must_still_count_when_the_passcode_is_typed(world: World) -> None:
    await world.invite()
    browser = await world.asks()
    world.clock.move(seconds=61)
    await world.do(invitations.resend, TEAM, ALICE, GWEN)
    with pytest.raises(LinkReplaced):
        await browser.types(world.passcode())
    browser.link = None
    with pytest.raises(UnknownLink):
        await browser.types(world.passcode())


async def test_whoever_did_not_ask_withdraws_it_once_and_for_all(world: World) -> None:
    await world.invite()
    browser = await world.asks()
    mail = world.mails(PasscodeMail)[-1]
    view = await world.look(passcodes.withdraw_view, mail.withdraw_token)
    assert (view.masked_address, view.reference, view.over) == ("gw***@fabrikam.example", mail.reference, False)
    for _ in range(2):
        await world.do(passcodes.withdraw, mail.withdraw_token)
    with pytest.raises(NoPasscode):
        await browser.types(mail.passcode)
    assert (await world.look(passcodes.withdraw_view, mail.withdraw_token)).over
    assert (await world.events()).count("passcode.withdrawn") == 1
    for token in ("", "x", mail.passcode, mail.withdraw_token[:-1], mail.withdraw_token + "A"):
        with pytest.raises(UnknownLink):
            await world.do(passcodes.withdraw, token)


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    "form",
    [
        lambda code: code,
        lambda code: f"{code[:4]} {code[4:]}",
        lambda code: f"{code[:4]}-{code[4:]}",
        lambda code: f" {code[:2]}.{code[2:4]}–{code[4:]}\r\n",
        lambda code: code.translate(FULL_WIDTH),
        lambda code: f"{code[:4]}\u3000{code[4:]}".translate(FULL_WIDTH),
        "\u00a0".join,
    ],
)
async def test_a_passcode_is_accepted_however_it_was_pasted(quick: World, form: object) -> None:
    await quick.invite()
    browser = await quick.asks()
    assert isinstance(await browser.types(form(quick.passcode())), SignedIn)  # type: ignore[operator]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1234567",
        "123456789",
        "abcdefgh",
        "1234567٣",
        "²²²²²²²²",
        "12345678" * 5,
        "1234567\0",
        "１２３４",
        "0x123456",
        "१२३४५६७८",
    ],
)
async def test_what_cannot_be_a_passcode_costs_no_try(quick: World, typed: str) -> None:
    """A10."""
    await quick.invite()
    browser = await quick.asks()
    before = await quick.contents()
    wrong = await browser.types(typed)
    assert isinstance(wrong, WrongPasscode)
    assert wrong.tries_left == 5
    assert await quick.contents() == before


async def test_no_passcode_opens_another_invitation(quick: World) -> None:
    """A7: each against each."""
    names = [f"guest{number}@x.example" for number in range(8)]
    browsers: dict[str, Browser] = {}
    for name in names:
        await quick.invite(name)
        browsers[name] = await quick.asks(name)
    quick.limit(passcode_tries=100, tries_hour=100, tries_day=100, client_tries_hour=1000)
    for mine, theirs in itertools.permutations(names, 2):
        assert isinstance(await browsers[mine].types(quick.passcode(theirs)), WrongPasscode)
        other = browsers[theirs].passcode
        with pytest.raises((NoPasscode, UnknownLink)):
            await browsers[mine].types(quick.passcode(theirs), other and other.passcode_id)
    for name in names:
        assert isinstance(await browsers[name].types(quick.passcode(name)), SignedIn)


def test_every_digit_is_as_likely_as_the_others_in_every_place() -> None:
    """A8: chi-square with nine degrees of freedom; above 33.7 once in ten thousand honest runs."""
    number = 20_000
    codes = [KEYS.passcode(KEYS.current, "tenant", "invitation:x", str(nth)) for nth in range(number)]
    assert all(len(code) == 8 and code.isdigit() for code in codes)
    for place in range(8):
        counts = Counter(code[place] for code in codes)
        assert sum((counts[digit] - number / 10) ** 2 / (number / 10) for digit in "0123456789") < 33.7
    assert any(code.startswith("0") for code in codes)
    assert len(set(codes)) > number - 20


async def test_thirty_wrong_tries_an_hour_come_from_one_client(world: World) -> None:
    for number in range(7):
        await world.invite(f"guest{number}@x.example")
    browsers = [await world.asks(f"guest{number}@x.example") for number in range(7)]
    for number, browser in enumerate(browsers[:6]):
        for _ in range(5):
            await browser.types(other_code(world.passcode(f"guest{number}@x.example")))
    with pytest.raises(LimitReached) as refusal:
        await browsers[6].types(world.passcode("guest6@x.example"))
    assert refusal.value.quota is Quota.CLIENT_TRIES
    assert refusal.value.again_at == world.clock.now + timedelta(hours=1)
    browsers[6].client = "198.51.100.9"
    assert isinstance(await browsers[6].types(world.passcode("guest6@x.example")), SignedIn)


async def test_where_clients_look_alike_what_others_tried_does_not_count_against_the_holder_of_a_link(
    world: World,
) -> None:
    """By address it does: there is nothing else that slows it down."""
    await world.guest()
    world.clock.move(hours=2)
    for number in range(6):
        stranger = world.browser()
        stranger.shared = True
        await stranger.asks_by_address(f"nobody{number}@x.example")
        for _ in range(5):
            await stranger.types("00000000")
    returning = world.browser()
    with pytest.raises(LimitReached) as refusal:
        await returning.asks_by_address()
    assert refusal.value.quota is Quota.CLIENT_TRIES
    holder = await world.asks()
    holder.shared = True
    assert (await holder.types(other_code(world.passcode()))).tries_left == 4
    assert isinstance(await holder.types(world.passcode()), SignedIn)
    holder.shared = False
    with pytest.raises(LimitReached):
        await holder.types(world.passcode())


async def test_a_passcode_is_of_the_address_that_is_invited_now(world: World) -> None:
    await world.invite()
    browser = await world.asks()
    await world.change("UPDATE invitations SET address = 'gwendolyn@fabrikam.example'")
    with pytest.raises(NoPasscode):
        await browser.types(world.passcode())
    assert (await browser.shows()).tries_left == 5


@pytest.mark.postgres
async def test_of_many_right_submissions_at_once_exactly_one_opens_a_session(racing: World) -> None:
    """A1."""
    await racing.invite()
    browser = await racing.asks()
    racing.limit(passcode_tries=1000, tries_hour=1000, tries_day=1000)
    code = racing.passcode()

    async def submit() -> bool:
        try:
            return isinstance(await browser.types(code), SignedIn)
        except Refusal:
            return False

    assert sum(await asyncio.gather(*(submit() for _ in range(64)))) == 1
    assert len(await racing.rows("SELECT * FROM sessions")) == 1


@pytest.mark.postgres
async def test_of_many_guesses_at_once_exactly_five_are_compared(racing: World) -> None:
    """A2, from as many clients."""
    await racing.invite()
    browser = await racing.asks()
    wrong = other_code(racing.passcode())

    async def guess(number: int) -> bool:
        mine = Browser(racing, browser.name, f"198.51.100.{number}", browser.link, browser.passcode)
        try:
            return isinstance(await mine.types(wrong), WrongPasscode)
        except (PasscodeSpent, LimitReached):
            return False

    assert sum(await asyncio.gather(*(guess(number) for number in range(64)))) == 5
    assert (await racing.events()).count("passcode.wrong") == 5


# by address


async def test_known_and_unknown_addresses_get_the_same(world: World) -> None:
    """B12: the same page, the same limits; mail only for who is known."""
    await world.guest()
    world.clock.move(hours=2)
    told: dict[str, list[object]] = {}
    for address in (GWEN, "nobody@fabrikam.example"):
        browser, seen = world.browser(), told.setdefault(address, [])
        start = world.clock.now
        for _ in range(5):
            try:
                view = await browser.asks_by_address(address)
                seen.append((view.masked_address[2:], view.tries_left, view.again_at - start, view.workspace))
                seen.append(len(view.reference))
                await world.deliver()
                wrong = await browser.types("00000000")
                seen.append((wrong.tries_left, wrong.again_at - start, wrong.newer_at and wrong.newer_at - start))
            except (TooSoon, LimitReached) as refusal:
                seen.append((refusal.code, refusal.again_at - start))
            world.clock.move(seconds=61)
        world.clock.now = start
    known, unknown = told.values()
    assert known == unknown
    assert not world.mails(PasscodeMail, "nobody@fabrikam.example")
    assert len(world.mails(PasscodeMail)) == 1 + 4


async def test_what_will_not_be_mailed_waits_nowhere(world: World) -> None:
    """B12: nobody can fill the outbox with addresses that they made up."""
    await world.guest()
    world.clock.move(hours=2)
    before = await world.rows("SELECT * FROM outbox WHERE channel = 'mail'")
    browser = world.browser()
    await browser.asks_by_address("nobody@fabrikam.example")
    assert await world.rows("SELECT * FROM outbox WHERE channel = 'mail'") == before
    await browser.asks_by_address()
    assert len(await world.rows("SELECT * FROM outbox WHERE channel = 'mail'")) == len(before) + 1


@pytest.mark.parametrize("known", [True, False])
async def test_a_client_asks_by_address_three_hundred_times_an_hour(quick: World, known: bool) -> None:
    await quick.guest()
    quick.clock.move(hours=2)
    start = quick.clock.now
    browser = quick.browser()
    for number in range(300):
        await browser.asks_by_address(f"nobody{number}@x.example")
        quick.clock.move(seconds=1)
    with pytest.raises(LimitReached) as refusal:
        await browser.asks_by_address(GWEN if known else "nobody@x.example")
    assert (refusal.value.quota, refusal.value.again_at) == (Quota.CLIENT_TRIES, start + timedelta(hours=1))
    browser.client = "198.51.100.9"
    await browser.asks_by_address()


async def test_the_mail_goes_to_the_spelling_that_was_given_where_several_are_known(world: World) -> None:
    """B13: some relays take Gwen and gwen for two people."""
    await world.settle(FOREIGN, CHARLIE)
    await world.guest("gwen@x.example")
    world.clock.move(hours=2)
    for typed, mailed in (("GWEN@x.example", "gwen@x.example"), ("gwen@x.example", "gwen@x.example")):
        await world.browser().asks_by_address(typed)
        await world.deliver()
        assert world.inbox[-1].recipient == mailed
        world.clock.move(hours=2)
    await world.guest("Gwen@x.example", where=FOREIGN, by=CHARLIE)
    for typed, mailed in (
        ("gwen@X.example", "gwen@x.example"),
        ("Gwen@x.example", "Gwen@x.example"),
        ("GWEN@x.example", ""),
    ):
        world.clock.move(hours=2)
        before = len(world.inbox)
        await world.browser().asks_by_address(addresses.one(typed))
        await world.deliver()
        assert [mail.recipient for mail in world.inbox[before:]] == [mailed] * bool(mailed)


async def test_a_guest_keeps_the_spelling_of_the_first_time(world: World) -> None:
    await world.settle(GROUP)
    await world.guest("gwen@x.example")
    world.clock.move(hours=2)
    browser = await world.guest("Gwen@x.example", where=GROUP)
    assert (await browser.page()).address == "gwen@x.example"


async def test_a_returning_guest_comes_in_with_the_address_alone(world: World) -> None:
    await world.guest()
    browser = world.browser()
    world.clock.move(days=2)
    await browser.asks_by_address("GWEN@Fabrikam.example")
    await world.deliver()
    assert isinstance(await browser.types(world.passcode()), SignedIn)
    assert (await browser.page()).address == GWEN


async def test_using_up_the_address_never_blocks_the_holder_of_a_link(world: World) -> None:
    """Nor do many names of one mailbox, each known."""
    await world.settle(GROUP)
    names = ["g.wen@gmail.com", "gwen+a@gmail.com", "gwen+b@gmail.com"]
    for name in names:
        await world.guest(name)
    await world.invite(names[0], where=GROUP)
    world.clock.move(days=1)
    attacker, before = world.browser("198.51.100.66"), len(world.inbox)
    for name in names * 5:
        try:
            await attacker.asks_by_address(name)
            await world.deliver()
            for _ in range(5):
                await attacker.types("00000000")
        except (TooSoon, LimitReached, PasscodeSpent):
            pass
        world.clock.move(seconds=61)
        attacker.client = f"198.51.100.{world.clock.now.minute}"
    assert sum(isinstance(mail, PasscodeMail) for mail in world.inbox[before:]) == 4
    browser = await world.asks(names[0])
    assert isinstance(await browser.types(world.passcode(names[0])), SignedIn)


async def test_by_address_five_an_hour_and_ten_a_day_can_be_asked_for_and_one_mail_stays_for_a_link(
    world: World,
) -> None:
    await world.guest()
    world.clock.move(days=1)
    browser, start, before = world.browser(), world.clock.now, len(world.inbox)
    for hour in (0, 2):
        world.clock.now = start + timedelta(hours=hour)
        for _ in range(5):
            await browser.asks_by_address()
            await world.deliver()
            world.clock.move(seconds=60)
        with pytest.raises(LimitReached):
            await browser.asks_by_address()
    world.clock.now = start + timedelta(hours=4)
    with pytest.raises(LimitReached) as refusal:
        await browser.asks_by_address()
    assert (refusal.value.quota, refusal.value.again_at) == (Quota.PASSCODES_DAY, start + timedelta(days=1))
    assert len(world.inbox) == before + 4 + 4


@pytest.mark.parametrize("by_link", [True, False])
async def test_never_more_than_ten_passcode_mails_a_day_reach_one_mailbox(world: World, by_link: bool) -> None:
    """B13: under many names."""
    names = [f"gwen+{number}@gmail.com" for number in range(4)]
    for name in names:
        await world.guest(name)
        world.clock.move(hours=1)
    holders = [await world.opens(name) for name in names]
    world.clock.move(days=1)
    browser, before = world.browser(), len(await world.rows("SELECT * FROM outbox WHERE kind = 'passcode'"))
    for _ in range(12):
        for holder, name in zip(holders, names, strict=True):
            with contextlib.suppress(TooSoon, LimitReached):
                await (holder.asks() if by_link else browser.asks_by_address(name))
        world.clock.move(hours=1)
    wanted = before + (10 if by_link else 9)
    assert len(await world.rows("SELECT * FROM outbox WHERE kind = 'passcode'")) == wanted


async def test_never_more_than_five_passcode_mails_an_hour_reach_one_mailbox(world: World) -> None:
    """B13: by link and by address, from two tenants, under many names. By address alone nobody gets beyond them."""
    await world.settle(FOREIGN, CHARLIE)
    names = ["gwen@gmail.com", "g.wen@gmail.com", "gwen+x@gmail.com"]
    holders = []
    for name in names:
        await world.guest(name)
        world.clock.move(hours=1)
        await world.invite(name, where=FOREIGN, by=CHARLIE)
        holders.append(await world.opens(name))
    world.clock.move(hours=2)
    before = len(world.inbox)
    ways = [holder.asks for holder in holders]
    ways += [partial(world.browser().asks_by_address, name) for name in names]  # type: ignore[misc]
    for _ in range(25):
        for asks in ways:
            with contextlib.suppress(TooSoon, LimitReached):
                await asks()
        world.clock.move(seconds=61)
    await world.deliver()
    sent = [mail.issued_at for mail in world.inbox[before:] if isinstance(mail, PasscodeMail)]
    assert len(sent) <= 5


async def test_who_is_known_in_two_tenants_gets_one_passcode_and_chooses_once(world: World) -> None:
    await world.settle(FOREIGN, CHARLIE)
    await world.guest()
    world.clock.move(hours=2)
    await world.guest(where=FOREIGN, by=CHARLIE)
    world.clock.move(hours=2)
    browser = world.browser()
    await browser.asks_by_address()
    await world.deliver()
    choice = await browser.types(world.passcode())
    assert isinstance(choice, ChooseTenant)
    assert [(each.tenant_id, each.workspaces) for each in choice.choices] == [
        ("contoso", ("Launch",)),
        ("tailspin", ("Toys",)),
    ]
    thief = world.browser()
    thief.passcode = browser.passcode
    with pytest.raises(NoPasscode):
        await thief.chooses("contoso")
    with pytest.raises(NoPasscode):
        await browser.chooses("somewhere else")
    await browser.chooses("tailspin")
    assert (await browser.page()).tenant_id == "tailspin"
    for tenant in ("tailspin", "contoso"):
        with pytest.raises(NoPasscode):
            await browser.chooses(tenant)


async def test_a_choice_is_made_within_ten_minutes(quick: World) -> None:
    await quick.settle(FOREIGN, CHARLIE)
    await quick.guest()
    await quick.invite(where=FOREIGN, by=CHARLIE)
    quick.clock.move(minutes=5)
    await quick.comes_in()
    quick.clock.move(hours=2)
    browser = quick.browser()
    await browser.asks_by_address()
    await quick.deliver()
    await browser.types(quick.passcode())
    quick.clock.move(minutes=10)
    with pytest.raises(NoPasscode):
        await browser.chooses("contoso")


async def test_a_newer_one_is_asked_for_by_the_same_way_and_address_only(world: World) -> None:
    await world.guest()
    world.clock.move(hours=2)
    browser = world.browser()
    first = await browser.asks_by_address()
    world.clock.move(seconds=61)

    async def again(**changes: object) -> object:
        facts = {"browser": browser.name, "client": "c", "language": "en", "address": GWEN}
        return await world.do(passcodes.again, first.passcode_id, **{**facts, **changes})

    for wrong in ({"address": "bob@x.example"}, {"address": None}, {"browser": "another"}):
        with pytest.raises(NoPasscode):
            await again(**wrong)
    await again()


async def test_by_address_no_mail_goes_to_who_is_a_guest_no_more_when_it_is_sent(world: World) -> None:
    await world.guest()
    world.clock.move(hours=2)
    browser = world.browser()
    await browser.asks_by_address()
    await world.do(invitations.remove, TEAM, ALICE, GWEN)
    before = len(world.inbox)
    await world.deliver()
    assert len(world.inbox) == before


def test_the_secret_keys_are_shown_nowhere() -> None:
    assert "hush" not in repr(Keys((b"hush" * 8,)))
