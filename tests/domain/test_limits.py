"""Sliding windows: never more than so many in any span, and the moment that is told is the first that works."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.limits import EXACT, Hits, Limit, Window, millis, moment
from domain.views import Quota
from tests.domain.world import START

STEPS = st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 3)), min_size=1, max_size=60)


def _taken(steps: list[tuple[int, int]], window: Window) -> list[tuple[int, int]]:
    """(moment, count) of each try that was let through; every refusal's moment is checked."""
    hits, now, taken = Hits(), 1_000_000, []
    for pause, count in steps:
        now += pause
        free = hits.free_at(window, count, now)
        if free is None:
            hits.add(Limit("key", (window,), count), now)
            hits = Hits.read(str(hits))
            taken.append((now, count))
        elif count <= window.most:
            assert free > now
            assert hits.free_at(window, count, free) is None
            if window.most <= EXACT:
                assert hits.free_at(window, count, free - 1) is not None
    return taken


@given(STEPS, st.integers(1, 5), st.sampled_from([1, 10, 60]))
@settings(max_examples=200, deadline=None)
def test_no_window_ever_holds_more_than_it_may_and_the_moment_told_is_the_first(
    steps: list[tuple[int, int]], most: int, seconds: int
) -> None:
    taken = _taken(steps, Window(Quota.OWNER_HOUR, most, seconds))
    for first, _ in taken:
        assert sum(count for at, count in taken if first <= at < first + seconds * 1000) <= most


@given(st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 900)), min_size=1, max_size=60))
@settings(max_examples=100, deadline=None)
def test_large_quotas_that_count_in_steps_are_never_too_generous(steps: list[tuple[int, int]]) -> None:
    taken = _taken(steps, Window(Quota.TENANT_DAY, EXACT + 500, 60))
    for first, _ in taken:
        assert sum(count for at, count in taken if first <= at < first + 60_000) <= EXACT + 500


@given(st.datetimes(min_value=START.replace(tzinfo=None), timezones=st.just(START.tzinfo)))
def test_moments_are_rounded_to_the_strict_side(at: object) -> None:
    down, up = millis(at), millis(at, up=True)  # type: ignore[arg-type]
    assert moment(down) <= at <= moment(up)  # type: ignore[operator]
    assert up - down in (0, 1)
    assert millis(moment(down)) == down


def test_what_no_window_looks_at_any_more_is_forgotten() -> None:
    hits = Hits()
    limit = Limit("key", (Window(None, 1, 60), Window(Quota.PASSCODES_HOUR, 5, 3600)))
    for minute in range(300):
        hits.add(limit, minute * 60_000)
    assert len(hits.moments) == 60
