"""Classification codes in columns of sectors: NACE, ISIC, NAICS, and HS codes of goods.

A column is read as codes where its heading names a classification, or nearly all of its values
have the shape of codes of one. A code that leads to one sector is certain; an ambiguous code
("0127", growing of beverage crops), or one with different meanings in the classifications that the
column may use, is a question.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from supply_chain.intake.activities import Activity, activity_of_goods
from supply_chain.intake.activity_words import sectors_of_goods
from supply_chain.intake.commodities import commodity_ref

_DATA = Path(__file__).parent.parent / "data"
_NAMED = {
    "nace": r"nace|naf|ape|ateco|wz ?(?:20)?(?:08|25)?|sni|uk ?sic|sic ?2007|cae|cnae|nace ?bel",
    "isic": r"isic|ciiu|citi|cnae",
    "naics": r"naics|scian",
    "hs": r"hs|hs ?codes?|hts|harmoni[sz]ed system|customs tariff",
}
_HEADINGS = {
    scheme: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for scheme, words in _NAMED.items()
}
# “C14.13”, “1410 - Manufacture of wearing apparel”, “NACE 13.10”, “14.13Z”, “6109.10”.
_CODE = re.compile(
    r"(?:(?P<scheme>NACE|ISIC|NAICS|HS)\W{0,3})?(?P<section>[A-U])?[ .]?"
    r"(?P<code>\d{1,6}(?:[.,]\d{1,2}){0,2})(?P<tail>[A-Z])?(?:\s*(?:[-–—:(]|\s)\s*\D.*)?",
    re.IGNORECASE | re.DOTALL,
)
# A comma before one or two digits is a decimal point; others part two codes.
_BETWEEN = re.compile(r"[;|/\n]|,(?=\s)|,(?=\d{3,})")
_OF_CODES = 0.8
"""The part of the values of a column, 0..1, that must have the shape of a code."""
_CERTAIN, _OPEN = 0.95, 0.5
_GROUP, _CLASS = 3, 4  # digits
_NAICS_DIGITS = 6
_BARE = 12  # signs of a code without its title
_MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class ColumnCodes:
    """The classifications that the codes of a column may be of, most likely first.

    Attributes:
        schemes: names of classifications as in `data/activity_codes.csv`, and “hs”.
    """

    schemes: tuple[str, ...]

    def activity(self, text: str, goods: Collection[str]) -> Activity | None:
        """The activity that the codes of a cell state; None where it holds no code.

        Args:
            goods: refs of the goods of the same row, which identify the crop of “beverage crops”.
        """
        codes = _codes_in(text)
        meant = [(scheme, code) for code in codes for scheme in self.schemes]
        found = [each for one in meant if (each := _sectors(*one)) is not None]
        if not found:
            return None
        sectors = _of_goods(tuple(dict.fromkeys(s for each in found for s in each)), goods)
        is_one = len(sectors) == 1 and all(found)
        title = next(filter(None, (_title(*one) for one in meant)), None)
        why = f"{text} ({title})" if title and len(text) <= _BARE else text
        certainty = _CERTAIN if is_one else _OPEN
        return Activity(sectors[0] if sectors else None, certainty, why, sectors[:_MOST_CANDIDATES])

    def goods(self, text: str) -> tuple[str, ...]:
        """Refs of the goods that the codes of a cell mean, where they are HS codes."""
        if self.schemes != ("hs",):
            return ()
        return tuple(filter(None, map(commodity_ref, _codes_in(text))))


def _of_goods(sectors: tuple[str, ...], goods: Collection[str]) -> tuple[str, ...]:
    """The one of several sectors that grows or mines the goods of the row, else all."""
    table = sectors_of_goods()
    told = {table.get((kind, good)) for kind in ("grow", "mine") for good in goods}
    kept = tuple(sector for sector in sectors if sector in told)
    return kept if len(kept) == 1 else sectors


def codes_of_column(heading: str, values: Iterable[str]) -> ColumnCodes | None:
    """Classification of the codes of a column; None where it holds words.

    Args:
        heading: the name of the column in the list.
        values: its filled cells.
    """
    filled = {value.strip() for value in values} - {""}
    shaped = [cell for value in filled for cell in _cells_in(value)]
    coded = sum(1 for value in filled if _cells_in(value))
    if not filled or coded < _OF_CODES * len(filled):
        return None
    named = [scheme for scheme, words in _HEADINGS.items() if words.search(heading)]
    inside = dict.fromkeys(cell["scheme"].lower() for cell in shaped if cell["scheme"])
    schemes = named or list(inside) or _by_shape(shaped)
    return ColumnCodes(tuple(schemes)) if schemes else None


def _by_shape(cells: list[re.Match[str]]) -> list[str]:
    """The classifications by the pattern of a whole column without a telling heading."""
    codes = [cell["code"].replace(",", ".") for cell in cells]
    if _most(re.fullmatch(r"\d{4}\.\d{2}(\.\d{2})?", code) is not None for code in codes):
        return ["hs"]
    is_sectioned = _most(cell["section"] is not None for cell in cells)
    is_dotted = _most("." in code for code in codes)
    is_plain = _most(len(code) == _CLASS and code.isdigit() for code in codes)
    if is_dotted:
        possible = ["nace"]
    elif is_sectioned:
        possible = ["isic", "nace"]
    else:
        possible = ["isic", "nace", "hs"] if is_plain else []
    digits = [_digits(code) for code in codes]
    return [s for s in possible if _most(_sectors(s, one) is not None for one in digits)]


def _most(answers: Iterable[bool]) -> bool:
    told = list(answers)
    return bool(told) and sum(told) >= _OF_CODES * len(told)


def _cells_in(text: str) -> list[re.Match[str]]:
    """The codes of a cell: one with or without its title, or several; none if a part is no code."""
    whole = _CODE.fullmatch(text.strip())
    if whole:
        return [whole]
    parts = [_CODE.fullmatch(part.strip()) for part in _BETWEEN.split(text)]
    return [part for part in parts if part] if all(parts) else []


def _codes_in(text: str) -> list[str]:
    """The digits of each code of a cell."""
    return [_digits(cell["code"].replace(",", ".")) for cell in _cells_in(text)]


def _digits(code: str) -> str:
    """A code without its points; spreadsheets drop the nought of “01.16”."""
    division, point, rest = code.partition(".")
    if point and len(division) == 1:
        division = f"0{division}"
    return division + rest.replace(".", "")


def _sectors(scheme: str, digits: str) -> tuple[str, ...] | None:
    """The sectors of a code, None where the classification has no such code."""
    if scheme == "hs":
        if digits[:_CLASS] not in _hs_headings():
            return None
        good = commodity_ref(digits)
        return activity_of_goods((good,)).candidates if good else ()
    table = _table()[scheme]
    if scheme == "naics":
        known = [digits[:n] for n in range(len(digits), 1, -1) if digits[:n] in table]
        return table[known[0]] if known and len(digits) <= _NAICS_DIGITS else None
    if len(digits) == _GROUP and digits not in table:
        digits = f"0{digits}"
    least = min(len(digits), _GROUP)
    for length in range(min(len(digits), _CLASS), least - 1, -1):
        if digits[:length] in table:
            return table[digits[:length]]
    return None


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, str]]:
    with (_DATA / "activity_codes.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in _rows():
        sectors = tuple(filter(None, row["sectors"].split("|")))
        found.setdefault(row["scheme"], {})[row["code"]] = sectors
    return found


@lru_cache(maxsize=1)
def _titles() -> dict[tuple[str, str], str]:
    return {(row["scheme"], row["code"]): row["title"] for row in _rows()}


def _title(scheme: str, digits: str) -> str | None:
    """The official title of a code, or of the narrowest group of it that the table has."""
    narrower = (digits[:length] for length in range(len(digits), 1, -1))
    return next((t for code in narrower if (t := _titles().get((scheme, code)))), None)


@lru_cache(maxsize=1)
def _hs_headings() -> frozenset[str]:
    with (_DATA / "hs_chapters.csv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        return frozenset(code for row in rows for code in row["headings"].split("|"))
