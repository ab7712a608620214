"""Indicators: start to track one, change its baseline and target, record a value."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.indicators import IndicatorUnit, indicator_words
from ddplatform.due_diligence.indicators.models import TrackedIndicator, TrackedValue
from ddplatform.due_diligence.indicators.queries import find_overlap, get_tracked
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext
from supply_chain.vocabulary import Issue

SCOPE_LENGTH = 280
SOURCE_LENGTH = 280
NOTE_LENGTH = 1_000
LARGEST = 10.0**12
COUNT_OF_PEOPLE = "count of people"
"""Stands in the log for a figure that small counts could be read from."""
_COUNTS = ("value", "baseline_value")


@dataclass(frozen=True)
class Aim:
    """Scope, baseline and target of an indicator; a value stands with its day or not at all."""

    scope: str
    baseline_value: float | None
    baseline_on: date | None
    target_value: float | None
    target_on: date | None


@dataclass(frozen=True)
class Measured:
    """The value of one period.

    Attributes:
        of_group: key of a group, None: everybody. source: who measured it, and how.
    """

    period_start: date
    period_end: date
    value: float
    of_group: str | None
    source: str
    note: str


def start(ref: str, unit: str, issue: Issue | None, aim: Aim, *, act: Act) -> TrackedIndicator:
    """Start to track an indicator.

    Raises:
        Invalid: the unit is none of this indicator, or the aim breaks a rule.
    """
    known = indicator_words()
    if ref not in known.indicators:
        raise Invalid(fields={"indicator": gettext("Choose an indicator of the list.")})
    if unit not in known.indicators[ref].units:
        units = ", ".join(known.units[one].title for one in known.indicators[ref].units)
        told = gettext("%(indicator)s is measured in: %(units)s.", indicator=ref, units=units)
        raise Invalid(fields={"unit": told})
    _check_aim(ref, known.units[unit], aim, today=act.at.date())
    row = TrackedIndicator(
        indicator=ref,
        unit=unit,
        issue=issue,
        created_at=act.at,
        created_by_id=act.by.user_id,
        **_values(aim),
    )
    db.session.add(row)
    db.session.flush()  # the event names it
    values = _logged(known.units[unit], _values(aim))
    audit.record("indicator:start", row, act=act, indicator=ref, unit=unit, **values)
    return row


def change(tracked_id: UUID, aim: Aim, *, version: int, act: Act) -> TrackedIndicator:
    """Change scope, baseline or target. Values that were recorded stay as they are.

    Raises:
        NotFound: no such indicator. Invalid: the aim breaks a rule.
        Conflict: somebody changed it meanwhile.
    """
    row = get_tracked(tracked_id, for_change=True)
    unit = indicator_words().units[row.unit]
    _check_aim(row.indicator, unit, aim, today=act.at.date())
    changed: dict[str, Any] = {
        name: (getattr(row, name), value)
        for name, value in _values(aim).items()
        if getattr(row, name) != value
    }
    if not changed:
        return row
    refuse_stale(row, version)
    for name, (_, value) in changed.items():
        setattr(row, name, value)
    audit.record("indicator:change", row, act=act, **_logged(unit, changed))
    return row


def record_value(tracked_id: UUID, measured: Measured, *, act: Act) -> TrackedValue:
    """Record the value of a period. One of the same period and group is replaced, and kept.

    Raises:
        NotFound: no such indicator. Invalid: a field breaks a rule.
    """
    tracked = get_tracked(tracked_id, for_change=True)
    unit = indicator_words().units[tracked.unit]
    _check_measured(unit, measured, today=act.at.date())
    if unit.people:
        _refuse({"period_start": _overlap_fault(tracked_id, measured)})
    row = TrackedValue(
        tracked_id=tracked_id,
        period_start=measured.period_start,
        period_end=measured.period_end,
        of_group=measured.of_group,
        value=measured.value,
        source=measured.source.strip(),
        note=measured.note.strip(),
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(row)
    db.session.flush()  # the event names it
    audit.record(
        "indicator:record",
        row,
        act=act,
        indicator=tracked.indicator,
        period=f"{measured.period_start.isoformat()}/{measured.period_end.isoformat()}",
        group=measured.of_group,
        **_logged(unit, {"value": measured.value}),
    )
    return row


def _values(aim: Aim) -> dict[str, Any]:
    return {**vars(aim), "scope": aim.scope.strip()}


def _logged(unit: IndicatorUnit, values: dict[str, Any]) -> dict[str, Any]:
    """What the log holds of values: no count of people, as readers of the log see them all."""
    if not unit.people:
        return values
    return {
        name: COUNT_OF_PEOPLE if name in _COUNTS and value is not None else value
        for name, value in values.items()
    }


def _check_aim(ref: str, unit: IndicatorUnit, aim: Aim, *, today: date) -> None:
    faults = {
        "scope": fault_in(aim.scope, label=gettext("the scope"), longest=SCOPE_LENGTH),
        "baseline_value": _figure_fault(unit, aim.baseline_value),
        "target_value": _figure_fault(unit, aim.target_value),
    }
    pairs = {"baseline": (aim.baseline_value, aim.baseline_on)}
    pairs["target"] = (aim.target_value, aim.target_on)
    for name, (value, day) in pairs.items():
        if value is None and day is not None:
            faults[f"{name}_value"] = gettext("Enter the value of this day, or leave both empty.")
        if value is not None and day is None:
            faults[f"{name}_on"] = gettext("Choose the day of this value, or leave both empty.")
    if aim.baseline_on is not None and aim.baseline_on > today:
        faults["baseline_on"] = gettext("Choose today or an earlier day.")
    if aim.target_on is not None and aim.target_on <= (aim.baseline_on or aim.target_on.min):
        faults["target_on"] = gettext("Choose a day after the baseline.")
    if indicator_words().indicators[ref].finds and aim.target_value is not None:
        faults["target_value"] = gettext(
            "This indicator counts what was found, and a target would reward finding less. "
            "Leave the target empty and set one for detection effort or for an outcome of support."
        )
    _refuse(faults)


def _check_measured(unit: IndicatorUnit, measured: Measured, *, today: date) -> None:
    source, note = gettext("the source"), gettext("the note")
    faults = {
        "period_end": None,
        "value": _figure_fault(unit, measured.value),
        "source": fault_in(measured.source, label=source, longest=SOURCE_LENGTH),
        "note": fault_in(measured.note, label=note, longest=NOTE_LENGTH, required=False),
    }
    if measured.period_end > today:
        faults["period_end"] = gettext("Choose today or an earlier day.")
    if measured.period_end < measured.period_start:
        faults["period_end"] = gettext("Choose the first day of the period or a later one.")
    if measured.of_group is not None and measured.of_group not in indicator_words().groups:
        faults["of_group"] = gettext("Choose a group of the list.")
    _refuse(faults)


def _overlap_fault(tracked_id: UUID, measured: Measured) -> str | None:
    """Counts of a year and of its quarters would tell a small quarter that is hidden."""
    start, end = measured.period_start, measured.period_end
    found = find_overlap(tracked_id, measured.of_group, start, end)
    if found is None:
        return None
    return gettext(
        "People are counted in periods that do not overlap; there is a value from %(start)s to "
        "%(end)s.",
        start=found[0].isoformat(),
        end=found[1].isoformat(),
    )


def _figure_fault(unit: IndicatorUnit, value: float | None) -> str | None:
    if value is None:
        return None
    if value < 0 and not unit.signed:
        return gettext("Enter 0 or more.")
    if unit.whole and value != int(value):
        return gettext("Enter a whole number.")
    if abs(value) > (unit.most or LARGEST):
        return gettext("Enter at most %(most)s.", most=f"{unit.most or LARGEST:,.0f}")
    return None


def _refuse(faults: dict[str, str | None]) -> None:
    found = {field: fault for field, fault in faults.items() if fault is not None}
    if found:
        raise Invalid(fields=found)
