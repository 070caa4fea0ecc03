"""Mail domains that were probably meant: `gmial.com`. Pure.

Asked before a mail goes to a stranger, so it is on the careful side: only long, well-known names, and nothing that is
a mail domain of its own.
"""

from collections.abc import Iterable
from functools import lru_cache

PROVIDERS = (
    "gmail.com", "googlemail.com", "outlook.com", "outlook.de", "hotmail.com", "hotmail.de", "hotmail.co.uk",
    "yahoo.com", "yahoo.de", "yahoo.co.uk", "icloud.com", "protonmail.com", "t-online.de", "freenet.de", "posteo.de",
    "mailbox.org", "fastmail.com",
)  # fmt: skip
"""Of names long enough that a letter too few or too many is no other name."""
OTHERS = frozenset({"mail.com", "email.com", "ymail.com", "email.de", "cloud.com", "gmail.de", "hotmail.fr"})
"""Domains of their own that look like those."""
MISTYPED_COM = frozenset({"con", "cmo", "ocm", "vom", "xom", "cpm", "cim", "comm", "coom", "co", "cm", "om", "c"})
LONG = 8
"""From this length on, two slips are still the same name."""
USED_LONG = 7
"""Organisations' domains are compared only if they are this long: short ones lie close together by chance."""


def meant(domain: str, used: Iterable[str] = ()) -> str:
    """The domain that was probably meant, or nothing. `used`: domains of people who are known to exist."""
    used = frozenset(used)
    if domain in used:
        return ""
    return _provider(domain) or next((each for each in sorted(used) if _alike(domain, each)), "")


@lru_cache(4096)
def _provider(domain: str) -> str:
    if domain in PROVIDERS or domain in OTHERS:
        return ""
    return next((each for each in PROVIDERS if _slipped(domain, each)), "")


def _slipped(domain: str, provider: str) -> bool:
    name, _, ending = domain.partition(".")
    right_name, _, right_ending = provider.partition(".")
    mistyped = right_ending == "com" and ending in MISTYPED_COM
    if name == right_name:
        return mistyped
    most = 2 if len(right_name) >= LONG else 1
    return (ending == right_ending or mistyped) and distance(name, right_name, most) <= most


def _alike(domain: str, used: str) -> bool:
    """Numbers tell domains apart on purpose."""
    if min(len(domain), len(used)) < USED_LONG + len(".com") or _digits(domain) != _digits(used):
        return False
    most = 2 if len(used) >= 2 * LONG else 1
    return distance(domain, used, most) <= most


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def distance(one: str, other: str, most: int = 2) -> int:
    """Damerau–Levenshtein, neighbours exchanged at most once: letters added, left out, changed or exchanged. What is
    beyond `most` is not counted exactly."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != against)))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                row[j] = min(row[j], before[j - 2] + 1)
        before, above = above, row
    return above[-1]
