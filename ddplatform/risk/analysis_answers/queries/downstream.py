"""Downstream reach of one node, and shortages if it stops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ddplatform.risk.analysis_answers.queries.flow_kinds import FlowKind, kind_out_of, spots_of
from ddplatform.risk.analysis_answers.queries.questions import NAMED
from ddplatform.value_chain.graph.queries.study import Spot, Study
from supply_chain.analysis.reach import Reach, Stop, reach_of, stop_of

OTHERS_NAMED = 3


@dataclass(frozen=True)
class ReachFound:
    """The own operations and goods that a node reaches."""

    core: Reach
    flows: FlowKind
    spots: Mapping[int, Spot]
    commodities: Sequence[str | None]
    """The goods by the position that the core gives them."""


@dataclass(frozen=True)
class StopFound:
    """Shortages if a node stops, and buyers with another source."""

    core: Stop
    flows: FlowKind
    spots: Mapping[int, Spot]
    """Of the other sources of a buyer the first `OTHERS_NAMED`."""
    cut_off: Sequence[Spot]
    """Known nodes with no other way to the business; not all of them."""
    cut_off_count: int


def find_reach(study: Study, row: int, *, most: int = NAMED) -> ReachFound:
    """The own operations and goods that a node reaches."""
    found = reach_of(study.flow, study.start, row, most=most)
    ends = [*(one.row for one in found.touched), *(one.row for one in found.goods)]
    on_ways = [at for one in found.touched if one.way for at in one.way.rows]
    spots = spots_of(study, [row, *ends, *on_ways])
    return ReachFound(found, kind_out_of(study, row), spots, study.flow.commodities)


def find_stop(study: Study, row: int, *, most: int = NAMED) -> StopFound:
    """Shortages if a node stops, and buyers with another source."""
    found = stop_of(study.flow, study.start, row, most=most)
    others = [at for one in found.affected for at in one.others[:OTHERS_NAMED]]
    cut_off = study.tree.only_through(row)
    known = cut_off[~study.flow.unknown[cut_off]].tolist()
    return StopFound(
        found,
        kind_out_of(study, row),
        spots_of(study, [row, *(one.row for one in found.affected), *others]),
        [study.spot(at) for at in known[:most]],
        len(known),
    )
