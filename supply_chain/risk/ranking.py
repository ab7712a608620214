"""The salience order of a whole map, in which few risks can be moved without sorting again.

All keys of section 12 of RM-1.0 stand in two numbers a risk, so that the order is two sorted
columns: a rank is found by halving. What moved lies beside them as a few lines. Where all ranks
are known already, `KeptOrder` moves few risks without the columns.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.factors import rounded
from supply_chain.risk.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.salience import Risks
from supply_chain.risk.scoring import SEVERITY_BANDS, severity_band

Keys = NDArray[np.uint64]

STEPS = 10**METHOD.policy.decimals
NODE_BITS, ISSUE_BITS, INVOLVEMENT_BITS = 32, 4, 2
UNIT_BITS = 20  # a number from 0 to 1 in steps of the comparison
SCOPE_BITS = 23  # from 0 to 5


@dataclass(frozen=True)
class RankKeys:
    """Two numbers a risk; the lower pair comes first."""

    first: Keys  # emergency, severity band, delay, residual likelihood, scope
    second: Keys  # confidence, involvement, node, issue

    def __len__(self) -> int:
        return len(self.first)

    @classmethod
    def of(cls, risks: Risks) -> "RankKeys":
        """The keys of some risks.

        Raises:
            ValueError: a number is outside what the method allows, or a place of a node is.
        """
        bands = len(SEVERITY_BANDS) - severity_band(risks.severity)
        return cls(
            first=_packed(
                (~risks.emergency, 1),
                (bands, 3),
                (~risks.delay, 1),
                (STEPS - _steps(risks.residual), UNIT_BITS),
                (5 * STEPS - _steps(risks.scope), SCOPE_BITS),
            ),
            second=_packed(
                (_steps(risks.confidence), UNIT_BITS),
                (risks.involvement, INVOLVEMENT_BITS),
                (risks.node, NODE_BITS),
                (risks.issue, ISSUE_BITS),
            ),
        )

    def take(self, at: Ints) -> "RankKeys":
        """The keys at some positions."""
        return RankKeys(self.first[at], self.second[at])

    @property
    def order(self) -> Ints:
        """The positions of the keys, the first risk first."""
        return np.lexsort((self.second, self.first))

    def sorted(self) -> "RankKeys":
        """The same keys, the first risk first."""
        return self.take(self.order)

    def positions(self, asked: "RankKeys") -> Ints:
        """How many of these keys, which are sorted, come before each of those."""
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

    def has(self, asked: "RankKeys", positions: Ints) -> Bools:
        """Whether each of those keys stands at its position."""
        there: Bools = positions < len(self)
        at = np.where(there, positions, 0)
        if len(self):
            there &= (self.first[at] == asked.first) & (self.second[at] == asked.second)
        return there


@dataclass(frozen=True)
class Ranking:
    """Risks in salience order: a sorted base, what left it, and what came."""

    base: RankKeys  # sorted; may be mapped from a file
    gone: Ints  # positions in `base` that do not count any more, rising
    new: RankKeys  # sorted

    @classmethod
    def of(cls, risks: Risks) -> "Ranking":
        """The order of all risks of a map."""
        return cls.mapped(RankKeys.of(risks).sorted())

    @classmethod
    def mapped(cls, base: RankKeys) -> "Ranking":
        """The order that sorted keys give."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(base, nothing, base.take(nothing))

    def __len__(self) -> int:
        return len(self.base) - len(self.gone) + len(self.new)

    def moved(self, before: Risks, after: Risks) -> "Ranking":
        """The order after some risks changed.

        Args:
            before: the risks as they are in the order now.
            after: as they are from now on; more or fewer where nodes open or close.

        Raises:
            ValueError: a risk of `before` is not in the order.
        """
        old, added = RankKeys.of(before), RankKeys.of(after)
        in_base = self.base.positions(old)
        is_base = self.base.has(old, in_base) & ~np.isin(in_base, self.gone)
        rest = old.take(np.flatnonzero(~is_base))
        in_new = self.new.positions(rest)
        if not self.new.has(rest, in_new).all():
            raise ValueError("A risk that should move is not in the order as it was given.")
        stay = self.new.take(np.setdiff1d(np.arange(len(self.new)), in_new))
        joined = RankKeys(
            np.concatenate([stay.first, added.first]), np.concatenate([stay.second, added.second])
        )
        gone = np.union1d(self.gone, in_base[is_base])
        return replace(self, gone=gone, new=joined.sorted())

    def ranks(self, risks: Risks) -> Ints:
        """The rank of each risk as it is in the order, 1 first."""
        keys = RankKeys.of(risks)
        at = self.base.positions(keys)
        return at - np.searchsorted(self.gone, at) + self.new.positions(keys) + 1

    def page(self, start: int, stop: int) -> tuple[Ints, Ints]:
        """Node and issue of the risks with the ranks `start + 1` to `stop`, as in `Risks`."""
        index = np.arange(start, min(stop, len(self)))
        before = self.base.positions(self.new)
        place = before - np.searchsorted(self.gone, before) + np.arange(len(self.new))
        newer = np.searchsorted(place, index)
        is_new = np.isin(index, place)
        live = index - newer  # counted among those of the base that are not gone
        shift = self.gone - np.arange(len(self.gone))
        at = live + np.searchsorted(shift, live, side="right")
        key = np.empty(len(index), dtype=np.uint64)
        key[~is_new] = self.base.second[at[~is_new]]
        key[is_new] = self.new.second[newer[is_new]]
        issue = key & np.uint64(2**ISSUE_BITS - 1)
        node = (key >> np.uint64(ISSUE_BITS)) & np.uint64(2**NODE_BITS - 1)
        return node.astype(np.int64), issue.astype(np.int64)


@dataclass(frozen=True)
class KeptOrder:
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
        """How many risks of the order come before each of those."""
        low = np.zeros(len(asked), dtype=np.int64)
        high = np.full(len(asked), self.count, dtype=np.int64)
        for _ in range(self.count.bit_length()):
            middle = (low + high) // 2
            there = self.keys_at(np.minimum(middle, self.count - 1))
            comes = there.before(asked) & (low < high)
            low, high = np.where(comes, middle + 1, low), np.where(comes, high, middle)
        return low


def _steps(values: Floats) -> Ints:
    steps: Ints = np.rint(rounded(values) * STEPS).astype(np.int64)
    return steps


def _packed(*parts: tuple[Bools | Ints, int]) -> Keys:
    """Whole numbers side by side in one, the strongest first; with each how many bits it has."""
    key = np.zeros(len(parts[0][0]), dtype=np.uint64)
    for values, bits in parts:
        numbers = values.astype(np.int64)
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < 2**bits:
            raise ValueError("A number of the salience order is outside the method's range.")
        key = (key << np.uint64(bits)) | numbers.astype(np.uint64)
    return key
