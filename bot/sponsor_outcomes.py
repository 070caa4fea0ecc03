"""Sponsors, certificates and erasure in the chat: a view → a card; and the sentences of their refusals."""

from collections.abc import Callable
from typing import Any

import cards
from bot.listeners import Listener, Reply
from cards.escape import plain
from domain import errors, life_refusals
from domain.certificate_views import CertificateView
from domain.erasing_asked import ErasureView
from domain.sponsor_views import HandoverView, LeftView, SponsorsView


def sponsors(view: SponsorsView, to: Listener) -> Reply:
    card = cards.sponsors(view, language=to.language, masked=to.masked)
    return Reply(cards=(card,), address=to.address(view.address))


def handed_over(view: HandoverView, to: Listener) -> Reply:
    return Reply(cards=(cards.handed_over(view, language=to.language),))


def sponsor_left(view: LeftView, to: Listener) -> Reply:
    return Reply(cards=(cards.sponsor_left(view, language=to.language),))


def certificate(view: CertificateView, to: Listener) -> Reply:
    card = cards.certificate(view, language=to.language, masked=to.masked)
    return Reply(cards=(card,), address=to.address(view.address))


def erasure(view: ErasureView, to: Listener) -> Reply:
    return Reply(cards=(cards.erasure(view, language=to.language, masked=to.masked),))


def _unknown_certificate(_: life_refusals.UnknownCertificate, to: Listener) -> str:
    return to.speech.say("I know no such certificate here. There is one for each guest whose access was removed.")


def _last_sponsor(_: life_refusals.LastSponsor, to: Listener) -> str:
    return to.speech.say("Somebody has to answer for the guest. Please name another sponsor first.")


def _too_many(refusal: life_refusals.TooManySponsors, to: Listener) -> str:
    return to.speech.say("A guest has at most {most} sponsors. Nothing was changed.", most=refusal.most)


def _not_sponsor(refusal: life_refusals.NotSponsor, to: Listener) -> str:
    name = plain(refusal.name) or to.speech.say("Somebody without a name")
    return to.speech.say("{name} does not answer for this guest. Nothing was changed.", name=name)


def _nothing_to_hand_over(refusal: life_refusals.NothingToHandOver, to: Listener) -> str:
    name = plain(refusal.name)
    if name:
        return to.speech.say("{name} answers for no guest here. Nothing was changed.", name=name)
    return to.speech.say("There is nothing here that you could hand over.")


def _nothing_to_erase(refusal: life_refusals.NothingToErase, to: Listener) -> str:
    if refusal.address:
        who = to.address(refusal.address)
        return to.speech.say("I know nobody with the address {address} in your organisation.", address=who)
    return to.speech.say("That was erased already, or I do not know it.")


REFUSALS: dict[type[errors.Refusal], Callable[[Any, Listener], str]] = {
    life_refusals.UnknownCertificate: _unknown_certificate,
    life_refusals.LastSponsor: _last_sponsor,
    life_refusals.TooManySponsors: _too_many,
    life_refusals.NotSponsor: _not_sponsor,
    life_refusals.NothingToHandOver: _nothing_to_hand_over,
    life_refusals.NothingToErase: _nothing_to_erase,
}
