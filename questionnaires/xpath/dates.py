"""ODK's date and time functions. Dates are texts; their numbers are in `values`."""

import math
from datetime import UTC, date, datetime, timedelta

from questionnaires.xpath.values import (
    EPOCH,
    EPOCH_TIME,
    Value,
    days_of,
    moment_text,
    read_moment,
    to_number,
    to_text,
)

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
MONTHS = _MONTHS.split()
_DAYS = "Mon Tue Wed Thu Fri Sat Sun"
DAYS = _DAYS.split()
FURTHEST = 3_650_000  # days: ten thousand years either way, what a calendar can hold


def to_date(value: Value) -> str:
    """`date(x)`: a date text stays one, in UTC; a number of days becomes one; else blank."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return _text_of_days(value)
    text = to_text(value).strip()
    moment = read_moment(text)
    if isinstance(moment, datetime):
        return moment_text(moment.astimezone(UTC))
    if moment is not None:
        return moment.isoformat()
    return _text_of_days(to_number(text))


def _text_of_days(days: float) -> str:
    if math.isnan(days) or abs(days) > FURTHEST:
        return ""
    try:
        if days.is_integer():
            return (EPOCH + timedelta(days=int(days))).isoformat()
        return moment_text(EPOCH_TIME + timedelta(days=days))
    except OverflowError:
        return ""


def _with_time(moment: date | datetime) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def decimal_date_time(value: Value) -> float:
    """`decimal-date-time(x)`: days since 1970-01-01 with a fraction."""
    moment = read_moment(to_date(value))
    return math.nan if moment is None else days_of(moment)


def decimal_time(value: Value) -> float:
    """`decimal-time(x)`: the fraction of the day that has gone at a time or a date and time."""
    clock = to_text(value).strip().rpartition("T")[2]
    if clock[2:3] != ":":
        return math.nan  # a number is no time, though Python reads "1e3" and "123456" as one
    try:
        moment = datetime.fromisoformat(f"1970-01-02T{clock}")
    except ValueError:
        return math.nan
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    passed = timedelta(
        hours=moment.hour,
        minutes=moment.minute,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return passed / timedelta(days=1)


def format_date(value: Value, pattern: str) -> str:
    """`format-date(x, pattern)`: empty when there is no date.

    Codes: %Y %y %m %n (month without zero) %b %d %e (day without zero) %a %H %h %M %S %3 %Z %%.
    """
    moment = read_moment(to_date(value))
    if moment is None:
        return ""
    codes = _codes(_with_time(moment))
    out, rest = [], iter(pattern)
    for sign in rest:
        if sign != "%":
            out.append(sign)
            continue
        code = next(rest, "")
        out.append(codes.get(code, f"%{code}"))
    return "".join(out)


def _codes(moment: datetime) -> dict[str, str]:
    return {
        "Y": f"{moment.year:04d}",
        "y": f"{moment.year % 100:02d}",
        "m": f"{moment.month:02d}",
        "n": str(moment.month),
        "b": MONTHS[moment.month - 1],
        "d": f"{moment.day:02d}",
        "e": str(moment.day),
        "a": DAYS[moment.weekday()],
        "H": f"{moment.hour:02d}",
        "h": str(moment.hour),
        "M": f"{moment.minute:02d}",
        "S": f"{moment.second:02d}",
        "3": f"{moment.microsecond // 1000:03d}",
        "Z": moment.strftime("%z"),
        "%": "%",
    }
