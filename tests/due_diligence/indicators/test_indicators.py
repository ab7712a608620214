"""Indicators: values by period, direction of change, effort beside counts, small counts."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from ddplatform.audit.models import AuditValue
from ddplatform.core.due_diligence.indicators import (
    INDICATORS_FILE,
    indicator_words,
    read_indicators,
)
from ddplatform.demo.due_diligence.indicators import quarter_before
from ddplatform.due_diligence.frameworks.queries.coverage import load_facts
from ddplatform.due_diligence.indicators import services as indicators
from ddplatform.due_diligence.indicators import views
from ddplatform.due_diligence.indicators.models import TrackedIndicator, TrackedValue
from ddplatform.due_diligence.indicators.queries import list_newest, list_tracked, list_values
from ddplatform.due_diligence.indicators.services import Aim, Measured
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.tenancy import acting_in
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.fixtures import pages_of_that_day  # noqa: F401

TODAY = NOW.date()
AIM = Aim("Cooperatives of Soubré", 40.0, date(2026, 1, 1), 80.0, date(2027, 12, 31))
NO_TARGET = replace(AIM, target_value=None, target_on=None)
QUARTER = Measured(date(2026, 1, 1), date(2026, 3, 31), 46.0, None, "School registers", "")


def tracked(tenant: Tenant, ref: str = "IND-08", unit: str = "percent") -> TrackedIndicator:
    """An indicator of child labour that the analyst tracks; without target where it is a count."""
    aim = AIM if unit == "percent" else NO_TARGET
    return indicators.start(ref, unit, Issue.CL, aim, act=Act(tenant.analyst, NOW))


def record(
    tenant: Tenant, row: TrackedIndicator, quarter: int, value: float, group: str | None = None
) -> TrackedValue:
    first = date(2026, 3 * quarter - 2, 1)
    last = date(2026, 3 * quarter + 1, 1) - timedelta(days=1)
    measured = replace(QUARTER, period_start=first, period_end=last, value=value, of_group=group)
    return indicators.record_value(row.id, measured, act=Act(tenant.analyst, NOW))


def line_of(row: TrackedIndicator, *, exact: bool = True) -> views.Line:
    return views.line(row, list_newest([row.id])[row.id], exact=exact)


def shown_to_outsiders(row: TrackedIndicator) -> dict[str, str]:
    rows = views.value_rows(row, list_values(row.id), exact=False)
    return {one.group: one.shown for one in rows}


def test_each_indicator_of_the_reference_says_what_it_measures_and_how_far_it_can_be_read():
    words = indicator_words()
    assert list(words.indicators) == [f"IND-{number:02}" for number in range(1, 26)]
    assert all(one.measures and one.limits and one.source for one in words.indicators.values())
    assert {one.ref for one in words.indicators.values() if one.effort} == {
        *("IND-02", "IND-03", "IND-15"),
    }


@pytest.mark.parametrize(
    ("ref", "changes", "told"),
    [
        ("IND-01", {"units": ["furlongs"]}, "needs units of the list"),
        ("IND-06", {"beside": ["IND-01"]}, "name its detection effort"),
    ],
)
def test_a_data_file_with_an_unknown_unit_or_a_count_without_effort_is_refused(
    ref: str, changes: dict[str, object], told: str
):
    data = yaml.safe_load(INDICATORS_FILE.read_text(encoding="utf-8"))
    data["indicators"][ref] |= changes
    with pytest.raises(ValueError, match=told):
        read_indicators(data)
    del data["indicators"][ref]
    with pytest.raises(ValueError, match=ref):
        read_indicators(data)


def test_an_indicator_without_a_value_has_none_and_never_zero(tenant: Tenant, context: Flask):
    with acting_in(tenant.id), unit_of_work():
        row = tracked(tenant)
        assert (line_of(row).newest, line_of(row).change) == (None, "")
        assert views.plot(row, [], exact=True) is None
        record(tenant, row, 1, 0)
        assert line_of(row).newest == "0 %"


def test_the_direction_of_change_is_told_in_words_with_the_target(tenant: Tenant, context: Flask):
    with acting_in(tenant.id), unit_of_work():
        row = tracked(tenant)
        told = []
        for quarter, value in enumerate((46, 58.5, 58.5), start=1):
            record(tenant, row, quarter, value)
            told.append(line_of(row).change)
        later = Act(tenant.analyst, NOW + timedelta(hours=1))
        third = replace(
            QUARTER, period_start=date(2026, 7, 1), period_end=date(2026, 9, 30), value=50
        )
        indicators.record_value(row.id, third, act=later)
        told.append(line_of(row).change)
    assert told == [
        "rose by 6 percentage points since the baseline, towards the target",
        "rose by 12.5 percentage points since Q1 2026, towards the target",
        "unchanged since Q2 2026",
        "fell by 8.5 percentage points since Q2 2026, away from the target",
    ]


def test_a_value_is_never_changed_but_replaced_by_a_later_one_of_its_period(
    tenant: Tenant, context: Flask
):
    with acting_in(tenant.id), unit_of_work():
        row = tracked(tenant)
        first = record(tenant, row, 1, 64)
        later = indicators.record_value(
            row.id, replace(QUARTER, value=46), act=Act(tenant.manager, NOW + timedelta(hours=1))
        )
        rows = views.value_rows(row, list_values(row.id), exact=True)
        assert [(one.value.id, one.is_replaced) for one in rows] == [
            (later.id, False),
            (first.id, True),
        ]
        assert line_of(row).newest == "46 %"
    with acting_in(tenant.id), pytest.raises(DBAPIError, match=r"append only|permission denied"):
        db.session.execute(update(TrackedValue).values(value=1))
    db.session.rollback()


def test_a_falling_count_of_cases_is_no_success_and_has_no_target(tenant: Tenant, context: Flask):
    with acting_in(tenant.id), unit_of_work():
        with pytest.raises(Invalid) as refused:
            indicators.start("IND-06", "children", Issue.CL, AIM, act=Act(tenant.analyst, NOW))
        assert "reward finding less" in refused.value.fields["target_value"]
        row, effort = tracked(tenant, "IND-06", "children"), tracked(tenant, "IND-02")
        tracked(tenant, "IND-05")
        record(tenant, row, 1, 30)
        record(tenant, row, 2, 20)
        record(tenant, effort, 2, 35)
        told = line_of(row).change
        assert told == "fell by 10 children since Q1 2026; by itself neither better nor worse"
        beside = views.effort_lines(
            line_of(row).indicator, [line_of(one) for one in list_tracked()]
        )
        assert [(one.indicator.ref, one.newest) for one in beside] == [("IND-02", "35 %")]


def test_small_counts_of_children_are_hidden_from_who_does_not_record_them(
    tenant: Tenant, context: Flask
):
    with acting_in(tenant.id), unit_of_work():
        row = tracked(tenant, "IND-06", "children")
        record(tenant, row, 1, 20)
        record(tenant, row, 1, 3, "girls")
        record(tenant, row, 1, 17, "boys")
        # 20 and 17 would tell the three girls.
        assert shown_to_outsiders(row) == {
            "Everybody": "20 children",
            "Girls": "<5 children",
            "Boys": "suppressed",
        }
        exact = views.value_rows(row, list_values(row.id), exact=True)
        assert {one.shown for one in exact} == {"20 children", "3 children", "17 children"}
        record(tenant, row, 2, 4)
        assert line_of(row).newest == "4 children"
        hidden = line_of(row, exact=False)
        assert (hidden.newest, hidden.change) == (
            "<5 children",
            "change not shown: small number",
        )
        drawn = views.plot(row, list_values(row.id), exact=False)
        assert drawn and drawn.series[0]["values"] == [40.0, 20.0, None]


def test_small_counts_of_trafficked_children_have_the_higher_limit(tenant: Tenant, context: Flask):
    with acting_in(tenant.id), unit_of_work():
        row = indicators.start(
            "IND-06", "children", Issue.CT, NO_TARGET, act=Act(tenant.analyst, NOW)
        )
        record(tenant, row, 1, 8)
        assert line_of(row, exact=False).newest == "<10 children"


def test_the_log_holds_no_count_of_people(tenant: Tenant, context: Flask):
    with acting_in(tenant.id), unit_of_work():
        record(tenant, tracked(tenant, "IND-06", "children"), 1, 3)
        record(tenant, tracked(tenant), 1, 46)
        wanted = select(AuditValue.value).where(AuditValue.name == "value")
        logged = {one["after"] for one in db.session.scalars(wanted)}
    assert logged == {"count of people", 46}


def test_an_outcome_that_was_measured_is_evidence_from_the_end_of_its_period(
    tenant: Tenant, context: Flask
):
    with acting_in(tenant.id), unit_of_work():
        record(tenant, tracked(tenant, "IND-01", "percent"), 2, 80)  # a process
        record(tenant, tracked(tenant), 1, 46, "girls")
        before = [one.kind for one in load_facts(as_of=TODAY)]
        record(tenant, tracked(tenant), 1, 46)
        facts = [one for one in load_facts(as_of=TODAY) if one.kind == "outcome_measured"]
        early = [one.kind for one in load_facts(as_of=date(2026, 3, 30))]
    assert "outcome_measured" not in before
    assert "outcome_measured" not in early
    assert [one.on for one in facts] == [date(2026, 3, 31)]


def test_groups_that_overlap_are_withheld_rather_than_worked_out(tenant: Tenant, context: Flask):
    with acting_in(tenant.id), unit_of_work():
        row = tracked(tenant, "IND-06", "children")
        for group, value in ((None, 20), ("girls", 12), ("boys", 8), ("age_12_14", 9)):
            record(tenant, row, 1, value, group)
        assert shown_to_outsiders(row) == {
            "Everybody": "20 children",
            "Girls": "suppressed",
            "Boys": "suppressed",
            "12 to 14 years": "suppressed",
        }


def test_people_are_not_counted_for_a_year_and_its_quarters(tenant: Tenant, context: Flask):
    year = replace(QUARTER, period_end=date(2026, 9, 30), value=25)
    with acting_in(tenant.id), unit_of_work():
        row, share = tracked(tenant, "IND-06", "children"), tracked(tenant)
        record(tenant, row, 1, 21)
        with pytest.raises(Invalid) as refused:
            indicators.record_value(row.id, year, act=Act(tenant.analyst, NOW))
        assert "2026-01-01 to 2026-03-31" in refused.value.fields["period_start"]
        record(tenant, share, 1, 21)
        indicators.record_value(share.id, year, act=Act(tenant.analyst, NOW))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": -1.0}, "value"),
        ({"value": 101.0}, "value"),
        ({"period_end": date(2025, 12, 31)}, "period_end"),
        ({"period_end": TODAY + timedelta(days=1)}, "period_end"),
        ({"of_group": "everyone"}, "of_group"),
        ({"source": " "}, "source"),
        ({"note": "Ask ama@example.org"}, "note"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_its_field(
    tenant: Tenant, context: Flask, changes: dict[str, object], field: str
):
    wrong = replace(QUARTER, **changes)  # type: ignore[arg-type]
    with acting_in(tenant.id), unit_of_work():
        row = tracked(tenant)
        with pytest.raises(Invalid) as refused:
            indicators.record_value(row.id, wrong, act=Act(tenant.analyst, NOW))
        assert set(refused.value.fields) == {field}
        assert list_values(row.id) == []


def test_baseline_and_target_stand_with_their_days_and_the_unit_fits(
    tenant: Tenant, context: Flask
):
    act = Act(tenant.analyst, NOW)
    half = Aim("", 4.5, None, None, date(2027, 1, 1))
    late = replace(AIM, baseline_on=TODAY + timedelta(days=1), target_on=date(2025, 1, 1))
    with acting_in(tenant.id), unit_of_work():
        with pytest.raises(Invalid) as refused:
            indicators.start("IND-07", "children", None, half, act=act)
        wanted = {"scope", "baseline_value", "baseline_on", "target_value"}
        assert set(refused.value.fields) == wanted
        with pytest.raises(Invalid) as refused:
            indicators.start("IND-08", "percent", None, late, act=act)
        assert set(refused.value.fields) == {"baseline_on", "target_on"}
        with pytest.raises(Invalid) as refused:
            indicators.start("IND-08", "eur", None, AIM, act=act)
        assert refused.value.fields["unit"] == "IND-08 is measured in: %, children."


def test_a_changed_target_keeps_the_values_and_is_not_changed_twice_unseen(
    tenant: Tenant, context: Flask
):
    with acting_in(tenant.id), unit_of_work():
        row = tracked(tenant)
        record(tenant, row, 1, 46)
        higher = replace(AIM, target_value=90.0)
        indicators.change(row.id, higher, version=1, act=Act(tenant.manager, NOW))
        db.session.flush()
        assert line_of(row).target == "90 % on 31 December 2027"
        with pytest.raises(Conflict):
            indicators.change(row.id, AIM, version=1, act=Act(tenant.analyst, NOW))
        assert line_of(row).newest == "46 %"


def test_periods_are_named_as_short_as_they_can_be(context: Flask):
    named = [
        views.period_words(date(2026, 1, 1), date(2026, 12, 31)),
        views.period_words(date(2026, 4, 1), date(2026, 6, 30)),
        views.period_words(date(2026, 2, 1), date(2026, 2, 28)),
        views.period_words(date(2026, 2, 1), date(2026, 4, 30)),
        views.period_words(date(2026, 2, 5), date(2026, 2, 5)),
    ]
    assert named == [
        "2026",
        "Q2 2026",
        "Feb 2026",
        "1 February 2026 – 30 April 2026",
        "5 February 2026",
    ]
    assert quarter_before(date(2026, 2, 10), 1) == (date(2025, 10, 1), date(2025, 12, 31))


def typed(client: FlaskClient, page: str, **more: str) -> dict[str, str]:
    return {"csrf_token": csrf_token(client, page), **more}


def test_an_indicator_goes_by_its_pages_from_start_to_a_value(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    analyst = signed_in_client(app, tenant, RoleId.ANALYST)
    base = f"/o/{tenant.slug}/indicators/"
    assert "No indicator yet" in analyst.get(base).text
    page = base + "new"
    form = typed(analyst, page, indicator="IND-08", unit="percent", issue="ISS-CL", scope="All")
    sent = analyst.post(page, data=form)
    assert sent.status_code == 302, sent.text
    shown = sent.location
    assert "no value yet" in analyst.get(base).text
    assert "No value is not zero" in analyst.get(shown).text
    wrong = typed(
        analyst,
        shown,
        period_start="2026-01-01",
        period_end="2026-03-31",
        value="146",
        of_group="",
        source="Registers of two schools",
        note="A pilot.",
    )
    refused = analyst.post(shown, data=wrong)
    assert refused.status_code == 422
    assert "Enter at most 100." in refused.text
    assert 'value="146' in refused.text and "Registers of two schools" in refused.text
    sent = analyst.post(shown, data=wrong | {"value": "46.5"})
    assert sent.status_code == 302, sent.text
    text = analyst.get(shown).text
    assert "46.5 %" in text and "Registers of two schools" in text
    second = wrong | {"period_start": "2026-04-01", "period_end": "2026-06-30", "value": "50"}
    analyst.post(shown, data=second)
    assert '<svg class="line"' in analyst.get(shown).text
    page = f"{shown}/edit"
    version = analyst.get(page).text.split('name="version"')[1].split('value="')[1].split('"')[0]
    form = typed(analyst, page, scope="All", target_value="80", target_on="2027-12-31")
    assert analyst.post(page, data=form | {"version": version}).status_code == 302
    assert "80 % on 31 December 2027" in analyst.get(base).text


def test_an_auditor_reads_and_changes_nothing(
    app: Flask,
    tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        row = tracked(tenant, "IND-06", "children")
        record(tenant, row, 1, 3)
        shown = f"/o/{tenant.slug}/indicators/{row.id}"
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)
    text = auditor.get(shown).text
    assert "&lt;5 children" in text and "3 children" not in text
    assert "No detection effort is tracked" in text
    assert "Record a value" not in text
    assert auditor.get(f"{shown}/edit").status_code == 403
    assert auditor.post(shown, data=typed(auditor, shown)).status_code == 403


@pytest.mark.both_databases
def test_another_organisation_sees_no_indicator(
    app: Flask,
    tenant: Tenant,
    other_tenant: Tenant,
    pages_of_that_day: None,  # noqa: F811
):
    with app.app_context(), acting_in(tenant.id), unit_of_work():
        row = tracked(tenant)
        record(tenant, row, 1, 46)
        key: UUID = row.id
    with app.app_context(), acting_in(other_tenant.id):
        assert db.session.scalars(select(TrackedValue)).all() == []
    client = signed_in_client(app, other_tenant, RoleId.ANALYST)
    assert client.get(f"/o/{other_tenant.slug}/indicators/{key}").status_code == 404
