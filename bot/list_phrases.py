"""`invite` with a list: many addresses, or rows whose first one names the columns. Pure."""

from collections.abc import Callable

from bot.commands import Command, Invite, Need, Unclear
from bot.list_commands import InviteList
from bot.writing import LONGEST, plain
from domain import lists
from domain.views import ParsedAddresses

MOST_AT_ONCE = 20
"""Addresses that are invited without a preview."""
ReadDays = Callable[[str], int | Unclear | None]
"""bot/phrases.py: days_of."""


def inviting(parsed: ParsedAddresses, days: int | None = None, reason: str = "", name: str = "") -> Command:
    """More than a few are looked through first."""
    many = len(parsed.good) + len(parsed.bad) > MOST_AT_ONCE
    return InviteList(parsed, days) if many else Invite(parsed, days, reason, name)


def listing(text: str, said: str, word: str, read_days: ReadDays) -> Command | None:
    """What stands in rows behind the command's word; None: it is no such list. `said`: the text as `plain` has it."""
    if len(text) > LONGEST:
        return Unclear("invite", Need.FILE)
    rows = (plain(text, tabs=True) if "\t" in text else said)[len(word) :]
    head, _, more = rows.partition("\n")
    if more and lists.begins_with_header(rows):
        return InviteList(rows.strip())
    if not lists.begins_with_header(more):
        return None
    days = read_days(head)
    return days if isinstance(days, Unclear) else InviteList(more, days)
