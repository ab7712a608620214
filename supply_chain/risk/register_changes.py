"""What a run of changed nodes says other than the whole run that it rests on.

All risks of the changed nodes leave the salience order and come in again where they belong. The
others keep their order, so that their ranks are those of the whole run, moved by what left and
what came before them: a few lines stand for the ranks of a whole map.
"""

import io
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.method import Ints
from supply_chain.risk.register import Register

_RISKS = ("place", "issue", "severity_band", "residual_band", "heat_cell", "insufficient")
STEP = 1 << 20
"""Between two ranks of a whole run there is room for this many risks that come in."""


@dataclass(frozen=True)
class RegisterChanges:
    """Positions are salience ranks of the whole run less one; what came in stands in order."""

    touched: Ints  # places of the nodes of which something new is known since the whole run
    gone: Ints  # positions that do not count any more, rising
    at: Ints  # of each risk that came in: how many of the whole run come before it
    place: NDArray[np.int32]  # as in `Register`, of the risks that came in
    issue: NDArray[np.int8]
    severity_band: NDArray[np.int8]
    residual_band: NDArray[np.int8]
    heat_cell: NDArray[np.int8]
    insufficient: NDArray[np.bool_]
    changed: Ints  # places of which the highest index may be another
    highest_index: NDArray[np.float64]  # of these

    def ranks(self, before: Ints) -> Ints:
        """The ranks, 1 first, of risks that stayed, from those in the whole run."""
        position = before - 1
        left = np.searchsorted(self.gone, position)
        came = np.searchsorted(self.at, position, side="right")
        return np.asarray(before - left + came, dtype=np.int64)

    def new_ranks(self) -> Ints:
        """The ranks of the risks that came in."""
        stay = self.at - np.searchsorted(self.gone, self.at)
        return np.asarray(stay + np.arange(1, len(self.at) + 1), dtype=np.int64)

    def orders(self) -> Ints:
        """Numbers that put the risks that came in between those of the whole run (`order_of`)."""
        first = np.searchsorted(self.at, self.at)
        return np.asarray(self.at * STEP + np.arange(1, len(self.at) + 1) - first, dtype=np.int64)

    def applied(self, base: Register) -> Register:
        """The register of this run."""
        into = self.at - np.searchsorted(self.gone, self.at)
        risks = {
            name: np.insert(np.delete(getattr(base, name), self.gone), into, getattr(self, name))
            for name in _RISKS
        }
        index = base.highest_index.copy()
        index[self.changed] = self.highest_index
        return replace(base, **risks, highest_index=index)

    def pack(self) -> bytes:
        """The columns as an .npz file."""
        stream = io.BytesIO()
        np.savez_compressed(stream, **{one.name: getattr(self, one.name) for one in fields(self)})
        return stream.getvalue()

    @classmethod
    def unpack(cls, content: bytes) -> "RegisterChanges":
        """The columns of an .npz file that `pack` made."""
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            return cls(**{one.name: kept[one.name] for one in fields(cls)})


def order_of(ranks: Ints) -> Ints:
    """Numbers that put the risks of a whole run in order, with room between two of them."""
    return ranks * STEP
