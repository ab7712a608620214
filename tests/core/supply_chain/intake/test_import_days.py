"""Days of links in the shapes that lists write them."""

from datetime import date

import pytest

from supply_chain.intake.cells import CellFault
from supply_chain.intake.days import parse_date


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-01-31", "2024-01-31", "2024-01-31"),
        ("2024/1/31", "2024-01-31", "2024-01-31"),
        ("20240131", "2024-01-31", "2024-01-31"),
        ("2024-01-31T08:00:00Z", "2024-01-31", "2024-01-31"),
        ("31 janvier 2024", "2024-01-31", "2024-01-31"),
        ("31. Januar 2024", "2024-01-31", "2024-01-31"),
        ("31 de enero de 2024", "2024-01-31", "2024-01-31"),
        ("January 31st, 2024", "2024-01-31", "2024-01-31"),
        ("31 января 2024", "2024-01-31", "2024-01-31"),
        ("2024年1月31日", "2024-01-31", "2024-01-31"),
        ("2024년 1월 31일", "2024-01-31", "2024-01-31"),
        ("2024年2月", "2024-02-01", "2024-02-29"),
        ("Feb 2024", "2024-02-01", "2024-02-29"),
        ("02/2024", "2024-02-01", "2024-02-29"),
        ("2.2024", "2024-02-01", "2024-02-29"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("Q1 2024", "2024-01-01", "2024-03-31"),
        ("2024-Q4", "2024-10-01", "2024-12-31"),
        ("31.12.2024", "2024-12-31", "2024-12-31"),
        ("12/31/2024", "2024-12-31", "2024-12-31"),
    ],
)
def test_a_day_a_month_a_quarter_and_a_year_are_read(text: str, first: str, last: str) -> None:
    assert parse_date(text) == (date.fromisoformat(first), None)
    assert parse_date(text, last_day=True)[0] == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("text", "day", "how"),
    [
        ("3/4/2025", "2025-04-03", "day first"),
        ("2/3/25", "2025-03-02", "day first"),
        ("3/31/25", "2025-03-31", "month first"),
        ("01-Feb-24", "2024-02-01", "with a year of this century"),
        ("45322", "2024-01-31", "as the number by which a spreadsheet keeps a day"),
    ],
)
def test_a_choice_is_told_with_the_day(text: str, day: str, how: str) -> None:
    assert parse_date(text) == (date.fromisoformat(day), how)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2024-02-30",
            "2024-13-01",
            "31.02.2024",
            "20241301",
            "soon",
            "FY2025",
            "Feb",
            "12345678",
        ),
        *("1 Feb 3 2024", "30 Feb 2024", "May June 2024", "31 Jan 123", "2024 harvest", "-"),
    ],
)
def test_what_is_no_possible_day_is_told(text: str) -> None:
    with pytest.raises(CellFault, match="not a possible date"):
        parse_date(text)
