"""Register changes: differences of an incremental run from the whole run on which it is based.

All risks of the changed nodes leave the salience order and are inserted again at their new ranks.
The others keep their order, so that their ranks are those of the whole run, shifted by the removals
and insertions before them: a few lines represent the ranks of a whole map. The lines of a run
continue those of the run before on the same whole run.
"""

import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.method import Bools, Ints
from supply_chain.risk.moved_nodes import MovedNodes
from supply_chain.risk.ranking import Keys, RankKeys
from supply_chain.risk.register import ISSUES, Register, without_ranges

_RISKS = (
    *("place", "issue", "severity_band", "residual_band", "heat_cell", "insufficient"),
    *("grade", "index", "highest", "urgency"),
)
STEP = 1 << 20
"""Between two ranks of a whole run there is room for this many risks that come in."""
FAST = 1  # deflating harder takes longer and saves little
BY_REGISTER = 0
"""Stored as the rank of an inserted risk: its actual rank is in the lines, in each run anew."""


@dataclass(frozen=True)
class CameIn:
    """Risks that came in, in salience order."""

    at: Ints  # of each: how many of the whole run come before it
    place: NDArray[np.int32]  # as in `Register`
    issue: NDArray[np.int8]
    severity_band: NDArray[np.int8]
    residual_band: NDArray[np.int8]
    heat_cell: NDArray[np.int8]
    insufficient: NDArray[np.bool_]
    grade: NDArray[np.int8]
    index: NDArray[np.uint32]
    highest: NDArray[np.uint32]
    urgency: NDArray[np.int8]
    first: Keys  # as in `RankKeys`
    second: Keys

    def take(self, at: Ints | Bools) -> "CameIn":
        """Some of them."""
        return CameIn(**{name: values[at] for name, values in vars_of(self).items()})

    @cached_property
    def orders(self) -> Ints:
        """Numbers that put them between those of the whole run (`order_of`)."""
        first = np.searchsorted(self.at, self.at)
        return np.asarray(self.at * STEP + np.arange(1, len(self.at) + 1) - first, dtype=np.int64)

    @property
    def pair(self) -> Ints:
        """A number of each pair of place and issue."""
        return pair_of(self.place.astype(np.int64), self.issue)

    @classmethod
    def joined(cls, some: "CameIn", others: "CameIn") -> "CameIn":
        """Both together, in order."""
        both = cls(
            **{
                name: np.concatenate([values, getattr(others, name)])
                for name, values in vars_of(some).items()
            }
        )
        return both.take(RankKeys(both.first, both.second).order)


@dataclass(frozen=True)
class RegisterChanges:
    """Positions are salience ranks of the whole run less one."""

    fresh: Ints  # places of the nodes that were scored anew since; rising, as all places here
    gone: Ints  # positions that do not count any more, rising
    came: CameIn
    changed: Ints  # places of which any score differs from the whole run, or did in between
    highest_index: NDArray[np.float64]  # of these
    moved: MovedNodes  # of `fresh`, those whose own facts are others, or were in between

    @classmethod
    def none(cls) -> "RegisterChanges":
        """Empty changes, those of a whole run."""
        no, number = np.zeros(0, dtype=np.int64), np.zeros(0)
        keys = np.zeros(0, dtype=np.uint64)
        small = np.zeros(0, dtype=np.int8)
        came = CameIn(
            at=no,
            place=np.zeros(0, dtype=np.int32),
            issue=small,
            severity_band=small,
            residual_band=small,
            heat_cell=small,
            insufficient=np.zeros(0, dtype=np.bool_),
            **without_ranges(0),
            first=keys,
            second=keys,
        )
        return cls(no, no, came, no, number, MovedNodes.none())

    def ranks(self, before: Ints) -> Ints:
        """The ranks, 1 first, of risks that stayed, from those in the whole run."""
        position = before - 1
        left = np.searchsorted(self.gone, position)
        came = np.searchsorted(self.came.at, position, side="right")
        return np.asarray(before - left + came, dtype=np.int64)

    @cached_property
    def new_ranks(self) -> Ints:
        """The ranks of the risks that came in."""
        stay = self.came.at - np.searchsorted(self.gone, self.came.at)
        return np.asarray(stay + np.arange(1, len(stay) + 1), dtype=np.int64)

    def ranks_of(self, places: Ints, kept: Ints) -> Ints:
        """The ranks of all risks of some places; -1 not scored.

        Args:
            kept: (places, 16) as they are kept: of a risk that stayed that in the whole run.
        """
        ranks = np.where(kept > 0, self.ranks(kept), -1)
        row, issue, at = self._which_came(places, kept)
        ranks[row, issue] = self.new_ranks[at]
        return ranks

    def orders_of(self, places: Ints, kept: Ints) -> Ints:
        """The same as numbers that put all risks in order."""
        orders = np.where(kept > 0, order_of(kept.astype(np.int64)), -1)
        row, issue, at = self._which_came(places, kept)
        orders[row, issue] = self.came.orders[at]
        return orders

    def _which_came(self, places: Ints, kept: Ints) -> tuple[Ints, Ints, Ints]:
        """Row and issue of the inserted pairs, and their positions among these."""
        if not len(self._by_pair):
            return (np.zeros(0, dtype=np.int64),) * 3
        pairs = pair_of(places[:, None], np.arange(len(ISSUES)))
        rising = self.came.pair[self._by_pair]
        at = np.minimum(np.searchsorted(rising, pairs), len(rising) - 1)
        row, issue = np.nonzero((rising[at] == pairs) & (kept >= 0))
        return row, issue, self._by_pair[at[row, issue]]

    @cached_property
    def _by_pair(self) -> Ints:
        return np.argsort(self.came.pair)

    def applied(self, base: Register) -> "MovedRegister":
        """The register of this run."""
        return MovedRegister(base, self)

    def pack(self) -> bytes:
        """All columns as bytes."""
        stream = io.BytesIO()
        for values in self._columns():
            np.save(stream, values, allow_pickle=False)
        return zlib.compress(stream.getvalue(), FAST)

    def _columns(self) -> Iterator[NDArray[np.generic]]:
        for name, values in vars_of(self).items():
            yield from vars_of(values).values() if name in _PARTS else [values]

    @classmethod
    def unpack(cls, content: bytes) -> "RegisterChanges":
        """The columns of bytes that `pack` made."""
        stream = io.BytesIO(zlib.decompress(content))

        def read(kind: type[Any]) -> Any:
            return kind(
                **{
                    one.name: read(_PARTS[one.name])
                    if kind is cls and one.name in _PARTS
                    else np.load(stream, allow_pickle=False)
                    for one in fields(kind)
                }
            )

        changes: RegisterChanges = read(cls)
        return changes


_PARTS: Final[Mapping[str, type[Any]]] = {
    "came": CameIn,
    "moved": MovedNodes,
}


def vars_of(columns: Any) -> dict[str, Any]:
    """The columns of a dataclass by name, without those calculated from them."""
    return {one.name: getattr(columns, one.name) for one in fields(columns)}


class MovedRegister(Register):
    """The register of a run that rests on another; a page of it is found without its columns."""

    _base: Register
    _changes: RegisterChanges

    def __init__(self, base: Register, changes: RegisterChanges) -> None:
        """Take the register of the whole run, and what the run says other than that."""
        vars(self).update(_base=base, _changes=changes)  # a register is frozen
        vars(self).update(tier=base.tier, key=base.key)
        vars(self).update(country=changes.moved.countries(base.country))

    def __getattr__(self, name: str) -> Any:
        """A column, calculated on first access."""
        if name not in (*_RISKS, "highest_index"):
            raise AttributeError(name)
        made = self._index() if name == "highest_index" else self._column(name)
        vars(self)[name] = made
        return made

    def __len__(self) -> int:
        changes = self._changes
        return len(self._base) - len(changes.gone) + len(changes.came.at)

    @cached_property
    def stands(self) -> Bools:
        """As in every register."""
        stands = self._base.stands.copy()
        stands[self._changes.fresh] = False
        stands[self._changes.came.place] = True
        return stands

    def pairs_at(self, positions: Ints) -> tuple[list[int], list[int]]:
        """As in every register."""
        changes, asked = self._changes, np.asarray(positions, dtype=np.int64)
        ours = changes.new_ranks - 1
        before = np.searchsorted(ours, asked)
        is_new = np.isin(asked, ours)
        live = asked - before  # counted among those of the whole run that are not gone
        shift = changes.gone - np.arange(len(changes.gone))
        at = live + np.searchsorted(shift, live, side="right")
        place, issue = np.empty(len(asked), dtype=np.int64), np.empty(len(asked), dtype=np.int64)
        for column, name in ((place, "place"), (issue, "issue")):
            column[~is_new] = getattr(self._base, name)[at[~is_new]]
            column[is_new] = getattr(changes.came, name)[before[is_new]]
        return place.tolist(), issue.tolist()

    def _column(self, name: str) -> NDArray[np.generic]:
        changes = self._changes
        into = changes.came.at - np.searchsorted(changes.gone, changes.came.at)
        stay = np.delete(getattr(self._base, name), changes.gone)
        return np.insert(stay, into, getattr(changes.came, name))

    def _index(self) -> NDArray[np.float64]:
        index = self._base.highest_index.copy()
        index[self._changes.changed] = self._changes.highest_index
        return index


def order_of(ranks: Ints) -> Ints:
    """Numbers that put the risks of a whole run in order, with room between two of them."""
    return ranks * STEP


def pair_of(place: Ints, issue: Ints | NDArray[np.int8]) -> Ints:
    """A number of each pair of place and issue, rising by place."""
    return np.asarray(place * len(ISSUES) + issue, dtype=np.int64)
