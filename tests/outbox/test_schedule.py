"""When a delivery is tried again."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest

from outbox import schedule

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
EXACT = 0.5
"""The chance that leaves a wait as it stands in the table."""


@pytest.mark.parametrize("chance", [0.0, 0.25, 0.5, 0.999999])
def test_the_first_retry_comes_within_two_minutes(chance: float) -> None:
    for kind in schedule.WAITS:
        first = schedule.wait(kind, 1, chance)
        assert first is not None
        assert 0 < first < 120


@pytest.mark.parametrize("kind", schedule.WAITS)
def test_waits_never_get_shorter(kind: str) -> None:
    table = schedule.WAITS[kind]
    assert list(table) == sorted(table)


def test_an_invitation_is_tried_for_48_hours() -> None:
    moments = list(accumulate(schedule.INVITATION))
    assert moments[:4] == [60, 360, 1260, 3060]
    assert 47 * 3600 <= moments[-1] <= 48 * 3600
    assert schedule.next_attempt("invitation", 3, NOW - timedelta(hours=48), NOW) is None
    assert schedule.next_attempt("invitation", len(schedule.INVITATION) + 1, NOW, NOW) is None


def test_jitter_is_a_fifth_either_way() -> None:
    for attempts, seconds in enumerate(schedule.INVITATION, 1):
        assert schedule.wait("invitation", attempts, 0.0) == pytest.approx(0.8 * seconds)
        assert schedule.wait("invitation", attempts, EXACT) == pytest.approx(seconds)


def test_a_passcode_is_tried_until_it_dies_and_no_longer() -> None:
    dies_at = NOW + timedelta(minutes=30)
    due_at = schedule.next_attempt("passcode", 1, NOW, NOW, ends_at=dies_at)
    assert due_at is not None
    assert timedelta(seconds=4) <= due_at - NOW <= timedelta(seconds=6)
    assert schedule.next_attempt("passcode", 5, NOW, dies_at - timedelta(minutes=3), ends_at=dies_at) is None


def test_a_card_that_changed_after_days_is_still_tried() -> None:
    assert schedule.next_attempt("card", 1, NOW - timedelta(days=30), NOW) is not None
