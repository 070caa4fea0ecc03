"""How often the bot may speak in one channel (I2), on a clock that the test moves."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rate import TEAMS, Pace, TooBusy


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def _spoken(time: Time, pace: Pace, times: int) -> list[float]:
    spoken: list[float] = []
    for _ in range(times):
        await pace.turn("19:a", 1e9)
        spoken.append(time.now)
    return spoken


@settings(max_examples=20, deadline=None)
@given(gaps=st.lists(st.floats(0, 3), min_size=30, max_size=150))
def test_no_window_is_ever_overfull(gaps: list[float]) -> None:
    async def run() -> None:
        time = Time()
        pace = Pace(TEAMS, time, time.sleep)
        spoken: list[float] = []
        for gap in gaps:
            time.now += gap
            spoken += await _spoken(time, pace, 1)
        for seconds, messages in TEAMS:
            for first, last in zip(spoken, spoken[messages:], strict=False):
                assert last - first > seconds

    asyncio.run(run())


async def test_two_thousand_messages_take_more_than_an_hour_and_not_much_more() -> None:
    time = Time()
    spoken = await _spoken(time, Pace(TEAMS, time, time.sleep), 2000)
    assert 3600 < spoken[1800] < 3610
    assert spoken[59] < 30


async def test_seven_go_at_once_and_the_eighth_waits_a_second() -> None:
    time = Time()
    spoken = await _spoken(time, Pace(TEAMS, time, time.sleep), 9)
    assert spoken[:7] == [0.0] * 7
    assert 1 < spoken[7] < 1.1
    assert 2 < spoken[8] < 2.1


async def test_threads_share_the_limits_of_their_channel_and_channels_share_none() -> None:
    time = Time()
    pace = Pace(TEAMS, time, time.sleep)
    for number in range(7):
        await pace.turn(f"19:a;messageid={number}", 0)
    await pace.turn("19:b", 0)
    with pytest.raises(TooBusy) as busy:
        await pace.turn("19:a;messageid=8", 0.5)
    assert 1 < busy.value.seconds < 1.1


async def test_who_will_not_wait_takes_no_slot() -> None:
    time = Time()
    pace = Pace(((1.0, 1),), time, time.sleep)
    await pace.turn("a", 0)
    for _ in range(5):
        with pytest.raises(TooBusy):
            await pace.turn("a", 0.5)
    await pace.turn("a", 2)
    assert 1 < time.now < 1.1


async def test_first_come_first_served() -> None:
    pace = Pace(((0.02, 1),))
    served: list[int] = []

    async def speak(number: int) -> None:
        await pace.turn("a", 10)
        served.append(number)

    await asyncio.gather(*(speak(number) for number in range(6)))
    assert served == list(range(6))


async def test_without_windows_nobody_waits() -> None:
    pace = Pace(())
    for _ in range(1000):
        await pace.turn("a", 0)


async def test_silent_channels_are_forgotten() -> None:
    time = Time()
    pace = Pace(((1.0, 1),), time, time.sleep)
    for number in range(5000):
        time.now += 0.01
        await pace.turn(f"19:{number}", 0)
    assert len(pace._slots) <= 2049
