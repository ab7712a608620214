"""Flows from upstream: their unknown part, and their goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ddplatform.risk.analysis_answers.queries.flow_kinds import FlowKind, kind_into, spots_of
from ddplatform.risk.analysis_answers.queries.questions import NAMED
from ddplatform.value_chain.graph.queries.study import Spot, Study
from supply_chain.analysis.blind_spots import BlindSpots, blind_spots
from supply_chain.analysis.products import ProductFlow, product_flows


@dataclass(frozen=True)
class BlindSpotsFound:
    """The part of the volume that ends in unknown origin, tier by tier (RM-1.0 11.3)."""

    about: Spot | None
    core: BlindSpots
    flows: FlowKind
    spots: Mapping[int, Spot]


@dataclass(frozen=True)
class ProductsFound:
    """The goods that flow, with the unknown part of each."""

    about: Spot | None
    core: Sequence[ProductFlow]
    flows: FlowKind
    commodities: Sequence[str | None]
    """The goods by the position that the core gives them."""


def find_blind_spots(study: Study, row: int | None, *, most: int = NAMED) -> BlindSpotsFound:
    """The part of the volume that ends in unknown origin; `row` None: of the whole business."""
    arrival = study.arrival_at(row)
    found = blind_spots(study.flow, arrival, most=most)
    return BlindSpotsFound(
        None if row is None else study.spot(row),
        found,
        kind_into(study, arrival),
        spots_of(study, (at for gap in found.gaps for at in (gap.buyer, gap.row))),
    )


def find_products(study: Study, row: int | None) -> ProductsFound:
    """The goods that flow to a node; `row` None: to the whole business."""
    arrival = study.arrival_at(row)
    return ProductsFound(
        None if row is None else study.spot(row),
        product_flows(study.flow, arrival),
        kind_into(study, arrival),
        study.flow.commodities,
    )
