"""Ids and references."""

from collections import Counter

from domain.secrets import LETTERS, new_id, new_reference


def test_an_id_can_stand_on_a_command_line() -> None:
    ids = {new_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert {len(each) for each in ids} == {22}
    assert all(each[0].isalnum() for each in ids)


def test_a_reference_is_made_of_all_its_letters_alike() -> None:
    seen = Counter("".join(new_reference() for _ in range(4000)))
    assert set(seen) == set(LETTERS)
    assert max(seen.values()) < 2 * min(seen.values())
