"""An invitation's, a request's or a notice's card as the message that is posted and edited in the chat."""

from collections.abc import Callable
from typing import Any, Protocol, cast

from cards.approval import approval, asked
from cards.bulk import bulk
from cards.certificate import certificate
from cards.factors import factor_reset
from cards.fallback import attachment, fallback_text, summary
from cards.invitation import invitation
from cards.request import request
from cards.review import review
from cards.sponsors import sponsor_left
from cards.switch import switch
from cards.warning import warning
from domain.addresses import mask
from domain.approval_views import ApprovalView, AskedView
from domain.bulk_views import BulkView
from domain.certificate_views import CertificateView
from domain.factor_views import ResetView
from domain.life_views import ReviewView, WarningView
from domain.request_views import RequestView
from domain.sponsor_views import LeftView
from domain.switch_views import SwitchView
from domain.views import CardPost, InvitationView, Kind


class Shown(Protocol):
    """What every view of a card has."""

    @property
    def kind(self) -> Kind: ...
    @property
    def address(self) -> str: ...


CARD_CHANNELS = frozenset({"msteams", "webchat", "emulator", "directline", "m365extensions"})
"""Bot Framework channels that show Adaptive Cards; all others get the same as text."""

DRAWN: dict[type, Callable[..., dict[str, Any]]] = {
    InvitationView: invitation,
    RequestView: request,
    ResetView: factor_reset,
    WarningView: warning,
    ReviewView: review,
    BulkView: bulk,
    SwitchView: switch,
    ApprovalView: approval,
    AskedView: asked,
    CertificateView: certificate,
    LeftView: sponsor_left,
}
"""By the type of the view, what draws its card."""


def message(post: CardPost) -> dict[str, Any]:
    """The JSON of a message activity. Only a personal chat shows the address in full: elsewhere all read along."""
    view = cast(Shown, post.view)
    masked = view.kind is not Kind.PERSONAL
    card = DRAWN[type(view)](view, language=post.locale, masked=masked)
    shown: dict[str, Any] = {"type": "message", "from": {"id": post.bot_id}, "summary": summary(card)}
    if post.channel_id in CARD_CHANNELS:
        return shown | {"attachments": [attachment(card)]}
    address = mask(view.address) if masked else view.address
    return shown | {"text": fallback_text(card, address=address), "textFormat": "plain"}
