"""Second factors: nothing opens without, and nothing about them changes without."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain import authenticators, factors, guests, housekeeping, passkeys, recovery, sessions
from domain.errors import ConsentNeeded, NoSession, SecondFactorNeeded
from domain.factor_errors import FactorPaused, LastFactor, TooManyFactors
from domain.factor_views import Factor, FactorView, Mistake, Passed
from domain.factors import MOST, Visitor
from domain.seals import seal
from domain.secrets import Keys
from tests.domain.second_factors import MFA, Holder, again, demanded, first_factor
from tests.domain.soft_key import SITE, SoftKey
from tests.domain.world import GROUP, GWEN, KEYS, TAILSPIN, World


async def test_a_passcode_alone_leaves_the_rule_unmet(world: World) -> None:
    """F5."""
    holder = await first_factor(world)
    for asked in (holder.browser.page, holder.browser.access):
        with pytest.raises(SecondFactorNeeded):
            await asked()
    view = await holder.sees()
    assert (view.needed, view.demanded, view.done, view.inside, view.factors) == (True, True, False, False, ())


async def test_the_first_app_is_set_up_after_the_first_factor_and_opens_the_door(world: World) -> None:
    holder = await first_factor(world)
    passed = await holder.sets_up_app()
    assert isinstance(passed, Passed)
    assert passed.needed
    assert (await holder.browser.access()).address == GWEN
    view = await holder.sees()
    assert [each.kind for each in view.factors] == [Factor.APP]
    assert (view.needed, view.done, view.codes_left) == (False, True, 10)


async def test_the_next_sign_in_asks_for_the_code_and_gets_a_new_secret(world: World) -> None:
    """F1."""
    holder = await again(await _with_app(world))
    before = holder.browser.session
    with pytest.raises(SecondFactorNeeded):
        await holder.browser.page()
    assert isinstance(await holder.enters(), Passed)
    assert holder.browser.session != before
    await holder.browser.page()
    with pytest.raises(NoSession):
        await world.look(guests.page, before, holder.browser.network)


async def test_a_half_minute_off_is_forgiven_and_more_is_not(world: World) -> None:
    holder = await again(await _with_app(world))
    assert await holder.enters(holder.code(-2)) is Mistake.WRONG
    assert await holder.enters(holder.code(2)) is Mistake.WRONG
    assert isinstance(await holder.enters(holder.code(-1)), Passed)
    assert isinstance(await holder.enters(holder.code(1)), Passed)


async def test_a_code_works_once_also_in_another_session(world: World) -> None:
    first = await again(await _with_app(world))
    second = first.elsewhere(await _another(world))
    code = first.code()
    assert isinstance(await first.enters(code), Passed)
    assert await second.enters(code) is Mistake.USED
    assert await second.enters(second.code(-1)) is Mistake.USED
    with pytest.raises(SecondFactorNeeded):
        await second.browser.page()


async def test_what_confirmed_an_app_does_not_sign_in_with_it(world: World) -> None:
    holder = await first_factor(world)
    await holder.begins()
    code = holder.code()
    await holder.do(authenticators.confirm, code)
    assert await holder.enters(code) is Mistake.USED


async def test_an_app_that_was_not_confirmed_is_worth_nothing(world: World) -> None:
    holder = await first_factor(world)
    await holder.begins()
    assert await holder.enters(holder.code()) is Mistake.WRONG
    with pytest.raises(SecondFactorNeeded):
        await holder.browser.page()


async def test_an_app_is_seen_and_confirmed_by_the_session_that_began_it_only(world: World) -> None:
    thief = await first_factor(world)
    await thief.begins()
    victim = Holder(await _another(world), app=thief.app)
    assert await victim.look(authenticators.app) is None
    assert await victim.do(authenticators.confirm, victim.code()) is Mistake.UNREADABLE
    assert not (await victim.sees()).factors


async def test_who_began_before_the_first_factor_was_there_does_not_finish(world: World) -> None:
    slow = await first_factor(world)
    await slow.begins()
    options = await slow.look(passkeys.registration, SITE)
    quick = Holder(await _another(world))
    await quick.sets_up_app()
    for attempt in (
        (authenticators.confirm, slow.code()),
        (authenticators.begin,),
        (passkeys.register, SITE, SoftKey().create(options)),
        (recovery.renew_codes,),
        (factors.remove, (await quick.sees()).factors[0].factor_id),
    ):
        with pytest.raises(SecondFactorNeeded):
            await slow.do(*attempt)
    assert len((await slow.sees()).factors) == 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12345x", "1" * 500, "１２３"])
async def test_what_cannot_be_a_code_costs_no_try(quick: World, typed: str) -> None:
    holder = await again(await _with_app(quick))
    for _ in range(12):
        assert await holder.enters(typed) is Mistake.UNREADABLE
    assert isinstance(await holder.enters(), Passed)


@pytest.mark.parametrize("spelling", ["{} {}", " {}{} ", "{}-{}"])
async def test_a_code_is_read_however_it_was_typed(quick: World, spelling: str) -> None:
    holder = await again(await _with_app(quick))
    code = holder.code()
    assert isinstance(await holder.enters(spelling.format(code[:3], code[3:])), Passed)


async def test_five_wrong_codes_pause_the_session_whatever_comes_then(world: World) -> None:
    """A3."""
    holder = await again(await _with_app(world))
    for _ in range(5):
        assert await holder.enters(_wrong(holder)) is Mistake.WRONG
    with pytest.raises(FactorPaused) as refusal:
        await holder.enters()
    assert refusal.value.again_at == world.clock.now + timedelta(minutes=15)
    world.clock.now = refusal.value.again_at
    assert isinstance(await holder.enters(), Passed)


async def test_a_guest_has_ten_wrong_codes_an_hour_in_all_sessions_and_twenty_a_day(world: World) -> None:
    """A3."""
    world.limit(passcodes_hour=100, passcodes_day=1000, mailbox_passcodes_hour=100)
    holder = await again(await _with_app(world))
    in_an_hour = sum([await _wrong_codes(holder.elsewhere(await _another(world))) for _ in range(3)])
    assert in_an_hour == 10
    in_a_day = in_an_hour
    for _ in range(4):
        world.clock.move(hours=4)
        in_a_day += await _wrong_codes(holder.elsewhere(await _another(world)))
    assert in_a_day == 20


async def _wrong_codes(holder: Holder) -> int:
    """How many are compared before it pauses."""
    for compared in range(6):
        try:
            await holder.enters(_wrong(holder))
        except FactorPaused:
            return compared
    pytest.fail("nothing pauses")


async def test_recovery_codes_still_work_for_a_guest_whose_codes_are_paused(world: World) -> None:
    holder = await again(await _with_app(world))
    for _ in range(2):
        other = holder.elsewhere(await _another(world))
        for _ in range(5):
            await other.enters(_wrong(other))
    last = holder.elsewhere(await _another(world))
    with pytest.raises(FactorPaused):
        await last.enters()
    assert isinstance(await last.recovers(last.codes[3]), Passed)


async def test_a_recovery_code_works_once_and_says_how_many_are_left(world: World) -> None:
    holder = await again(await _with_app(world))
    assert len(set(holder.codes)) == 10
    passed = await holder.recovers(f"  {holder.codes[0].lower().replace('-', ' ')} ")
    assert isinstance(passed, Passed)
    assert passed.codes_left == 9
    await holder.browser.page()
    holder = await again(holder)
    assert await holder.recovers(holder.codes[0]) is Mistake.WRONG
    assert "recovery.used" in await world.events()
    assert "recovery_used" in [step.kind for step in (await world.card()).timeline]


async def test_new_recovery_codes_end_the_old_ones(world: World) -> None:
    holder = await _with_app(world)
    old = holder.codes
    new = await holder.do(recovery.renew_codes)
    assert not set(new) & set(old)
    holder = await again(holder)
    assert await holder.recovers(old[0]) is Mistake.WRONG
    assert isinstance(await holder.recovers(new[0]), Passed)


async def test_guessing_recovery_codes_pauses_too(quick: World) -> None:
    holder = await again(await _with_app(quick))
    for _ in range(5):
        assert await holder.recovers("A" * 24) is Mistake.WRONG
    with pytest.raises(FactorPaused):
        await holder.recovers(holder.codes[0])


async def test_nothing_of_it_can_be_read_in_the_database(world: World) -> None:
    """G1."""
    holder = await _with_app(world)
    await holder.registers()
    seen = repr(await world.contents())
    assert holder.app
    assert holder.app.secret not in seen
    assert not [code for code in holder.codes if code in seen or code.replace("-", "") in seen]
    assert holder.browser.session not in seen


async def test_the_last_one_stays_while_a_rule_demands_it(world: World) -> None:
    holder = await _with_app(world)
    await holder.registers()
    app, passkey = await _app_and_passkey(holder)
    await holder.do(factors.remove, app.factor_id)
    await holder.do(factors.remove, app.factor_id)
    with pytest.raises(LastFactor):
        await holder.do(factors.remove, passkey.factor_id)
    await world.policy(rules=())
    await holder.do(factors.remove, passkey.factor_id)
    view = await holder.sees()
    assert (view.factors, view.codes_left) == ((), 0)
    assert (await world.events()).count("factor.removed") == 2


async def test_a_removed_app_opens_nothing(world: World) -> None:
    holder = await _with_app(world)
    await holder.registers()
    app, _ = await _app_and_passkey(holder)
    await holder.do(factors.remove, app.factor_id)
    holder = await again(holder)
    assert await holder.enters() is Mistake.WRONG


async def test_a_guest_holds_so_many_and_no_more(quick: World) -> None:
    holder = await _with_app(quick)
    for _ in range(MOST - 1):
        assert isinstance(await holder.registers(), Passed)
    for attempt in ((authenticators.begin,), (passkeys.registration, SITE)):
        with pytest.raises(TooManyFactors):
            await holder.do(*attempt)


async def test_a_guest_may_want_a_second_factor_that_no_rule_demands(world: World) -> None:
    holder = Holder(await world.guest())
    passed = await holder.sets_up_app()
    assert not passed.needed
    holder = await again(holder)
    await holder.browser.page()
    assert isinstance(await holder.enters(), Passed)
    assert (await holder.sees()).done


async def test_consent_comes_after_the_second_factor(world: World) -> None:
    """F6."""
    await world.policy(privacy_url="https://contoso.example/privacy")
    holder = Holder(await world.guest())
    for attempt in ((authenticators.begin,), (passkeys.request, SITE), (recovery.recover, "x"), (factors.view,)):
        with pytest.raises(ConsentNeeded):
            await holder.do(*attempt)
    await demanded(world)
    await holder.sets_up_app()
    with pytest.raises(ConsentNeeded):
        await holder.browser.page()


async def test_a_rule_that_is_made_later_counts_at_the_next_request(world: World) -> None:
    holder = Holder(await world.guest())
    await holder.browser.page()
    await demanded(world)
    with pytest.raises(SecondFactorNeeded):
        await holder.browser.page()
    await holder.sets_up_app()
    await holder.browser.page()


async def test_a_cookie_that_names_another_tenant_opens_nothing(quick: World) -> None:
    holder = await first_factor(quick)
    stranger = Visitor(holder.browser.session, TAILSPIN, holder.browser.network)
    for operation, *more in _EVERY:
        with pytest.raises(NoSession):
            await quick.do(operation, stranger, *more)


async def test_no_session_gets_nowhere(quick: World) -> None:
    holder = await first_factor(quick)
    await quick.do(guests.sign_out, holder.browser.session)
    for operation, *more in _EVERY:
        with pytest.raises(NoSession):
            await quick.do(operation, holder.visitor, *more)


async def test_setting_one_up_is_told_in_the_audit_and_on_every_card(world: World) -> None:
    await world.settle(GROUP)
    await world.guest()
    await world.invite(where=GROUP)
    world.clock.move(minutes=2)
    holder = Holder(await world.comes_in())
    await holder.sets_up_app()
    await world.post()
    for where in (None, GROUP):
        card = await world.card() if where is None else await world.card(where=where)
        assert "factor_added" in [step.kind for step in card.timeline]
        assert "factor_added" in [step.kind for step in world.chat[card.invitation_id].view.timeline]
    assert "session.second_factor" in await world.events()


async def test_a_wrong_code_is_told_in_the_audit(world: World) -> None:
    holder = await again(await _with_app(world))
    await holder.enters(_wrong(holder))
    assert (await world.events())[-1] == "second_factor.wrong"


async def test_keys_are_sealed_anew_before_an_old_secret_key_leaves(world: World) -> None:
    holder = await _with_app(world)
    (before,) = await world.rows("SELECT sealed FROM factors")
    world.settings["keys"] = Keys((b"third key of thirty-two bytes!!!", *KEYS.keys))
    await world.do(housekeeping.sweep)
    (after,) = await world.rows("SELECT sealed FROM factors")
    assert after.sealed != before.sealed
    assert not seal(world.settings["keys"], "totp").stale(after.sealed)
    world.settings["keys"] = Keys((b"third key of thirty-two bytes!!!",))
    totp = authenticators.PURPOSE
    assert seal(world.settings["keys"], totp).open(after.sealed)
    assert holder.app


async def test_what_nobody_confirmed_is_swept(world: World) -> None:
    holder = await _with_app(world)
    await holder.begins()
    await world.do(housekeeping.sweep)
    assert len(await world.rows("SELECT * FROM factors")) == 2
    world.clock.move(hours=25)
    await world.do(housekeeping.sweep)
    assert len(await world.rows("SELECT * FROM factors")) == 1


_EVERY: list[tuple[Any, ...]] = [
    (factors.view,),
    (factors.remove, "f"),
    (authenticators.begin,),
    (authenticators.app,),
    (authenticators.confirm, "123456"),
    (authenticators.enter, "123456"),
    (recovery.recover, "A" * 24),
    (recovery.renew_codes,),
    (passkeys.registration, SITE),
    (passkeys.register, SITE, "{}"),
    (passkeys.request, SITE),
    (passkeys.sign_in, SITE, "{}"),
]


async def _with_app(world: World) -> Holder:
    holder = await first_factor(world)
    await holder.sets_up_app()
    return holder


async def _another(world: World) -> Any:
    """One more session of Gwen's."""
    world.clock.move(minutes=15)
    return await world.comes_in()


async def _app_and_passkey(holder: Holder) -> list[FactorView]:
    return sorted((await holder.sees()).factors, key=lambda each: each.kind)


def _wrong(holder: Holder) -> str:
    near = {holder.code(off) for off in range(-2, 3)}
    return next(code for code in (f"{n:06d}" for n in range(10)) if code not in near)


# ── before it is shown ───────────────────────────────────────────────────────────────────────────────────────────────
async def test_who_reads_the_mail_alone_neither_leaves_nor_signs_others_out_nor_changes_the_language(
    quick: World,
) -> None:
    """Another workspace, for which nothing more is demanded, is open to whoever reads the guest's mail."""
    gwen = Holder(await quick.guest())
    (team,) = await quick.rows("SELECT workspace_id FROM workspaces")
    await quick.policy(rules=(replace(MFA, workspaces=(team.workspace_id,)),))
    await gwen.sets_up_app()
    await quick.settle(GROUP)
    quick.clock.move(hours=1)
    await quick.invite(where=GROUP)
    thief = await quick.comes_in()
    launch, lunch = (await thief.page()).memberships
    assert (launch.step, lunch.step) == ("second_factor", "")
    with pytest.raises(SecondFactorNeeded):
        await quick.do(guests.leave, thief.session, launch.membership_id, thief.network)
    with pytest.raises(SecondFactorNeeded):
        await quick.do(sessions.end, thief.session, None, thief.network)
    with pytest.raises(SecondFactorNeeded):
        await quick.do(guests.speak, thief.session, "de", thief.network)
    await gwen.browser.access()
    await quick.do(guests.leave, thief.session, lunch.membership_id, thief.network)
    await quick.do(guests.leave, gwen.browser.session, launch.membership_id, thief.network)


async def test_the_same_language_again_is_no_change(quick: World) -> None:
    browser = await quick.guest()
    for language in ("de", "de", "en", "en"):
        await quick.do(guests.speak, browser.session, language, browser.network)
    assert (await quick.events()).count("guest.language") == 2
