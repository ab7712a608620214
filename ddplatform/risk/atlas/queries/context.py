"""Context of a country beside its scores: figures of the release and of the atlas."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby

from ddplatform.risk.reference.queries.figures import figures_of_release
from ddplatform.risk.runs.models import ReferenceRelease
from supply_chain.reference.atlas import load_atlas
from supply_chain.reference.position import Position, position_of
from supply_chain.reference.trends import Trend
from supply_chain.reference.types import ContextFigure, ContextIndicator


@dataclass(frozen=True)
class ContextSet(ContextIndicator):
    """One set: what the publisher says of it, and how far it reaches."""

    countries: int
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True)
class ContextLine:
    """One figure of a country, where it stands among the others, and its other years."""

    data_set: ContextSet
    value: float
    year: int | None
    basis: str
    standing: Position
    trend: Trend | None


def context_sets(release: ReferenceRelease) -> tuple[ContextSet, ...]:
    """The sets of a release that are shown and not scored, in the order of the data file."""
    return tuple(
        ContextSet(**{one.name: row[one.name] for one in fields(ContextSet)})
        for row in release.sets
        if row["factor"] is None
    )


def atlas_sets() -> tuple[ContextSet, ...]:
    """The further sets of the atlas, in the order of its data file."""
    atlas = load_atlas()
    return tuple(
        _reach(indicator, atlas.figures[ref].values()) for ref, indicator in atlas.sets.items()
    )


def _reach(indicator: ContextIndicator, figures: Collection[ContextFigure]) -> ContextSet:
    told = {one.name: getattr(indicator, one.name) for one in fields(ContextIndicator)}
    years = [figure.year for figure in figures if figure.year is not None]
    return ContextSet(
        **told,
        countries=len(figures),
        first_year=min(years, default=None),
        last_year=max(years, default=None),
    )


def list_context(
    release: ReferenceRelease, country: str
) -> Sequence[tuple[str, Sequence[ContextLine]]]:
    """Theme -> its figures of a country; themes and sets without a figure are left out."""
    sets = [*context_sets(release), *atlas_sets()]
    themes = list(dict.fromkeys(one.theme for one in sets))
    sets.sort(key=lambda one: themes.index(one.theme))
    figures = {**figures_of_release(release.id).context, **load_atlas().figures}
    lines = [
        _line(one, figures[one.ref], country) for one in sets if country in figures.get(one.ref, ())
    ]
    return [
        (theme, list(rows)) for theme, rows in groupby(lines, key=lambda line: line.data_set.theme)
    ]


def _line(one: ContextSet, figures: Mapping[str, ContextFigure], country: str) -> ContextLine:
    atlas, own = load_atlas(), figures[country]
    values = {code: figure.value for code, figure in figures.items()}
    return ContextLine(
        data_set=one,
        value=own.value,
        year=own.year,
        basis=own.basis,
        standing=position_of(country, values, atlas.near(country), one.higher_means),
        trend=atlas.trend(one.ref, country),
    )
