"""Substring search over all names of a map, in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supply_chain.graph.stored_columns import TextColumn

BETWEEN = 0xFF
"""Stands between two names; no letter of UTF-8 has this byte."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class NameTexts:
    """Names in lower case as UTF-8, one after the other, and the position of `BETWEEN` after each.

    Only the letters A to Z are made small, as a database compares them.
    """

    content: bytes
    ends: Ints

    @classmethod
    def of(cls, names: TextColumn) -> "NameTexts":
        """The names of a column."""
        content, ends = names.raw
        parted = np.insert(content, ends, BETWEEN)
        return cls(parted.tobytes().lower(), ends + np.arange(len(ends)))

    def holding(self, typed: str, *, most: int) -> Ints:
        """The rows with these letters in their names, rising; of no letters none.

        Args:
            most: of more rows than this, the first `most` + 1 are returned.
        """
        wanted = typed.encode("utf-8", "surrogatepass").lower()
        places: list[int] = []
        at = self.content.find(wanted) if wanted else -1
        while at >= 0 and len(places) <= most:
            places.append(at)
            # Continue behind this name, which is in the answer already.
            at = self.content.find(wanted, self.content.find(BETWEEN, at))
        found: Ints = np.searchsorted(self.ends, np.array(places, dtype=np.int64))
        return found
