"""Observations of a place, as its page lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.together import Question, ask
from ddplatform.risk.observations.models import PlaceObservation
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.reference.regions import region_key


@dataclass(frozen=True)
class ObservationRow:
    """One observation with its author and, if withdrawn, by whom and for what reason."""

    id: UUID
    node_id: UUID
    region: str | None
    factor: str
    value: float
    figure: float | None
    source_type: str
    source: str
    source_url: str
    observed_on: date
    note: str
    created_at: datetime
    created_by_id: UUID
    by: str
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None


def list_observations(
    node: ValueChainNode, factors: Sequence[str] = ()
) -> Sequence[ObservationRow]:
    """All of a place and of its region, standing ones first and the newest first.

    Args:
        factors: of these alone, where any are named.
    """
    return ask(select_observations(node, factors))


def select_observations(
    node: ValueChainNode, factors: Sequence[str] = ()
) -> Question[Sequence[ObservationRow]]:
    """Asks for the same."""
    of_region = and_(
        PlaceObservation.country == node.country,
        PlaceObservation.region_key == (region_key(node.region) or None),
    )
    wanted = _rows().where(or_(PlaceObservation.node_id == node.id, of_region))
    if factors:
        wanted = wanted.where(PlaceObservation.factor.in_(factors))
    order = (
        PlaceObservation.withdrawn_at.is_not(None),
        PlaceObservation.observed_on.desc(),
        PlaceObservation.id.desc(),
    )
    return Question((wanted,), lambda rows: [ObservationRow(**row._mapping) for row in rows], order)


def _rows() -> Select[Any]:
    author, other = aliased(User), aliased(User)
    columns = [getattr(PlaceObservation, name) for name in _OWN]
    return (
        select(*columns, author.name.label("by"), other.name.label("withdrawn_by"))
        .join(author, author.id == PlaceObservation.created_by_id)
        .outerjoin(other, other.id == PlaceObservation.withdrawn_by_id)
    )


_OWN = tuple(
    name for name in ObservationRow.__dataclass_fields__ if name not in ("by", "withdrawn_by")
)
