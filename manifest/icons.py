"""The app's icons, drawn: a gatehouse with its gate open. PNG by the standard library alone (PNG specification, W3C).

Coordinates are parts of the icon's edge, from the top left corner; the drawing mirrors itself at the middle.
"""

import struct
import zlib
from collections.abc import Callable
from itertools import product

Colour = tuple[int, int, int, int]
CLEAR: Colour = (0, 0, 0, 0)
WHITE: Colour = (255, 255, 255, 255)
NIGHT: Colour = (31, 75, 110, 255)
LIGHT: Colour = (244, 190, 79, 255)
SAMPLES = 4  # each pixel is the mean of SAMPLES × SAMPLES points, which smooths the edges
BATTLEMENTS = ((0.16, 0.215), (0.25, 0.31), (0.345, 0.40))


def _gate(aside: float, y: float) -> bool:
    """The arch in the middle, down to the ground."""
    return y <= 0.86 and ((aside <= 0.105 and y >= 0.62) or aside**2 + (y - 0.62) ** 2 <= 0.105**2)


def _window(aside: float, y: float) -> bool:
    return 0.255 <= aside <= 0.305 and 0.42 <= y <= 0.56


def _walls(aside: float, y: float) -> bool:
    towers = 0.16 <= aside <= 0.40 and 0.25 <= y <= 0.86
    merlons = 0.16 <= y <= 0.25 and any(near <= aside <= far for near, far in BATTLEMENTS)
    bridge = aside <= 0.16 and 0.44 <= y <= 0.86
    teeth = 0.375 <= y <= 0.44 and (aside <= 0.03 or 0.085 <= aside <= 0.145)
    return towers or merlons or bridge or teeth


def _colour_at(x: float, y: float) -> Colour:
    """White walls and a lit gate on the night's blue; smaller than the icon, as Teams crops it to a circle."""
    x, y = (x - 0.5) / 0.68 + 0.5, (y - 0.5) / 0.68 + 0.5
    aside = abs(x - 0.5)
    if _gate(aside, y) or _window(aside, y):
        return LIGHT
    return WHITE if _walls(aside, y) else NIGHT


def _outline_at(x: float, y: float) -> Colour:
    """White on nothing, as Teams wants the small one."""
    aside = abs(x - 0.5) * 0.86
    open_part = _gate(aside, y) or _window(aside, y)
    return WHITE if _walls(aside, y) and not open_part else CLEAR


def _pixel(paint: Callable[[float, float], Colour], column: int, row: int, size: int) -> bytes:
    steps = [(step + 0.5) / SAMPLES for step in range(SAMPLES)]
    points = [paint((column + right) / size, (row + down) / size) for down, right in product(steps, steps)]
    cover = sum(point[3] for point in points)
    if not cover:
        return bytes(4)
    mixed = [sum(point[part] * point[3] for point in points) // cover for part in range(3)]
    return bytes([*mixed, cover // len(points)])


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(paint: Callable[[float, float], Colour], size: int) -> bytes:
    rows = (b"\0" + b"".join(_pixel(paint, column, row, size) for column in range(size)) for row in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    body = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def colour() -> bytes:
    """192 × 192 pixels, no transparent one."""
    return _png(_colour_at, 192)


def outline() -> bytes:
    """32 × 32 pixels, white and transparent."""
    return _png(_outline_at, 32)
