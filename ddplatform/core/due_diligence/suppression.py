"""Suppression of small counts of people, so that no cell or sum identifies a child.

A count from 1 to k - 1 is shown as "<k" (k = 5, and 10 for sensitive classes). Further cells
are hidden until the total leaves every small count open over its whole range, even to a reader
who knows these rules. In a row of answers zeros are shown, so a hidden cell is never zero; in a
row of cases a zero tells too, so that counts leave as bands of five (`banded_row`).

Source:
    SUPP-1, SUPP-2, SUPP-4 and SUPP-7 of the platform's data rules; complementary suppression
    and bands as in Hundepool et al., Statistical Disclosure Control (2012), chapters 4 and 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

LIMIT: Final = 5
SENSITIVE_LIMIT: Final = 10
BASE: Final = 5
SUPPRESSED: Final = "suppressed"

Shown = int | str
"""A count as it may be shown: the number, "<5" (or "<10"), "5–9" or "suppressed"."""


def limit_for(*, sensitive: bool) -> int:
    """The smallest count above zero that may be shown (SUPP-1, SUPP-4)."""
    return SENSITIVE_LIMIT if sensitive else LIMIT


def suppress_count(count: int, *, sensitive: bool = False) -> Shown:
    """One count as it may be shown on its own (SUPP-1, SUPP-4).

    Args:
        count: number of people, 0 or more.
        sensitive: sexual exploitation, trafficking or armed conflict.

    Raises:
        ValueError: the count is negative.
    """
    if count < 0:
        raise ValueError(f"A count of people cannot be {count}.")
    limit = limit_for(sensitive=sensitive)
    return f"<{limit}" if 0 < count < limit else count


def suppress_row(counts: Sequence[int], *, sensitive: bool = False) -> list[Shown]:
    """A row of counts and, last, its total, as they may be shown (SUPP-1, SUPP-2).

    [3, 12, 20] becomes ["<5", "suppressed", 20, 35]. Where hiding single cells cannot
    help, every cell is "suppressed".

    Raises:
        ValueError: no counts, or a negative one.
    """
    if not counts:
        raise ValueError("A row needs at least one count.")
    if min(counts) < 0:
        raise ValueError("A count of people cannot be negative.")
    return _Row((*counts, sum(counts)), limit_for(sensitive=sensitive)).shown()


def banded_row(counts: Sequence[int]) -> list[Shown]:
    """A row of counts and, last, its total, in bands; zero is not told from a small count.

    [0, 3, 12, 20] becomes ["<5", "<5", "10–14", "20–24", "35–39"]. Where total and other cells
    would narrow a small count, every cell is "suppressed".

    Raises:
        ValueError: no counts, or a negative one.
    """
    if not counts:
        raise ValueError("A row needs at least one count.")
    if min(counts) < 0:
        raise ValueError("A count of people cannot be negative.")
    lows = [count // BASE * BASE for count in counts]
    total = sum(counts) // BASE * BASE
    for low in lows:
        others = sum(lows) - low
        least = total - others - (len(lows) - 1) * (BASE - 1)
        most = total + BASE - 1 - others
        if low == 0 and (least > 0 or most < BASE - 1):
            return [SUPPRESSED] * (len(counts) + 1)
    return [_band(low) for low in (*lows, total)]


def _band(low: int) -> Shown:
    return f"{low}–{low + BASE - 1}" if low else f"<{LIMIT}"


@dataclass(frozen=True, slots=True)
class _Row:
    """Counts with their total at the end, and the limit below which they are small."""

    cells: tuple[int, ...]
    limit: int

    def shown(self) -> list[Shown]:
        hidden = {place for place, count in enumerate(self.cells) if 0 < count < self.limit}
        while is_exposed := any(self._is_exposed(place, hidden) for place in hidden):
            further = self._next_to_hide(hidden)
            if further is None:
                break
            hidden.add(further)
        # Small counts under a small total narrow each other by their labels alone. That is let
        # be while each keeps two values; else the whole row is withheld.
        if is_exposed and any(self._is_pinned(place, hidden) for place in hidden):
            return [SUPPRESSED] * len(self.cells)
        return [self._show(place, hidden) for place in range(len(self.cells))]

    def _show(self, place: int, hidden: set[int]) -> Shown:
        count = self.cells[place]
        if place not in hidden:
            return count
        return f"<{self.limit}" if count < self.limit else SUPPRESSED

    def _next_to_hide(self, hidden: set[int]) -> int | None:
        """The smallest cell above zero that is shown; the total as long as it can stays."""
        total = len(self.cells) - 1
        free = (p for p, count in enumerate(self.cells) if p not in hidden and count > 0)
        return min(free, key=lambda place: (place == total, self.cells[place], place), default=None)

    def _is_exposed(self, place: int, hidden: set[int]) -> bool:
        """Whether the others reveal more of a hidden cell than its label does.

        A small count must be able to take every value below the limit; a larger one, known to
        be at least the limit, must be able to take two.
        """
        lowest, highest = self._possible(place, hidden)
        if self.cells[place] < self.limit:
            return lowest > 1 or highest < self.limit - 1
        return highest == lowest

    def _is_pinned(self, place: int, hidden: set[int]) -> bool:
        lowest, highest = self._possible(place, hidden)
        return lowest == highest

    def _possible(self, place: int, hidden: set[int]) -> tuple[float, float]:
        """Minimum and maximum of a hidden cell, from its label and the other cells."""
        known = [self._labelled(other, hidden) for other in range(len(self.cells))]
        lowest, highest = known[place]
        parts = [bounds for other, bounds in enumerate(known[:-1]) if other != place]
        least, most = sum(low for low, _ in parts), sum(high for _, high in parts)
        if place != len(self.cells) - 1:
            least, most = known[-1][0] - most, known[-1][1] - least
        return max(lowest, least), min(highest, most)

    def _labelled(self, place: int, hidden: set[int]) -> tuple[float, float]:
        """Least and most that the label of a cell tells."""
        count = self.cells[place]
        if place not in hidden:
            return count, count
        return (1, self.limit - 1) if count < self.limit else (self.limit, inf)
