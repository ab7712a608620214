"""Terms of many buyers folded into one row a buyer, level by level (RM-2.0 11.3, 11.5)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supply_chain.risk.method import Floats, Ints
from supply_chain.risk.plan import Places
from supply_chain.risk.propagation import MANY_TERMS, WIDE, runs


@dataclass(frozen=True)
class Groups:
    """Links grouped by buyer, within a level the buyers with most links first."""

    buyer: Ints  # (groups,) place of the buyer
    starts: Ints  # (groups + 1,) first link of each group
    source: Places  # (links,) row that the link reads
    supplier: Places  # (links,) place of the supplier
    level_starts: Ints  # (levels + 1,) first group of each level


def group_links(buyer: Ints, source: Places, supplier: Places, level_nodes: Ints) -> Groups:
    """Groups of links that are sorted by the place of the buyer.

    Args:
        level_nodes: (levels + 1,) first place of each level.
    """
    first = np.flatnonzero(np.diff(buyer, prepend=-1))
    sizes = np.diff(first, append=len(buyer))
    buyers = buyer[first]
    level = np.searchsorted(level_nodes, buyers, side="right") - 1
    order = np.lexsort((-sizes, level))
    sizes = sizes[order]
    starts = np.append(0, np.cumsum(sizes))
    link = np.repeat(first[order] - starts[:-1], sizes) + np.arange(len(buyer))
    return Groups(
        buyer=buyers[order],
        starts=starts,
        source=source[link],
        supplier=supplier[link],
        level_starts=np.searchsorted(level[order], np.arange(len(level_nodes))),
    )


def folded(
    groups: Groups, level: int, function: np.ufunc, values: Floats, rows: NDArray[np.int32]
) -> Iterator[tuple[Ints, Floats]]:
    """Buyers of a level in parts, each with the terms of its links folded.

    Folding the first links of all buyers with their second, then with their third, is several
    times as fast as buyer by buyer, where there are many columns and few links a buyer.

    Args:
        function: how two terms are joined, `np.multiply` for example.
        values: (k, issues) the terms.
        rows: (links,) row of `values` that each link reads, `groups.source` or `groups.supplier`.
    """
    first, stop = (int(at) for at in groups.level_starts[level : level + 2])
    width = values.shape[1]
    sizes = np.diff(groups.starts[first : stop + 1])
    large = int(np.searchsorted(-sizes, -MANY_TERMS)) if width >= WIDE else len(sizes)
    for run in runs(slice(first, first + large), width * 4):
        begin = groups.starts[run.start : run.stop + 1]
        terms = np.take(values, rows[begin[0] : begin[-1]], axis=0)
        yield groups.buyer[run], function.reduceat(terms, begin[:-1] - begin[0], axis=0)
    for run in runs(slice(first + large, stop), width):
        begin = groups.starts[run.start : run.stop]
        part = sizes[run.start - first : run.stop - first]
        yield groups.buyer[run], _step_by_step(begin, part, function, values, rows)


def _step_by_step(
    begin: Ints, sizes: Ints, function: np.ufunc, values: Floats, rows: NDArray[np.int32]
) -> Floats:
    """Terms of some buyers folded; `sizes`, the number of their links, falls."""
    result = np.take(values, rows[begin], axis=0)
    with_more = np.searchsorted(-sizes, -np.arange(1, sizes[0]), side="left")
    for step, count in enumerate(with_more.tolist(), start=1):
        part = result[:count]
        function(part, np.take(values, rows[begin[:count] + step], axis=0), out=part)
    return result
