"""Risk values of numbers and dates: the `value_rule` column of a questionnaire.

Four forms, as the tables of a questionnaire write them:

- bands `0:0;20:.3;inf:1!RF-01`: upper bounds, each included; a band may fire a red flag
- `linear 50`: r = value / 50, from 0 to 1
- `inverse 100`: r = 1 - value / 100, from 0 to 1
- `months 24:0;inf:.5;never:1`: age of a date in months; `never` for an event that never was
"""

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from questionnaires.months import add_months

NEVER = "never"

_FLAG = re.compile(r"RF-\d\d")


@dataclass(frozen=True, slots=True)
class Band:
    """Values up to `upper` (included) have the risk value `r` and may fire `red_flag`."""

    upper: float
    r: float
    red_flag: str = ""


@dataclass(frozen=True, slots=True)
class ValueRule:
    """Rule from a number or a date to a risk value; `unit` is the divisor of a straight line."""

    kind: Literal["bands", "linear", "inverse", "months"]
    bands: tuple[Band, ...] = ()
    unit: float = 1.0
    never: float | None = None

    def judge(self, answer: str, *, today: date) -> Band | None:
        """The risk value of `answer` as a band of its own; None where it cannot be read."""
        if self.kind == "months":
            return self._judge_date(answer, today)
        try:
            value = float(answer)
        except ValueError:
            return None
        if math.isnan(value):
            return None
        if self.kind == "bands":
            return next((band for band in self.bands if value <= band.upper), None)
        share = min(1.0, max(0.0, value / self.unit))
        return Band(value, share if self.kind == "linear" else 1.0 - share)

    def _judge_date(self, answer: str, today: date) -> Band | None:
        if answer == NEVER:
            return None if self.never is None else Band(math.inf, self.never)
        try:
            day = date.fromisoformat(answer[:10])
        except ValueError:
            return None
        return next((band for band in self.bands if day >= _months_before(today, band.upper)), None)


def parse_rule(text: str) -> ValueRule:
    """Read a `value_rule`.

    Raises:
        ValueError: the text is none of the four forms, a bound does not rise, the last band is
            not `inf`, or a risk value is outside 0 to 1.
    """
    word, _, rest = text.strip().partition(" ")
    if word in ("linear", "inverse"):
        unit = float(rest)
        if not unit > 0 or math.isinf(unit):
            raise ValueError(f"'{rest}' in '{text}' is not a number above 0")
        return ValueRule("linear" if word == "linear" else "inverse", unit=unit)
    if word == "months":
        return _parse_months(rest)
    return ValueRule("bands", bands=_parse_bands(text.split(";")))


def _parse_months(text: str) -> ValueRule:
    parts = [part.strip() for part in text.split(";")]
    never = [part for part in parts if part.startswith(f"{NEVER}:")]
    bands = _parse_bands([part for part in parts if part not in never])
    worst = _risk_value(never[0].partition(":")[2]) if never else None
    return ValueRule("months", bands=bands, never=worst)


def _parse_bands(parts: list[str]) -> tuple[Band, ...]:
    bands = tuple(_parse_band(part) for part in parts)
    uppers = [band.upper for band in bands]
    if uppers[-1:] != [math.inf] or uppers != sorted(set(uppers)):
        raise ValueError("the bounds must rise and end with 'inf'")
    return bands


def _parse_band(part: str) -> Band:
    upper, colon, rest = part.partition(":")
    value, mark, flag = rest.partition("!")
    if not colon or (mark and not _FLAG.fullmatch(flag.strip())):
        raise ValueError(f"'{part}' is not written as 'bound:risk value' or 'bound:value!RF-01'")
    return Band(float(upper), _risk_value(value), flag.strip())


def _risk_value(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(f"the risk value '{text.strip()}' is not between 0 and 1")
    return value


def _months_before(day: date, months: float) -> date:
    """The same day `months` earlier, or the last of that month; the first day of all for inf."""
    if math.isinf(months):
        return date.min
    return add_months(day, -int(months))
