"""Country names in many spellings and languages -> ISO 3166-1 alpha-2."""

from __future__ import annotations

import csv
import re
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from supply_chain.intake.words import squeeze, squeeze_without_brackets

_DATA = Path(__file__).parent.parent / "data"
_NAME_COLUMNS = ("iso2", "iso3", "name_en", "name_fr", "name_es", "name_ar", "name_zh", "name_ru")
_OPENINGS = ("the", "republicof", "kingdomof", "stateof", "therepublicof")
_PARTS = re.compile(r"[,;/\n]|\s-\s|\.\s")


@lru_cache(maxsize=16_384)
def country_code(text: str) -> str | None:
    """Return the alpha-2 code of a country cell, or None where it is not known.

    Takes alpha-2, alpha-3, the UN names in six languages, and the spellings of
    `data/country_spellings.csv`, some of them provinces that lists print as countries.
    """
    index = _index()
    key = squeeze(text)
    for form in (key, squeeze_without_brackets(text)):
        if form in index:
            return index[form]
    for opening in _OPENINGS:
        if key.startswith(opening) and key.removeprefix(opening) in index:
            return index[key.removeprefix(opening)]
    return None


@lru_cache(maxsize=16_384)
def country_in_address(address: str) -> str | None:
    """Return the country an address ends with (its last part, else its last words), or None.

    Only names of four letters or more count: "IN" at an end may be Indiana.
    """
    parts = [part.strip(" .()") for part in _PARTS.split(address) if part.strip(" .()")]
    if not parts:
        return None
    candidates = [parts[-1], *_endings(parts[-1])]
    for candidate in candidates:
        code = country_code(candidate) if _is_plain_name(candidate) else None
        if code:
            return code
    return None


def _endings(part: str) -> list[str]:
    words = part.split()
    endings = [" ".join(words[-length:]) for length in (4, 3, 2, 1) if length < len(words)]
    # New Jersey and New Mexico are not Jersey and Mexico.
    return endings[:-1] if len(words) > 1 and words[-2].casefold() == "new" else endings


def _is_plain_name(text: str) -> bool:
    return len(squeeze(text)) >= 4 or text in ("USA", "UK", "UAE", "PRC")


def suggest_country(text: str) -> str | None:
    """Return "Name (CODE)" of the country whose spelling is nearest, or None."""
    near = get_close_matches(squeeze(text), _index().keys(), n=1, cutoff=0.75)
    if not near:
        return None
    code = _index()[near[0]]
    return f"{country_name(code)} ({code})"


def country_name(code: str) -> str:
    """Return the short English name of a country."""
    return _places()[code][0]


def country_point(code: str) -> tuple[float, float] | None:
    """Return latitude and longitude (degrees) of a country's label point, None where unknown."""
    place = _places().get(code)
    return place[1] if place else None


@lru_cache(maxsize=1)
def _index() -> dict[str, str]:
    index: dict[str, str] = {}
    for row in _rows("countries.csv"):
        names = [row[column] for column in _NAME_COLUMNS] + [row.get("short_name_en", "")]
        index.update({squeeze(name): row["iso2"] for name in names if name})
    for row in _rows("country_spellings.csv"):
        index[squeeze(row["spelling"])] = row["iso2"]
    return index


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[str, tuple[float, float] | None]]:
    places: dict[str, tuple[str, tuple[float, float] | None]] = {}
    for row in _rows("countries.csv"):
        known = row["latitude"] and row["longitude"]
        point = (float(row["latitude"]), float(row["longitude"])) if known else None
        places[row["iso2"]] = (row.get("short_name_en") or row["name_en"], point)
    return places


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
