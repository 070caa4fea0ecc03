"""A message with files → a typed command. Pure."""

from collections.abc import Sequence

from bot import files
from bot.commands import Command, HowToInvite, Invite, Need, Unclear, Unknown
from bot.files import Attached
from bot.list_commands import InviteFile, InviteList
from bot.phrases import days_of, understand
from bot.writing import plain


def sent(attached: Sequence[Attached], text: str) -> Command | None:
    """The command of a message with files; None: it is about something else."""
    if not attached:
        return None
    said = understand(text) if text.strip() else HowToInvite()
    if not isinstance(said, HowToInvite | Invite | InviteList | Unknown):
        return None
    file, days = files.only(attached), days_of(plain(text))
    if file is None:
        return Unclear("invite", Need.ONE_FILE)
    return days if isinstance(days, Unclear) else InviteFile(file, days)
