"""The flow: what one browser is about, from the link to the sign-in. It lives in a sealed cookie and in no row."""

from dataclasses import fields, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Self

from pydantic_core import from_json, to_json

from domain.seals import Seal
from domain.secrets import new_token, text
from domain.value import value
from domain.views import OpenedLink, PasscodeView

FLOW_SECONDS = 2 * 3600
"""Counted from the last step; longer than the longest life of a passcode."""
MOST_DOUBTS = 4
LONGEST_NAME = 64
"""Of a workspace: a cookie has to stay small."""
PURPOSE = "guest flow 2"
"""With the number of the layout: a cookie of another layout is as none."""


@value
class Flow:
    """Every field but `made_at` (seconds since 1970) is a text; empty: not known, or not about that."""

    made_at: int
    browser: str
    """256 random bits: passcodes work only in the browser that asked for them."""
    form: str
    """256 random bits: the hidden field of this flow's forms."""
    tenant_id: str = ""
    invitation_id: str = ""
    token_hash: str = ""
    passcode_id: str = ""
    address: str = ""
    """What a returning guest typed, checked; empty when there is an invitation."""
    masked_address: str = ""
    workspace: str = ""
    withdraw_token: str = ""
    language: str = ""
    """What is known of the guest's language besides the browser's."""
    provider_id: str = ""
    """Where this browser went to sign in."""
    journey: str = ""
    """256 random bits, of which state, nonce and PKCE verifier are made; gone when the browser came back."""
    moving: str = ""
    """Not empty: it went there as a signed-in guest, to sign in with that account from now on."""
    doubts: str = ""
    """Ids of providers that did not let this guest in, separated by blanks: no certain way any more."""
    proof: str = ""
    """What a provider proved, while the guest chooses among organisations."""

    @classmethod
    def fresh(cls) -> Self:
        return cls(made_at=0, browser=new_token(), form=new_token())

    def about(self, link: OpenedLink) -> "Flow":
        """The flow after a link was opened. Another invitation gets another hidden field, so that a form still open
        in another tab cannot act on the wrong one; the browser stays the same."""
        if link.token_hash == self.token_hash:
            return replace(self, language=link.language)
        return replace(
            self,
            form=new_token(),
            tenant_id=link.tenant_id,
            invitation_id=link.invitation_id,
            token_hash=link.token_hash,
            passcode_id="",
            address="",
            masked_address="",
            workspace="",
            language=link.language,
            provider_id="",
            journey="",
            moving="",
            doubts="",
            proof="",
        )

    def leaving(self, provider_id: str, *, moving: bool = False) -> "Flow":
        """The flow of a browser that goes to a provider: a new secret each time."""
        return replace(self, provider_id=provider_id, journey=new_token(), moving="1" if moving else "", proof="")

    def came_back(self) -> "Flow":
        return replace(self, provider_id="", journey="", proof="")

    def doubting(self, provider_id: str) -> "Flow":
        doubted = [each for each in self.doubts.split() if each != provider_id]
        return replace(self, doubts=" ".join([*doubted[1 - MOST_DOUBTS :], provider_id]))

    def of(self, purpose: str) -> str:
        """A value of this sign-in alone, 43 characters. None tells another, nor what they are made of."""
        return text(sha256(f"{purpose} {self.journey}".encode()).digest())

    def with_passcode(self, passcode: PasscodeView) -> "Flow":
        return replace(
            self,
            passcode_id=passcode.passcode_id,
            masked_address=passcode.masked_address,
            workspace=passcode.workspace[:LONGEST_NAME],
        )

    def returning(self, address: str, passcode: PasscodeView) -> "Flow":
        """The flow of a guest who comes back by address: about no invitation any more."""
        return Flow(0, self.browser, self.form, address=address).with_passcode(passcode)


TEXTS = tuple(field.name for field in fields(Flow))[1:]


class Flows:
    """Seals flows into cookie texts (about 500 characters) and opens them again."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def close(self, flow: Flow, now: datetime) -> str:
        values = [int(now.timestamp()), *(getattr(flow, name) for name in TEXTS)]
        return self._seal.close(to_json(values))

    def open(self, cookie: str | None, now: datetime) -> Flow | None:
        """None for no cookie and for an old, foreign or damaged one."""
        plain = self._seal.open(cookie) if cookie else None
        if plain is None:
            return None
        values: list[Any] = from_json(plain)
        flow = Flow(*values)
        return flow if 0 <= now.timestamp() - flow.made_at + SKEW_SECONDS <= FLOW_SECONDS + SKEW_SECONDS else None


SKEW_SECONDS = 300
"""How far another replica's clock may be ahead of ours."""
