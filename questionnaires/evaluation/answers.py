"""Conversion of raw form text to a typed answer, or to a problem with the expected notation."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from unicodedata import decimal

from questionnaires.form.form import SELECTS, UNASKED, UPLOADS, Kind, Question
from questionnaires.xpath.values import NUMBER, number_text, read_moment

LEAST_INTEGER, MOST_INTEGER = -(2**31), 2**31 - 1
CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?\Z")
ON_STEP = 1e-9  # how far from a step of a range a value may lie, as a share of the step
LONGEST_TEXT = 20_000  # characters of one answer

Typed = str | int | float | date | datetime | time | tuple[str, ...] | tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that can be kept: `text` as in an instance, `value` typed, None when blank.

    Selects of several and ranks are tuples of names, places tuples of numbers (latitude and
    longitude in degrees, altitude and accuracy in metres).
    """

    text: str
    value: Typed


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Reason why a text is no answer: `message` names the rule, `advice` the remedy."""

    code: str
    message: str
    advice: str


def read_answer(
    question: Question, raw: str, *, on_offer: Collection[str] | None = None
) -> Answer | AnswerProblem:
    """Type what was entered for a question.

    Args:
        question: the question.
        raw: the text of the field; names with blanks between them for selects of several.
        on_offer: the names a select offers now; None takes the whole list of the question.

    Returns:
        The answer, blank for a text of blanks only, or the problem.
    """
    text = raw if question.kind is Kind.TEXT else raw.strip().replace("\N{NO-BREAK SPACE}", "")
    if not text.strip():
        return Answer("", None)
    if len(text) > LONGEST_TEXT:
        return AnswerProblem(
            "too-long",
            f"This answer has {len(text)} characters.",
            f"Shorten it to {LONGEST_TEXT} characters or attach a file.",
        )
    if question.kind in SELECTS:
        names = {choice.name for choice in question.choices} if on_offer is None else on_offer
        return _select(question.kind, text, names)
    reader = _READERS.get(question.kind)
    if question.kind is Kind.RANGE:
        return _range(question.parameters, text)
    return reader(text) if reader else Answer(text, text)


def _select(kind: Kind, text: str, names: Collection[str]) -> Answer | AnswerProblem:
    chosen = (text,) if kind is Kind.SELECT_ONE else tuple(dict.fromkeys(text.split()))
    for name in chosen:
        if name not in names:
            return AnswerProblem(
                "not-on-offer",
                f"'{name}' is not one of the answers on offer.",
                "Choose from the list shown now.",
            )
    return Answer(" ".join(chosen), chosen[0] if kind is Kind.SELECT_ONE else chosen)


def _number(text: str) -> float | None:
    plain = text
    if not text.isascii():
        plain = "".join(_PLAIN.get(sign, str(decimal(sign, sign))) for sign in text)
    return float(plain) if NUMBER.match(plain) else None


def _integer(text: str) -> Answer | AnswerProblem:
    number = _number(text)
    if number is None or not number.is_integer():
        return AnswerProblem(
            "not-an-integer",
            f"'{text}' is not a whole number.",
            "Write digits only, without words, spaces or decimals, for example 12.",
        )
    if not LEAST_INTEGER <= number <= MOST_INTEGER:
        return AnswerProblem(
            "out-of-range", f"{text} is too large.", f"Write a number up to {MOST_INTEGER}."
        )
    return Answer(str(int(number)), int(number))


def _decimal(text: str) -> Answer | AnswerProblem:
    number = _number(text)
    if number is None:
        return AnswerProblem(
            "not-a-number",
            f"'{text}' is not a number.",
            "Write digits with a point before decimals, for example 3.5.",
        )
    return Answer(number_text(number), number)


def _range(parameters: Mapping[str, str], text: str) -> Answer | AnswerProblem:
    answer = _decimal(text)
    if isinstance(answer, Answer) and not _on_scale(parameters, float(answer.text)):
        low, high = parameters.get("start", "1"), parameters.get("end", "10")
        return AnswerProblem(
            "off-scale",
            f"{text} is not on the scale.",
            f"Choose from {low} to {high} in steps of {parameters.get('step', '1')}.",
        )
    return answer


def _on_scale(parameters: Mapping[str, str], number: float) -> bool:
    start, end, step = (
        float(parameters.get(name) or default)
        for name, default in (("start", "1"), ("end", "10"), ("step", "1"))
    )
    low, high = min(start, end), max(start, end)
    steps = (number - start) / step if step else 0.0
    return low <= number <= high and abs(steps - round(steps)) <= ON_STEP * max(1.0, abs(steps))


def _date(text: str) -> Answer | AnswerProblem:
    moment = read_moment(text)
    if moment is None:
        return AnswerProblem(
            "not-a-date",
            f"'{text}' is not a date.",
            "Write year, month and day, for example 2026-06-15.",
        )
    day = moment.date() if isinstance(moment, datetime) else moment
    return Answer(day.isoformat(), day)


def _date_time(text: str) -> Answer | AnswerProblem:
    moment = read_moment(text.replace(" ", "T", 1))
    if not isinstance(moment, datetime):
        return AnswerProblem(
            "not-a-date-time",
            f"'{text}' is not a date with a time.",
            "Write date, T and time, for example 2026-06-15T13:05.",
        )
    return Answer(text.replace(" ", "T", 1), moment)


def _time(text: str) -> Answer | AnswerProblem:
    try:
        if CLOCK.match(text):
            return Answer(text, time.fromisoformat(text.zfill(5) if len(text) == 4 else text))
    except ValueError:
        pass  # looks like a clock but names no time of day: the same problem
    return AnswerProblem(
        "not-a-time", f"'{text}' is not a time.", "Write hours and minutes, for example 13:05."
    )


def _place(text: str) -> Answer | AnswerProblem:
    numbers = [_number(part) for part in text.split()]
    known = tuple(number for number in numbers if number is not None)
    is_whole = 2 <= len(known) == len(numbers) <= 4
    if is_whole and abs(known[0]) <= 90 and abs(known[1]) <= 180:
        return Answer(" ".join(text.split()), known)
    return AnswerProblem(
        "not-a-place",
        f"'{text}' is not a place on the map.",
        "Write latitude (-90 to 90) and longitude (-180 to 180) in degrees, for example 5.6 -0.2.",
    )


def _file(text: str) -> Answer | AnswerProblem:
    if "/" in text or "\\" in text or text in (".", ".."):
        return AnswerProblem(
            "not-a-file-name",
            "A file's name cannot hold a path.",
            "Give the name alone, for example policy.pdf.",
        )
    return Answer(text, text)


_PLAIN = {"\N{ARABIC DECIMAL SEPARATOR}": ".", "\N{NARROW NO-BREAK SPACE}": ""} | dict.fromkeys(
    # Invisible signs of direction and joining: phones copy them along with a number.
    "\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff",
    "",
)

_READERS: Mapping[Kind, Callable[[str], Answer | AnswerProblem]] = {
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.DATETIME: _date_time,
    Kind.TIME: _time,
    Kind.GEOPOINT: _place,
    **dict.fromkeys(UPLOADS, _file),
}


def counted_text(question: Question, raw: str) -> str:
    """Part of a text that counts in expressions: numbers cut to their type, invalid text removed.

    The rules of the form's data types, more lenient than `read_answer`: an integer loses its
    decimals, and what is no number, no date or off the scale counts as blank. So does a text of
    blanks only that a person typed; one that was worked out stays, as XPath has it.
    """
    text = raw.strip()
    if question.kind in SELECTS:
        return text
    rule = _COUNTED.get(question.data_type)
    if not text and (rule or not _is_worked_out(question)):
        return text
    counted = rule(text) if rule else raw
    is_off = question.kind is Kind.RANGE and not _is_on_range(question, counted)
    return "" if is_off else counted


def _is_worked_out(question: Question) -> bool:
    return question.kind in UNASKED or question.rules.calculate is not None


def _is_on_range(question: Question, text: str) -> bool:
    number = _number(text)
    return number is not None and _on_scale(question.parameters, number)


def _counted_integer(text: str) -> str:
    number = _number(text)
    if number is None or not LEAST_INTEGER <= number <= MOST_INTEGER:
        return ""
    return str(int(number))


def _counted_places(text: str, *, least: int, most: int = 10_000) -> str:
    """Places as ODK writes them, all four numbers of each; nothing where one is no place."""
    places = [_place(part.strip()) for part in text.removesuffix(";").split(";")]
    known = [
        " ".join(repr(float(number)) for number in [*place.value, 0.0, 0.0][:4])
        for place in places
        if isinstance(place, Answer) and isinstance(place.value, tuple)
    ]
    is_whole = len(known) == len(places) and least <= len(known) <= most
    return ";".join(known) if is_whole else ""


def _counted(reader: Callable[[str], Answer | AnswerProblem]) -> Callable[[str], str]:
    def rule(text: str) -> str:
        answer = reader(text)
        return answer.text if isinstance(answer, Answer) else ""

    return rule


_COUNTED: Mapping[str, Callable[[str], str]] = {
    "int": _counted_integer,
    "decimal": _counted(_decimal),
    "date": _counted(_date),
    "dateTime": _counted(_date_time),
    "time": _counted(_time),
    "geopoint": lambda text: _counted_places(text, least=1, most=1),
    "geotrace": lambda text: _counted_places(text, least=2),
    "geoshape": lambda text: _counted_places(text, least=4),
}
