"""Jinja filters: how figures, dates and codes read on a page (docs/frontend.md).

A missing value is said in words ("not known", "Not assessed"), never shown as zero.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import Flask

from ddplatform.adapters.assets import vendor_files
from ddplatform.web.band_bars import band_bar
from ddplatform.web.charts import line_chart, stacked_bar
from ddplatform.web.countries import country_name
from ddplatform.web.factor_words import factor_measure, factor_title
from ddplatform.web.questionnaire_states import questionnaire_word
from ddplatform.web.site_dots import row_labels_svg, rows_json
from ddplatform.web.trend_charts import trend_chart, year_spans

NOT_KNOWN = "not known"
NOT_ASSESSED = "Not assessed"

_BAND_WORDS = {"low": "Low", "medium": "Medium", "high": "High", "critical": "Critical"}
_SEVERITY_WORDS = {
    "minor": "Minor",
    "moderate": "Moderate",
    "severe": "Severe",
    "very_severe": "Very severe",
}
_SEVERITY_COLOURS = {
    "minor": "low",
    "moderate": "medium",
    "severe": "high",
    "very_severe": "critical",
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def number(value: float | None, decimals: int = 0) -> str:
    """A figure with thousands separators: 6902 -> "6,902"."""
    return NOT_KNOWN if value is None else f"{value:,.{decimals}f}"


def figure(value: float | None) -> str:
    """A measured figure to about three digits: 930958 -> "930,958", 40.872 -> "40.9", "0.53"."""
    if value is None:
        return NOT_KNOWN
    size = abs(value)
    return number(value, 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2)


def percent(share: float | None, decimals: int = 0) -> str:
    """A share between 0 and 1: 0.71 -> "71%". A small share never reads "0%", nor a part "100%"."""
    if share is None:
        return NOT_KNOWN
    smallest = 10.0**-decimals
    if 0 < share * 100 < smallest:
        return f"under {smallest:.{decimals}f}%"
    if 0 < 100 - share * 100 < smallest / 2:
        return f"over {100 - smallest:.{decimals}f}%"
    return f"{share * 100:.{decimals}f}%"


def day(value: date | datetime | None, short: bool = False) -> str:
    """A day: "25 November 2026", or "25 Nov 2026" when `short`."""
    if value is None:
        return NOT_KNOWN
    month = _MONTHS[value.month - 1]
    return f"{value.day} {month[:3] if short else month} {value.year}"


def moment(value: datetime | None) -> str:
    """A moment in UTC: "25 Nov 2026, 14:02 UTC". A moment without a zone is read as UTC."""
    if value is None:
        return NOT_KNOWN
    utc = _in_utc(value)
    return f"{day(utc, short=True)}, {utc:%H:%M} UTC"


def ago(value: date | datetime | None, now: datetime | None = None) -> str:
    """How long ago, or how long from now: "3 days ago", "in 2 hours", "today" for plain days."""
    if value is None:
        return NOT_KNOWN
    reference = _in_utc(now) if now else datetime.now(UTC)
    if not isinstance(value, datetime):
        return _days_apart((reference.date() - value).days)
    seconds = (reference - _in_utc(value)).total_seconds()
    if abs(seconds) < 60:
        return "just now"
    for size, singular in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if abs(seconds) >= size:
            length = plural(int(abs(seconds) // size), singular, f"{singular}s")
            return f"{length} ago" if seconds > 0 else f"in {length}"
    raise AssertionError("a difference of a minute or more has a unit")  # pragma: no cover


def age(months: float) -> str:
    """How old a figure is: "7 months", and from two years on "26 years"."""
    whole = round(months)
    return plural(whole // 12, "year", "years") if whole >= 24 else plural(whole, "month", "months")


def days_late(due: date | None, now: datetime) -> str:
    """How far past its day something is: "3 days late", "due today", "due in 5 days"."""
    if due is None:
        return NOT_KNOWN
    late = (_in_utc(now).date() - due).days
    if late > 0:
        return f"{plural(late, 'day', 'days')} late"
    return f"due {_days_apart(late)}"


def file_size(size: int | None) -> str:
    """Bytes in the unit a person expects: 215040 -> "210 KB" (1 KB is 1,024 bytes)."""
    if size is None:
        return NOT_KNOWN
    if size < 1024:
        return plural(size, "byte", "bytes")
    if size < 1024**2:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024**2:.1f} MB"


def plural(count: int, one: str, many: str) -> str:
    """The count and its noun: 1 -> "1 site", 3 -> "3 sites"."""
    return f"{number(count)} {one if count == 1 else many}"


def band_word(band: str | None) -> str:
    """The word of a risk band (RM-1.0 section 7.3); without a band "Not assessed"."""
    return NOT_ASSESSED if not band else _BAND_WORDS[band]


def severity_word(band: str | None) -> str:
    """The word of a severity band (RM-1.0 section 7.2); without a band "Not assessed"."""
    return NOT_ASSESSED if not band else _SEVERITY_WORDS[band]


def band_class(band: str | None) -> str:
    """The colour of a risk or severity band in the style sheets; without a band "none"."""
    return "none" if not band else _SEVERITY_COLOURS.get(band, str(band))


def initials(name: str) -> str:
    """First letters of the first two words of a name: "Maison Cacao" -> "MC"."""
    return "".join(word[0] for word in name.split()[:2]).upper()


FILTERS: dict[str, Callable[..., Any]] = {
    "number": number,
    "figure": figure,
    "percent": percent,
    "date": day,
    "datetime": moment,
    "ago": ago,
    "age": age,
    "days_late": days_late,
    "file_size": file_size,
    "plural": plural,
    "band_bar": band_bar,
    "band_word": band_word,
    "band_class": band_class,
    "severity_word": severity_word,
    "country_name": country_name,
    "initials": initials,
    "stacked_bar": stacked_bar,
    "line_chart": line_chart,
    "trend_chart": trend_chart,
    "year_spans": year_spans,
    "questionnaire_word": questionnaire_word,
    "factor_title": factor_title,
    "factor_measure": factor_measure,
    "dot_labels": row_labels_svg,
    "dot_rows": rows_json,
}


def register(app: Flask) -> None:
    """Give the templates of `app` the filters and the global `vendor` (built files that exist)."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["vendor"] = vendor_files(Path(app.static_folder or ""))


def _in_utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _days_apart(days: int) -> str:
    named = {0: "today", 1: "yesterday", -1: "tomorrow"}
    if days in named:
        return named[days]
    length = plural(abs(days), "day", "days")
    return f"{length} ago" if days > 0 else f"in {length}"
