"""What is told of a country beside its scores, as pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from ddplatform.db import db
from ddplatform.models.reference import ContextValue
from ddplatform.models.risk import ReferenceRelease


@dataclass(frozen=True)
class ContextSet:
    """One published set that is shown and never scored, with its terms and what it lacks."""

    ref: str
    theme: str
    name: str
    unit: str
    higher_means: str
    publisher: str
    edition: str
    licence: str
    attribution: str
    gaps: str
    note: str
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
        ContextSet(**{name: row[name] for name in ContextSet.__dataclass_fields__})
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
