"""`approvals`, and the reason behind `because`. Pure."""

import re
from collections.abc import Callable, Sequence

from bot.approval_commands import Approvals, Approve, Deny, Withdraw
from bot.commands import Command, Need, Unclear
from bot.writing import Mention

BECAUSE = re.compile(r"(?<![\w@.+'-])(?:because|weil)[\s:]+(?!<)(?=\S)", re.IGNORECASE)
PAGE = re.compile(r"(?:(?:page|seite)\s+)?(\d{1,6})", re.IGNORECASE)
APPROVE = frozenset({"approve", "genehmigen", "genehmige", "freigeben"})
DENY = frozenset({"deny", "ablehnen"})
WITHDRAW = frozenset({"withdraw", "zurückziehen", "zurueckziehen"})


def with_reason(text: str) -> tuple[str, str]:
    """What stands before `because`, and the reason behind it, where an address stands before it."""
    found = BECAUSE.search(text, max(0, text.find("@")))
    if found is None or "@" not in text[: found.start()]:
        return text, ""
    return text[: found.start()].rstrip(" ,;"), text[found.end() :].strip()


def approvals(single: Callable[[str, str], Unclear | str]) -> Callable[[str, Sequence[Mention]], Command]:
    """Reads the command. `single` gives the one address of a text, or what is wrong with it."""

    def read(rest: str, _mentions: Sequence[Mention]) -> Command:
        word, _, more = rest.partition(" ")
        word = word.casefold().strip(" \t\r\n.,:;!?\"'")
        page = PAGE.fullmatch(rest.strip())
        if not word or page:
            return Approvals(max(1, int(page.group(1))) if page else 1)
        if word not in APPROVE | DENY | WITHDRAW:
            return Unclear("approvals", Need.APPROVALS)
        named, note = with_reason(more)
        address = single("approvals", named)
        if isinstance(address, Unclear):
            return address
        if word in WITHDRAW:
            return Withdraw(address)
        return Approve(address, note) if word in APPROVE else Deny(address, note)

    return read
