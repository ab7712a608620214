"""Figures of the atlas say what they are: their unit, what their first place means, which is worse."""

import re
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.documents.content import Table
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.risk.atlas.queries.country import CountryAtlas, FactorLine, load_country
from ddplatform.risk.atlas.views.comparing import CompareRow, side_by_side
from ddplatform.risk.atlas_files.views.countries import country_tables
from ddplatform.risk.reference.queries.releases import get_newest_release
from supply_chain.reference.release import load_reference
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def installed(reference_data: None, context: Flask) -> None:
    """Every test begins with the reference data."""


def told_of(code: str) -> CountryAtlas:
    with unit_of_work():
        country = load_reference().countries[code]
        return load_country(get_newest_release(), country, on=NOW.date())


def tables_of(code: str) -> dict[str, list[dict[str, object]]]:
    """The tables of a country, each row by the keys of its columns."""
    with unit_of_work():
        found: tuple[Table, ...] = country_tables(get_newest_release(), [told_of(code)])
    return {
        table.ref: [
            dict(zip([one.key for one in table.columns], row, strict=True)) for row in table.rows
        ]
        for table in found
    }


def test_a_figure_that_is_a_score_has_the_unit_of_a_score(analyst: FlaskClient) -> None:
    tables = tables_of("GH")
    units = {row["factor"]: row["unit"] for row in tables["factors"] if row["value"] is not None}
    assert units["CTY-03"] == "score 0-1"
    assert units["CTY-04"] == "share of four gaps, 0-1"
    assert units["CTY-08"] == "% of births"
    tier = next(row["name"] for row in tables["factors"] if row["factor"] == "CTY-03")
    years = [row for row in tables["years"] if row["name"] == tier]
    assert years and {row["unit"] for row in years} == {"score 0-1"}
    page = unescape(analyst.get("/o/acme/reference/countries/GH").text)
    assert re.search(r", score 0-1: [\d.]+ in \d{4}", page)


def test_a_factor_without_a_figure_keeps_the_unit_of_no_set(analyst: FlaskClient) -> None:
    rows = [row for row in tables_of("GH")["factors"] if row["value"] is None]
    assert rows
    assert {row["unit"] for row in rows} == {None}


def test_where_people_are_counted_the_first_place_is_the_highest_not_the_worst(
    analyst: FlaskClient,
) -> None:
    first = {row["name"]: row["first"] for row in tables_of("DE")["context"]}
    page = re.sub(r"<[^>]+>", " ", unescape(analyst.get("/o/acme/reference/countries/DE").text))

    assert first["Refugees living here"] == "the highest"
    assert first["Population ages 0-14 (SP.POP.0014.TO.ZS)"] == "the highest"
    assert first["Control of corruption"] == "the worst"
    row = re.sub(r"\s+", " ", page).split("Refugees living here")[1][:300]
    assert "highest of" in row and "worst of" not in row


def test_head_counts_side_by_side_have_no_worst() -> None:
    tables = side_by_side([told_of("DE"), told_of("MT")])
    rows = {row.label: row for table in tables for row in table.rows}
    assert not any(cell.is_worst for cell in rows["Refugees living here"].cells)
    assert sum(cell.is_worst for cell in rows["Control of corruption"].cells) == 1


def with_figure(line: FactorLine, raw: float, counts: float, indicator: str = "") -> FactorLine:
    assert line.known.figure
    figure = replace(line.known.figure, raw=raw, indicator=indicator or line.known.figure.indicator)
    known = replace(line.known, figure=figure)
    return replace(line, known=known, share=replace(line.share, counts=counts))


def compared(*lines: FactorLine) -> CompareRow:
    told = told_of("GH")
    return side_by_side([replace(told, factors=(line,), themes=()) for line in lines])[0].rows[0]


def test_the_worse_figure_is_marked_and_not_the_older_one() -> None:
    line = told_of("GH").factors[0]
    row = compared(with_figure(line, 10.0, 0.55), with_figure(line, 20.0, 0.5))
    assert [cell.is_worst for cell in row.cells] == [False, True]


def test_of_a_figure_that_is_worse_when_lower_the_lower_one_is_marked() -> None:
    line = next(one for one in told_of("GH").factors if one.known.factor == "CTY-08")
    row = compared(with_figure(line, 10.0, 0.5), with_figure(line, 20.0, 0.55))
    assert [cell.is_worst for cell in row.cells] == [True, False]


def test_figures_of_two_sets_have_no_worst() -> None:
    line = told_of("GH").factors[0]
    row = compared(with_figure(line, 10.0, 0.5), with_figure(line, 20.0, 0.6, "another_set"))
    assert row.mixed
    assert not any(cell.is_worst for cell in row.cells)
