"""ODK's functions over texts, numbers and node sets: one table, name -> arity and meaning.

Functions that must not evaluate all arguments first, or that move about the tree (`if`, `once`,
`position`, `current`, `instance`, `indexed-repeat`), are compiled in `expressions`.
"""

import base64
import binascii
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import regex

from questionnaires.errors import EvaluationFault
from questionnaires.xpath.dates import decimal_date_time, decimal_time, format_date, to_date
from questionnaires.xpath.geometry import area, distance, is_inside
from questionnaires.xpath.order import in_seeded_order, number_seed
from questionnaires.xpath.scope import Scope
from questionnaires.xpath.values import (
    Value,
    XNode,
    moment_text,
    round_half_away,
    to_boolean,
    to_number,
    to_text,
)

LOGARITHMS = (math.log, math.log10)
NO_LIMIT = -1  # of `checklist()`; no count is below it
MANY = 1_000  # more arguments than any form writes
HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384"} | {
    "SHA-512": "sha512"
}
LONGEST_SEARCHED = 20_000  # characters a regular expression is let loose on
LONGEST_SEARCH_S = 1.0  # a form of anybody runs where all work: `(.*a){25}b` may take years


@dataclass(frozen=True, slots=True)
class Function:
    """One function: how many arguments it takes, and what it does with their values."""

    least: int
    most: int
    call: Callable[..., Value]


def _texts(values: Sequence[Value]) -> list[str]:
    """Every value as text, each node of a set on its own."""
    out: list[str] = []
    for value in values:
        if isinstance(value, list):
            out.extend(node.read() for node in value)
        else:
            out.append(to_text(value))
    return out


def _numbers(values: Sequence[Value]) -> list[float]:
    """Every value as a number, each node of a set on its own."""
    out: list[float] = []
    for value in values:
        if isinstance(value, list):
            out.extend(to_number(node.read()) for node in value)
        else:
            out.append(to_number(value))
    return out


def _nodes(value: Value, name: str) -> list[XNode]:
    if not isinstance(value, list):
        raise EvaluationFault(f"{name}() needs questions, not a value.")
    return value


def _own(scope: Scope, values: Sequence[Value]) -> Value:
    return values[0] if values else [scope.node]


def _extreme(values: Sequence[Value], pick: Callable[[list[float]], float]) -> float:
    numbers = _numbers(values)
    return pick(numbers) if numbers and not any(map(math.isnan, numbers)) else math.nan


def _math(function: Callable[[float], float]) -> Callable[[Scope, Value], float]:
    def call(_: Scope, value: Value) -> float:
        number = to_number(value)
        try:
            return float(function(number))
        except OverflowError:  # of the powers alone: what is too large is an infinity
            return math.inf
        except ValueError:
            return -math.inf if function in LOGARITHMS and number == 0 else math.nan

    return call


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda number: float(function(number)) if math.isfinite(number) else number


def _power(_: Scope, base: Value, exponent: Value) -> float:
    number, power = to_number(base), to_number(exponent)
    if math.isnan(power) or (abs(number) == 1 and math.isinf(power)):
        return math.nan  # as in Java and JavaScript; C says 1
    try:
        return math.pow(number, power)
    except ValueError:
        return math.nan if number else math.inf
    except OverflowError:
        return math.inf


def _round(_: Scope, value: Value, places: Value = 0.0) -> float:
    digits = to_number(places)
    return round_half_away(to_number(value), int(digits)) if abs(digits) < 300 else math.nan


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> "regex.Pattern[str]":
    """The pattern of `regex()`, ready to search. Raises EvaluationFault."""
    # As in other ODK programs, \d and \w are those of ASCII; \p{L} is a letter of any script.
    try:
        return regex.compile(pattern, 0 if "\\p" in pattern.lower() else regex.ASCII)
    except (regex.error, RecursionError, OverflowError) as error:
        raise EvaluationFault(f"The regular expression {pattern!r} cannot be read.") from error


def _regex(_: Scope, value: Value, pattern: Value) -> bool:
    written, text = to_text(pattern), to_text(value)[:LONGEST_SEARCHED]
    try:
        found = compile_pattern(written).search(text, timeout=LONGEST_SEARCH_S, concurrent=True)
    except TimeoutError:
        told = f"The regular expression {written!r} takes too long for this text."
        raise EvaluationFault(told) from None
    return found is not None


def _substr(_: Scope, value: Value, start: Value, end: Value = math.inf) -> str:
    """From `start` (0-based, negative from the end) up to but not `end`."""
    text = to_text(value)
    first, last = _truncated(to_number(start)), _truncated(to_number(end))
    if math.isnan(first) or math.isnan(last):
        return ""
    return text[_index(first, len(text)) : _index(last, len(text))]


_truncated = _whole(math.trunc)


def _index(number: float, length: int) -> int:
    number = number + length if number < 0 else number
    return int(max(0.0, min(number, float(length))))


def _substring(_: Scope, value: Value, start: Value, length: Value = math.inf) -> str:
    """XPath's own: from 1, both ends rounded."""
    first = _xpath_round(to_number(start))
    end = first + _xpath_round(to_number(length))
    return "".join(
        sign for place, sign in enumerate(to_text(value), 1) if first <= place and place < end
    )


def _around(text: str, mark: str) -> tuple[str, str]:
    """Text before and after the first `mark`; every text begins with the empty one."""
    place = text.find(mark)
    return ("", "") if place < 0 else (text[:place], text[place + len(mark) :])


def _xpath_round(number: float) -> float:
    return math.floor(number + 0.5) if math.isfinite(number) else number


def _translate(_: Scope, value: Value, source: Value, target: Value) -> str:
    old, new = to_text(source), to_text(target)
    table: dict[int, str] = {}
    for place, sign in enumerate(old):
        table.setdefault(ord(sign), new[place] if place < len(new) else "")
    return to_text(value).translate(table)


def _selected_at(_: Scope, value: Value, place: Value) -> str:
    chosen, index = to_text(value).split(), to_number(place)
    return chosen[int(index)] if 0 <= index < len(chosen) else ""


def _chosen(text: str) -> list[str]:
    """The names in a text; of a blank one the empty name, which asks whether it is blank."""
    return text.split() or [""]


def _checklist(_: Scope, least: Value, most: Value, *items: Value) -> bool:
    return _between(least, most, sum(_flags(items)))


def _weighted_checklist(_: Scope, least: Value, most: Value, *items: Value) -> bool:
    flags, weights = _flags(items[0::2]), _numbers(items[1::2])
    return _between(least, most, sum(w for flag, w in zip(flags, weights, strict=False) if flag))


def _flags(items: Sequence[Value]) -> list[bool]:
    """The truth of every value, each node of a set on its own: one with a text is true."""
    return [
        flag
        for item in items
        for flag in (
            [node.read() != "" for node in item] if isinstance(item, list) else [to_boolean(item)]
        )
    ]


def _between(least: Value, most: Value, count: float) -> bool:
    low, high = to_number(least), to_number(most)
    return count >= low and (high == NO_LIMIT or count <= high)


def _digest(_: Scope, value: Value, algorithm: Value, encoding: Value = "base64") -> str:
    name = HASHES.get(to_text(algorithm).upper())
    if name is None:
        raise EvaluationFault(f"digest() does not know {to_text(algorithm)!r}.")
    hashed = hashlib.new(name, to_text(value).encode(), usedforsecurity=False).digest()
    return hashed.hex() if to_text(encoding) == "hex" else base64.b64encode(hashed).decode()


def _base64_decode(_: Scope, value: Value) -> str:
    text = to_text(value)
    filled = text + "=" * (-len(text) % 4)  # the signs that fill it up may be missing
    try:
        return base64.b64decode(filled, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _uuid(scope: Scope, length: Value = "") -> str:
    size = to_number(length)
    if math.isnan(size):
        return str(UUID(int=scope.world.random.getrandbits(128), version=4))
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "".join(scope.world.random.choices(letters, k=int(max(0.0, min(size, 256.0)))))


def _randomize(scope: Scope, nodes: Value, seed: Value | None = None) -> Value:
    items = list(_nodes(nodes, "randomize"))
    number = scope.world.random.getrandbits(31) if seed is None else number_seed(seed)
    return in_seeded_order(items, number)


def _number(scope: Scope, *values: Value) -> float:
    """`number(x)`: of a text with date and time the whole days alone."""
    own = _own(scope, values)
    number = to_number(own)
    return math.floor(number) if "T" in to_text(own) and math.isfinite(number) else number


def _pulldata(scope: Scope, name: Value, column: Value, key: Value, wanted: Value) -> str:
    root = scope.world.instances.get(to_text(name).removesuffix(".csv"))
    for table in root.all_children() if root else ():
        rows = table.lookup(to_text(key), to_text(wanted)) or ()
        for row in rows:
            return next((cell.read() for cell in row.named(to_text(column))), "")
    return ""


def _choice_name(scope: Scope, value: Value, path: Value) -> str:
    return scope.world.words.choice_label(to_text(value), to_text(path), scope)


def _normalized(scope: Scope, *values: Value) -> str:
    return " ".join(to_text(_own(scope, values)).split())


def _name(scope: Scope, *values: Value) -> str:
    own = _own(scope, values)
    return own[0].name if isinstance(own, list) and own else ""


def _arithmetic() -> Mapping[str, Function]:
    roots = [math.sqrt, math.exp, math.log, math.log10]
    angles = [math.sin, math.cos, math.tan, math.asin, math.acos, math.atan]
    table = {function.__name__: Function(1, 1, _math(function)) for function in [*roots, *angles]}
    return table | {
        "abs": Function(1, 1, _math(abs)),
        "exp10": Function(1, 1, _math(lambda number: math.pow(10.0, number))),
        "ceiling": Function(1, 1, _math(_whole(math.ceil))),
        "floor": Function(1, 1, _math(_whole(math.floor))),
        "int": Function(1, 1, _math(_whole(math.trunc))),
        "atan2": Function(2, 2, lambda _, y, x: math.atan2(to_number(y), to_number(x))),
        "pi": Function(0, 0, lambda _: math.pi),
    }


FUNCTIONS: Mapping[str, Function] = {
    **_arithmetic(),
    "pow": Function(2, 2, _power),
    "round": Function(1, 2, _round),
    "number": Function(0, 1, _number),
    "string": Function(0, 1, lambda scope, *v: to_text(_own(scope, v))),
    "boolean": Function(1, 1, lambda _, v: to_boolean(v)),
    "boolean-from-string": Function(1, 1, lambda _, v: to_text(v).lower() in ("true", "1")),
    "true": Function(0, 0, lambda _: True),
    "false": Function(0, 0, lambda _: False),
    "not": Function(1, 1, lambda _, v: not to_boolean(v)),
    "coalesce": Function(1, MANY, lambda _, *v: next((t for t in map(to_text, v) if t), "")),
    "concat": Function(1, MANY, lambda _, *v: "".join(_texts(v))),
    "join": Function(1, MANY, lambda _, sep, *v: to_text(sep).join(_texts(v))),
    "count": Function(1, 1, lambda _, v: float(len(_nodes(v, "count")))),
    "count-non-empty": Function(
        1, 1, lambda _, v: float(sum(n.read() != "" for n in _nodes(v, "count-non-empty")))
    ),
    "sum": Function(1, MANY, lambda _, *v: float(sum(_numbers(v)))),
    "max": Function(1, MANY, lambda _, *v: _extreme(v, max)),
    "min": Function(1, MANY, lambda _, *v: _extreme(v, min)),
    "selected": Function(2, 2, lambda _, v, w: to_text(w).strip() in _chosen(to_text(v))),
    "count-selected": Function(1, 1, lambda _, v: float(len(to_text(v).split()))),
    "selected-at": Function(2, 2, _selected_at),
    "checklist": Function(2, MANY, _checklist),
    "weighted-checklist": Function(2, MANY, _weighted_checklist),
    "regex": Function(2, 2, _regex),
    "substr": Function(2, 3, _substr),
    "substring": Function(2, 3, _substring),
    "substring-before": Function(2, 2, lambda _, v, w: _around(to_text(v), to_text(w))[0]),
    "substring-after": Function(2, 2, lambda _, v, w: _around(to_text(v), to_text(w))[1]),
    "string-length": Function(0, 1, lambda scope, *v: float(len(to_text(_own(scope, v))))),
    "normalize-space": Function(0, 1, _normalized),
    "contains": Function(2, 2, lambda _, v, w: to_text(w) in to_text(v)),
    "starts-with": Function(2, 2, lambda _, v, w: to_text(v).startswith(to_text(w))),
    "ends-with": Function(2, 2, lambda _, v, w: to_text(v).endswith(to_text(w))),
    "translate": Function(3, 3, _translate),
    "digest": Function(2, 3, _digest),
    "base64-decode": Function(1, 1, _base64_decode),
    "today": Function(0, 0, lambda scope: scope.world.now.date().isoformat()),
    "now": Function(0, 0, lambda scope: moment_text(scope.world.now)),
    "date": Function(1, 1, lambda _, v: to_date(v)),
    "date-time": Function(1, 1, lambda _, v: to_date(v)),
    "decimal-date-time": Function(1, 1, lambda _, v: decimal_date_time(v)),
    "decimal-time": Function(1, 1, lambda _, v: decimal_time(v)),
    "format-date": Function(2, 2, lambda _, v, p: format_date(v, to_text(p))),
    "format-date-time": Function(2, 2, lambda _, v, p: format_date(v, to_text(p))),
    "random": Function(0, 0, lambda scope: scope.world.random.random()),
    "uuid": Function(0, 1, _uuid),
    "randomize": Function(1, 2, _randomize),
    "area": Function(1, 1, lambda _, v: area(_texts([v]))),
    "distance": Function(1, MANY, lambda _, *v: distance(_texts(v))),
    "geofence": Function(2, 2, lambda _, v, w: is_inside(to_text(v), to_text(w))),
    "pulldata": Function(4, 4, _pulldata),
    "jr:choice-name": Function(2, 2, _choice_name),
    "jr:itext": Function(1, 1, lambda scope, v: scope.world.words.itext(to_text(v))),
    "version": Function(0, 0, lambda scope: scope.world.words.form.version),
    "name": Function(0, 1, _name),
    "local-name": Function(0, 1, _name),
}
