"""Ids and references."""

import time
from base64 import urlsafe_b64decode
from collections import Counter

from domain.secrets import LETTERS, new_id, new_reference


def test_an_id_can_stand_on_a_command_line() -> None:
    ids = {new_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert {len(each) for each in ids} == {22}
    assert all(each[0].isalpha() for each in ids)


def test_an_id_begins_with_its_time_and_ends_at_random() -> None:
    before = time.time_ns() // 1_000_000
    raw = [urlsafe_b64decode(f"{new_id()}==") for _ in range(2000)]
    after = time.time_ns() // 1_000_000
    assert all(before <= int.from_bytes(each[:6]) <= after for each in raw)
    assert len({each[6:] for each in raw}) == 2000


def test_a_reference_is_made_of_all_its_letters_alike() -> None:
    seen = Counter("".join(new_reference() for _ in range(4000)))
    assert set(seen) == set(LETTERS)
    assert max(seen.values()) < 2 * min(seen.values())
