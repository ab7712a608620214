"""What a reader of a table with hidden cells can work out from its sums.

Rows and columns are nodes and cells are arcs: a count flows from its row to its column,
a sum flows back. Every table that agrees with the published one is reached by pushing
whole numbers around circles of hidden arcs, so how far a cell can rise or fall is a
maximum flow through the other hidden arcs.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import inf

Cell = tuple[int, int]
"""Row and column, sums last."""

_Node = tuple[str, int]
_Room = dict[_Node, dict[_Node, float]]


@dataclass(frozen=True, slots=True)
class CellGrid:
    """Counts with their sums in the last row and column.

    Attributes:
        published: cells that the reader is meant to see, hidden or not.
    """

    counts: Mapping[Cell, int]
    height: int
    width: int
    published: tuple[Cell, ...]

    @classmethod
    def with_sums(cls, rows: Sequence[Sequence[int]], *, has_column_totals: bool) -> "CellGrid":
        """Add the sums to a table of counts.

        Raises:
            ValueError: no counts, rows of different lengths, or a negative count.
        """
        if not rows or not rows[0] or len({len(row) for row in rows}) != 1:
            raise ValueError("A table needs rows of one length, with at least one count each.")
        if any(count < 0 for row in rows for count in row):
            raise ValueError("A count of people cannot be negative.")
        whole = [[*row, sum(row)] for row in rows]
        whole.append([sum(column) for column in zip(*whole, strict=True)])
        counts = {(r, c): count for r, row in enumerate(whole) for c, count in enumerate(row)}
        height = len(whole) if has_column_totals else len(rows)
        published = tuple(cell for cell in counts if cell[0] < height)
        return cls(counts, len(whole), len(whole[0]), published)

    def is_sum(self, cell: Cell) -> bool:
        """Whether the cell is a sum of others."""
        return cell[0] == self.height - 1 or cell[1] == self.width - 1

    def exposed(self, hidden: Set[Cell], *, limit: int) -> Cell | None:
        """The first hidden cell about which the sums say more than its label, if any.

        A count below `limit` must be able to take every value from 1 to `limit` - 1; a
        larger one, known to be at least `limit`, must be able to take two.
        """
        for cell in sorted(hidden):
            count = self.counts[cell]
            if count >= limit:
                is_open = self._is_free(cell, hidden, limit)
            else:
                is_open = self._can_rise(cell, hidden, limit, by=limit - 1 - count)
                is_open = is_open and self._can_fall(cell, hidden, limit, by=count - 1)
            if not is_open:
                return cell
        return None

    def has_pinned(self, hidden: Set[Cell], *, limit: int) -> bool:
        """Whether the sums and labels leave a hidden cell only one value."""
        return not all(self._is_free(cell, hidden, limit) for cell in hidden)

    def _is_free(self, cell: Cell, hidden: Set[Cell], limit: int) -> bool:
        count = self.counts[cell]
        may_rise, may_fall = count != limit - 1, count not in (1, limit)
        return (may_rise and self._can_rise(cell, hidden, limit, by=1)) or (
            may_fall and self._can_fall(cell, hidden, limit, by=1)
        )

    def _can_rise(self, cell: Cell, hidden: Set[Cell], limit: int, *, by: int) -> bool:
        start, end = self._ends(cell)
        return _flow(self._room(hidden - {cell}, limit), end, start, by)

    def _can_fall(self, cell: Cell, hidden: Set[Cell], limit: int, *, by: int) -> bool:
        start, end = self._ends(cell)
        return _flow(self._room(hidden - {cell}, limit), start, end, by)

    def _room(self, hidden: Set[Cell], limit: int) -> _Room:
        """How much more and less each arc that is not shown can carry."""
        room: _Room = defaultdict(lambda: defaultdict(float))
        for cell in self._arcs(hidden):
            count, (start, end) = self.counts[cell], self._ends(cell)
            is_small = cell in hidden and count < limit
            lowest = 0 if cell not in hidden else 1 if is_small else limit
            room[start][end] += limit - 1 - count if is_small else inf
            room[end][start] += count - lowest
        return room

    def _arcs(self, hidden: Set[Cell]) -> Iterable[Cell]:
        """Hidden cells, and sums that are not published at all."""
        return [*hidden, *(self.counts.keys() - set(self.published))]

    def _ends(self, cell: Cell) -> tuple[_Node, _Node]:
        """A count flows from row to column, a row or column sum back, the grand sum on."""
        row, column = ("row", cell[0]), ("column", cell[1])
        is_edge = (cell[0] == self.height - 1) != (cell[1] == self.width - 1)
        return (column, row) if is_edge else (row, column)


def _flow(room: _Room, source: _Node, target: _Node, wanted: float) -> bool:
    """Whether `wanted` can flow from source to target; uses up the room."""
    while wanted > 0:
        path = _shortest_path(room, source, target)
        if path is None:
            return False
        step = min(wanted, *(room[start][end] for start, end in path))
        for start, end in path:
            room[start][end] -= step
            room[end][start] += step
        wanted -= step
    return True


def _shortest_path(room: _Room, source: _Node, target: _Node) -> list[tuple[_Node, _Node]] | None:
    came_from: dict[_Node, _Node] = {source: source}
    queue = deque([source])
    while queue and target not in came_from:
        node = queue.popleft()
        for following in [name for name, space in room[node].items() if space > 0]:
            if following not in came_from:
                came_from[following] = node
                queue.append(following)
    if target not in came_from:
        return None
    path = []
    while target != source:
        path.append((came_from[target], target))
        target = came_from[target]
    return path[::-1]
