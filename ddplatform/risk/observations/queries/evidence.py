"""Observations that people entered about the places of a map, as the risk method reads them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.together import Question, Rows
from ddplatform.risk.observations.models import PlaceObservation
from ddplatform.value_chain.history.queries.on_day import MapOnDay
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.reference.regions import region_key
from supply_chain.risk.context import age_in_months

_COLUMNS = (
    PlaceObservation.factor,
    PlaceObservation.value,
    PlaceObservation.source_type,
    PlaceObservation.source,
    PlaceObservation.observed_on,
)


def _stood(known: MapOnDay) -> tuple[ColumnElement[bool], ...]:
    """The condition for observations entered and not withdrawn by the end of the day."""
    withdrawn = PlaceObservation.withdrawn_at
    return (
        PlaceObservation.created_at < known.end,
        or_(withdrawn.is_(None), withdrawn >= known.end),
    )


def select_place_observations(known: MapOnDay) -> Mapping[str, Question[Rows]]:
    """Asks for observations of sites and of whole regions on a day, and the sites in these.

    A node counts by its current region: a node that was added to it later is included.
    """
    is_regional = PlaceObservation.region_key.is_not(None)
    of_sites = select(PlaceObservation.node_id, *_COLUMNS).where(*_stood(known), ~is_regional)
    of_regions = select(PlaceObservation.country, PlaceObservation.region_key, *_COLUMNS)
    sites = select(
        ValueChainNode.id.label("node_id"), ValueChainNode.country, ValueChainNode.region
    ).where(
        ValueChainNode.region.is_not(None),
        ValueChainNode.country.in_(select(PlaceObservation.country).where(is_regional)),
    )
    order = (PlaceObservation.node_id, PlaceObservation.id)
    return {
        "observations": known.about(of_sites, PlaceObservation.node_id, *order),
        "regional": Question(
            (of_regions.where(*_stood(known), is_regional),), list, (PlaceObservation.id,)
        ),
        "regions": known.among(sites, ValueChainNode.id, ValueChainNode.id),
    }


def place_observations(
    known: MapOnDay, found: Mapping[str, Rows]
) -> list[tuple[int, str, float | None, str, float, float | None, int | None]]:
    """The same as rows of `observations_from`.

    A source is who looked, by name and kind: of one factor at one place only its newest word
    counts (RM-2.0 3.3).

    Args:
        found: the answers to `select_place_observations`.
    """
    of_sites = ((row.node_id, row) for row in found["observations"])
    sources: dict[tuple[str, str], int] = {}
    return [
        (
            known.rows[node_id],
            row.factor,
            row.value,
            row.source_type,
            max(0.0, age_in_months(row.observed_on, known.as_of)),
            None,
            sources.setdefault((row.source_type, row.source.casefold()), len(sources)),
        )
        for node_id, row in (*of_sites, *_of_regions(found["regional"], found["regions"]))
    ]


def _of_regions(regional: Rows, sites: Rows) -> Iterator[tuple[UUID, Any]]:
    """Each node in a region with an observation of all its sites, and the observation."""
    told: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in regional:
        told[row.country, row.region_key].append(row)
    for site in sites if told else ():
        for row in told.get((site.country, region_key(site.region)), ()):
            yield site.node_id, row


def sites_of_region(country: str, key: str) -> Sequence[tuple[UUID, UUID]]:
    """(node, map) of all sites in a region that are not archived, over all maps.

    Args:
        key: what all spellings of the region share (`supply_chain.reference.regions.region_key`).
    """
    statement = select(ValueChainNode.id, ValueChainNode.chain_id, ValueChainNode.region).where(
        ValueChainNode.country == country,
        ValueChainNode.region.is_not(None),
        ValueChainNode.archived_at.is_(None),
    )
    found = db.session.execute(statement.order_by(ValueChainNode.id))
    return [(row.id, row.chain_id) for row in found if region_key(row.region) == key]


def get_observation(observation_id: UUID) -> PlaceObservation:
    """One observation.

    Raises:
        NotFound: there is none with this id.
    """
    return get_one(select(PlaceObservation).where(PlaceObservation.id == observation_id))
