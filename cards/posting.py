"""The card of an invitation or a request as the message that is posted and edited in the chat."""

from typing import Any

from cards.factors import factor_reset
from cards.fallback import attachment, fallback_text, summary
from cards.invitation import invitation
from cards.request import request
from domain.addresses import mask
from domain.factor_views import ResetView
from domain.request_views import RequestView
from domain.views import CardPost, InvitationView, Kind

CARD_CHANNELS = frozenset({"msteams", "webchat", "emulator", "directline", "m365extensions"})
"""Bot Framework channels that show Adaptive Cards; all others get the same as text."""


def message(post: CardPost) -> dict[str, Any]:
    """The JSON of a message activity. Only a personal chat shows the address in full: elsewhere all read along."""
    masked = post.view.kind is not Kind.PERSONAL
    match post.view:
        case RequestView():
            card = request(post.view, language=post.locale, masked=masked)
        case ResetView():
            card = factor_reset(post.view, language=post.locale, masked=masked)
        case InvitationView():
            card = invitation(post.view, language=post.locale, masked=masked)
    shown: dict[str, Any] = {"type": "message", "from": {"id": post.bot_id}, "summary": summary(card)}
    if post.channel_id in CARD_CHANNELS:
        return shown | {"attachments": [attachment(card)]}
    address = mask(post.view.address) if masked else post.view.address
    return shown | {"text": fallback_text(card, address=address), "textFormat": "plain"}
