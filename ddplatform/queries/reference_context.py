"""What is told of a country beside its scores, as pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from ddplatform.db import db
from ddplatform.models.reference import ContextValue
from ddplatform.models.risk import ReferenceRelease
from supply_chain.reference_types import ContextIndicator


@dataclass(frozen=True)
class ContextSet(ContextIndicator):
    """One set as a release holds it: what the publisher says of it, and how far it reaches."""

    countries: int
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True)
class ContextLine:
    """One figure of a country beside the other countries (`worse_than` is a share, 0 to 1)."""

    data_set: ContextSet
    value: float
    year: int | None
    worse_than: float | None
    basis: str


def context_sets(release: ReferenceRelease) -> tuple[ContextSet, ...]:
    """The sets of a release that are shown and not scored, in the order of the data file."""
    return tuple(
        ContextSet(**{one.name: row[one.name] for one in fields(ContextSet)})
        for row in release.sets
        if row["factor"] is None
    )


def list_context(
    release: ReferenceRelease, country: str
) -> Sequence[tuple[str, Sequence[ContextLine]]]:
    """Theme -> its figures of a country; themes and sets without a figure are left out."""
    figures = _figures(release.id, country)
    lines = [
        ContextLine(one, *figures[one.ref]) for one in context_sets(release) if one.ref in figures
    ]
    return [
        (theme, list(rows)) for theme, rows in groupby(lines, key=lambda line: line.data_set.theme)
    ]


def _figures(
    release_id: UUID, country: str
) -> dict[str, tuple[float, int | None, float | None, str]]:
    rows = db.session.execute(
        select(
            ContextValue.indicator,
            ContextValue.value,
            ContextValue.year,
            ContextValue.worse_than,
            ContextValue.basis,
        ).where(ContextValue.release_id == release_id, ContextValue.country == country)
    )
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}
