"""Mail addresses: from any pasted form to one addr-spec, validated once and never changed afterwards."""

import html
import re
import unicodedata

from domain.errors import WrongAddress
from domain.views import BadAddress, ParsedAddresses, Problem

LOCAL = re.compile(r"[A-Za-z0-9._+'-]+\Z")
LONGEST = 254
LONGEST_LOCAL = 64
QUOTES = str.maketrans(
    {**dict.fromkeys("“”„‟«»‹›″", '"'), **dict.fromkeys("‘’‚‛′`´", "'"), **dict.fromkeys("‐‑‒–—―−", "-")}
)
MARKDOWN_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*mailto:([^()\s]*)\s*\)", re.IGNORECASE)
ANCHOR = re.compile(r"<a\b[^<>]*>([^<>]*)</a\s*>", re.IGNORECASE)
MAILTO = re.compile(r"\bmailto:", re.IGNORECASE)
TAG = re.compile(r"</?(?:p|div|span|br|li|ul|ol|b|i|em|strong)\b[^<>@]*>", re.IGNORECASE)
"""`<p.smith@…>` is no paragraph."""
AROUND = ",:!?()[]{}\"'*<>「」『』【】〈〉《》"
BEHIND = f"{AROUND}.。"
"""A dot ends a sentence; in front of an address it would be part of it."""
QUOTED_NAME = re.compile(r'"[^"\n]*"[^\S\n]*(?=<)')
COMMENT = re.compile(r"\([^()@\n]*\)")
MARKER = re.compile(r"^\s*(?:[-*•·]|\d{1,3}[.)])\s+", re.MULTILINE)
"""Of a list's lines."""
BETWEEN = re.compile(r"[;؛\n\r]+")
"""Between lines; a name in quotes may hold what stands between addresses."""
JOINING = frozenset({"and", "und", "&", "+"})
UNFIT = frozenset("=%!?\"'`()[]{}<>:\\/|#$^&*~")


def parse(text: str) -> ParsedAddresses:
    """Every address in a pasted text, in order and once each; what looks like one and is not, with the reason."""
    good: dict[str, str] = {}
    bad: dict[str, BadAddress] = {}
    for candidate in dict.fromkeys(_candidates(_plain(text))):
        try:
            address = one(candidate)
        except WrongAddress as refusal:
            bad.setdefault(candidate, BadAddress(candidate[:80], refusal.problem))
        else:
            good.setdefault(key(address), address)
    return ParsedAddresses(tuple(good.values()), tuple(bad.values()))


def _plain(text: str) -> str:
    """Chat clients send entities, typographic quotes, anchors and invisible characters."""
    text = unicodedata.normalize("NFKC", html.unescape(text)).translate(QUOTES)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cn"))
    text = ANCHOR.sub(r" \1 ", MARKDOWN_LINK.sub(r" \2 ", text))
    text = MAILTO.sub("", TAG.sub("\n", text))
    return MARKER.sub("", COMMENT.sub(" ", QUOTED_NAME.sub(" ", text)))


def _candidates(text: str) -> list[str]:
    found: list[str] = []
    for line in BETWEEN.split(text):
        for part, bracketed in _parts(line):
            found += [part] if bracketed else _words(part)
    return found


def _words(part: str) -> list[str]:
    return [
        word
        for each in re.split(r"[\s,、،]+", part)
        if (word := each.lstrip(AROUND).rstrip(BEHIND)) and word.lower() not in JOINING
    ]


def _parts(line: str) -> list[tuple[str, bool]]:
    """In order, without names: `Gwen <gwen@…>` is one part, and that in brackets. A name may hold commas where the line
    has one address."""
    before, *pieces = line.split("<")
    if len(pieces) == 1 and line.rstrip(" ,.").endswith(">") and "@" not in before:
        return [(pieces[0].partition(">")[0].strip(), True)]
    found: list[tuple[str, bool]] = []
    for piece in pieces:
        within, closed, after = piece.partition(">")
        if closed:
            found += [(_name_cut_off(before), False), (within.strip(), True)]
        else:
            found += [(before, False), (within, False)]
        before = after
    return [*found, (before, False)]


def _name_cut_off(before: str) -> str:
    """Without the display name that ends it: from the last comma that stands in no quotes. Addresses are no names."""
    rest = before.rstrip()
    if rest.endswith('"'):
        rest = rest[:-1].rpartition('"')[0]
    others, comma, name = rest.rpartition(",")
    return rest if "@" in name else others + comma


def one(text: str) -> str:
    """One addr-spec (RFC 5321, the ASCII part of it), its domain as A-labels. Raises WrongAddress."""
    candidate = unicodedata.normalize("NFKC", text.strip())
    shown = candidate[:80]
    local, at, domain = candidate.rpartition("@")
    if not at or not local or not domain or "@" in local or re.search(r"\s", candidate):
        raise WrongAddress(shown, Problem.MALFORMED)
    if len(local) > LONGEST_LOCAL or len(candidate) > LONGEST:
        raise WrongAddress(shown, Problem.TOO_LONG)
    if not LOCAL.match(local):
        raise WrongAddress(shown, Problem.UNSUPPORTED_CHARACTERS)
    if UNFIT & set(domain) or domain.endswith("."):
        raise WrongAddress(shown, Problem.NO_SUCH_DOMAIN)
    return _validated(candidate, shown)


def _validated(candidate: str, shown: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # no page needs it: app.py loads it behind them

    try:
        # `.test` is for trying out (RFC 2606): whether a domain takes mail is the relay's to say.
        valid = validate_email(
            candidate,
            allow_smtputf8=False,
            check_deliverability=False,
            globally_deliverable=False,
            test_environment=True,
            strict=True,
        )
    except EmailNotValidError:
        raise WrongAddress(shown, Problem.MALFORMED) from None
    address = valid.ascii_email
    if address is None or "." not in valid.ascii_domain or valid.ascii_domain.rpartition(".")[2].isdigit():
        raise WrongAddress(shown, Problem.NO_SUCH_DOMAIN)
    if len(address) > LONGEST:
        raise WrongAddress(shown, Problem.TOO_LONG)
    return address


def key(address: str) -> str:
    """What tells two addresses apart: the whole address in lower case."""
    return address.lower()


ERASED = "erased-"
"""Begins what stands in place of an address that was erased."""


def erased(address: str) -> bool:
    return address.startswith(ERASED) and "@" not in address


def mailbox(address: str) -> str:
    """The mailbox behind an address, for counting only: without `+tag`, without Gmail's dots."""
    local, _, domain = address.lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def mask(address: str) -> str:
    """`gw***@fabrikam.example`: enough for those who know it, too little for the others. A pseudonym tells nothing."""
    if erased(address):
        return address
    local, _, domain = address.rpartition("@")
    return f"{local[: min(2, len(local) - 1)]}***@{domain}"
