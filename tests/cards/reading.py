"""Reads a card as a client would: its texts, its buttons, its size."""

import json
from collections.abc import Iterator
from typing import Any


def parts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from parts(value)
    elif isinstance(node, list):
        for value in node:
            yield from parts(value)


def texts(card: dict[str, Any], kind: str = "") -> list[str]:
    """The texts of text blocks (`TextBlock`), of runs (`TextRun`), or of both."""
    kinds = {kind} if kind else {"TextBlock", "TextRun"}
    return [part["text"] for part in parts(card) if part.get("type") in kinds]


def read(card: dict[str, Any]) -> str:
    return "\n".join(texts(card))


def buttons(card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every Action.Execute by its verb, folded in or not."""
    return {part["verb"]: part for part in parts(card) if part.get("type") == "Action.Execute"}


def verbs(card: dict[str, Any]) -> list[str]:
    """The verbs in the order in which people see them."""
    return [part["verb"] for part in parts(card) if part.get("type") == "Action.Execute"]


def status(card: dict[str, Any]) -> str:
    return next(part["text"] for part in parts(card) if part.get("id") == "status")


def size(card: dict[str, Any]) -> int:
    return len(json.dumps(card))
