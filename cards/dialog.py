"""A card as Teams shows it in a dialog, where there is no Action.Execute: its buttons send their verb with the data."""

from typing import Any, cast

from cards.elements import Part


def dialog(card: Part) -> Part:
    """The same card for a dialog."""
    return cast(Part, _turned(card))


def _turned(part: Any) -> Any:
    if isinstance(part, list):
        return [_turned(each) for each in cast(list[Any], part)]
    if not isinstance(part, dict):
        return part
    whole = {name: _turned(value) for name, value in cast(Part, part).items()}
    if whole.get("type") == "Action.Execute":
        whole |= {"type": "Action.Submit", "data": whole["data"] | {"verb": whole.pop("verb")}}
    return whole
