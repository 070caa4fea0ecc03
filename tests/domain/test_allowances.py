"""A tenant's own numbers: they tighten the operator's, and a refusal names the first moment at which it works again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from domain import allowances, invitations
from domain.errors import LimitReached, LimitRefusal, PasscodeExpired, TooSoon, WrongDays
from domain.limits import Numbers
from domain.policies import NO_POLICY, Policy
from domain.views import Quota, SignedIn
from tests.domain.world import ALICE, GROUP, GWEN, TEAM, World

MOMENT = timedelta(milliseconds=1)


def test_a_tenant_that_says_nothing_has_the_operators_numbers() -> None:
    assert allowances.tightened(Numbers(), NO_POLICY) == Numbers()
    assert allowances.tightened(Numbers(), Policy(version=3)) == Numbers()


def test_a_tenant_never_loosens_a_number() -> None:
    operator = Numbers(
        owner_hour=5, workspace_day=6, tenant_day=7, workspace_open=8, passcode_seconds=600, access_days_most=100
    )
    wide = Policy(
        owner_hour=50, workspace_day=60, tenant_day=70, workspace_open=80, passcode_minutes=30,
        access_days=200, access_days_most=300, invitation_days=90,
    )  # fmt: skip
    found = allowances.tightened(operator, wide)
    assert (found.owner_hour, found.workspace_day, found.tenant_day, found.workspace_open) == (5, 6, 7, 8)
    assert found.passcode_seconds == 600
    assert (found.access_days, found.access_days_most) == (100, 100)
    assert (found.invitation_days, found.invitation_days_most) == (90, 90)


async def test_lifetimes_of_the_tenant_count_from_the_next_invitation_on(quick: World) -> None:
    await quick.settle()
    before = await quick.invite("before@fabrikam.example")
    await quick.policy(invitation_days=3, access_days=10, access_days_most=20)
    view = await quick.invite()
    assert (view.expires_at - quick.clock.now, view.access_days) == (timedelta(days=3), 10)
    assert (await quick.card("before@fabrikam.example")).expires_at == before.expires_at
    with pytest.raises(WrongDays) as refused:
        await quick.invite("more@fabrikam.example", days=21)
    assert (refused.value.least, refused.value.most) == (1, 20)
    with pytest.raises(WrongDays) as refused:
        await quick.do(invitations.extend, TEAM, ALICE, GWEN, 4)
    assert refused.value.most == 3
    quick.clock.move(days=3)
    again = await quick.do(invitations.resend, TEAM, ALICE, GWEN)
    assert again.expires_at - quick.clock.now == timedelta(days=3)


async def test_an_access_is_extended_by_the_tenants_most_at_most(quick: World) -> None:
    await quick.settle()
    await quick.guest()
    await quick.policy(access_days=5, access_days_most=20)
    with pytest.raises(WrongDays):
        await quick.do(invitations.extend, TEAM, ALICE, GWEN, 21)
    view = await quick.do(invitations.extend, TEAM, ALICE, GWEN, None)
    assert view.access_ends_at == quick.clock.now + timedelta(days=5)


async def test_a_passcode_lives_as_long_as_the_tenant_lets_it(quick: World) -> None:
    await quick.settle()
    await quick.policy(passcode_minutes=5)
    await quick.invite()
    browser = await quick.asks()
    assert browser.passcode
    assert browser.passcode.expires_at - browser.passcode.issued_at == timedelta(minutes=5)
    quick.clock.move(minutes=5, seconds=1)
    with pytest.raises(PasscodeExpired):
        await browser.types(quick.passcode())


async def test_a_passcode_by_address_lives_no_longer_and_its_page_does_not_tell_who_is_known(quick: World) -> None:
    await quick.settle()
    await quick.policy(passcode_minutes=5)
    await quick.guest()
    quick.clock.move(minutes=2)
    known, unknown = quick.browser(), quick.browser()
    lives = []
    for browser, address in ((known, GWEN), (unknown, "nobody@fabrikam.example")):
        view = await browser.asks_by_address(address)
        lives.append(view.expires_at - view.issued_at)
    assert lives[0] == lives[1]
    await quick.deliver()
    quick.clock.move(minutes=5, seconds=1)
    with pytest.raises(PasscodeExpired):
        await known.types(quick.passcode())
    quick.clock.move(minutes=2)
    await known.asks_by_address(GWEN)
    await quick.deliver()
    quick.clock.move(minutes=4, seconds=59)
    assert isinstance(await known.types(quick.passcode()), SignedIn)


async def first_moment(world: World, attempt: Callable[[], Awaitable[Any]]) -> LimitRefusal:
    """Refused now and until just before the moment told; done then. Gives the refusal."""
    with pytest.raises(LimitRefusal) as refused:
        await attempt()
    told = refused.value.again_at
    world.clock.now = told - MOMENT
    with pytest.raises(LimitRefusal):
        await attempt()
    world.clock.now = told
    await attempt()
    return refused.value


def quota(refusal: LimitRefusal) -> Quota | None:
    return refusal.quota if isinstance(refusal, LimitReached) else None


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"owner_hour": 3}, Quota.OWNER_HOUR),
        ({"workspace_day": 3}, Quota.WORKSPACE_DAY),
        ({"tenant_day": 3}, Quota.TENANT_DAY),
        ({"workspace_open": 3}, Quota.WORKSPACE_OPEN),
        ({"owner_hour": 3, "workspace_day": 3}, Quota.WORKSPACE_DAY),
        ({"owner_hour": 3, "workspace_open": 3}, Quota.WORKSPACE_OPEN),
        ({"tenant_day": 3, "workspace_open": 3}, Quota.WORKSPACE_OPEN),
    ],
)
@pytest.mark.parametrize("by_tenant", [True, False])
async def test_a_quota_names_the_first_moment_at_which_it_works_again(
    quick: World, numbers: dict[str, int], expected: Quota, by_tenant: bool
) -> None:
    await quick.settle()
    if by_tenant:
        await quick.policy(**numbers)
    else:
        quick.limit(**numbers)
    for number in range(3):
        await quick.invite(f"guest{number}@g{number}.example")
        quick.clock.move(seconds=17.0031)

    async def two_more() -> None:
        await quick.invite("one@one.example", "two@two.example")

    assert quota(await first_moment(quick, two_more)) is expected


async def test_a_further_mail_waits_for_whatever_keeps_longest(quick: World) -> None:
    await quick.settle()
    quick.limit(resends_day=2)
    await quick.invite()

    async def again() -> None:
        await quick.do(invitations.resend, TEAM, ALICE, GWEN)

    assert isinstance(await first_moment(quick, again), TooSoon)
    quick.clock.move(minutes=2)
    await again()
    assert quota(await first_moment(quick, again)) is Quota.RESENDS_DAY


async def test_a_mailbox_names_its_moment_too(quick: World) -> None:
    await quick.settle()
    await quick.settle(GROUP)
    quick.limit(mailbox_invitations_hour=2)
    await quick.invite()
    quick.clock.move(minutes=5)
    await quick.invite(where=GROUP)

    async def again() -> None:
        await quick.do(invitations.resend, TEAM, ALICE, GWEN)

    assert quota(await first_moment(quick, again)) is Quota.MAILBOX_INVITATIONS


async def test_revoking_makes_room_for_another_open_invitation(quick: World) -> None:
    await quick.settle()
    await quick.policy(workspace_open=1)
    await quick.invite()
    with pytest.raises(LimitReached) as refused:
        await quick.invite("more@fabrikam.example")
    assert refused.value.quota is Quota.WORKSPACE_OPEN
    await quick.do(invitations.revoke, TEAM, ALICE, GWEN)
    await quick.invite("more@fabrikam.example")
