"""Jinja filters: display of figures, dates and codes on pages (docs/frontend.md).

A missing value is said in words ("not known", "Not assessed"), never shown as zero.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from flask import Flask

from ddplatform import languages
from ddplatform.documents.drawings.band_bars import band_bar
from ddplatform.documents.drawings.charts import line_chart, stacked_bar
from ddplatform.documents.drawings.site_dots import row_labels_svg, rows_json
from ddplatform.documents.drawings.trend_charts import trend_chart, year_spans
from ddplatform.infrastructure.assets.files import vendor_files
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.words.factors import factor_measure, factor_title
from ddplatform.infrastructure.words.questionnaire_states import questionnaire_word
from ddplatform.languages import (
    ENGLISH,
    current_language,
    current_locale,
    day_in_words,
    gettext,
    ngettext,
)
from ddplatform.languages import lazy_gettext as _

Unit = Literal["day", "hour", "minute"]
NOT_KNOWN = _("not known")
NOT_ASSESSED = _("Not assessed")

_BAND_WORDS = {"low": _("Low"), "medium": _("Medium"), "high": _("High"), "critical": _("Critical")}
_SEVERITY_WORDS = {
    "minor": _("Minor"),
    "moderate": _("Moderate"),
    "severe": _("Severe"),
    "very_severe": _("Very severe"),
}
_SEVERITY_COLOURS = {
    "minor": "low",
    "moderate": "medium",
    "severe": "high",
    "very_severe": "critical",
}
_SIZES = (("digital-megabyte", 1024**2, 1), ("digital-kilobyte", 1024, 0))
_UNITS: tuple[tuple[int, Unit], ...] = ((86400, "day"), (3600, "hour"), (60, "minute"))
_HUGE = 1e12


def number(value: float | None, decimals: int = 0) -> str:
    """A figure with thousands separators: 6902 -> "6,902"."""
    if value is None:
        return str(NOT_KNOWN)
    if current_language() == ENGLISH:
        return f"{value:,.{decimals}f}"
    return str(format_decimal(value, f"#,##0.{'0' * decimals}", current_locale()))


def figure(value: float | None) -> str:
    """A measured figure to about three digits: 930958 -> "930,958", 40.872 -> "40.9", "0.53"."""
    if value is None:
        return str(NOT_KNOWN)
    size = abs(value)
    return number(value, 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2)


def percent(share: float | None, decimals: int = 0) -> str:
    """A share between 0 and 1: 0.71 -> "71%". A small share never reads "0%", nor a part "100%"."""
    if share is None:
        return str(NOT_KNOWN)
    smallest = 10.0**-decimals
    if 0 < share * 100 < smallest:
        return gettext("under %(share)s", share=_in_hundred(smallest, decimals))
    if 0 < 100 - share * 100 < smallest / 2:
        return gettext("over %(share)s", share=_in_hundred(100 - smallest, decimals))
    return _in_hundred(share * 100, decimals)


def _in_hundred(value: float, decimals: int) -> str:
    if current_language() == ENGLISH:
        return f"{value:.{decimals}f}%"
    pattern = current_locale().percent_formats[None].pattern.replace("#,##0", "0")
    exact = pattern.replace("0", f"0.{'0' * decimals}" if decimals else "0")
    return str(format_percent(value / 100, exact, current_locale()))


def day(value: date | datetime | None, short: bool = False) -> str:
    """A day: "25 November 2026", or "25 Nov 2026" when `short`."""
    if value is None:
        return str(NOT_KNOWN)
    return day_in_words(value, short=short)


def moment(value: datetime | None) -> str:
    """A moment in UTC: "25 Nov 2026, 14:02 UTC". A moment without a zone is read as UTC."""
    if value is None:
        return str(NOT_KNOWN)
    utc = _in_utc(value)
    return f"{day(utc, short=True)}, {utc:%H:%M} UTC"


def ago(value: date | datetime | None, now: datetime | None = None) -> str:
    """Relative time: "3 days ago", "in 2 hours", "today" for plain days."""
    if value is None:
        return str(NOT_KNOWN)
    reference = _in_utc(now) if now else datetime.now(UTC)
    if not isinstance(value, datetime):
        return _days_apart((reference.date() - value).days)
    seconds = (reference - _in_utc(value)).total_seconds()
    if abs(seconds) < 60:
        return gettext("just now")
    for size, unit in _UNITS:
        if abs(seconds) >= size:
            whole = int(abs(seconds) // size) * size
            return _apart(timedelta(seconds=-whole if seconds > 0 else whole), unit)
    raise AssertionError("a difference of a minute or more has a unit")  # pragma: no cover


def age(months: float) -> str:
    """The age of a figure: "7 months", and from two years on "26 years"."""
    whole = round(months)
    unit, count = ("year", whole // 12) if whole >= 24 else ("month", whole)
    return str(format_unit(count, f"duration-{unit}", "long", locale=current_locale()))


def days_late(due: date | None, now: datetime) -> str:
    """Days past the due date: "3 days late", "due today", "due in 5 days"."""
    if due is None:
        return str(NOT_KNOWN)
    late = (_in_utc(now).date() - due).days
    if late > 0:
        return ngettext("%(num)s day late", "%(num)s days late", late)
    return gettext("due %(when)s", when=_days_apart(late))


def file_size(size: int | None) -> str:
    """Bytes in the unit a person expects: 215040 -> "210 KB" (1 KB is 1,024 bytes)."""
    if size is None:
        return str(NOT_KNOWN)
    for unit, of, decimals in _SIZES:
        if size >= of:
            count = number(size / of, decimals)
            if current_language() == ENGLISH:
                return f"{count} {'MB' if decimals else 'KB'}"
            exact = f"0.{'0' * decimals}"
            return str(format_unit(size / of, unit, "short", exact, locale=current_locale()))
    return str(format_unit(size, "digital-byte", "long", locale=current_locale()))


def plural(count: int, one: str, many: str) -> str:
    """The count and its noun: 1 -> "1 site", 3 -> "3 sites". For English pages only."""
    return f"{number(count)} {one if count == 1 else many}"


def band_word(band: str | None) -> str:
    """The word of a risk band (RM-1.0 section 7.3); without a band "Not assessed"."""
    return str(_BAND_WORDS[band] if band else NOT_ASSESSED)


def severity_word(band: str | None) -> str:
    """The word of a severity band (RM-1.0 section 7.2); without a band "Not assessed"."""
    return str(_SEVERITY_WORDS[band] if band else NOT_ASSESSED)


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


def register(app: Flask, language: Callable[[], str | None] | None = None) -> None:
    """Give the templates of `app` the filters, the words of the `language` that a page speaks,
    and the global `vendor` (built files that exist).
    """
    languages.register(app, language)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["vendor"] = vendor_files(Path(app.static_folder or ""))


def _in_utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _days_apart(days: int) -> str:
    named = {0: _("today"), 1: _("yesterday"), -1: _("tomorrow")}
    if days in named:
        return str(named[days])
    return _apart(timedelta(days=-days), "day")


def _apart(time: timedelta, unit: Unit) -> str:
    """Time before (negative) or after now, in a unit of its own: "400 days ago"."""
    return str(format_timedelta(time, unit, _HUGE, add_direction=True, locale=current_locale()))
