"""Conversion of one cell's text to one value, or to the reason for its refusal."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from functools import lru_cache

from supply_chain.intake.drafts import Json
from supply_chain.intake.words import clean, squeeze, words

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_PER_CENT = ("%", "％", "٪")
_PER_CENT_WORD = re.compile(
    r"\s*(?:per ?cent|pct|prozent|por ciento|por cento|pour ?cent)\.?$", re.I
)
_MANY_DIGITS = 4_000  # Python refuses to convert whole numbers much longer than this.
MAX_NAME_CHARACTERS = 500  # Names and ids are looked up by index, which takes no longer ones.
MAX_DEPTH = 50  # Levels of lists and objects in one attribute.
# PostgreSQL keeps neither NUL nor half a surrogate pair.
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_FORMULA_SIGNS = "=+-@\t\r\n\0＝＋－＠"


class CellFault(Exception):
    """A cell cannot be used: what is wrong and the way out."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(problem)
        self.problem, self.advice = problem, advice


_LONGEST_BLANK_WORD = 20


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, a dash, "n/a" and the like."""
    if len(text) > _LONGEST_BLANK_WORD:
        return False
    return not text or text.casefold() in words().blank_words


def is_no_name(text: str) -> bool:
    """Whether a name or id says nothing; a picture alone is one, dashes are none."""
    plain = squeeze(text)
    if plain:
        return plain in words().no_names
    return not any(unicodedata.category(sign) == "So" for sign in text)


def parse_number(text: str) -> float | None:
    """Return the number a text shows, with point or comma as decimal sign, or None.

    Digits may be those of any script.
    """
    plain = text.replace("−", "-").replace(" ", "").replace("٫", ".")
    if not _NUMBER.fullmatch(plain):
        return None
    return float(plain.replace(",", "."))


_COUNT = re.compile(r"\d+|\d{1,3}(?:[.,’'٬ \u00a0\u202f]\d{3})+")


def parse_count(text: str) -> int | None:
    """Return the whole number a text shows, whatever parts its thousands ("1.240"), or None."""
    if not _COUNT.fullmatch(text) or len(text) > _LONGEST_COUNT:
        return None
    return int("".join(sign for sign in text if sign.isdigit()))


_LONGEST_COUNT = 20


@lru_cache(maxsize=4_096)
def parse_share(text: str, *, in_per_cent: bool = False) -> tuple[float, bool]:
    """Return a share 0..1 and whether it was written in per cent.

    With `in_per_cent` the column says so, and its bare numbers are per cent too ("Share %": 40).

    Raises:
        CellFault: no number, or not between 0 and 1.
    """
    text = _PER_CENT_WORD.sub("%", text)
    signed = text.endswith(_PER_CENT)
    per_cent = signed or in_per_cent
    number = parse_number(text[:-1].strip() if signed else text)
    advice = "Write the part of the buyer's input as a number from 0 to 1, for example 0.4 or 40%."
    if number is None:
        raise CellFault(f"The share “{text}” is not a number.", advice)
    share = number / 100 if per_cent else number
    if not 0 <= share <= 1:
        raise CellFault(f"The share {text} is not between 0 and 1.", advice)
    return share, per_cent


def check_name(text: str) -> str:
    """Return a name or id that is not too long to look it up. Raises CellFault."""
    if len(text) > MAX_NAME_CHARACTERS:
        raise CellFault(
            f"The text has {len(text):,} characters; a name or id has at most"
            f" {MAX_NAME_CHARACTERS}.",
            "Shorten it; a description can stand in a column of its own.",
        )
    return text


def parse_truth(text: str, name: str) -> bool:
    """Return true or false for yes and no in several languages. Raises CellFault."""
    truth = words().truth.get(squeeze(text))
    if truth is None:
        raise CellFault(f"“{text}” under {name} is neither yes nor no.", "Write true or false.")
    return truth


def parse_word(text: str, meanings: dict[str, str], name: str) -> str:
    """Return the vocabulary word for a text. Raises CellFault naming the choices."""
    meaning = meanings.get(squeeze(text))
    if meaning is None:
        choices = ", ".join(sorted(set(meanings.values())))
        raise CellFault(f"The {name} “{text}” is not known.", f"Use one of: {choices}.")
    return meaning


_JSON_STARTS = frozenset('"[{-0123456789tfn')
_JSON_MARKS = frozenset('"[{')
# A number or word of JSON; only these are worth the price of trying.
_JSON_PLAIN = re.compile(r"-?\d[\d.eE+-]*|true|false|null")


def attribute_from_text(text: str) -> Json:
    """Read an attribute cell: JSON where the text is exactly that, else one line of text."""
    if text.isascii() and text.isdigit() and (text[0] != "0" or text == "0"):
        return int(text) if len(text) < _MANY_DIGITS else _from_json(text)
    if text[:1] in _JSON_STARTS and (text[0] in _JSON_MARKS or _JSON_PLAIN.fullmatch(text)):
        return _from_json(text)
    return clean(text)


def _from_json(text: str) -> Json:
    try:
        value: Json = json.loads(text)
        return keepable(value) if attribute_as_json(value) == text else clean(text)
    except (ValueError, RecursionError, CellFault):
        return clean(text)


def keepable_text(text: str) -> str:
    """The text without the characters that no database keeps."""
    return _UNKEEPABLE.sub("", text)


def keepable(value: Json, depth: int = 0) -> Json:
    """A value of JSON without characters that no database keeps.

    Raises:
        CellFault: it holds NaN or an infinite number, which JSON cannot write, or is nested so
            deeply that other programs give up on it.
    """
    if depth > MAX_DEPTH:
        raise CellFault("A value is nested too deeply.", f"Nest at most {MAX_DEPTH} levels.")
    if isinstance(value, str):
        return keepable_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise CellFault("A number is too large, or none.", "Write it as a number or a text.")
    if isinstance(value, list):
        return [keepable(inner, depth + 1) for inner in value]
    if isinstance(value, dict):
        return {keepable_text(key): keepable(inner, depth + 1) for key, inner in value.items()}
    return value


def attribute_to_text(value: Json) -> str:
    """Write an attribute so that `attribute_from_text` gives the same value back."""
    if not isinstance(value, str):
        return attribute_as_json(value)
    plain = value[:1] != "'" and not is_blank(value) and value.isprintable()
    return value if plain and attribute_from_text(value) == value else attribute_as_json(value)


def attribute_as_json(value: Json) -> str:
    """The one spelling of a value in JSON that counts."""
    return json.dumps(value, ensure_ascii=not _all_printable(value))


def _all_printable(value: Json) -> bool:
    return json.dumps(value, ensure_ascii=False).isprintable()


def column_of_key(key: str, prefix: str) -> str:
    """Name the column of an attribute or id scheme so that `key_of_column` gives the key back."""
    plain = key.isprintable() and clean(key) == key and key[:1] not in ("", '"', "'")
    return prefix + (key if plain else attribute_as_json(key))


def key_of_column(column: str, prefix: str) -> str:
    """The key behind a column's name, with or without the prefix."""
    key = column.removeprefix(prefix)
    return str(attribute_from_text(key)) if key.startswith('"') else key


def shield(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula; numbers stay numbers."""
    bare = text.lstrip("'")
    if bare[:1] and bare[0] in _FORMULA_SIGNS and parse_number(text) is None:
        return "'" + text
    return text


def unshield(text: str) -> str:
    """Take one such apostrophe off."""
    bare = text.lstrip("'")
    return text[1:] if text[:1] == "'" and bare[:1] and bare[0] in _FORMULA_SIGNS else text
