"""What the cards of notices show: by kind, from a notice's row (domain/notices.py: by_id) to its view."""

from collections.abc import Callable
from typing import Any, Protocol

from domain import (
    approval_cards,
    certificates,
    departures,
    lifetimes,
    notices,
    reviews,
    sponsoring,
    switches,
    wanted,
    warnings,
)
from domain.views import CardPost, Claimed, Kind
from domain.work import Work


class NoticeView(Protocol):
    """What every view of a notice has besides its own facts."""

    @property
    def kind(self) -> Kind:
        """Who reads the card: anything but a personal chat is read by all who are there."""
        ...

    @property
    def address(self) -> str:
        """Of the guest that it is about; empty where it is about none or several."""
        ...


VIEWS: dict[str, Callable[[Work, Any], NoticeView | None]] = {
    switches.NOTICE: switches.view,
    wanted.KIND: lambda work, row: approval_cards.posted(work, row, kind_of(row)),
    wanted.ASKED: lambda work, row: approval_cards.put(work, row, kind_of(row)),
    lifetimes.WARNING: warnings.shown,
    lifetimes.REVIEW: reviews.shown,
    certificates.NOTICE: certificates.noticed,
    sponsoring.LEFT: departures.view,
}
"""None: there is nothing to show any more."""


def kind_of(row: Any) -> Kind:
    """Where the notice's card stands."""
    return Kind.PERSONAL if row.person_id or not row.workspace_kind else Kind(row.workspace_kind)


def card(work: Work, row: Claimed) -> CardPost | None:
    """The notice's card as it is now. None: the bot is not there any more, or there is nothing to show."""
    found = notices.by_id(work, row.tenant_id, row.subject_id)
    if found is None or found.quiet_at is not None:
        return None
    view = VIEWS[found.kind](work, found)
    if view is None:
        return None
    return CardPost(
        view, found.channel_id, found.service_url, found.conversation_id, found.bot_id, found.locale,
        found.activity_id, member_id="" if found.conversation_id else found.channel_user_id or "",
    )  # fmt: skip
