"""`audit`: whom, what and since when, out of what was typed in any order. Pure."""

import re
from collections.abc import Sequence

from bot.commands import Audit, Command, Need, Unclear
from bot.writing import Mention
from domain import addresses
from domain.history_views import About, Question

ABOUT = {
    **dict.fromkeys(("all", "everything", "alles", "alle"), About.ALL),
    **dict.fromkeys(("invitations", "invitation", "einladungen", "einladung"), About.INVITATIONS),
    **dict.fromkeys(("access", "sign-ins", "zugang", "zugänge", "zugaenge", "anmeldungen"), About.ACCESS),
    **dict.fromkeys(("settings", "policies", "owners", "einstellungen", "richtlinien", "besitzer"), About.SETTINGS),
    **dict.fromkeys(("refusals", "refused", "ablehnungen", "abgelehnt"), About.REFUSALS),
}
FILLING = frozenset(
    ("last", "the", "for", "of", "by", "only", "about", "letzte", "letzten", "die", "der", "für", "fuer", "von", "nur")
)
DAYS = re.compile(r"(?<!\S)(\d{1,9})\s*(?:days?|d|tage?n?)(?!\S)", re.IGNORECASE)
AROUND = ".,:;!?\"'()"


def audit(rest: str, mentions: Sequence[Mention]) -> Command:
    words = rest.split()
    parsed = addresses.parse(" ".join(word for word in words if "@" in word))
    if parsed.bad:
        return Unclear("audit", Need.ADDRESS, parsed.bad)
    if len(parsed.good) > 1:
        return Unclear("audit", Need.ONE_ADDRESS)
    if len(mentions) > 1:
        return Unclear("audit", Need.PERSON)
    said = " ".join(word for word in words if "@" not in word)
    days = DAYS.findall(said)
    chosen = [ABOUT.get(word) for word in _words(DAYS.sub(" ", said))]
    if None in chosen or len(chosen) > 1 or len(days) > 1 or any(int(number) == 0 for number in days):
        return Unclear("audit", Need.EVENTS)
    return Audit(
        Question(
            about=next(iter(chosen), None) or About.ALL,
            days=int(days[0]) if days else 0,
            address=next(iter(parsed.good), ""),
            person=mentions[0].channel_user_id if mentions else "",
        )
    )


def _words(text: str) -> list[str]:
    bare = (word.casefold().strip(AROUND) for word in text.split())
    return [word for word in bare if word and word not in FILLING]
