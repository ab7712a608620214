"""Dates in the notations of lists: numbers in any order, names of months, spreadsheet numbers."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from supply_chain.intake.cells import CellFault
from supply_chain.intake.words import squeeze

_DATA = Path(__file__).parent.parent / "data"
_BY_NUMBERS = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_JOINED = re.compile(r"((?:19|20)\d{2})([01]\d)([0-3]\d)")
_MONTH_OF_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})")
_EAST_ASIA = re.compile(r"(\d{4})\s*[年년]\s*(?:(\d{1,2})\s*[月월]\s*(?:(\d{1,2})\s*[日일])?)?")
_QUARTER = re.compile(r"(?:q|qtr|quarter)\s*([1-4])[\s/,-]*(\d{4})|(\d{4})[\s/-]*q([1-4])", re.I)
_WORDS = re.compile(r"\d+|[^\W\d_]+(?:[\u0300-\u036f\u0900-\u0dff\u0e00-\u0e7f]|[^\W\d_])*")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "de", "of", "del", "a", "le", "den", "ngay"})
# A spreadsheet counts days; these are those of the years 1954 to 2119.
_SERIAL, _DAY_ZERO = range(20_000, 80_000), date(1899, 12, 30)
_CENTURY = 2000


def parse_date(text: str, *, last_day: bool = False) -> tuple[date, str | None]:
    """Return a day, and how it was read where that was a choice ("day first" of 3/4/2025).

    A year, quarter or month alone is its first day, with `last_day` its last. Raises CellFault.
    """
    try:
        found = _whole(text, last_day) or _by_numbers(text) or _by_words(text, last_day)
        return found or (datetime.fromisoformat(text).date(), None)
    except ValueError:
        raise CellFault(
            f"“{text}” is not a possible date.", "Write dates as year-month-day: 2026-11-25."
        ) from None


def _whole(text: str, last_day: bool) -> tuple[date, str | None] | None:
    """A day, month or year whose parts can be read in one way alone, or a spreadsheet's number."""
    if match := _YEAR_FIRST.fullmatch(text) or _EAST_ASIA.fullmatch(text):
        return _day(match[1], match[2], match[3], last_day), None
    if match := _JOINED.fullmatch(text):
        return _day(match[1], match[2], match[3], last_day), None
    if match := _MONTH_OF_YEAR.fullmatch(text):
        return _day(match[2], match[1], None, last_day), None
    if match := _QUARTER.fullmatch(text):
        year, quarter = match[2] or match[3], int(match[1] or match[4])
        return _edge_of(int(year), 3 * quarter - (0 if last_day else 2), last_day), None
    if text.isdecimal() and int(text) in _SERIAL:
        return _DAY_ZERO + timedelta(int(text)), "as the number by which a spreadsheet keeps a day"
    return None


def _by_numbers(text: str) -> tuple[date, str | None] | None:
    match = _BY_NUMBERS.fullmatch(text)
    if not match:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    is_choice = year < 100 or (first <= 12 and second <= 12 and first != second)
    year += _CENTURY if year < 100 else 0
    if second > 12:
        return date(year, first, second), "month first" if is_choice else None
    return date(year, second, first), "day first" if is_choice else None


def _by_words(text: str, last_day: bool) -> tuple[date, str | None] | None:
    """ "31 janvier 2024", "Jan 2024", "01-Feb-24", "March 4th, 2025"."""
    parts = [squeeze(part) for part in _WORDS.findall(text)]
    months = [month for part in parts if (month := _months().get(part))]
    numbers = [part for part in parts if part.isdecimal()]
    others = [p for p in parts if not p.isdecimal() and p not in _months() and p not in _ORDINALS]
    if len(months) != 1 or others or not 1 <= len(numbers) <= 2:
        return None
    year = numbers.pop(0 if len(numbers[0]) == 4 else -1)
    if len(year) not in (2, 4):
        return None
    whole = year if len(year) == 4 else str(_CENTURY + int(year))
    how = None if len(year) == 4 else "with a year of this century"
    return _day(whole, str(months[0]), numbers[0] if numbers else None, last_day), how


def _day(year: str, month: str | None, day: str | None, last_day: bool) -> date:
    if month and day:
        return date(int(year), int(month), int(day))
    return _edge_of(int(year), int(month) if month else None, last_day)


def _edge_of(year: int, month: int | None, last_day: bool) -> date:
    if not last_day:
        return date(year, month or 1, 1)
    following = date(year + (month or 12) // 12, (month or 12) % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    with (_DATA / "month_names.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {name: int(row["month"]) for row in rows for name in row["names"].split("|")}
