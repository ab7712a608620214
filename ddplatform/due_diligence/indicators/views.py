"""What the pages of indicators say: values, direction of change, effort beside counts.

Small counts of people are hidden from readers who do not record values (`exact` is false), such
as an auditor: what they read leaves the organisation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_decimal

from ddplatform.core.due_diligence.indicators import (
    IndicatorUnit,
    MeasuredIndicator,
    indicator_words,
)
from ddplatform.core.due_diligence.suppression import SUPPRESSED, suppress_count, suppress_row
from ddplatform.documents.drawings.charts import Series
from ddplatform.due_diligence.indicators.models import TrackedIndicator, TrackedValue
from ddplatform.languages import current_locale, day_in_words, gettext
from supply_chain.vocabulary import Issue

SENSITIVE = frozenset({None, Issue.CT, Issue.SE, Issue.OS, Issue.AC})
"""Issues with the higher limit of small counts; without an issue it could be any of them."""
Newest = Mapping[UUID, Sequence[TrackedValue]]


@dataclass(frozen=True)
class Line:
    """An indicator as lists show it. `newest`: None where nothing was measured yet."""

    tracked: TrackedIndicator
    indicator: MeasuredIndicator
    newest: str | None
    period: str
    change: str
    baseline: str | None
    target: str | None


@dataclass(frozen=True)
class ValueRow:
    """One value of the table. `is_replaced`: a later one of the same period and group stands."""

    value: TrackedValue
    period: str
    group: str
    shown: str
    is_replaced: bool


@dataclass(frozen=True)
class Plot:
    """The values of everybody over the periods, with the baseline first where there is one."""

    series: list[Series]
    labels: list[str]


def lines(rows: Sequence[TrackedIndicator], newest: Newest, *, exact: bool) -> list[Line]:
    """These indicators with their newest value and its change."""
    return [line(row, newest[row.id], exact=exact) for row in rows]


def line(row: TrackedIndicator, newest: Sequence[TrackedValue], *, exact: bool) -> Line:
    """One indicator with its newest value and the change since the period before."""
    indicator, shown = indicator_words().indicators[row.indicator], _Shown(row, exact=exact)
    return Line(
        tracked=row,
        indicator=indicator,
        newest=shown.alone(newest[0].value) if newest else None,
        period=period_words(newest[0].period_start, newest[0].period_end) if newest else "",
        change=_change(row, newest, shown),
        baseline=shown.on_day(row.baseline_value, row.baseline_on),
        target=shown.on_day(row.target_value, row.target_on, is_aim=True),
    )


def effort_lines(one: MeasuredIndicator, effort: Sequence[Line]) -> list[Line]:
    """The effort that a count of what was found stands beside, the closest first."""
    found = [line for line in effort if line.indicator.ref in one.beside]
    return sorted(found, key=lambda line: one.beside.index(line.indicator.ref))


def value_rows(
    row: TrackedIndicator, values: Sequence[TrackedValue], *, exact: bool
) -> list[ValueRow]:
    """The table of all values, the newest period first."""
    known, shown = indicator_words(), _Shown(row, exact=exact)
    standing = _standing(values)
    words = shown.by_period(list(standing.values()))
    return [
        ValueRow(
            value=one,
            period=period_words(one.period_start, one.period_end),
            group=known.groups[one.of_group] if one.of_group else gettext("Everybody"),
            shown=words.get(one.id) or shown.replaced(one.value),
            is_replaced=standing[_key(one)] is not one,
        )
        for one in values
    ]


def plot(row: TrackedIndicator, values: Sequence[TrackedValue], *, exact: bool) -> Plot | None:
    """What is drawn; None below two points, or where a value lies below zero."""
    shown = _Shown(row, exact=exact)
    standing = [one for one in _standing(values).values() if one.of_group is None]
    words = shown.by_period(list(_standing(values).values()))
    points = [
        (
            period_words(one.period_start, one.period_end),
            one.value if words[one.id] == shown.plain(one.value) else None,
        )
        for one in reversed(standing)
    ]
    if row.baseline_value is not None and not shown.is_hidden(row.baseline_value):
        points.insert(0, (gettext("Baseline"), row.baseline_value))
    known = [value for _, value in points if value is not None]
    if len(known) < 2 or min(known) < 0:
        return None
    series = [Series(label=gettext("Measured"), values=[value for _, value in points])]
    if row.target_value is not None and row.target_value >= 0:
        series.append(Series(label=gettext("Target"), values=[row.target_value] * len(points)))
    return Plot(series, [label for label, _ in points])


def period_words(start: date, end: date) -> str:
    """A period as short as it can be said: "2026", "Q1 2026", "Mar 2026", or its two days."""
    after = end + timedelta(days=1)
    whole = start.day == after.day == 1
    months = (after.year - start.year) * 12 + after.month - start.month
    locale = current_locale()
    if whole and months == 12 and start.month == 1:
        return str(start.year)
    if whole and months == 3 and start.month % 3 == 1:
        return str(format_date(start, "QQQ y", locale=locale))
    if whole and months == 1:
        return str(format_date(start, "MMM y", locale=locale))
    if start == end:
        return day_in_words(start)
    return f"{day_in_words(start)} – {day_in_words(end)}"


def _change(row: TrackedIndicator, newest: Sequence[TrackedValue], shown: "_Shown") -> str:
    """The direction of change in words: since the period before, else since the baseline."""
    if not newest:
        return ""
    now = newest[0].value
    if len(newest) > 1:
        before, since = (
            newest[1].value,
            period_words(newest[1].period_start, newest[1].period_end),
        )
    elif row.baseline_value is not None:
        before, since = row.baseline_value, gettext("the baseline")
    else:
        return gettext("first value, no comparison yet")
    if shown.is_hidden(now) or shown.is_hidden(before):
        return gettext("change not shown: small number")
    if now == before:
        return gettext("unchanged since %(since)s", since=since)
    told = {"size": shown.difference(abs(now - before)), "since": since}
    if now > before:
        words = gettext("rose by %(size)s since %(since)s", **told)
    else:
        words = gettext("fell by %(size)s since %(since)s", **told)
    return words + _towards(row, now, before)


def _towards(row: TrackedIndicator, now: float, before: float) -> str:
    if indicator_words().indicators[row.indicator].finds:
        return gettext("; by itself neither better nor worse")
    if row.target_value is None:
        return ""
    if abs(row.target_value - now) < abs(row.target_value - before):
        return gettext(", towards the target")
    return gettext(", away from the target")


def _key(one: TrackedValue) -> tuple[date, date, str | None]:
    return one.period_start, one.period_end, one.of_group


def _standing(values: Sequence[TrackedValue]) -> dict[tuple[date, date, str | None], TrackedValue]:
    """The value that stands in each period and group: of several the first, recorded last."""
    found: dict[tuple[date, date, str | None], TrackedValue] = {}
    for one in values:
        found.setdefault(_key(one), one)
    return found


class _Shown:
    """How the values of one indicator are shown to a reader."""

    def __init__(self, row: TrackedIndicator, *, exact: bool) -> None:
        self.unit: IndicatorUnit = indicator_words().units[row.unit]
        self.hides = self.unit.people and not exact
        self.sensitive = row.issue in SENSITIVE

    def plain(self, value: float) -> str:
        """A value with its unit."""
        return f"{_figure(value)} {self.unit.title}"

    def difference(self, size: float) -> str:
        """The size of a change with its unit; of shares in percentage points."""
        title = gettext("percentage points") if self.unit.ref == "percent" else self.unit.title
        return f"{_figure(size)} {title}"

    def is_hidden(self, value: float) -> bool:
        """Whether a value is a small count that this reader does not see."""
        return self.hides and suppress_count(int(value), sensitive=self.sensitive) != value

    def alone(self, value: float) -> str:
        """A value on its own."""
        if not self.is_hidden(value):
            return self.plain(value)
        return self._hidden(suppress_count(int(value), sensitive=self.sensitive))

    def replaced(self, value: float) -> str:
        """A value that does not stand any more: beside the one that does, it could tell it."""
        return self._hidden(SUPPRESSED) if self.hides else self.plain(value)

    def on_day(self, value: float | None, on: date | None, *, is_aim: bool = False) -> str | None:
        """A baseline or target with its day; a target counts nobody."""
        if value is None or on is None:
            return None
        said = self.plain(value) if is_aim else self.alone(value)
        return gettext("%(value)s on %(day)s", value=said, day=day_in_words(on))

    def by_period(self, standing: Sequence[TrackedValue]) -> dict[UUID, str]:
        """Each value as shown, so that no group can be worked out from the others."""
        periods: dict[tuple[date, date], list[TrackedValue]] = {}
        for one in standing:
            periods.setdefault((one.period_start, one.period_end), []).append(one)
        return {key: said for rows in periods.values() for key, said in self._period(rows).items()}

    def _period(self, rows: Sequence[TrackedValue]) -> dict[UUID, str]:
        if not self.hides:
            return {one.id: self.plain(one.value) for one in rows}
        groups = [one for one in rows if one.of_group is not None]
        all_of = [one for one in rows if one.of_group is None]
        if not groups:
            return {one.id: self.alone(one.value) for one in all_of}
        # Groups by age and by gender overlap, and a part of everybody may be in none: only with
        # the remainder as a cell of its own does the row add up.
        counts = [int(one.value) for one in groups]
        total = int(all_of[0].value) if all_of else sum(counts)
        said = {one.id: self.alone(one.value) for one in all_of}
        rest = total - sum(counts)
        cells = suppress_row([*counts, rest], sensitive=self.sensitive) if rest >= 0 else []
        if not cells or cells[-1] != total:  # lists show the total: the groups are withheld
            return said | {one.id: self._hidden(SUPPRESSED) for one in groups}
        for one, cell in zip(groups, cells, strict=False):
            said[one.id] = self.plain(one.value) if cell == one.value else self._hidden(cell)
        return said

    def _hidden(self, shown: int | str) -> str:
        if shown == SUPPRESSED:
            return gettext("suppressed")
        return f"{shown} {self.unit.title}"


def _figure(value: float) -> str:
    return str(format_decimal(value, "#,##0.####", locale=current_locale()))
