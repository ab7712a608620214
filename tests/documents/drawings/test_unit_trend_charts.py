"""The years of one figure as a drawing: what is joined, what is shaded, what is told."""

import re

import pytest

from ddplatform.documents.drawings.trend_charts import short, trend_chart, year_spans
from supply_chain.reference.trends import Trend, TrendPoint


def drawn(*points: tuple[int, float, str], yearly: bool = True) -> str:
    trend = Trend("any", yearly, tuple(TrendPoint(*point) for point in points), "gap")
    return trend_chart(trend, id="t", title="Law & order")


def test_years_in_a_row_are_one_line_and_only_the_newest_is_a_dot() -> None:
    drawing = drawn((2020, 1, "a"), (2021, 3, "a"), (2022, 2, "a"))
    (way,) = re.findall(r'<path class="s1" d="M([^"]+)"', drawing)
    assert way == "6.0,56.0L88.0,20.0L170.0,38.0"
    assert re.findall(r'cx="([\d.]+)"', drawing) == ["170.0"]
    assert "f-sunken" not in drawing


def test_a_missing_year_breaks_the_line_and_is_shaded() -> None:
    drawing = drawn((2019, 1, "a"), (2020, 1, "a"), (2023, 1, "a"))
    assert drawing.count("<path") == 1
    assert drawing.count('class="f-sunken"') == 1
    assert drawing.count("<circle") == 1


def test_a_year_come_by_in_another_way_is_not_joined_and_is_grey() -> None:
    drawing = drawn((2023, 5, "register"), (2024, 6, "register"), (2025, 7, "half year"))
    assert drawing.count("<path") == 1
    assert drawing.count('class="f-accent"') == 1
    other = drawn((2024, 6, "register"), (2025, 7, "half year"))
    assert other.count("<path") == 0
    assert (other.count('class="f-ctl"'), other.count('class="f-accent"')) == (1, 1)


def test_surveys_are_dots_without_shades_between_them() -> None:
    drawing = drawn((2006, 10, "survey"), (2007, 12, "survey"), (2016, 9, "survey"), yearly=False)
    assert drawing.count("<circle") == 3
    assert "<path" not in drawing
    assert "f-sunken" not in drawing


def test_first_and_newest_year_stand_with_their_figures_and_the_title_is_escaped() -> None:
    drawing = drawn((2010, 352_000, "a"), (2025, 4_355_000, "a"))
    assert re.findall(r">([^<]+)</text>", drawing) == ["2010", "352k", "2025", "4.4m"]
    assert '<title id="t">Law &amp; order</title>' in drawing


def test_equal_figures_stand_in_the_middle() -> None:
    assert 'd="M6.0,38.0L170.0,38.0"' in drawn((2020, 0, "a"), (2021, 0, "a"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0996, "-0.10"),
        (28.7608, "28.8"),
        (614.2, "614"),
        (9_999, "9,999"),
        (930_958, "931k"),
        (999_600, "1.0m"),
        (-5_239_471, "-5.2m"),
    ],
)
def test_a_figure_is_cut_to_what_fits(value: float, text: str) -> None:
    assert short(value) == text


def test_years_in_a_row_are_told_as_a_span() -> None:
    assert year_spans((2016, 2017, 2018, 2020, 2022, 2023)) == "2016 to 2018, 2020, 2022 to 2023"
    assert year_spans(()) == ""
