"""`invite Ida Ivers <ida@…>`: the name of the only guest. Pure."""

import re

from domain import own_words
from domain.views import ParsedAddresses
from domain.wishes import LONGEST_NAME

NAMED = re.compile(r"\s*\"?([^\"<>@\n]{1,200})\"?\s*<[^<>\s]{3,320}>")


def name(text: str, parsed: ParsedAddresses) -> str:
    """As the form would take it; empty: there is none. What begins with a small letter is rather a word of the
    sentence, such as in `invite my colleague <ida@…>`."""
    found = NAMED.match(text)
    if found is None or parsed.bad or len(parsed.good) != 1:
        return ""
    given = own_words.one_line(found.group(1)).strip(" ,;")
    fits = 0 < len(given) <= LONGEST_NAME and not own_words.links(given)
    return given if fits and given[0].isalpha() and not given[0].islower() else ""
