"""Cards of approvals, in every state and at their worst."""

from datetime import UTC, datetime, timedelta
from typing import Any

import cards
from domain.approval_views import ApprovalListView, ApprovalView, AskedView, Word
from domain.methods import PASSCODE
from domain.policies import Forbidden
from domain.policy_views import Barrier, Entry, Explanation, RuleView
from domain.views import InviteView, Kind

NOW = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)
GWEN, PETER = "gwen@fabrikam.example", "peter@northwind.example"


def explanation(address: str = GWEN, entry: Entry = Entry.YES, name: str = "Office only") -> Explanation:
    barrier = Barrier(Forbidden.RULE, name, "r", (name,) * 7) if entry is Entry.NO else None
    rules = (RuleView(name, False, True, True, 4),) * 3
    return Explanation(address, entry, barrier, ways=() if barrier else (PASSCODE,), rules=rules)


def facts(name: str = "Alice Ahlberg", **changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "approval_id": "kZ3rYb0tqkq6Jw1m8w0P3Q",
        "version": 1,
        "workspace": "Project Falcon",
        "workspace_kind": Kind.TEAM,
        "kind": Kind.PERSONAL,
        "addresses": (GWEN, PETER),
        "access_days": 30,
        "reason": "She audits our books this quarter.",
        "asker": name,
        "asked_at": NOW,
        "expires_at": NOW + timedelta(days=7),
        "approvers": ("Bob Berg", "Dora Dahl"),
        "waits_for": 2,
        "reached": 1,
    }
    return plain | changes


def ended(word: Word, name: str = "Bob Berg") -> dict[str, Any]:
    return {
        "word": word,
        "version": 2,
        "decider": name,
        "decided_at": NOW + timedelta(hours=1),
        "note": "Welcome, but only for the audit." if word in (Word.APPROVED, Word.DENIED) else "",
        "invited": 1 if word is Word.APPROVED else 0,
        "left_out": (PETER,) if word is Word.APPROVED else (),
        "approvers": (),
        "waits_for": 0,
        "reached": 0,
    }


def approvals(language: str = "en") -> dict[str, dict[str, Any]]:
    look: dict[str, Any] = {"language": language, "masked": False}
    told = (explanation(), explanation(PETER, Entry.NO))
    waits = ApprovalView(**facts(explanations=told))
    gallery = {
        "approval": cards.approval(waits, **look),
        "approval reminder": cards.approval(ApprovalView(**facts(reminder=True, explanations=told)), **look),
        "approval alone": cards.approval(ApprovalView(**facts(alone=True, workspace="")), **look),
        "approval masked": cards.approval(
            ApprovalView(**facts(kind=Kind.TEAM, explanations=told)), language=language, masked=True
        ),
        "asked": cards.asked(AskedView(**facts()), **look),
        "asked masked": cards.asked(AskedView(**facts(kind=Kind.TEAM)), language=language, masked=True),
        "asked unreached": cards.asked(AskedView(**facts(reached=0)), **look),
        "asked unknown": cards.asked(AskedView(**facts(reached=0, approvers=())), **look),
        "asked nobody": cards.asked(AskedView(**facts(reached=0, approvers=(), waits_for=0)), **look),
        "asked alone": cards.asked(AskedView(**facts(alone=True, waits_for=1, reason="")), **look),
        "approvals": cards.approval_list(listed(waits, AskedView(**facts())), **look),
        "approvals none": cards.approval_list(listed(), **look),
        "summary waiting": cards.invite_summary(InviteView(asked=(AskedView(**facts()),)), **look),
    }
    for word in Word:
        gallery[f"approval {word}"] = cards.approval(ApprovalView(**facts() | ended(word)), **look)
        gallery[f"asked {word}"] = cards.asked(AskedView(**facts() | ended(word)), **look)
    return gallery


def waiting(address: str) -> tuple[tuple[AskedView, ...], tuple[AskedView, ...]]:
    """As many as a summary may have to tell of."""
    one = AskedView(**facts(addresses=(address,) * 100))
    return (one,), (one,) * 5


def listed(*lines: ApprovalView, pages: int = 3) -> ApprovalListView:
    return ApprovalListView(Kind.PERSONAL, 2, pages, 11, lines)


def hostile(name: str, address: str, text: str, masked: bool) -> dict[str, dict[str, Any]]:
    look: dict[str, Any] = {"language": "en", "masked": masked}
    full = facts(
        name, workspace=name, addresses=(address,) * 500, reason=text, approvers=(name,) * 100, waits_for=100,
        kind=Kind.TEAM, explanations=(explanation(address, Entry.NO, name),) * 10,
    )  # fmt: skip
    over = full | ended(Word.APPROVED, name) | {"note": text, "left_out": (address,) * 500}
    asked = AskedView(**full)
    return {
        "approval": cards.approval(ApprovalView(**full), **look),
        "approval decided": cards.approval(ApprovalView(**over), **look),
        "asked": cards.asked(asked, **look),
        "asked unreached": cards.asked(AskedView(**full | {"reached": 0}), **look),
        "asked decided": cards.asked(AskedView(**over), **look),
        "approvals": cards.approval_list(listed(*(ApprovalView(**full), asked) * 3), **look),
    }
