"""Refused tries in the log: the first is an event, the others one summary with their number."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.audit.queries.log import LogFilter, list_event_values, list_events
from ddplatform.audit.services import log as audit
from ddplatform.audit.services import refusals
from ddplatform.audit.services.refusals import WINDOW, record_refusal, summarise_refusals
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from tests.conftest import NOW
from tests.factories import Tenant, signed_in_client
from tests.sampling import examples

MINUTE = timedelta(minutes=1)


@pytest.fixture
def here(context: Flask, tenant: Tenant):
    """Acting in the tenant."""
    with acting_in(tenant.id):
        yield tenant


def refused(person: Identity, at: datetime, endpoint: str = "a.b", reason: str = "role") -> None:
    record_refusal(Act(person, at), endpoint, reason)


def summarise(at: datetime) -> int:
    with unit_of_work():
        return summarise_refusals(at=at)


def kept() -> list[tuple[str, int]]:
    """Action of each event about refusals, oldest first, with the number it tells; 1 for one."""
    rows = [row for row in list_events(LogFilter(), limit=500) if row.action.startswith("access:")]
    values = [{v.name: v.value["after"] for v in list_event_values(row.id)} for row in rows]
    found = [(row.action, known.get("times", 1)) for row, known in zip(rows, values, strict=True)]
    return found[::-1]


def test_150_refused_pages_leave_one_event_and_their_number_follows(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ANALYST)
    page = f"/o/{tenant.slug}/people/invite"
    assert Counter(client.get(page).status_code for _ in range(150)) == {403: 150}

    with app.app_context(), acting_in(tenant.id):
        assert kept() == [("access:refuse", 1)]
        last = list_events(LogFilter())[0].at
        assert summarise(last + WINDOW) == 1
        assert kept() == [("access:refuse", 1), ("access:refuse_again", 149)]
        assert audit.verify().faults == ()


def test_next_try_after_15_minutes_sums_up_those_before_and_begins_anew(here: Tenant):
    for minutes in (0, 1, 14):
        refused(here.analyst, NOW + minutes * MINUTE)
    refused(here.analyst, NOW + 15 * MINUTE)

    assert kept() == [("access:refuse", 1), ("access:refuse_again", 2), ("access:refuse", 1)]


def test_summary_names_the_person_the_endpoint_and_the_reason(here: Tenant):
    for _ in range(3):
        refused(here.analyst, NOW)
    summarise(NOW + WINDOW)
    event = list_events(LogFilter())[0]
    values = {v.name: v.value["after"] for v in list_event_values(event.id)}

    assert (event.actor_id, event.outcome.value) == (here.analyst.user_id, "refused")
    assert values == {"endpoint": "a.b", "reason": "role", "since": str(NOW), "times": 2}


def test_single_try_needs_no_summary(here: Tenant):
    refused(here.analyst, NOW)

    assert summarise(NOW + WINDOW) == 0
    assert kept() == [("access:refuse", 1)]


def test_summary_waits_for_the_end_of_the_15_minutes(here: Tenant):
    for _ in range(2):
        refused(here.analyst, NOW)

    assert summarise(NOW + WINDOW - MINUTE) == 0
    assert summarise(NOW + WINDOW) == 1
    assert summarise(NOW + WINDOW) == 0


def test_another_person_endpoint_or_reason_has_an_event_of_its_own(here: Tenant):
    refused(here.analyst, NOW)
    refused(here.manager, NOW)
    refused(here.analyst, NOW, endpoint="c.d")
    refused(here.analyst, NOW, reason="limit")

    assert kept() == [("access:refuse", 1)] * 4


def test_two_first_tries_in_one_moment_are_two_events_and_later_ones_one_summary(
    here: Tenant, monkeypatch: pytest.MonkeyPatch
):
    begin = refusals._begin

    def begin_second(*about: Any) -> None:
        """Another request finds no count either, and begins its 15 minutes before this one."""
        monkeypatch.setattr(refusals, "_begin", begin)
        refused(here.analyst, NOW)
        begin(*about)

    monkeypatch.setattr(refusals, "_begin", begin_second)
    refused(here.analyst, NOW)
    refused(here.analyst, NOW + MINUTE)

    assert summarise(NOW + WINDOW) == 1
    assert kept() == [("access:refuse", 1), ("access:refuse", 1), ("access:refuse_again", 1)]
    assert audit.verify().faults == ()


@given(
    tries=st.lists(
        st.tuples(st.integers(0, 90), st.sampled_from(["a.b", "c.d"]), st.booleans()), max_size=25
    )
)
@examples(20, one_world=True)
def test_no_refused_try_is_lost_whenever_summaries_are_written(here: Tenant, tries):
    before = sum(times for _action, times in kept())
    # Each example lies a day after the one before, so that no count goes on in the next.
    start = max((row.at for row in list_events(LogFilter(), limit=1)), default=NOW)
    start += timedelta(days=1)
    for minutes, endpoint, is_job in sorted(tries):
        refused(here.analyst, start + minutes * MINUTE, endpoint=endpoint)
        if is_job:
            summarise(start + minutes * MINUTE)
    summarise(start + timedelta(hours=2))

    assert sum(times for _action, times in kept()) - before == len(tries)
