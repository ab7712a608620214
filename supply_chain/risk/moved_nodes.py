"""Nodes with another country than in the whole run on which a run is based."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supply_chain.graph.columns import NodeColumns
from supply_chain.risk.method import Ints

Words = NDArray[np.str_]


@dataclass(frozen=True)
class MovedNodes:
    """Current countries of moved nodes; those of the whole run where they came back."""

    place: Ints  # rising
    country: Words  # empty where it is not known

    @classmethod
    def none(cls) -> "MovedNodes":
        """No node moved."""
        return cls(np.zeros(0, dtype=np.int64), words([]))

    def put(self, places: Ints, nodes: NodeColumns) -> "MovedNodes":
        """The same once some nodes, one column entry each, are elsewhere.

        Args:
            places: rising.
        """
        stay = ~np.isin(self.place, places)
        place = np.concatenate([self.place[stay], places])
        country = np.concatenate([self.country[stay], words(nodes.country)])
        order = np.argsort(place)
        return MovedNodes(place[order], country[order])

    def countries(self, whole: Words) -> Words:
        """The country of each place now, from those of the whole run."""
        if not len(self.place):
            return whole
        now = whole.astype(np.result_type(whole, self.country))
        now[self.place] = self.country
        return now


def words(values: Sequence[str | None]) -> Words:
    """Texts as an array; empty for what is not known."""
    return np.array([value or "" for value in values], dtype=np.str_)
