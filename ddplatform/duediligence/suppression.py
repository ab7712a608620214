"""Small counts of people hidden so that no cell, sum or percentage gives a child away.

A count from 1 to k - 1 is shown as "<k" (k = 5, and 10 for sensitive classes). Further
cells are hidden until the sums leave every small count open over its whole range, even to
a reader who knows these rules. Zeros are shown, so a hidden cell is never zero. This
guards one table; comparing several releases is the business of whoever publishes them.

Source:
    SUPP-1 to SUPP-4 and SUPP-6 of the platform's data rules; complementary suppression as
    in Hundepool et al., Statistical Disclosure Control (2012), chapter 4.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ddplatform.duediligence.hidden_cells import Cell, CellGrid

LIMIT: Final = 5
SENSITIVE_LIMIT: Final = 10
SUPPRESSED: Final = "suppressed"
SMALLEST_DENOMINATOR: Final = 20
FEWEST_NODES: Final = 3

Shown = int | str
"""A count as it may be shown: the number, "<5" (or "<10"), or "suppressed"."""


@dataclass(frozen=True, slots=True)
class SuppressedTable:
    """A table as it may be published, sums included."""

    rows: tuple[tuple[Shown, ...], ...]
    row_totals: tuple[Shown, ...]
    column_totals: tuple[Shown, ...]
    total: Shown


def limit_for(*, sensitive: bool) -> int:
    """The smallest count above zero that may be shown (SUPP-1, SUPP-4)."""
    return SENSITIVE_LIMIT if sensitive else LIMIT


def suppress_count(count: int, *, sensitive: bool = False) -> Shown:
    """One count as it may be shown, standing alone (SUPP-1, SUPP-4).

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
    return _suppress([counts], has_column_totals=False, sensitive=sensitive)[0]


def suppress_table(rows: Sequence[Sequence[int]], *, sensitive: bool = False) -> SuppressedTable:
    """A table of counts with its sums, as they may be shown (SUPP-1, SUPP-2).

    Args:
        rows: counts without sums, all rows of one length.
        sensitive: sexual exploitation, trafficking or armed conflict.

    Raises:
        ValueError: no counts, rows of different lengths, or a negative count.
    """
    *body, sums = _suppress(rows, has_column_totals=True, sensitive=sensitive)
    return SuppressedTable(
        rows=tuple(tuple(row[:-1]) for row in body),
        row_totals=tuple(row[-1] for row in body),
        column_totals=tuple(sums[:-1]),
        total=sums[-1],
    )


def _suppress(
    rows: Sequence[Sequence[int]], *, has_column_totals: bool, sensitive: bool
) -> list[list[Shown]]:
    """The grid with its sums, hidden cell by cell until nothing is exposed."""
    limit = limit_for(sensitive=sensitive)
    grid = CellGrid.with_sums(rows, has_column_totals=has_column_totals)
    hidden = {cell for cell in grid.published if 0 < grid.counts[cell] < limit}
    while exposed := grid.exposed(hidden, limit=limit):
        further = _next_to_hide(grid, exposed, hidden)
        if further is None:
            break
        hidden.add(further)
    # Small counts under a small sum narrow each other by their labels alone. That is let
    # be while each keeps two values; else the whole table is withheld.
    is_withheld = exposed is not None and grid.has_pinned(hidden, limit=limit)
    shown: list[list[Shown]] = [[] for _ in range(grid.height)]
    for cell in grid.published:
        shown[cell[0]].append(SUPPRESSED if is_withheld else _show(grid, cell, hidden, limit))
    return [row for row in shown if row]


def _next_to_hide(grid: CellGrid, exposed: Cell, hidden: set[Cell]) -> Cell | None:
    """The smallest cell above zero, from a line with one hidden cell where there is such.

    Else it comes from a line of the exposed cell, else from anywhere. Sums stay as long as
    they can.
    """
    in_row, in_column = Counter(row for row, _ in hidden), Counter(column for _, column in hidden)

    def rank(cell: Cell) -> tuple[bool, bool, bool, int, Cell]:
        row, column = cell
        is_alone = in_row[row] == 1 or in_column[column] == 1
        is_in_line = row == exposed[0] or column == exposed[1]
        return (not is_alone, not is_in_line, grid.is_sum(cell), grid.counts[cell], cell)

    free = (cell for cell in grid.published if cell not in hidden and grid.counts[cell] > 0)
    return min(free, key=rank, default=None)


def _show(grid: CellGrid, cell: Cell, hidden: set[Cell], limit: int) -> Shown:
    if cell not in hidden:
        return grid.counts[cell]
    return f"<{limit}" if grid.counts[cell] < limit else SUPPRESSED


def show_percentage(part: int, whole: int, *, sensitive: bool = False) -> str:
    """A share of people as it may be shown (SUPP-3).

    A whole percentage needs 20 people or more, and neither the part nor the rest may be a
    hidden count; otherwise the band of 20 points is shown. 7 of 15 becomes "40-60%".

    Raises:
        ValueError: the part is negative or larger than the whole.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share.")
    if whole == 0:
        return "not available"
    limit = limit_for(sensitive=sensitive)
    is_small = 0 < part < limit or 0 < whole - part < limit
    if whole >= SMALLEST_DENOMINATOR and not is_small:
        return f"{round(100 * part / whole)}%"
    start = min(5 * part // whole, 4) * 20
    return f"{start}-{start + 20}%"


def shared_node_band(count: int) -> str:
    """The band in which buyers see a count at a supplier they share (SUPP-6).

    Raises:
        ValueError: the count is negative.
    """
    if count < 0:
        raise ValueError(f"A count of people cannot be {count}.")
    bands = ((0, "0"), (4, "<5"), (9, "5-9"), (49, "10-49"))
    return next((text for highest, text in bands if count <= highest), "50+")


def place_for_sensitive(*, country: str, sub_region: str, nodes_in_country: int) -> str:
    """The finest place at which a count of a sensitive class may be shown (SUPP-4).

    Never below the country; a country with fewer than three nodes is merged into its
    sub-region.
    """
    return country if nodes_in_country >= FEWEST_NODES else sub_region
