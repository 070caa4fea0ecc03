"""What `python app.py invite` prints."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from cards.bulk import reason
from cards.bulk_file import result_text
from domain.bulk_errors import UnreadableList
from domain.bulk_views import FINE, BulkLine, BulkView, Outcome, Unreadable
from domain.errors import FeatureOff, LimitReached, NotOwner, Outsider, Refusal, WrongDays
from domain.lists import MOST_COLUMNS, MOST_ROWS
from locales import speak

WRONG = {
    Unreadable.NO_CSV: "it is not a CSV file; save it as CSV (UTF-8)",
    Unreadable.ENCODING: "its letters cannot be read; save it as CSV (UTF-8)",
    Unreadable.EMPTY: "there is nothing in it",
    Unreadable.QUOTES: "a quotation mark is missing, or is one too many",
    Unreadable.LONG_FIELD: "a cell is far too long; a quotation mark may be missing",
    Unreadable.COLUMNS: f"it has more than {MOST_COLUMNS} columns",
    Unreadable.NO_ADDRESSES: "it has no e-mail addresses; name their column email",
    Unreadable.ROWS: f"it has more than {MOST_ROWS} rows; split it",
    Unreadable.BYTES: "it is larger than 1 MB; split it",
}
REFUSED: dict[type[Refusal], str] = {
    NotOwner: "Only the workspace's owners and the tenant's admins can invite there.",
    Outsider: "Only people of the tenant can invite, not its guests.",
    FeatureOff: "Guests could not sign in: e-mail passcodes are switched off for lists (surface api).",
}
WORDS = {
    Outcome.NEW: "will be invited",
    Outcome.INVITED: "invited",
    Outcome.OPEN: "invited already",
    Outcome.GUEST: "guest already",
    Outcome.DUPLICATE: "named twice",
    Outcome.BAD: "cannot be read",
    Outcome.FORBIDDEN: "not allowed",
    Outcome.TYPO: "probably mistyped",
    Outcome.APPROVAL: "needs an approval",
    Outcome.STOPPED: "stopped before",
    Outcome.NO_RIGHT: "not invited",
}


def unreadable(name: str, refusal: UnreadableList) -> str:
    where = f", line {refusal.line}" if refusal.line else ""
    return f"{name}{where}: {WRONG.get(refusal.why, 'it cannot be read')}. Nobody was invited."


def refused(refusal: Refusal) -> str:
    if isinstance(refusal, LimitReached):
        return f"That is too often. It works again at {refusal.again_at:%Y-%m-%d %H:%M} UTC."
    return f"{REFUSED.get(type(refusal), f'It was refused: {refusal.code}.')} Nobody was invited."


def wrong_days(refusal: WrongDays) -> str:
    return f"--days goes from {refusal.least} to {refusal.most}. Nobody was invited."


def rows(lines: Sequence[BulkLine]) -> str:
    """A line for each row, and how many of each there are."""
    speech = speak("en")
    width = max((len(line.address) for line in lines), default=0)
    told = [
        f"{line.number:>5}  {_plain(line.address):<{width}}  {WORDS[line.outcome]}"
        + (f": {said}" if (said := reason(speech, line)) else "")
        for line in lines
    ]
    counts = Counter(line.outcome for line in lines)
    return "\n".join([*told, ", ".join(f"{counts[each]} {WORDS[each]}" for each in Outcome if counts[each])])


def csv_text(lines: Sequence[BulkLine]) -> str:
    return result_text(speak("en"), lines, WORDS)


def _plain(text: str) -> str:
    """Nothing that a terminal would act on."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def known(view: BulkView) -> str:
    by = f" by {_plain(view.by)}" if view.by else ""
    return f"This list was given before, on {view.made_at:%Y-%m-%d at %H:%M} UTC{by}. Nobody is invited twice."


def waiting(lines: Sequence[BulkLine], again_at: datetime) -> str:
    number = sum(line.outcome is Outcome.NEW for line in lines)
    return f"{number} wait for a quota, and go on at {again_at:%Y-%m-%d %H:%M} UTC where Gatehouse runs."


def status(lines: Sequence[BulkLine]) -> int:
    return 0 if all(line.outcome in FINE for line in lines) else 1
