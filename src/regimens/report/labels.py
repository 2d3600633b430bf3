"""Names beside points: each where it hides least of the picture."""

from __future__ import annotations

from dataclasses import dataclass

_CHARACTER, _HEIGHT, _GAP = 7.3, 13.0, 7.0
"""Width of a bold character and height of a line of text of 12 px; distance of a name from its point."""


@dataclass(frozen=True)
class Box:
    """A rectangle in px: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def shared(self, other: Box) -> float:
        """Return the area that two boxes share."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, wide) * max(0.0, high)


def place(points: list[tuple[float, float, str]], within: Box, taken: list[Box]) -> list[tuple[float, float, str]]:
    """Return where each name stands, as (x, baseline, anchor), one a point.

    Points are (x, y, name); `taken` are boxes to keep clear of. Each name in turn takes the place around its point that
    shares least with what is taken and with the names before it, and stays `within` the picture.
    """
    found = []
    filled = [*taken, *(Box(x - 5, y - 5, x + 5, y + 5) for x, y, _ in points)]
    for x, y, name in points:
        best = min(_places(x, y, name), key=lambda choice: _cost(choice[1], within, filled))
        found.append(best[0])
        filled.append(best[1])
    return found


def _places(x: float, y: float, name: str) -> list[tuple[tuple[float, float, str], Box]]:
    wide = _CHARACTER * len(name)
    made = []
    for dy in (-_GAP, _GAP + 0.6 * _HEIGHT, 0.35 * _HEIGHT, -_GAP - _HEIGHT, _GAP + 1.7 * _HEIGHT):
        for anchor, left in (("start", x + _GAP), ("end", x - _GAP - wide), ("middle", x - wide / 2)):
            at = {"start": x + _GAP, "end": x - _GAP, "middle": x}[anchor]
            made.append(((at, y + dy, anchor), Box(left, y + dy - 0.8 * _HEIGHT, left + wide, y + dy + 0.2 * _HEIGHT)))
    return made


def _cost(box: Box, within: Box, filled: list[Box]) -> float:
    area = (box.right - box.left) * (box.bottom - box.top)
    return 20.0 * (area - box.shared(within)) + sum(box.shared(other) for other in filled)
