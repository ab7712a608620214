"""A past day of a large map: asked for once, read behind the page, then opened at once."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.value_chain.graph.queries import snapshots as map_snapshots
from ddplatform.value_chain.history.services.past_days import PREPARE, request_day
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting
from tests.value_chain.imports.test_map_import import _work

DAY = NOW.date().isoformat()


@pytest.fixture
def analyst(
    app: Flask, tenant: Tenant, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    """Somebody who looks at a map that counts as large."""
    monkeypatch.setattr(map_snapshots, "LARGE", 2)
    return signed_in_client(app, tenant, RoleId.ANALYST)


def at(cocoa: CocoaMap, rest: str) -> str:
    return f"/o/acme/value-chain/{cocoa.chain}/{rest}"


def ask(analyst: FlaskClient, cocoa: CocoaMap, **typed: str) -> tuple[int, str]:
    token = csrf_token(analyst, at(cocoa, f"past?day={DAY}"))
    form = {"csrf_token": token, "day": DAY, "page": "past_map", **typed}
    answer = analyst.post(at(cocoa, "past/prepare"), data=form)
    return answer.status_code, answer.location or ""


def test_a_day_is_asked_for_waited_for_and_shown(
    tenant: Tenant, cocoa: CocoaMap, analyst: FlaskClient
):
    for page in ("past", "past/table"):
        assert "Day not prepared yet" in analyst.get(at(cocoa, f"{page}?day={DAY}")).text

    status, waiting = ask(analyst, cocoa, page="past_table")
    assert status == 302
    assert "Waiting for its turn" in analyst.get(waiting).text
    assert ask(analyst, cocoa, page="past_table")[1] == waiting  # the same job
    _work()

    ready = analyst.get(waiting)
    assert ready.status_code == 302
    assert ready.location.endswith(f"past/table?day={DAY}")
    for page in ("past", "past/table"):
        shown = analyst.get(at(cocoa, f"{page}?day={DAY}")).text
        assert "Espoir farm group" in shown
        assert "Day not prepared yet" not in shown


def test_a_small_map_waits_for_nothing(
    cocoa: CocoaMap, analyst: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(map_snapshots, "LARGE", 100)
    assert "Espoir farm group" in analyst.get(at(cocoa, f"past?day={DAY}")).text


def test_work_that_stopped_is_told_and_can_be_asked_for_again(
    tenant: Tenant, cocoa: CocoaMap, analyst: FlaskClient
):
    _, waiting = ask(analyst, cocoa)
    with acting(tenant):
        job = db.session.scalars(select(Job).where(Job.name == PREPARE)).one()
        job.state, job.attempts, job.last_error = JobState.FAILED, 3, "No room left."

    page = analyst.get(waiting).text

    assert "The work stopped after 3 tries" in page
    assert "Try again" in page


@pytest.mark.parametrize(
    ("typed", "status"),
    [({"day": "soon"}, 404), ({"page": "index"}, 404), ({"day": "2999-01-01"}, 422)],
)
def test_what_is_no_day_of_the_map_is_refused(
    cocoa: CocoaMap, analyst: FlaskClient, typed: dict[str, str], status: int
):
    assert ask(analyst, cocoa, **typed)[0] == status


def test_a_request_is_found_on_its_own_map_alone(
    tenant: Tenant, cocoa: CocoaMap, analyst: FlaskClient
):
    with acting(tenant):
        job: UUID = request_day(
            cocoa.chain, NOW.date(), "past_map", act=Act(tenant.analyst, NOW)
        ).id
    assert analyst.get(at(cocoa, f"past/being-read/{job}")).status_code == 200
    other = f"/o/acme/value-chain/{uuid4()}/past/being-read/{job}"
    assert analyst.get(other).status_code == 404
    assert analyst.get(at(cocoa, f"past/being-read/{uuid4()}")).status_code == 404
