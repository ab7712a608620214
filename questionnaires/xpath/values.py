"""Values of an expression - text, number, truth, nodes - and the conversions between them.

Meaning: XPath 1.0 as ODK XForms changes it. A date or date-and-time is a text that becomes days
since 1970-01-01 (UTC) wherever a number is wanted; what has no number is NaN; a blank node is an
empty text, but still a node.
"""

import math
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Protocol


class XNode(Protocol):
    """Interface of a node of a response or of a secondary instance for expressions."""

    @property
    def name(self) -> str:
        """The name of the node, as in the form."""
        ...

    @property
    def parent(self) -> "XNode | None":
        """The node above; None for a document."""
        ...

    def read(self) -> str:
        """The text an expression sees: empty when the node is not relevant."""
        ...

    def own_text(self) -> str:
        """The text the node holds, relevant or not, on offer or not."""
        ...

    def named(self, name: str) -> Sequence["XNode"]:
        """The children of that name, in order."""
        ...

    def all_children(self) -> Sequence["XNode"]:
        """All children, in order."""
        ...

    def position_in_repeat(self) -> int:
        """The number of this instance among its siblings of the same name, from 1."""
        ...

    def lookup(self, column: str, text: str) -> Sequence["XNode"] | None:
        """Children whose child `column` reads `text`; None where no index is kept."""
        ...


Nodes = Sequence[XNode]
Value = str | float | bool | list[XNode]

EPOCH = date(1970, 1, 1)
EPOCH_TIME = datetime(1970, 1, 1, tzinfo=UTC)
NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*\Z")
DATE_LIKE = re.compile(r"\s*\d{4}-\d{1,2}-\d{1,2}(T.*)?\s*\Z")
LONGEST_PLAIN = 1e21  # from here on, and below the next, numbers are written with an exponent
SMALLEST_PLAIN = 1e-6
ALL_DIGITS = Context(prec=700)  # digits: as many as any float has, rounded to 300 places or none
EXACT = 2.0**53  # beyond, whole numbers have gaps: the shortest digits name them, then noughts


def to_text(value: Value) -> str:
    """`value` as text: of nodes the first in order, of a number its shortest form ("2", "2.5").

    What is not a number has no text, as a node keeps none either.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return value[0].read() if value else ""
    return number_text(float(value))


def number_text(number: float) -> str:
    """The shortest text of a number: no trailing zeros, no exponent between 1e-6 and 1e21."""
    if math.isnan(number):
        return ""
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    if number.is_integer() and abs(number) < EXACT:
        return str(int(number))
    shortest = Decimal(repr(number))
    if SMALLEST_PLAIN <= abs(number) < LONGEST_PLAIN:
        return format(shortest.to_integral() if number.is_integer() else shortest, "f")
    return repr(number).replace("e-0", "e-")


def to_number(value: Value) -> float:
    """`value` as a number; a date as days since 1970-01-01; NaN where there is none."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    return text_number(to_text(value))


def text_number(text: str) -> float:
    """The number or the day that a text names, else NaN."""
    if (text.isascii() and text.isdigit()) or NUMBER.match(text):  # mostly digits alone
        return float(text)
    if DATE_LIKE.match(text):
        moment = read_moment(text)
        return math.nan if moment is None else days_of(moment)
    return math.nan


def to_boolean(value: Value) -> bool:
    """`value` as truth: texts and node sets when not empty, numbers when neither 0 nor NaN."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


def read_moment(text: str) -> date | datetime | None:
    """The date, or the date and time with zone, that a text names. Without a zone it is UTC."""
    text = text.strip()
    try:
        if "T" not in text:
            year, month, day = (int(part) for part in text.split("-"))
            return date(year, month, day)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def days_of(moment: date | datetime) -> float:
    """Days since 1970-01-01, with a fraction for the time of day."""
    if isinstance(moment, datetime):
        return (moment - EPOCH_TIME).total_seconds() / 86400
    return float((moment - EPOCH).days)


def moment_text(moment: datetime) -> str:
    """A date and time as a node keeps it: milliseconds and zone."""
    return moment.isoformat(timespec="milliseconds")


def round_half_away(number: float, places: int = 0) -> float:
    """Round to `places` decimals (negative: tens, hundreds), halves away from zero."""
    if math.isnan(number) or math.isinf(number):
        return number
    exact = Decimal(repr(number))
    # A float has its digits between 308 places before the point and 324 behind it.
    return float(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, ALL_DIGITS))


def divide(left: float, right: float) -> float:
    """IEEE division: by zero gives an infinity or NaN, never an error."""
    if right == 0:
        if left == 0 or math.isnan(left):
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def modulo(left: float, right: float) -> float:
    """The rest of a division, with the sign of `left`."""
    if right == 0 or math.isinf(left) or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.fmod(left, right)


ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def in_order(compare: Callable[[float, float], bool], left: Value, right: Value) -> bool:
    """Compare by one of `ORDER`: numbers only, true if any pair of nodes makes it true."""
    if isinstance(right, float):  # the usual cases, without a loop
        if isinstance(left, float):
            return compare(left, right)
        if isinstance(left, list) and len(left) == 1:
            return compare(text_number(left[0].read()), right)
    return any(compare(to_number(a), to_number(b)) for a in _each(left) for b in _each(right))


def are_equal(left: Value, right: Value) -> bool:
    """XPath `=`: as truth if one side is, as numbers if one side is, else as texts."""
    return _any_pair(left, right, operator.eq)


def are_unequal(left: Value, right: Value) -> bool:
    """XPath `!=`: true if any pair differs, so not the opposite of `=` for node sets."""
    return _any_pair(left, right, operator.ne)


def _any_pair(left: Value, right: Value, compare: Callable[[object, object], bool]) -> bool:
    if isinstance(left, list) and isinstance(right, str) and len(left) == 1:
        return compare(left[0].read(), right)  # the usual case, without a loop
    if isinstance(left, bool) or isinstance(right, bool):
        return compare(to_boolean(left), to_boolean(right))
    for a in _each(left):
        for b in _each(right):
            if isinstance(a, float) or isinstance(b, float):
                if compare(to_number(a), to_number(b)):
                    return True
            elif compare(a, b):
                return True
    return False


def _each(value: Value) -> Iterator[str | float | bool]:
    if isinstance(value, list):
        for node in value:
            yield node.read()
    else:
        yield value
