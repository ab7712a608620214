"""Observations that people entered about the places of a map, as the risk method reads them."""

from uuid import UUID

from sqlalchemy import or_, select

from ddplatform.models.risk_observations import PlaceObservation
from ddplatform.queries.map_on_day import MapOnDay
from ddplatform.queries.one_row import get_one
from ddplatform.queries.together import Question, Rows
from supply_chain.risk.context import age_in_months


def select_place_observations(known: MapOnDay) -> Question[Rows]:
    """Asks for what stood on a day."""
    return known.about(
        select(
            PlaceObservation.node_id,
            PlaceObservation.factor,
            PlaceObservation.value,
            PlaceObservation.source_type,
            PlaceObservation.source,
            PlaceObservation.observed_on,
        ).where(
            PlaceObservation.created_at < known.end,
            or_(
                PlaceObservation.withdrawn_at.is_(None),
                PlaceObservation.withdrawn_at >= known.end,
            ),
        ),
        PlaceObservation.node_id,
        *(PlaceObservation.node_id, PlaceObservation.id),
    )


def place_observations(
    known: MapOnDay, rows: Rows
) -> list[tuple[int, str, float | None, str, float, float | None, int | None]]:
    """The same as rows of `observations_from`.

    A source is who looked, by name and kind: of one factor at one place only its newest word
    counts (RM-2.0 3.3).
    """
    sources: dict[tuple[str, str], int] = {}
    return [
        (
            known.rows[row.node_id],
            row.factor,
            row.value,
            row.source_type,
            max(0.0, age_in_months(row.observed_on, known.as_of)),
            None,
            sources.setdefault((row.source_type, row.source.casefold()), len(sources)),
        )
        for row in rows
    ]


def get_observation(observation_id: UUID) -> PlaceObservation:
    """One observation.

    Raises:
        NotFound: there is none with this id.
    """
    return get_one(select(PlaceObservation).where(PlaceObservation.id == observation_id))
