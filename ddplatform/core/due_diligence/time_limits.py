"""Time limits of the due-diligence process, counted from the arrival of a record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from ddplatform.core.months import add_months

UNITS: Final = ("hours", "days", "months", "working_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimit:
    """A time limit; exactly one of the five fields is set."""

    hours: int = 0
    days: int = 0
    months: int = 0
    working_days: int = 0
    same_day: bool = False

    def __post_init__(self) -> None:
        given = [self.hours, self.days, self.months, self.working_days, int(self.same_day)]
        if sum(value > 0 for value in given) != 1 or min(given) < 0:
            raise ValueError("A time limit needs exactly one unit above zero.")

    def end(self, start: datetime) -> datetime:
        """The last moment that is in time, in the time zone of `start`.

        A same-day limit ends with the calendar day. Working days are Monday to Friday;
        public holidays count as working days, which only makes the limit stricter.
        A month ends on the same day, or on the last day of a shorter month.

        Raises:
            ValueError: `start` carries no time zone.
        """
        if start.tzinfo is None:
            raise ValueError("The start of a time limit needs a time zone.")
        if self.same_day:
            return datetime.combine(start.date(), time.max, tzinfo=start.tzinfo)
        if self.months:
            return add_months(start, self.months)
        if self.working_days:
            return _add_working_days(start, self.working_days)
        return start + timedelta(hours=self.hours, days=self.days)


def read_time_limit(data: Mapping[str, Any] | None) -> TimeLimit | None:
    """A limit from a data file, for example `{hours: 24}`; None where none is set.

    Raises:
        TypeError, ValueError: an unknown unit, or not exactly one above zero.
    """
    return None if data is None else TimeLimit(**data)


def limit_words(limit: TimeLimit | None) -> str:
    """A time limit in words: "72 hours", "same day", or nothing."""
    if limit is None:
        return ""
    if limit.same_day:
        return "same day"
    amount, unit = next((getattr(limit, unit), unit) for unit in UNITS if getattr(limit, unit))
    words = unit.replace("_", " ")
    return f"{amount} {words.removesuffix('s') if amount == 1 else words}"


def limit_in(
    danger: bool | None, *, within: TimeLimit | None, within_danger: TimeLimit | None
) -> TimeLimit | None:
    """The limit that holds; None (nobody has said whether a child is in danger) counts as danger.

    Args:
        within: the limit without danger. within_danger: the one in danger, where it is another.
    """
    return within if danger is False else within_danger or within


def _add_working_days(start: datetime, days: int) -> datetime:
    end = start
    while days:
        end += timedelta(days=1)
        days -= end.weekday() < 5
    return end
