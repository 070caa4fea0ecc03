"""The flow: what one browser is about, from the link to the sign-in. It lives in a sealed cookie and in no row."""

import json
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Self

from domain.seals import Seal
from domain.secrets import new_id
from domain.views import OpenedLink, PasscodeView

FLOW_SECONDS = 2 * 3600
"""Counted from the last step; longer than the longest life of a passcode."""
LONGEST_NAME = 64
"""Of a workspace: a cookie has to stay small."""
PURPOSE = "guest flow 1"
"""With the number of the layout: a cookie of another layout is as none."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Every field but `made_at` (seconds since 1970) is a text; empty: not known, or not about that."""

    made_at: int
    browser: str
    """128 random bits: passcodes work only in the browser that asked for them."""
    form: str
    """128 random bits: the hidden field of this flow's forms."""
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

    @classmethod
    def fresh(cls) -> Self:
        return cls(made_at=0, browser=new_id(), form=new_id())

    def about(self, link: OpenedLink) -> "Flow":
        """The flow after a link was opened. Another invitation gets another hidden field, so that a form still open
        in another tab cannot act on the wrong one; the browser stays the same."""
        if link.token_hash == self.token_hash:
            return replace(self, language=link.language)
        return replace(
            self,
            form=new_id(),
            tenant_id=link.tenant_id,
            invitation_id=link.invitation_id,
            token_hash=link.token_hash,
            passcode_id="",
            address="",
            masked_address="",
            workspace="",
            language=link.language,
        )

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
    """Seals flows into cookie texts (about 450 characters) and opens them again."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def close(self, flow: Flow, now: datetime) -> str:
        values = [int(now.timestamp()), *(getattr(flow, name) for name in TEXTS)]
        return self._seal.close(json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode())

    def open(self, cookie: str | None, now: datetime) -> Flow | None:
        """None for no cookie and for an old, foreign or damaged one."""
        plain = self._seal.open(cookie) if cookie else None
        if plain is None:
            return None
        values: list[Any] = json.loads(plain)
        flow = Flow(*values)
        return flow if 0 <= now.timestamp() - flow.made_at + SKEW_SECONDS <= FLOW_SECONDS + SKEW_SECONDS else None


SKEW_SECONDS = 300
"""How far another replica's clock may be ahead of ours."""
