"""What people answer on cards that the bot posted by itself: typed commands, and how they are read from a click."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from domain.value import value

OPAQUE = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOST_PAGES = 1000


@value
class ExtendAccess:
    notice_id: str


@value
class LetEnd:
    notice_id: str


@value
class Keep:
    notice_id: str
    membership_id: str | None
    """None: all on the card."""
    page: int = 1


@value
class EndAccess:
    notice_id: str
    membership_id: str
    page: int = 1


@value
class ReviewPage:
    notice_id: str
    page: int


LifeCommand = ExtendAccess | LetEnd | Keep | EndAccess | ReviewPage
Data = Mapping[str, Any]


def _opaque(data: Data, name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) and OPAQUE.fullmatch(value) else None


def _page(data: Data) -> int:
    value = data.get("page")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= MOST_PAGES:
        return 1
    return int(value)


def _on_notice(make: Callable[[str], LifeCommand]) -> Callable[[Data], LifeCommand | None]:
    def read(data: Data) -> LifeCommand | None:
        notice_id = _opaque(data, "notice")
        return make(notice_id) if notice_id else None

    return read


def _keep(data: Data) -> LifeCommand | None:
    notice_id, membership_id = _opaque(data, "notice"), _opaque(data, "guest")
    return Keep(notice_id, membership_id, _page(data)) if notice_id and membership_id else None


def _end(data: Data) -> LifeCommand | None:
    notice_id, membership_id = _opaque(data, "notice"), _opaque(data, "guest")
    return EndAccess(notice_id, membership_id, _page(data)) if notice_id and membership_id else None


def _keep_all(data: Data) -> LifeCommand | None:
    notice_id = _opaque(data, "notice")
    return Keep(notice_id, None, _page(data)) if notice_id else None


def _turn(data: Data) -> LifeCommand | None:
    notice_id = _opaque(data, "notice")
    return ReviewPage(notice_id, _page(data)) if notice_id else None


LIFE_BUTTONS: dict[str, Callable[[Data], LifeCommand | None]] = {
    "access.extend": _on_notice(ExtendAccess),
    "access.let_end": _on_notice(LetEnd),
    "review.keep": _keep,
    "review.keep_all": _keep_all,
    "review.end": _end,
    "review.page": _turn,
}
