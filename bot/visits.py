"""Visit: one message or click on its way to an answer."""

from collections.abc import Mapping
from typing import Any

import cards
from bot import answers, invokes
from bot.listeners import Card, Listener, Reply
from bot.places import word
from bot.turn import Turn
from cards.posting import CARD_CHANNELS
from domain.value import value
from domain.views import Place


@value
class Visit:
    turn: Turn
    place: Place
    key: str | None
    """Names the activity; None: it has no id."""
    listener: Listener

    @property
    def card_id(self) -> str:
        """The message whose card was clicked, as the click says; empty: nothing says so, or it was a dialog's."""
        clicked = invokes.name(self.turn.activity) in ("", invokes.EXECUTE)
        return word(self.turn.activity, "replyToId") if clicked else ""

    async def tell(self, reply: Reply | str | None) -> bool:
        """False: it could not be delivered. Text is an invoke's answer, kept from the first time. An answer about a
        file's consent says nothing in the invoke itself: its protocol has no room for words."""
        if invokes.name(self.turn.activity) == invokes.CONSENT:
            await self.turn.answer(None)
        if isinstance(reply, Reply) and reply.posted:
            await self.turn.reply({"attachments": [reply.posted]})
        if self.listener.clicked:
            await self.turn.answer(reply if isinstance(reply, str) else self.body(reply or Reply()))
            return True
        if not isinstance(reply, Reply) or not (reply.text or reply.cards):
            return True
        return await self.turn.reply(self._message(reply)) is not None

    def body(self, reply: Reply) -> Mapping[str, Any]:
        """What an invoke is answered with."""
        return answers.body(invokes.name(self.turn.activity), reply, self.listener)

    def _message(self, reply: Reply) -> Mapping[str, Any]:
        if self.place.channel_id in CARD_CHANNELS and reply.cards:
            return self._with_cards(reply.cards)
        texts = [reply.text] if reply.text else [cards.fallback_text(one, address=reply.address) for one in reply.cards]
        return {"text": "\n\n".join(texts), "textFormat": "plain"}

    def _with_cards(self, shown: tuple[Card, ...]) -> Mapping[str, Any]:
        return {"attachments": [cards.attachment(one) for one in shown], "summary": cards.summary(shown[0])}
