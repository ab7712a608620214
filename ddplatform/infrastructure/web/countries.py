"""Countries for pages: display name, and key of the outline on the map."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import supply_chain
from ddplatform.languages import ENGLISH, current_language, current_locale, gettext

_FILE = Path(supply_chain.__file__).parent / "data" / "countries.csv"


@cache
def _countries() -> Mapping[str, Mapping[str, str]]:
    """Countries of the reference data by their two- and by their three-letter code."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row[key]: row for row in rows for key in ("iso2", "iso3") if row[key]}


def country_name(code: str | None) -> str:
    """Short name for an ISO 3166 code of two or three letters; an unknown code as it is."""
    if not code:
        return gettext("not known")
    entry = _countries().get(code.upper())
    if entry is None:
        return code
    if current_language() == ENGLISH:
        return entry["short_name_en"]
    return str(current_locale().territories.get(entry["iso2"], entry["short_name_en"]))


def country_codes() -> Iterator[str]:
    """The two-letter codes of all countries of the reference data."""
    return (code for code in _countries() if len(code) == 2)


def outline_key(code: str) -> str | None:
    """The key of a country's outline (adapters.world_outline): number or name."""
    entry = _countries().get(code.upper())
    return None if entry is None else entry["m49"] or entry["name_en"]
