"""Which names hold some letters in one piece: all names of a map at once, in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supply_chain.kept_columns import TextColumn

MOST = 20_000
"""Places in names after which there are so many that a list finds them soon in any order."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class NameTexts:
    """Names in small letters as UTF-8, one after the other, and where each ends.

    Only the letters A to Z are made small, as a database compares them.
    """

    content: bytes
    ends: Ints

    @classmethod
    def of(cls, names: TextColumn) -> "NameTexts":
        """The names of a column."""
        content, ends = names.raw
        return cls(content.tobytes().lower(), np.asarray(ends))

    def holding(self, typed: str) -> Ints | None:
        """The rows with these letters in their names, rising; None: more than `MOST`."""
        wanted = typed.encode("utf-8", "surrogatepass").lower()
        if not wanted:
            return None
        places, at = [], self.content.find(wanted)
        while at >= 0:
            places.append(at)
            if len(places) > MOST:
                return None
            at = self.content.find(wanted, at + 1)
        starts = np.array(places, dtype=np.int64)
        rows = np.searchsorted(self.ends, starts, side="right")
        # What begins in one name and ends in the next stands in neither.
        found: Ints = np.unique(rows[starts + len(wanted) <= self.ends[rows]])
        return found
