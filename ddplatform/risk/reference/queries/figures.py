"""Figures of a release, read once a process: a release never changes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, select

from ddplatform.infrastructure.db import db
from ddplatform.risk.reference.models import ContextValue
from ddplatform.risk.runs.models import IndicatorValue
from supply_chain.reference.types import ContextFigure

KEPT = 2


@dataclass(frozen=True)
class Figure:
    """One figure: raw in the unit of its set (None: the set gives scores), s from 0 to 1."""

    factor: str
    indicator: str
    commodity_ref: str | None
    year: int | None
    raw: float | None
    value: float | None
    source_type: str
    as_of: date
    source: str
    basis: str

    @property
    def shown(self) -> float | None:
        """In the unit of its set where it has one, else as a score."""
        return self.value if self.raw is None else self.raw


@dataclass(frozen=True)
class ReleaseFigures:
    """All figures of countries in one release; countries go by ISO 3166-1 alpha-2."""

    factors: Mapping[str, Mapping[str, Figure]]
    """Country -> factor -> its figure."""
    scored: Mapping[str, Mapping[str, float]]
    """Set that feeds a factor -> country -> its figure in the unit of the set."""
    context: Mapping[str, Mapping[str, ContextFigure]]
    """Set beside the scores -> country -> its figure."""


@lru_cache(maxsize=KEPT)
def figures_of_release(release_id: UUID) -> ReleaseFigures:
    """All data of a release on countries; rows of a release are never changed."""
    factors: dict[str, dict[str, Figure]] = defaultdict(dict)
    scored: dict[str, dict[str, float]] = defaultdict(dict)
    for country, figure in _of_countries(release_id):
        factors[country][figure.factor] = figure
        if figure.shown is not None:
            scored[figure.indicator][country] = figure.shown
    context: dict[str, dict[str, ContextFigure]] = defaultdict(dict)
    for country, row in _beside(release_id):
        context[row.indicator][country] = row
    return ReleaseFigures(factors, scored, context)


def list_figures(*conditions: ColumnElement[bool]) -> list[Figure]:
    """Figures that meet all conditions, by factor."""
    rows = db.session.execute(_columns().where(*conditions)).all()
    return [_figure(row._mapping) for row in rows]


def _of_countries(release_id: UUID) -> list[tuple[str, Figure]]:
    wanted = (
        IndicatorValue.release_id == release_id,
        IndicatorValue.country.is_not(None),
        IndicatorValue.commodity_ref.is_(None),
    )
    rows = db.session.execute(_columns().where(*wanted)).all()
    return [(row.country, _figure(row._mapping)) for row in rows]


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        IndicatorValue.country,
        IndicatorValue.factor,
        IndicatorValue.indicator,
        IndicatorValue.commodity_ref,
        IndicatorValue.year,
        IndicatorValue.raw,
        IndicatorValue.value,
        IndicatorValue.source_type,
        IndicatorValue.as_of,
        IndicatorValue.source,
        IndicatorValue.basis,
    ).order_by(IndicatorValue.factor, IndicatorValue.commodity_ref, IndicatorValue.id)


def _figure(row: RowMapping) -> Figure:
    return Figure(**{name: value for name, value in row.items() if name != "country"})


def _beside(release_id: UUID) -> list[tuple[str, ContextFigure]]:
    rows = db.session.execute(
        select(
            ContextValue.country,
            ContextValue.indicator,
            ContextValue.value,
            ContextValue.year,
            ContextValue.basis,
            ContextValue.worse_than,
        ).where(ContextValue.release_id == release_id)
    ).all()
    return [(row[0], ContextFigure(*row[1:])) for row in rows]
