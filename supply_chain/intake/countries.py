"""Countries from names in many spellings and all languages of CLDR -> ISO 3166-1 alpha-2."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from supply_chain.intake.words import scripts_apart, squeeze, squeeze_without_brackets

_DATA = Path(__file__).parent.parent / "data"
_NAME_COLUMNS = ("iso2", "iso3", "name_en", "name_fr", "name_es", "name_ar", "name_zh", "name_ru")
_OPENINGS = ("the", "republicof", "kingdomof", "stateof", "therepublicof", "ประเทศ")
_PARTS = re.compile(r"[,;/\n]|\s-\s|\.\s")
_SEVERAL = re.compile(r"[,;/|&+()\n]|\s[-–—]\s|\s(?:and|und|et|y|e|en|ve|и|و)\s", re.IGNORECASE)
# A spelling this much alike (0..1: letters to change, add, drop or swap) is worth asking about;
# others within the margin are named too.
_ALIKE, _MARGIN, _MAX_SUGGESTED = 0.75, 0.05, 3
_SHORTEST_NAME = 4
_SHORTEST_CODE, _LONGEST_CODE = 2, 3
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@lru_cache(maxsize=16_384)
def country_code(text: str) -> str | None:
    """Return the alpha-2 code of a country cell, or None where it is not known.

    Takes alpha-2, alpha-3 and M49 codes, the UN names in six languages, the names of
    `data/country_names.csv` in all others, and the spellings of `data/country_spellings.csv`,
    some of them provinces that lists print as countries. Only a spelling that means one country.
    """
    key = _key(text)
    if key.isdigit() and key != text.strip():
        return None  # a number with a point or a per cent sign is no code
    short = {squeeze_without_brackets(text)} - {squeeze(text)} - _shared_names().keys()
    for index in (_index(), _world_index()):
        for form in (key, *short):
            if form in index:
                return index[form]
        for opening in _OPENINGS:
            if key.startswith(opening) and key.removeprefix(opening) in index:
                return index[key.removeprefix(opening)]
    return None


@lru_cache(maxsize=16_384)
def countries_in_cell(text: str) -> tuple[str, ...]:
    """The codes of all countries that the parts of a cell name, in their order, each once.

    "China / Viet Nam" names two; "VN - Vietnam" one; "Zhejiang, China" one, and a place.
    """
    codes = [country_code(part) for part in _parts(text)]
    return tuple(dict.fromkeys(code for code in codes if code))


def is_one_country(text: str) -> bool:
    """Whether a cell names one country, perhaps several times ("VN - Vietnam"), and no more.

    A comma parts a place from its country ("Zhejiang, China"), which is worth a remark.
    """
    return "," not in text and len({country_code(part) for part in _parts(text)}) == 1


def _parts(text: str) -> list[str]:
    parts = [part.strip(" .") for one in _SEVERAL.split(text) for part in scripts_apart(one)]
    return [part for part in parts if len(squeeze(part)) > 1]


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


def code_at_the_end(address: str) -> str | None:
    """The code of a country that is the last part of an address; it may be that of a state."""
    last = address.rsplit(",", 1)[-1].strip()
    is_code = "," in address and len(last) == _SHORTEST_CODE and last.isascii() and last.isupper()
    return last if is_code and country_code(last) == last else None


def _endings(part: str) -> list[str]:
    words = part.split()
    endings = [" ".join(words[-length:]) for length in (4, 3, 2, 1) if length < len(words)]
    # New Jersey and New Mexico are not Jersey and Mexico.
    return endings[:-1] if len(words) > 1 and words[-2].casefold() == "new" else endings


def _is_plain_name(text: str) -> bool:
    return len(squeeze(text)) >= _SHORTEST_NAME or text in ("USA", "UK", "UAE", "PRC")


@lru_cache(maxsize=16_384)
def suggest_country(text: str) -> str | None:
    """Return "Name (CODE)" of the country whose spelling is nearest, or None.

    Where several are about as near ("Nigera"), all are named, at most three: a person decides.
    """
    key = squeeze(text)
    if len(key) < _SHORTEST_NAME:
        return None
    index = {**_world_index(), **_index()}
    near = process.extract(
        key, index.keys(), scorer=OSA.normalized_similarity, score_cutoff=_ALIKE, limit=20
    )
    best: dict[str, float] = {}
    for name, score, _ in near:
        best.setdefault(index[name], score)
    top = max(best.values(), default=0.0)
    codes = [code for code, score in best.items() if score >= top - _MARGIN][:_MAX_SUGGESTED]
    return _either(codes) or None


def _either(codes: list[str]) -> str:
    return " or ".join(f"{country_name(code)} ({code})" for code in codes)


def countries_sharing(text: str) -> str | None:
    """The countries of a name whose bracket is no known one: "Congo (Katanga)"; None of others."""
    return _either(_shared_names().get(squeeze_without_brackets(text), [])) or None


def successors_of(text: str) -> tuple[str, ...]:
    """The codes of the countries of today that a state of former days became, none of others."""
    return _former().get(squeeze(text), ())


def country_name(code: str) -> str:
    """Return the short English name of a country."""
    return _places()[code][0]


def country_point(code: str) -> tuple[float, float] | None:
    """Return latitude and longitude (degrees) of a country's label point, None where unknown."""
    place = _places().get(code)
    return place[1] if place else None


def country_named(text: str) -> str | None:
    """The alpha-2 code of the country whose own name a text is; None for provinces and codes.

    Takes the UN and CLDR names alone, whole as these write them.
    """
    return _names().get(squeeze(text))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    own = {
        squeeze(row[column]): row["iso2"]
        for row in _rows("countries.csv")
        for column in (*_NAME_COLUMNS, "short_name_en")
        if row.get(column) and len(row[column]) > _LONGEST_CODE
    }
    world = {
        squeeze(name): row["iso2"]
        for row in _rows("country_names.csv")
        for name in row["names"].split("|")
    }
    return {**world, **own}


def _key(text: str) -> str:
    """As `squeeze`, but two letters keep their accents: "Mỹ" and "Áo" are no codes."""
    key = squeeze(text)
    if len(key) <= _SHORTEST_CODE and key.isascii() and not text.isascii():
        return text.strip().casefold()
    return key


@lru_cache(maxsize=1)
def _index() -> dict[str, str]:
    index: dict[str, str] = {}
    for row in _rows("countries.csv"):
        names = [row[column] for column in _NAME_COLUMNS] + [row.get("short_name_en", "")]
        index.update({_key(name): row["iso2"] for name in names if name})
        if row["m49"]:
            index[row["m49"]] = row["iso2"]
    for row in _rows("country_spellings.csv"):
        index[_key(row["spelling"])] = row["iso2"]
    return index


@lru_cache(maxsize=1)
def _shared_names() -> dict[str, list[str]]:
    """Names of which a word in brackets tells the country, as in "Congo (Kinshasa)": its codes."""
    shared: dict[str, set[str]] = {}
    for row in _rows("country_spellings.csv"):
        short = squeeze_without_brackets(row["spelling"])
        if short != squeeze(row["spelling"]) and short in _index():
            shared.setdefault(short, {_index()[short]}).add(row["iso2"])
    return {name: sorted(codes) for name, codes in shared.items() if len(codes) > 1}


@lru_cache(maxsize=1)
def _world_index() -> dict[str, str]:
    """Names in all languages of CLDR, with and without text in brackets, also with the vowels
    that replace an umlaut; none that `_index` knows otherwise, none changed that would mean two
    countries."""
    known = _index()
    whole: dict[str, str] = {}
    short: dict[str, set[str]] = {}
    for row in _rows("country_names.csv"):
        for name in row["names"].split("|"):
            whole[_key(name)] = row["iso2"]
            without_umlaut = name.casefold().translate(_UMLAUTS)
            for key in (squeeze_without_brackets(name), squeeze(without_umlaut)):
                short.setdefault(key, set()).add(row["iso2"])
    shortened = {key: codes.pop() for key, codes in short.items() if len(codes) == 1 and key}
    return {key: code for key, code in {**shortened, **whole}.items() if key not in known}


@lru_cache(maxsize=1)
def _former() -> dict[str, tuple[str, ...]]:
    return {
        squeeze(name): tuple(row["successors"].split("|"))
        for row in _rows("former_countries.csv")
        for name in row["names"].split("|")
    }


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
