"""Unmapped input becomes visible: suppliers of unknown origin (RM-2.0 section 11.4).

Their likelihood comes from outside, by the commodity of the missing flow (section 5.4).
"""

from dataclasses import dataclass

import numpy as np

from supply_chain.chain_columns import FLOWS
from supply_chain.risk.method import Bools, Floats, Ints
from supply_chain.risk.rm2.chain_parameters import as_compared
from supply_chain.risk.rm2.shares import Links
from supply_chain.vocabulary import FlowEvidence


@dataclass(frozen=True)
class Ghosts:
    """The suppliers of unknown origin, one a buyer, in the order of the buyers."""

    buyer: Ints  # row of the buyer
    share: Floats  # rest of the buyer's input, above 0 to 1; NaN: one more of unknown share

    def __len__(self) -> int:
        return len(self.buyer)


def missing_origins(count: int, links: Links, *, is_origin: Bools, has_none: Bools) -> Ghosts:
    """Which nodes get a supplier of unknown origin, and with what share.

    A node whose known shares leave a rest gets one with that rest; beside suppliers of unknown
    share it is one more of them. A node without suppliers gets one with share 1, unless the chain
    begins there.

    Args:
        count: number of nodes.
        is_origin: (nodes,) primary production, or a service without physical input.
        has_none: (nodes,) ghosts and nodes that are confirmed closed.
    """
    is_real = links.buyer != links.supplier
    buyer, share = links.buyer[is_real], links.share[is_real]
    is_unknown = np.isnan(share)
    known = np.bincount(buyer, np.where(is_unknown, 0.0, share), minlength=count)
    is_linked = np.bincount(buyer, minlength=count) > 0
    has_unknown = np.bincount(buyer, is_unknown, minlength=count) > 0
    rest: Floats = (1 - known).astype(np.float64)
    gets_one = np.where(is_linked, as_compared(rest) > 0, ~is_origin) & ~has_none
    rows = np.flatnonzero(gets_one)
    return Ghosts(rows, np.where(has_unknown, np.nan, rest)[rows])


def with_ghosts(links: Links, ghosts: Ghosts, first: int, origin: Ints) -> Links:
    """The links, then one to each supplier of unknown origin, with the flow unmapped.

    Args:
        first: row of the first ghost; the others follow it.
        origin: (ghosts,) row of U of the missing flow, as in `Links`.
    """
    unmapped = np.full(len(ghosts), FLOWS.index(FlowEvidence.UNMAPPED), dtype=np.int8)
    return Links(
        buyer=np.append(links.buyer, ghosts.buyer),
        supplier=np.append(links.supplier, first + np.arange(len(ghosts))),
        share=np.append(links.share, ghosts.share),
        evidence=np.append(links.evidence, unmapped),
        origin=np.append(links.origin, origin),
    )
