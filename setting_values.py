"""What the texts of `settings set` mean. A text that cannot be read raises `values.Wrong`."""

from collections.abc import Callable, Sequence

import policy_values
import values
from domain.setting_fields import KINDS, Number, Value, choices
from domain.setting_views import DOMAINS, Listed

LISTS: dict[str, Listed] = {
    each.replace("_", "-"): each for each in Listed if each in (Listed.FAMILIAR, Listed.INVITERS, Listed.APPROVERS)
} | {"workspace-approvers": Listed.WORKSPACE_APPROVERS}
"""Those that are set as a whole; own, allowed and denied domains have their own command."""
FIELD_NAMES: dict[str, str] = {name.replace("_", "-"): name for name in KINDS}
NAMES = (*FIELD_NAMES, *LISTS)
YES, NO = frozenset({"yes", "true", "on"}), frozenset({"no", "false", "off"})
USUAL = frozenset({"usual", "never", "default"})
MOST = 500


def field(name: str, texts: Sequence[str]) -> Value:
    """The one value of a setting."""
    if len(texts) != 1:
        raise values.Wrong("takes one value")
    text, kind = texts[0].strip().lower(), KINDS[name]
    if isinstance(kind, Number):
        return _number(kind, text)
    if kind is bool:
        if text not in YES | NO:
            raise values.Wrong("must be yes or no")
        return text in YES
    return values.one_of(text, choices=choices(name))


def _number(kind: Number, text: str) -> int:
    if kind.usual and text in USUAL:
        return 0
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
    if not kind.takes(found):
        also = ", or the word usual" if kind.usual else ""
        raise values.Wrong(f"must be a whole number from {kind.least} to {kind.most}{also}")
    return found


def items(listed: Listed, texts: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """The whole list, and what is wrong with each text that cannot stand on it. The word none: an empty list."""
    if [text.lower() for text in texts] == ["none"]:
        return (), []
    read: Callable[[str], str] = policy_values.domain if listed in DOMAINS else values.guid
    found, faults = dict[str, None](), list[str]()
    for text in texts:
        try:
            found[read(text)] = None
        except values.Wrong as wrong:
            faults.append(f"{text!r} {wrong}.")
    if not texts or len(texts) > MOST:
        faults.append(f"The list takes 1 to {MOST} values, or the word none.")
    return tuple(found), faults
