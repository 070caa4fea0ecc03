"""Values: what operations take and give. Made of their fields, equal by their fields, and never changed."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, make_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

C = TypeVar("C")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(kind: type[C]) -> type[C]:
    """A dataclass with slots, for `dataclasses.replace`, `fields` and `asdict` too. That nothing is assigned to one is
    the type checker's business. There are hundreds, and each process uses some: a frozen dataclass takes ten times as
    long to define."""
    kind.__doc__ = kind.__doc__ or kind.__name__
    for name, method in METHODS.items():
        setattr(kind, name, method)
    slots = not issubclass(kind, BaseException)  # refusals have a __dict__ in any case, and are copied by it
    return dataclass(slots=slots, init=False, repr=False, eq=False)(kind)


def _first(it: Any, *given: Any, **named: Any) -> None:
    """In the place of `__init__`, until the first one is made: then it is written as dataclasses do it."""
    kind = it.__class__
    kind.__init__ = written(kind)
    kind.__init__(it, *given, **named)


def written(kind: Any) -> Any:
    """The `__init__` of a value. Raises TypeError for fields that cannot follow each other."""
    after = {"__post_init__": kind.__post_init__} if hasattr(kind, "__post_init__") else {}
    own = [(each.name, each.type, each) for each in fields(kind)]
    like: Any = make_dataclass(kind.__name__, own, namespace=after, repr=False, eq=False, match_args=False)
    return like.__init__


@cache
def _compared(kind: Any) -> Callable[[Any], Any]:
    names = [each.name for each in fields(kind) if each.compare]
    return attrgetter(*names) if names else lambda _: ()


def _equal(it: Any, other: Any) -> bool:
    compared = _compared(it.__class__)
    return compared(it) == compared(other) if type(other) is type(it) else NotImplemented


def _hash(it: Any) -> int:
    return hash(_compared(it.__class__)(it))


def _shown(it: Any) -> str:
    told = ", ".join(f"{each.name}={getattr(it, each.name)!r}" for each in fields(it) if each.repr)
    return f"{type(it).__qualname__}({told})"


METHODS = {"__init__": _first, "__eq__": _equal, "__hash__": _hash, "__repr__": _shown}
