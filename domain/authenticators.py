"""Authenticator apps: time-based one-time codes (RFC 6238). Each half minute's code works once."""

import hmac
from base64 import b32encode
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

from domain import factors, limits, recovery
from domain.factor_views import AppView, Factor, Mistake, Passed
from domain.factors import Held, Visitor
from domain.redemption import BETWEEN, FULL_WIDTH
from domain.seals import seal
from domain.secrets import new_id
from domain.work import Work
from storage import factors as rows

if TYPE_CHECKING:
    from pyotp.totp import TOTP

ISSUER = "Gatehouse"
PURPOSE = "totp"
KEY_BYTES = 20
"""As RFC 4226 recommends."""
DIGITS, SECONDS, AROUND = 6, 30, (0, -1, 1)
"""Clocks of phones may be half a minute off, either way."""
LONGEST = 32


def begin(work: Work, visitor: Visitor) -> None:
    """A new random key for an app, in place of one that this session began before. It is worth nothing yet."""
    it = factors.adding(work, visitor)
    work.run(rows.FORGET_BEGUN, it.guest | {"session": it.session})
    row = {
        "factor_id": new_id(),
        "tenant_id": it.row.tenant_id,
        "guest_id": it.row.guest_id,
        "kind": Factor.APP.value,
        "sealed": seal(work.keys, PURPOSE).close(token_bytes(KEY_BYTES)),
        "last_step": 0,
        "sign_count": 0,
        "created_at": work.now,
        "session_id": it.session,
    }
    work.run(rows.ADD, row)


def app(work: Work, visitor: Visitor) -> AppView | None:
    """The app that this session is setting up, and no other session; None: it began none, or it is confirmed."""
    it = factors.held(work, visitor, lock=False)
    totp = _totp(work, _begun(work, it))
    return AppView(totp.secret, totp.provisioning_uri(name=it.row.address, issuer_name=ISSUER)) if totp else None


def confirm(work: Work, visitor: Visitor, code: str) -> Passed | Mistake:
    """The first code of the app that this session set up. Raises SecondFactorNeeded, TooManyFactors."""
    it = factors.adding(work, visitor)
    begun = _begun(work, it)
    totp, typed = _totp(work, begun), _digits(code)
    if totp is None or typed is None:
        return Mistake.UNREADABLE
    step = _step(work, totp, typed)
    if step is None:
        return Mistake.WRONG
    where = it.guest | {"session": it.session, "factor": begun.factor_id, "step": step, "now": work.now}
    work.run(rows.CONFIRM, where)
    return recovery.added(work, visitor, it, Factor.APP, begun.factor_id)


def enter(work: Work, visitor: Visitor, code: str) -> Passed | Mistake:
    """A code of an app. Wrong ones are counted while nobody else can compare any, and returned. Raises FactorPaused."""
    tries = factors.tries(work, visitor)
    counters = limits.lock(work, tries)
    it = factors.held(work, visitor)
    typed = _digits(code)
    if typed is None:
        return Mistake.UNREADABLE
    factors.check(counters, tries)
    mistake = _compare(work, it, typed)
    if mistake is not None:
        counters.add(work, tries)
        factors.record(work, it, "second_factor.wrong", of=Factor.APP.value)
        return mistake
    return factors.passed(work, visitor, it, Factor.APP)


def _compare(work: Work, it: Held, typed: str) -> Mistake | None:
    """None: it is right, and was used now."""
    mistake = Mistake.WRONG
    for each in it.factors:
        totp = _totp(work, each) if each.kind == Factor.APP else None
        step = _step(work, totp, typed) if totp else None
        if step is None:
            continue
        if work.run(rows.USE_STEP, it.guest | {"factor": each.factor_id, "step": step, "now": work.now}):
            return None
        mistake = Mistake.USED
    return mistake


def _begun(work: Work, it: Held) -> Any:
    return work.one(rows.BEGUN, it.guest | {"session": it.session})


def _totp(work: Work, row: Any) -> "TOTP | None":
    """None: there is none, or its key is sealed under a secret key that is gone."""
    from pyotp.totp import TOTP

    key = seal(work.keys, PURPOSE).open(row.sealed) if row is not None else None
    return TOTP(b32encode(key).decode(), digits=DIGITS, interval=SECONDS) if key else None


def _step(work: Work, totp: "TOTP", typed: str) -> int | None:
    """Whose code it is, of the half minutes around now."""
    present = int(work.now.timestamp()) // SECONDS
    steps = [present + off for off in AROUND]
    matching = [step for step in steps if hmac.compare_digest(totp.generate_otp(step), typed)]
    return matching[0] if matching else None


def _digits(code: str) -> str | None:
    plain = BETWEEN.sub("", code.translate(FULL_WIDTH)) if len(code) <= LONGEST else ""
    return plain if len(plain) == DIGITS and plain.isascii() and plain.isdigit() else None
