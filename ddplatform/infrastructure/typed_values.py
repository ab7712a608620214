"""Numbers, days and moments typed into addresses and forms, within bounds that fit every database.

Python reads numbers of any length up to 4,300 digits and raises beyond; the databases keep 32 or
64 bits, and days have no day before the year 1. Whoever reads a value that a person or a program
typed takes it from here, so that what is out of bounds counts as malformed, and never as a crash.
"""

import json
import math
from datetime import UTC, date, datetime
from typing import Any, TypeVar

Otherwise = TypeVar("Otherwise")

LARGEST_NUMBER = 2**31 - 1
"""The largest whole number that both databases accept in every column of whole numbers."""
FIRST_YEAR, LAST_YEAR = 1900, 2999
_LONGEST = 11
"""Signs of the longest whole number, with its sign."""


def read_signed(text: str) -> int:
    """A whole number of at most 32 bits. Raises ValueError for anything else."""
    if len(text) > _LONGEST:
        raise ValueError("A whole number of 32 bits has at most ten digits.")
    found = int(text)
    if abs(found) > LARGEST_NUMBER:
        raise ValueError("The number has more than 32 bits.")
    return found


def read_number(text: str) -> int:
    """A whole number from 0 to 2,147,483,647. Raises ValueError for anything else."""
    found = read_signed(text)
    if found < 0:
        raise ValueError("The number is below 0.")
    return found


def find_number(text: str | None, otherwise: Otherwise) -> int | Otherwise:
    """The number as `read_number` reads it, or the other value for anything else."""
    try:
        return read_number(text or "")
    except ValueError:
        return otherwise


def read_day(text: str) -> date:
    """A day of the years 1900 to 2999, which has days around it. Raises ValueError otherwise."""
    found = date.fromisoformat(text)
    require_year(found)
    return found


def read_moment(text: str) -> datetime:
    """A moment with its time zone, in UTC, of these years. Raises ValueError otherwise."""
    found = datetime.fromisoformat(text)
    require_year(found)
    if found.tzinfo is None:
        raise ValueError("The moment has no time zone.")
    return found.astimezone(UTC)


def require_year(found: date) -> None:
    """Raise ValueError for a day or a moment outside the years 1900 to 2999."""
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"The year is not between {FIRST_YEAR} and {LAST_YEAR}.")


def read_finite(text: str) -> float:
    """A number that is neither infinite nor NaN. Raises ValueError otherwise."""
    found = float(text)
    if not math.isfinite(found):
        raise ValueError("The number is not finite.")
    return found


def read_json(text: str) -> Any:
    """JSON of finite numbers and of texts that can be stored. Raises ValueError for other texts.

    JSON may name half of a surrogate pair and nest without end; Python reads the one into a text
    that no encoding holds, and gives up on the other with an error of its own.
    """
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise ValueError("The JSON is nested too deeply.") from None
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number.")
