"""Shape of a map: choke points, dependence, cycles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ddplatform.risk.analysis_answers.queries.flow_kinds import FlowKind, kind_into, spots_of
from ddplatform.risk.analysis_answers.queries.questions import NAMED
from ddplatform.value_chain.graph.queries.study import Spot, Study
from supply_chain.analysis.choke_points import ChokePoints, choke_points
from supply_chain.analysis.circles import Circles, circles_of
from supply_chain.analysis.dependence import Concentration, concentration, where_it_ends


@dataclass(frozen=True)
class ChokePointsFound:
    """Nodes that others, or much of the volume, cannot go round."""

    core: ChokePoints
    flows: FlowKind
    spots: Mapping[int, Spot]


@dataclass(frozen=True)
class Shares:
    """Shares of one whole, with what each portion is: a node, a country, a region, a good."""

    core: Concentration
    names: Sequence[Spot | str]


@dataclass(frozen=True)
class DependenceFound:
    """The dependence on few suppliers, countries, regions, goods."""

    about: Spot | None
    flows: FlowKind
    suppliers: Shares
    origins: Shares
    countries: Shares
    regions: Shares
    goods: Shares


@dataclass(frozen=True)
class CirclesFound:
    """Nodes that through others buy from themselves."""

    core: Circles
    flows: FlowKind
    spots: Mapping[int, Spot]


def find_choke_points(study: Study, *, most: int = NAMED) -> ChokePointsFound:
    """Nodes that others, or much of the volume, cannot go round."""
    found = choke_points(study.flow, study.tree, study.start, most=most)
    rows = [one.row for one in (*found.by_nodes, *found.by_volume)]
    return ChokePointsFound(found, kind_into(study, study.arrival), spots_of(study, rows))


def find_dependence(study: Study, row: int | None, *, most: int = NAMED) -> DependenceFound:
    """The dependence on few (Herfindahl, largest share); `row` None: of the whole business."""
    flow, arrival = study.flow, study.arrival_at(row)
    ends, every = where_it_ends(flow, arrival), np.arange(len(flow))
    suppliers = concentration(arrival.nodes, every, flow.unknown, most=most)
    origins = concentration(ends, every, flow.unknown, most=most)
    of_country, countries = study.countries
    of_region, regions = study.regions
    goods = concentration(
        arrival.links,
        flow.link_commodity - (None in flow.commodities),  # what names no good becomes -1
        np.zeros(len(flow.graph.links), dtype=np.bool_),
        most=most,
    )
    stated = [ref for ref in flow.commodities if ref is not None]
    return DependenceFound(
        None if row is None else study.spot(row),
        kind_into(study, arrival),
        _of_nodes(study, suppliers),
        _of_nodes(study, origins),
        _named(concentration(ends, of_country, flow.unknown, most=most), countries),
        _named(concentration(ends, of_region, flow.unknown, most=most), regions),
        _named(goods, stated),
    )


def _of_nodes(study: Study, found: Concentration) -> Shares:
    return Shares(found, [study.spot(portion.label) for portion in found.portions])


def _named(found: Concentration, names: Sequence[str]) -> Shares:
    return Shares(found, [names[portion.label] for portion in found.portions])


def find_circles(study: Study, *, most: int = NAMED) -> CirclesFound:
    """Nodes that through others buy from themselves."""
    found = circles_of(study.flow, study.start, most=most)
    rows = [*found.to_itself, *(row for one in found.circles for row in one.example)]
    return CirclesFound(found, kind_into(study, study.arrival), spots_of(study, rows))
