"""Order of all risks of a map, in which few risks can be moved without a new sort.

All keys of a risk are in two numbers, so that the order is two sorted columns: a rank is found
by binary search. Where all ranks are already known, `StoredOrder` moves few risks without the
columns.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.method import Bools, Ints

Keys = NDArray[np.uint64]


@dataclass(frozen=True)
class RankKeys:
    """Two numbers a risk; the lower pair comes first."""

    first: Keys  # the stronger ones
    second: Keys  # the weaker ones, those of node and issue among them

    def __len__(self) -> int:
        return len(self.first)

    def take(self, at: Ints) -> "RankKeys":
        """The keys at some positions."""
        return RankKeys(self.first[at], self.second[at])

    @property
    def order(self) -> Ints:
        """The positions of the keys, the first risk first."""
        return np.lexsort((self.second, self.first))

    def positions(self, asked: "RankKeys") -> Ints:
        """Number of these keys, which are sorted, before each of those."""
        low = np.searchsorted(self.first, asked.first, side="left")
        high = np.searchsorted(self.first, asked.first, side="right")
        found = [
            start + np.searchsorted(self.second[start:stop], key)
            for start, stop, key in zip(low.tolist(), high.tolist(), asked.second, strict=True)
        ]
        return np.array(found, dtype=np.int64)

    def before(self, others: "RankKeys") -> Bools:
        """Whether each of these keys comes before the one beside it."""
        weak: Bools = (self.first == others.first) & (self.second < others.second)
        return weak | (self.first < others.first)

    def same(self, others: "RankKeys") -> Bools:
        """Whether each of these keys equals the one beside it."""
        same: Bools = (self.first == others.first) & (self.second == others.second)
        return same


@dataclass(frozen=True)
class StoredOrder:
    """An order of which all ranks are known: the keys of a risk are made when it is asked for."""

    count: int  # risks in it
    keys_at: Callable[[Ints], RankKeys]  # of the risks at these positions, 0 first

    def moved(self, gone: Ints, new: RankKeys) -> tuple[Ints, Ints]:
        """The order once some risks have left it and others have come.

        Args:
            gone: positions of those that leave, each once.
            new: those that come, in any order; one that moves both leaves and comes.

        Returns:
            By what the rank of the risk at each position moves, which means nothing for those
            that left; and the rank of each that came, 1 first.
        """
        at = self._positions(new)
        step = np.bincount(at, minlength=self.count + 1)
        step[gone] -= 1
        left, order = np.sort(gone), new.order
        ranks = np.empty(len(new), dtype=np.int64)
        ranks[order] = np.arange(1, len(new) + 1)
        return np.cumsum(step[:-1]), ranks + at - np.searchsorted(left, at)

    def _positions(self, asked: RankKeys) -> Ints:
        """Number of risks of the order before each of those."""
        low = np.zeros(len(asked), dtype=np.int64)
        high = np.full(len(asked), self.count, dtype=np.int64)
        for _ in range(self.count.bit_length()):
            middle = (low + high) // 2
            there = self.keys_at(np.minimum(middle, self.count - 1))
            comes = there.before(asked) & (low < high)
            low, high = np.where(comes, middle + 1, low), np.where(comes, high, middle)
        return low


def packed(*parts: tuple[Bools | Ints, int]) -> Keys:
    """Whole numbers side by side in one, the strongest first; with each how many bits it has."""
    key = np.zeros(len(parts[0][0]), dtype=np.uint64)
    for values, bits in parts:
        numbers = values.astype(np.int64)
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < 2**bits:
            raise ValueError("A number of the salience order is outside the method's range.")
        key = (key << np.uint64(bits)) | numbers.astype(np.uint64)
    return key
