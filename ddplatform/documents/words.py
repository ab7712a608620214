"""Formats of values in reports: numbers, shares, days, bands, suppressed counts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from ddplatform.core.due_diligence.suppression import suppress_count
from ddplatform.documents.content import DASH, NOT_ASSESSED, Cell, Column, Kind
from supply_chain.reference.release import load_reference
from supply_chain.vocabulary import RiskBand

BAND_WORDS: dict[RiskBand | None, str] = {
    RiskBand.CRITICAL: "Critical",
    RiskBand.HIGH: "High",
    RiskBand.MEDIUM: "Medium",
    RiskBand.LOW: "Low",
    None: NOT_ASSESSED,
}


def band_of(value: object) -> RiskBand | None:
    """The band a cell names, or None for "not assessed" and for words that are no band."""
    return next((band for band in RiskBand if band.value == value), None)


def guarded_count(value: object) -> str:
    """Write a count of people: 1 to 4 become "<5", zero stays (SUPP-1).

    Text, such as an already guarded "<10" or "suppressed", is kept as it is.
    """
    shown = suppress_count(value) if isinstance(value, int) else value
    return f"{shown:,}" if isinstance(shown, int) else str(shown)


def counted(number: int, unit: str) -> str:
    """A number with its unit in the right form: "1 node", "1,146 nodes"."""
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def day_words(value: str) -> str:
    """An ISO day or moment as "25 Nov 2026"; other text is kept as it is."""
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return value
    return f"{day.day} {day:%b %Y}"


def number_words(value: float, kind: Kind) -> str:
    """A number as its kind wants it: share .18 -> "18%", score .7 -> "0.70", 1146 -> "1,146"."""
    if kind is Kind.SHARE:
        return f"{value * 100:.0f}%"
    if kind is Kind.SCORE:
        return f"{value:.2f}"
    if kind is Kind.INDEX:
        return f"{value:.0f}"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def cell_words(value: Cell, column: Column) -> str:
    """One cell as printed; None becomes the column's word for "missing"."""
    if value is None or value == "":
        return column.missing
    if column.kind is Kind.PEOPLE:
        return guarded_count(value)
    if column.kind is Kind.BAND:
        return BAND_WORDS[band_of(value)]
    if isinstance(value, str):
        return TEXT_WORDS[column.kind](value) if column.kind in TEXT_WORDS else value
    return number_words(value, column.kind)


def small_words(cells: Sequence[Cell], columns: Sequence[Column]) -> str:
    """Small print below a cell; a dash, which has no content, is left out."""
    words = (cell_words(cell, column) for cell, column in zip(cells, columns, strict=True))
    return " · ".join(word for word in words if word != DASH)


def plain_word(value: str) -> str:
    """A word of a vocabulary as people write it: `under_review` -> "Under review"."""
    return value[:1].upper() + value[1:].replace("_", " ")


def country_words(code: str) -> str:
    """The name of a country; an unknown code stays as it is."""
    country = load_reference().countries.get(code)
    return country.short_name if country else code


TEXT_WORDS: Mapping[Kind, Callable[[str], str]] = {
    Kind.DATE: day_words,
    Kind.WORD: plain_word,
    Kind.COUNTRY: country_words,
}
