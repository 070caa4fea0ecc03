"""Recovery codes, for the day on which the second factor is lost: random, shown once, used once, kept as hashes."""

from base64 import b32encode
from dataclasses import replace
from secrets import token_bytes

from domain import factors, limits
from domain.errors import SecondFactorNeeded
from domain.factor_views import Factor, Mistake, Passed
from domain.factors import Held, Visitor
from domain.redemption import BETWEEN
from domain.secrets import digest
from domain.work import Work
from storage import factors as rows

CODES, CODE_BYTES, GROUP = 10, 15, 4
LONGEST = 64
MISREAD = str.maketrans("018", "OIB")
"""Digits that these codes do not have."""


def recover(work: Work, visitor: Visitor, code: str) -> Passed | Mistake:
    """A recovery code, once. Counted per session only: 120 random bits are not guessed. Raises FactorPaused."""
    tries = factors.tries(work, visitor)[:1]
    counters = limits.lock(work, tries)
    it = factors.held(work, visitor)
    plain = _letters(code)
    if plain is None:
        return Mistake.UNREADABLE
    factors.check(counters, tries)
    if not it.factors or work.run(rows.USE_CODE, it.guest | {"hash": digest(plain), "now": work.now}) == 0:
        counters.add(work, tries)
        factors.record(work, it, "second_factor.wrong", of=Factor.RECOVERY.value)
        return Mistake.WRONG
    factors.tell_owners(work, it, "recovery.used", left=it.codes_left - 1)
    return replace(factors.passed(work, visitor, it, Factor.RECOVERY), codes_left=it.codes_left - 1)


def renew_codes(work: Work, visitor: Visitor) -> tuple[str, ...]:
    """New recovery codes, to be shown once; the old ones end. Raises SecondFactorNeeded."""
    it = factors.changing(work, visitor)
    if not it.factors:
        raise SecondFactorNeeded
    return _new_codes(work, it)


def added(work: Work, visitor: Visitor, it: Held, kind: Factor, factor_id: str) -> Passed:
    """A factor was confirmed, which shows it as well. The first one comes with recovery codes."""
    factors.tell_owners(work, it, "factor.added", factor=factor_id, of=kind.value)
    codes = () if it.factors else _new_codes(work, it)
    return replace(factors.passed(work, visitor, it, kind), codes=codes)


def _letters(code: str) -> str | None:
    plain = BETWEEN.sub("", code.upper()).translate(MISREAD) if len(code) <= LONGEST else ""
    return plain if len(plain) == CODE_BYTES * 8 // 5 and plain.isascii() and plain.isalnum() else None


def _new_codes(work: Work, it: Held) -> tuple[str, ...]:
    codes = [b32encode(token_bytes(CODE_BYTES)).decode() for _ in range(CODES)]
    work.run(rows.REMOVE_CODES, it.guest)
    owner = {"tenant_id": it.row.tenant_id, "guest_id": it.row.guest_id, "created_at": work.now}
    work.run(rows.ADD_CODES, [owner | {"code_hash": digest(each)} for each in codes])
    factors.record(work, it, "recovery.renewed", count=CODES)
    return tuple("-".join(each[i : i + GROUP] for i in range(0, len(each), GROUP)) for each in codes)
