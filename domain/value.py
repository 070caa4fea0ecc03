"""Values: what operations take and give. Made of their fields, equal by their fields, and never changed."""

from dataclasses import Field, dataclass, field, fields, make_dataclass
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
    return dataclass(slots=True, init=False, repr=False, eq=False)(kind)


def _first(it: Any, *given: Any, **named: Any) -> None:
    """In the place of `__init__`, until the first one is made: then it is written as dataclasses do it."""
    kind = it.__class__
    after = {"__post_init__": kind.__post_init__} if hasattr(kind, "__post_init__") else {}
    like: Any = make_dataclass(kind.__name__, [(each.name, each.type, each) for each in fields(kind)], namespace=after)
    kind.__init__ = like.__init__
    kind.__init__(it, *given, **named)


def _compared(it: Any) -> tuple[Any, ...]:
    known: dict[str, Field[Any]] = it.__dataclass_fields__
    return tuple(getattr(it, name) for name, each in known.items() if each.compare)


def _equal(it: Any, other: Any) -> bool:
    return _compared(it) == _compared(other) if type(other) is type(it) else NotImplemented


def _hash(it: Any) -> int:
    return hash(_compared(it))


def _shown(it: Any) -> str:
    known: dict[str, Field[Any]] = it.__dataclass_fields__
    told = ", ".join(f"{name}={getattr(it, name)!r}" for name, each in known.items() if each.repr)
    return f"{type(it).__qualname__}({told})"


METHODS = {"__init__": _first, "__eq__": _equal, "__hash__": _hash, "__repr__": _shown}
