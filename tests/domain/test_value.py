"""Values."""

import copy
import importlib
import pkgutil
from dataclasses import asdict, field, fields, replace

import pytest

from domain import value as values
from domain.errors import NotOwner, Refusal
from domain.value import value


@value
class Point:
    x: int
    y: int = 0
    secret: str = field(default="", repr=False)
    seen: int = field(default=0, compare=False)


@value
class Place(Point):
    name: str = ""


@value
class Other:
    x: int
    y: int = 0
    secret: str = ""
    seen: int = 0


def test_values_are_equal_by_their_fields_and_by_their_kind() -> None:
    assert Point(1, 2) == Point(1, 2, seen=9)
    assert hash(Point(1, 2)) == hash(Point(1, 2, seen=9))
    assert Point(1, 2) != Point(1, 3)
    assert Point(1) != Other(1)
    assert Place(1, name="a") != Place(1, name="b")
    assert Place(1) != Point(1)
    assert len({Point(1), Point(1), Place(1)}) == 2


def test_a_value_shows_what_may_be_shown() -> None:
    assert repr(Place(1, secret="hidden", name="a")) == "Place(x=1, y=0, seen=0, name='a')"


def test_values_are_dataclasses_with_slots() -> None:
    assert replace(Place(1), name="b") == Place(1, name="b")
    assert asdict(Point(1)) == {"x": 1, "y": 0, "secret": "", "seen": 0}
    assert [each.name for each in fields(Place)] == ["x", "y", "secret", "seen", "name"]
    assert not hasattr(Place(1), "__dict__")


def test_a_value_is_made_of_its_fields_alone() -> None:
    @value
    class Made(Point):
        names: list[str] = field(default_factory=list[str])

    for _ in range(2):  # what makes them is written with the first one
        assert Made(1, 2) == Made(x=1, y=2, names=[])
        with pytest.raises(TypeError, match=r"Made.*missing 1 required positional argument: 'x'"):
            Made()
        with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
            Made(1, z=2)
    assert Made(1).names is not Made(1).names


def test_what_a_value_checks_is_checked_from_the_first_one_on() -> None:
    @value
    class Positive:
        x: int

        def __post_init__(self) -> None:
            if self.x < 1:
                raise ArithmeticError

    for _ in range(2):
        with pytest.raises(ArithmeticError):
            Positive(0)
    assert Positive(1).x == 1


def test_whatever_is_a_value_can_be_made() -> None:
    """What makes one is written with the first one; a fault in it must not wait for that."""
    folders = [importlib.import_module(name) for name in ("bot", "cards", "domain", "guest", "outbox", "providers")]
    names = [it.name for each in folders for it in pkgutil.iter_modules(each.__path__, f"{each.__name__}.")]
    known = {
        id(it): it for name in names for it in vars(importlib.import_module(name)).values() if isinstance(it, type)
    }
    found = [it for it in known.values() if vars(it).get("__repr__") is values.METHODS["__repr__"]]
    assert len(found) > 300
    for each in found:
        assert values.written(each).__name__ == "__init__"


def test_refusals_are_exceptions_as_any_other() -> None:
    refusal = NotOwner(("Alice",))
    assert repr(refusal) == "NotOwner(owners=('Alice',))"
    assert refusal == NotOwner(owners=("Alice",)) != NotOwner(())
    assert copy.copy(NotOwner(owners=("Alice",))) == refusal
    assert [kind for kind in Refusal.__subclasses__()[0].__subclasses__() if kind.__name__ == "NotOwner"] == [NotOwner]
