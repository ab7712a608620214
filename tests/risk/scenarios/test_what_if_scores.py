"""A large map is scored by the worker before the first what-if; after that nobody waits."""

import json
import shutil
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db, finish
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.scenario_scores import queries as what_if_scores
from ddplatform.risk.scenario_scores.queries import find_begin, load_begin
from ddplatform.risk.scenario_scores.services import PREPARE
from ddplatform.risk.scenarios.models import SavedScenario
from ddplatform.risk.scenarios.queries import scenarios as looking
from ddplatform.risk.scenarios.services import scenarios as what_if
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.graph.queries.snapshots import load_snapshot
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_node
from supply_chain.analysis.what_if_changes import AddControl, CloseNode, pack_change
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting
from tests.value_chain.imports.test_map_import import _work

WAITS = "The map is not scored yet with the data known today"


@pytest.fixture
def manager(
    app: Flask, tenant: Tenant, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    """Somebody who tries changes on a map that counts as large, in a process that just began."""
    monkeypatch.setattr(what_if_scores, "MANY_NODES", 2)
    what_if_scores._begun.clear()
    with acting_in(tenant.id):
        load_snapshot(get_chain(cocoa.chain))
        finish(ok=False)
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


@pytest.fixture
def change(tenant: Tenant, cocoa: CocoaMap) -> AddControl:
    with acting(tenant):
        return AddControl(get_node(cocoa.farms).external_ref, "CTL-05", 0.8, 0.5)


@pytest.fixture
def address(cocoa: CocoaMap, change: AddControl) -> str:
    query = urlencode({"change": json.dumps(pack_change(change))})
    return f"/o/acme/what-if/try/{cocoa.chain}?{query}"


def ask(manager: FlaskClient, cocoa: CocoaMap, back: str) -> tuple[int, str]:
    form = {"csrf_token": csrf_token(manager, "/o/acme/what-if/"), "back": back}
    answer = manager.post(f"/o/acme/what-if/scores/{cocoa.chain}", data=form)
    return answer.status_code, answer.location or ""


def nobody_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on a whole assessment inside a page fails the test."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("A page assessed a whole map.")

    monkeypatch.setattr(what_if_scores, "score_map", refuse)


def test_the_first_change_waits_for_the_worker_and_leads_back_to_what_was_asked(
    tenant: Tenant,
    cocoa: CocoaMap,
    manager: FlaskClient,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
):
    assert "No change added yet" in manager.get(address.partition("?")[0]).text
    asked = manager.get(address)
    assert (asked.status_code, WAITS in asked.text) == (200, True)
    status, waiting = ask(manager, cocoa, address)
    assert status == 302
    assert "Waiting for its turn" in manager.get(waiting).text
    assert ask(manager, cocoa, address)[1] == waiting  # the same job
    _work()
    what_if_scores._begun.clear()  # the worker is another process
    nobody_scores(monkeypatch)

    ready = manager.get(waiting)
    assert (ready.status_code, ready.location) == (302, address)
    assert "at Espoir farm group: reaches 80 %" in manager.get(address).text
    assert "lower" in manager.get(address).text  # from memory now


def test_scores_from_disk_say_the_same_as_a_whole_assessment(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient, change: AddControl
):
    shut = CloseNode(change.node)
    with acting_in(tenant.id):
        chain = get_chain(cocoa.chain)
        assert find_begin(chain, NOW.date()) is None
        made = load_begin(chain, NOW.date())
        what_if_scores._begun.clear()
        kept = find_begin(chain, NOW.date())
        finish(ok=False)
    assert kept is not None
    assert kept is not made
    for changes in ([change], [shut], [change, shut]):
        first, second = (looking.try_from(begin, changes).what_if for begin in (made, kept))
        assert first.counts() == second.counts()
        assert first.effects(limit=50) == second.effects(limit=50)
        assert first.own_effects() == second.own_effects()


def test_what_is_new_is_waited_for_again(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient, address: str
):
    ask(manager, cocoa, address)
    _work()
    assert WAITS not in manager.get(address).text
    with acting(tenant):
        db.session.add(
            RiskSignal(
                node_id=cocoa.farms,
                factor="WRK-01",
                value=0.9,
                source_type="audit",
                quality=0.9,
                causes=[],
                observed_at=NOW,
            )
        )
    assert WAITS in manager.get(address).text


def test_a_map_that_changed_is_waited_for_before_its_snapshot_is_there(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient, address: str
):
    with acting(tenant):
        get_chain(cocoa.chain).version += 1
    assert WAITS in manager.get(address).text


def test_a_small_map_waits_for_nothing(
    cocoa: CocoaMap, manager: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(what_if_scores, "MANY_NODES", 100)
    assert "at Espoir farm group: reaches 80 %" in manager.get(address).text


def kept_at(tenant: Tenant, cocoa: CocoaMap, change: AddControl) -> UUID:
    with acting(tenant):
        return what_if.keep(
            cocoa.chain, "Bridge classes", [change], act=Act(tenant.manager, NOW)
        ).id


def test_a_kept_one_is_waited_for_on_each_page_that_tries_it(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient, change: AddControl
):
    one, other = (kept_at(tenant, cocoa, change) for _ in range(2))
    what_if_scores._begun.clear()
    home = f"/o/acme/what-if/{one}"
    assert WAITS in manager.get(home).text
    assert WAITS in manager.get(f"{home}/compare?with={other}").text
    token = csrf_token(manager, "/o/acme/what-if/")
    answer = manager.post(f"{home}/export", data={"csrf_token": token, "form": "xlsx"})
    assert (answer.status_code, answer.location) == (302, home)
    ask(manager, cocoa, home)
    _work()
    assert "reaches 80 %" in manager.get(home).text
    assert manager.get(f"{home}/compare?with={other}").text.count("Bridge classes") > 1


def test_a_name_typed_before_the_map_changed_is_there_when_it_is_scored_again(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient, address: str
):
    change = parse_qs(urlsplit(address).query)["change"][0]
    form = {
        "csrf_token": csrf_token(manager, "/o/acme/what-if/"),
        "change": change,
        "name": "Bridge & classes",
    }
    keep = f"/o/acme/what-if/try/{cocoa.chain}/keep"
    asked = manager.post(keep, data=form)
    assert WAITS in asked.text
    back = asked.text.split('name="back" value="')[1].split('"')[0].replace("&amp;", "&")
    ask(manager, cocoa, back)
    _work()
    page = manager.get(back).text
    assert 'value="Bridge &amp; classes"' in page
    assert manager.post(keep, data=form).status_code == 302
    with acting(tenant):
        assert db.session.scalars(select(SavedScenario.name)).all() == ["Bridge & classes"]


def clear_disk() -> None:
    shutil.rmtree(adapters().snapshots.root)


def test_scores_are_there_although_the_snapshots_were_cleared_before_the_work(
    cocoa: CocoaMap, manager: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
):
    _, waiting = ask(manager, cocoa, address)
    clear_disk()
    _work()
    what_if_scores._begun.clear()
    nobody_scores(monkeypatch)

    assert manager.get(waiting).location == address
    assert "at Espoir farm group: reaches 80 %" in manager.get(address).text


def test_scores_that_only_the_worker_remembers_are_written_again_for_the_pages(
    cocoa: CocoaMap, manager: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
):
    ask(manager, cocoa, address)
    _work()
    of_the_worker = dict(what_if_scores._begun)
    clear_disk()
    what_if_scores._begun.clear()  # the pages are another process
    nobody_scores(monkeypatch)
    assert WAITS in manager.get(address).text

    ask(manager, cocoa, address)
    what_if_scores._begun.update(of_the_worker)
    _work()
    what_if_scores._begun.clear()

    assert "at Espoir farm group: reaches 80 %" in manager.get(address).text


@pytest.mark.parametrize("typed", ["q=Ama+%26+sons&name=Bridge", "name=B%C3%A9", ""])
def test_what_was_typed_goes_along_in_the_address_and_never_into_the_job(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient, address: str, typed: str
):
    back = f"{address}&{typed}" if typed else address
    _, waiting = ask(manager, cocoa, back)
    with acting(tenant):
        (payload,) = db.session.scalars(select(Job.payload).where(Job.name == PREPARE))
    assert payload["page"] == address
    assert urlsplit(waiting).query == typed
    held = f"{waiting}{'&' if typed else '?'}change=x&next=y"
    _work()

    assert manager.get(held).location == back


def test_one_map_is_scored_once_whatever_is_typed(
    cocoa: CocoaMap, manager: FlaskClient, address: str
):
    one, other = (ask(manager, cocoa, f"{address}&q={q}")[1] for q in ("Ama", "Kofi"))

    assert urlsplit(one).path == urlsplit(other).path


def test_a_typed_text_is_there_to_try_again_after_the_work_stopped(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient, address: str
):
    _, waiting = ask(manager, cocoa, f"{address}&name=Bridge+classes")
    with acting(tenant):
        job = db.session.scalars(select(Job).where(Job.name == PREPARE)).one()
        job.state, job.last_error = JobState.FAILED, "No room left."

    page = manager.get(waiting).text
    assert "Try again" in page and "name=Bridge+classes" in page


def test_work_that_stopped_is_told_and_can_be_asked_for_again(
    tenant: Tenant, cocoa: CocoaMap, manager: FlaskClient, address: str
):
    _, waiting = ask(manager, cocoa, address)
    with acting(tenant):
        job = db.session.scalars(select(Job).where(Job.name == PREPARE)).one()
        job.state, job.attempts, job.last_error = JobState.FAILED, 3, "No room left."
    page = manager.get(waiting).text
    assert "The work stopped after 3 tries" in page
    assert "Try again" in page


@pytest.mark.parametrize("back", ["", "https://elsewhere.example/", "/o/acme/people/", "//x/o"])
def test_it_leads_back_to_pages_of_what_ifs_alone(cocoa: CocoaMap, manager: FlaskClient, back: str):
    assert ask(manager, cocoa, back)[0] == 404


def test_a_request_is_found_on_its_own_map_alone(
    cocoa: CocoaMap, manager: FlaskClient, address: str
):
    _, waiting = ask(manager, cocoa, address)
    job = waiting.rpartition("/")[2]
    assert manager.get(waiting).status_code == 200
    assert manager.get(f"/o/acme/what-if/scores/{uuid4()}/{job}").status_code == 404
