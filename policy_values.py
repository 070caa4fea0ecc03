"""What the texts of policy commands mean. A text that cannot be read raises `values.Wrong`."""

import re
from ipaddress import IPv6Network
from pathlib import Path

import values
from domain.domain_patterns import pattern
from domain.policies import LONGEST_HOURS
from domain.policy_edits import LONGEST_NAME
from domain.terms_of_use import MOST_CHARACTERS

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MAPPED = IPv6Network("::ffff:0:0/96")
LONGEST_URL = 500


def name(text: str) -> str:
    bare = text.strip()
    if 1 <= len(bare) <= LONGEST_NAME and bare.isprintable():
        return bare
    raise values.Wrong(f"must be 1 to {LONGEST_NAME} printable characters")


def domain(text: str) -> str:
    """Lower-case A-labels, as addresses are kept; `*.` stands for everything below."""
    found = pattern(text) if text.isascii() and text == text.strip() and "@" not in text else None
    if found:
        return found
    raise values.Wrong("must be a domain such as example.com, or *.example.com (international names as xn--…)")


def network(text: str) -> str:
    """A CIDR with nothing behind its prefix, as rules compare it."""
    found = values.network(text)
    if isinstance(found, IPv6Network) and found.subnet_of(_MAPPED):
        raise values.Wrong("must be written as IPv4, such as 10.0.0.0/8")
    return str(found)


def hours(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,3}", text) and 1 <= int(text) <= LONGEST_HOURS:
        return int(text)
    raise values.Wrong(f"must be 1 to {LONGEST_HOURS} hours")


def privacy_url(text: str) -> str:
    """Empty for `none`."""
    if text.lower() == "none":
        return ""
    if len(text) > LONGEST_URL or not text.isprintable() or not text.isascii() or set(' "<>\\') & set(text):
        raise values.Wrong(f"must be an https URL of at most {LONGEST_URL} ASCII characters, or none")
    return values.service(text)


def language(text: str) -> str:
    if _LANGUAGE.fullmatch(text.lower()):
        return text.lower()
    raise values.Wrong("must be a language such as en or de")


def language_file(text: str) -> tuple[str, Path]:
    tag, equals, path = text.partition("=")
    if not equals or not path:
        raise values.Wrong("must be a language and a file, such as de=terms-de.txt")
    return language(tag), Path(path)


def terms(file: str) -> str:
    """The text of a file: UTF-8, paragraphs, no control characters."""
    path = Path(file)
    try:
        if path.stat().st_size > 4 * MOST_CHARACTERS + 3:
            raise values.Wrong(f"holds more than {MOST_CHARACTERS:,} characters")
        found = path.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        raise values.Wrong(f"cannot be read: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise values.Wrong("is not UTF-8 text") from None
    found = found.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not found:
        raise values.Wrong("is empty")
    if len(found) > MOST_CHARACTERS:
        raise values.Wrong(f"holds more than {MOST_CHARACTERS:,} characters")
    if any((ord(letter) < 32 and letter not in "\n\t") or ord(letter) == 127 for letter in found):
        raise values.Wrong("holds control characters")
    return found
