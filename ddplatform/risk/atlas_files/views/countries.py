"""Countries of the atlas as tables for files (`tables`)."""

from collections.abc import Iterator, Sequence

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.risk.atlas.queries.country import CountryAtlas, FactorLine
from ddplatform.risk.atlas.views.words import first_place
from ddplatform.risk.atlas_files.views.tables import (
    DIRECTIONS,
    NOT_KNOWN,
    PLACE,
    SOURCE,
    Source,
    about_table,
    fact_source,
    labour_answers,
    labour_columns,
)
from ddplatform.risk.runs.models import ReferenceRelease
from supply_chain.reference.position import Position
from supply_chain.reference.release import GOODS_LIST, load_reference
from supply_chain.reference.trends import Trend


def country_tables(
    release: ReferenceRelease, countries: Sequence[CountryAtlas]
) -> tuple[Table, ...]:
    """All data of the atlas on these countries."""
    return (
        _factors(countries),
        _context(countries),
        _trends(countries),
        _goods(countries),
        _laws(countries),
        _efforts(countries),
        about_table(release),
    )


def _factors(countries: Sequence[CountryAtlas]) -> Table:
    columns = (
        Column("country", "Country", 2),
        Column("factor", "Factor"),
        Column("name", "What it is", 4),
        Column("value", "Figure", kind=Kind.NUMBER, missing="no figure"),
        Column("unit", "Unit", 2, missing=NOT_KNOWN),
        Column("direction", "Direction", 2),
        Column("year", "Year", kind=Kind.REF, missing=NOT_KNOWN),
        Column("benign", "Scores 0 at", kind=Kind.NUMBER, missing="no anchor"),
        Column("worst", "Scores 1 at", kind=Kind.NUMBER, missing="no anchor"),
        Column("score", "Score 0-1", kind=Kind.SCORE, missing="unknown"),
        Column("counts", "Counts as", kind=Kind.SCORE),
        Column("weight", "Weight", kind=Kind.NUMBER),
        *PLACE,
        Column("basis", "How it was come by", 3, missing=NOT_KNOWN),
        *_missing(SOURCE),
    )
    rows = tuple(_factor_row(one, line) for one in countries for line in one.factors)
    return Table("factors", "Country factors", columns, rows)


def _factor_row(one: CountryAtlas, line: FactorLine) -> tuple[Cell, ...]:
    figure, data = line.known.figure, line.known.data_set
    source: tuple[Cell, ...] = (None,) * len(SOURCE)
    if data is not None:
        source = (data.publisher, data.edition, data.licence, data.attribution)
    return (
        one.country.short_name,
        line.known.factor,
        line.known.name,
        figure.shown if figure else None,
        line.unit,
        DIRECTIONS[line.higher_means],
        str(figure.year) if figure and figure.year else None,
        line.benign,
        line.worst,
        figure.value if figure else None,
        line.share.counts,
        line.weight,
        *_place(line.standing, line.higher_means, line.unit or ""),
        figure.basis if figure else None,
        *source,
    )


def _context(countries: Sequence[CountryAtlas]) -> Table:
    columns = (
        Column("country", "Country", 2),
        Column("theme", "Theme", 2),
        Column("name", "What it is", 4),
        Column("value", "Figure", kind=Kind.NUMBER),
        Column("unit", "Unit", 2),
        Column("direction", "Direction", 2),
        Column("year", "Year", kind=Kind.REF, missing=NOT_KNOWN),
        *PLACE,
        Column("basis", "How it was come by", 3, missing=NOT_KNOWN),
        *SOURCE,
    )
    rows = tuple(
        (
            one.country.short_name,
            theme,
            line.data_set.name,
            line.value,
            line.data_set.unit,
            DIRECTIONS[line.data_set.higher_means],
            str(line.year) if line.year else None,
            *_place(line.standing, line.data_set.higher_means, line.data_set.unit),
            line.basis or None,
            line.data_set.publisher,
            line.data_set.edition,
            line.data_set.licence,
            line.data_set.attribution,
        )
        for one in countries
        for theme, lines in one.themes
        for line in lines
    )
    return Table("context", "Beside the scores", columns, rows)


def _trends(countries: Sequence[CountryAtlas]) -> Table:
    columns = (
        Column("country", "Country", 2),
        Column("name", "What it is", 4),
        Column("year", "Year", kind=Kind.REF),
        Column("value", "Figure", kind=Kind.NUMBER),
        Column("unit", "Unit", 2),
        Column("method", "How it was come by", 3),
        *SOURCE,
    )
    rows = tuple(
        (one.country.short_name, name, str(point.year), point.value, unit, point.method, *source)
        for one in countries
        for name, unit, source, trend in _series(one)
        for point in trend.points
    )
    return Table("years", "Over the years", columns, rows)


def _series(one: CountryAtlas) -> Iterator[tuple[str, str, Source, Trend]]:
    for line in one.factors:
        if line.trend and line.known.data_set:
            data = line.known.data_set
            source = data.publisher, data.edition, data.licence, data.attribution
            yield line.known.name, line.unit or "", source, line.trend
    for _, lines in one.themes:
        for other in lines:
            if other.trend:
                told = other.data_set
                source = told.publisher, told.edition, told.licence, told.attribution
                yield told.name, told.unit, source, other.trend


def _goods(countries: Sequence[CountryAtlas]) -> Table:
    columns = (
        Column("country", "Country", 2),
        Column("good", "Good", 3),
        Column("state", "State", 2),
        *labour_columns(),
        Column("editions", "Editions known", 2, missing=NOT_KNOWN),
        *SOURCE,
    )
    indicator = load_reference().indicators[GOODS_LIST]
    source = indicator.publisher, indicator.edition, indicator.licence, indicator.attribution
    rows = [
        (
            one.country.short_name,
            good.listing.good,
            "listed, through an input" if good.listing.downstream else "listed",
            *labour_answers(
                good.listing.child_labour,
                good.listing.forced_labour,
                good.listing.forced_child_labour,
            ),
            ", ".join(str(edition.edition) for edition in good.editions) or None,
            *source,
        )
        for one in countries
        for good in one.goods
    ]
    return Table(
        "goods",
        "Goods on the US list",
        columns,
        tuple(rows),
        "None is listed. That is no evidence that nothing is there.",
    )


def _laws(countries: Sequence[CountryAtlas]) -> Table:
    columns = (
        Column("country", "Country", 2),
        Column("kind", "Kind", 2),
        Column("what", "What", 4),
        Column("territory", "Part of the country", 2, missing="whole country"),
        Column("answer", "Answer", 2),
        Column("age", "Age", missing="none told"),
        Column("meets", "Meets the international standard", 2, missing=NOT_KNOWN),
        *SOURCE,
    )
    rows: list[tuple[Cell, ...]] = []
    for one in countries:
        name = one.country.short_name
        rows += [
            (name, "treaty", answer.treaty.name, None, _ratified(answer.ratified), None, None,
             *fact_source("treaties"))
            for answer in one.treaties
        ]  # fmt: skip
        rows += [
            (name, "law", law.standard, law.territory or None, law.in_law, law.age or None,
             law.meets, *fact_source("laws"))
            for law in one.laws
        ]  # fmt: skip
        rows += [
            (name, "enforcement", fact.name, fact.territory or None, fact.value, None, None,
             *fact_source("enforcement"))
            for fact in one.enforcement
        ]  # fmt: skip
    return Table("law", "Law and enforcement", columns, tuple(rows), "No profile tells of it.")


def _efforts(countries: Sequence[CountryAtlas]) -> Table:
    columns = (
        Column("country", "Country", 2),
        Column("what", "Judgement", 3),
        Column("year", "Year", kind=Kind.REF),
        Column("value", "Is", 3),
        Column("basis", "How it was come by", 2, missing=NOT_KNOWN),
        *SOURCE,
    )
    rows: list[tuple[Cell, ...]] = []
    for one in countries:
        name = one.country.short_name
        rows += [
            (name, "Tier of the trafficking report", str(tier.year), tier.tier, tier.basis,
             *fact_source("tip_tiers"))
            for tier in one.tiers
        ]  # fmt: skip
        rows += [
            (name, "Efforts against the worst forms of child labour", str(level.year),
             level.level, None, *fact_source("advancement_levels"))
            for level in one.levels
        ]  # fmt: skip
    return Table("judged", "Judged by others", columns, tuple(rows), "Nothing is known.")


def _place(found: Position | None, higher_means: str, unit: str) -> tuple[Cell, ...]:
    if found is None:
        return (None,) * len(PLACE)
    first = first_place(higher_means, unit)
    return found.place, f"the {first}", found.of, found.median, found.near_median


def _ratified(answer: str) -> str:
    return {"yes": "ratified", "no": "not ratified"}.get(answer, "cannot ratify")


def _missing(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(
        Column(column.key, column.title, column.width, missing="no open source")
        for column in columns
    )
