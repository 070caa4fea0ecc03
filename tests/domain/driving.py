"""Where scenes of operations that change a state are kept, with the rows that they leave in the audit."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.domain.world import World

Act = Callable[[], Awaitable[Any]]
Set = Callable[[World], Awaitable[Act]]
"""Sets the scene, and gives what is to leave its rows."""
DRIVEN: dict[str, tuple[Set, list[str], str]] = {}
"""By operation: the scene, the rows, and why they are not exactly one."""


def drives(operation: str, *kinds: str, why: str = "") -> Callable[[Set], Set]:
    def kept(scene: Set) -> Set:
        DRIVEN[operation] = (scene, list(kinds), why)
        return scene

    return kept
