"""Coordinates in the notations of lists -> degrees: decimal, sexagesimal, or a pair in one cell."""

from __future__ import annotations

import re

from supply_chain.intake.cells import CellFault, parse_number

# The notation of nearly every cell.
_PLAIN = re.compile(r"-?\d{1,3}(?:\.\d{1,17})?", re.ASCII)
_LONGEST_PAIR = 200  # signs; two places written out with seconds have some 60
_PART = r"\d{1,2}(?:[.,]\d+)?"
_MARKED = re.compile(
    rf"""(?P<sign>-?)(?P<degrees>\d{{1,3}})\s*[°º]\s*(?:(?P<minutes>{_PART})\s*['′’]\s*)?
    (?:(?P<seconds>{_PART})\s*(?:"|″|”|''|’’)\s*)?""",
    re.VERBOSE,
)
_SPACED = re.compile(
    rf"(?P<sign>-?)(?P<degrees>\d{{1,3}})[\s:]+(?P<minutes>{_PART})(?:[\s:]+(?P<seconds>{_PART}))?"
)
_HALVES = {90: "NS", 180: "EW"}
_BY_HALVES = re.compile(
    r"(?P<latitude>(?:[NS]\s*[\d.,°º'′’\"″”\s]+|[\d.,°º'′’\"″”\s]+[NS]))[\s,;/]*"
    r"(?P<longitude>(?:[EW]\s*[\d.,°º'′’\"″”\s]+|[\d.,°º'′’\"″”\s]+[EW]))",
    re.IGNORECASE,
)
_WELL_KNOWN_TEXT = re.compile(
    r"POINT\s*Z?\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)(?:\s+-?[\d.]+)?\s*\)", re.IGNORECASE
)


def parse_degrees(text: str, limit: float, name: str) -> float:
    """Return a latitude (limit 90) or longitude (limit 180) in degrees. Raises CellFault."""
    if _PLAIN.fullmatch(text) and abs(number := float(text)) <= limit:
        return number
    return _judged(text, limit, name)


def _judged(text: str, limit: float, name: str) -> float:
    number, half = _read(text)
    advice = (
        f"Write the {name} in decimal degrees from -{limit:g} to {limit:g}; check that latitude"
        " and longitude are not swapped."
    )
    if number is None:
        raise CellFault(f"The {name} “{text}” is not a number.", advice)
    if half and half not in _HALVES[int(limit)]:
        raise CellFault(f"“{text}” is no {name}: it ends or begins with {half}.", advice)
    degrees = -abs(number) if half in ("S", "W") else number
    if not -limit <= degrees <= limit:
        raise CellFault(
            f"The {name} {text} is out of range (-{limit:g} to {limit:g} degrees).", advice
        )
    return degrees


def _with_halves(text: str) -> str:
    """A text with the halves of the world as N, S, E, W: "64,70° с.ш.", "北纬30.5"."""
    if text.isascii():
        return text
    for written, half in _HALVES_WRITTEN:
        text = written.sub(half, text)
    return text


_HALVES_WRITTEN = tuple(
    (re.compile(written, re.IGNORECASE), half)
    for written, half in (
        (r"с\.?\s?ш\.?|北[纬緯]", "N"),
        (r"ю\.?\s?ш\.?|南[纬緯]", "S"),
        (r"в\.?\s?д\.?|东[经經]|東[経經]", "E"),
        (r"з\.?\s?д\.?|西[经經経]", "W"),
    )
)


def _read(text: str) -> tuple[float | None, str]:
    """The number of a text and the half of the world it names, N, S, E or W."""
    plain = _with_halves(text).strip().rstrip("°º").strip()
    half = ""
    if plain[-1:].upper() in "NSEW":
        half, plain = plain[-1:].upper(), plain[:-1].strip()
    elif plain[:1].upper() in "NSEW":
        half, plain = plain[:1].upper(), plain[1:].strip()
    match = _MARKED.fullmatch(plain) or _SPACED.fullmatch(plain)
    if not match:
        return parse_number(plain.rstrip("°º ")), half
    parts = [float((match[k] or "0").replace(",", ".")) for k in ("degrees", "minutes", "seconds")]
    if max(parts[1:]) >= 60:
        return None, half
    value = parts[0] + parts[1] / 60 + parts[2] / 3600
    return (-value if match["sign"] else value), half


def split_pair(text: str) -> tuple[str, str] | None:
    """Return latitude and longitude of "[27.1, 78.3]", "27.1 78.3" or "12°15'S 25°20'E", or None.

    "POINT (78.3 27.1)", as programs for maps write it, names the longitude first.
    """
    if len(text) > _LONGEST_PAIR:
        return None
    known = _WELL_KNOWN_TEXT.fullmatch(text.strip())
    if known:
        return known[2], known[1]
    plain = _with_halves(text).strip("[]() ")
    halves = _BY_HALVES.fullmatch(plain)
    if halves:
        return halves["latitude"].strip(" ,"), halves["longitude"].strip(" ,")
    parts = re.split(r"\s*[,;/]\s+|\s*[;/]\s*|\s+|(?<=\d),(?=-?\d)", plain)
    return (parts[0], parts[1]) if len(parts) == 2 else None
