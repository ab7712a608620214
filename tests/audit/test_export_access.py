"""A file goes out: it is made while others may write, and the log has one event."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import ReadingOnly, begin_change, db, is_writing, unit_of_work
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.risk.assessment_plan.services.plans import Wish, make_plan
from ddplatform.risk.scenarios.services import scenarios as what_if
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.analysis.what_if_changes import AddControl
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token
from tests.risk_maps import COCOA, CocoaMap, acting, assess
from tests.stored_worlds import stored_world
from tests.value_chain.pictures.test_map_views import add_node
from tests.value_chain.pictures.test_map_views import manager as manager
from tests.write_lock import others_may_write

WEB = {
    "value_chain.export": "value-chain/{chain}/export",
    "value_chain.export_view": "value-chain/{chain}/export/table",
    "value_chain.changes_export": "value-chain/{chain}/changes/export",
    "analysis.export": "analysis/{chain}/circles/export",
    "analysis.export_origins": "analysis/{chain}/origins/export",
    "what_if.export": "what-if/{what_if}/export",
    "visit_plan.export": "visit-plan/{plan}/export",
    "reference.country_file": "reference/countries/CI/export",
    "reference.compare_file": "reference/compare/export?c=CI&c=GH",
    "reference.good_file": "reference/goods/{good}/export",
}
COMMANDS = {
    "value-chain export": "--chain Cocoa --format xlsx",
    "analysis circles": "--chain Cocoa",
    "risk compare-methods": "--chain Cocoa",
    "analysis what-if": "--chain Cocoa --kept Closed",
    "visit-plan propose": "--chain Cocoa --visits 1",
    "visit-plan export": "--plan Spring",
}


@stored_world
def kept(tenant: Tenant, cocoa: CocoaMap) -> dict[str, object]:
    """The cocoa map, assessed, with a what-if and a plan."""
    assess(tenant, cocoa.chain)
    with acting(tenant):
        farms = get_node(cocoa.farms).external_ref
        change = AddControl(farms, "CTL-05", 1.0, 0.9)
        tried = what_if.keep(cocoa.chain, "Closed", [change], act=Act(tenant.analyst, NOW))
        wish = Wish(name="Spring", visits=1, questionnaires=1)
        plan = make_plan(cocoa.chain, wish, act=Act(tenant.analyst, NOW))
        return {"chain": cocoa.chain, "what_if": tried.id, "plan": plan.id, "good": COCOA}


@pytest.fixture
def made(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each file that is made: whether somebody else could write just then."""
    found: list[bool] = []
    close: Callable[[zipfile.ZipFile], None] = zipfile.ZipFile.close

    def look(archive: zipfile.ZipFile) -> None:
        if archive.mode == "w" and archive.fp is not None:
            found.append(not is_writing() and others_may_write())
        close(archive)

    monkeypatch.setattr(zipfile.ZipFile, "close", look)
    return found


def exports(tenant: Tenant) -> int:
    """Events in the log of the organisation."""
    with acting(tenant):
        return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0


@pytest.mark.parametrize("endpoint", WEB)
def test_a_file_is_made_while_others_may_write_and_leaves_one_event(
    endpoint: str,
    app: Flask,
    tenant: Tenant,
    kept: dict[str, object],
    manager: FlaskClient,
    made: list[bool],
) -> None:
    token = csrf_token(manager, "/o/acme/value-chain/new")
    before = exports(tenant)

    address = f"/o/acme/{WEB[endpoint].format(**kept)}"
    answer = manager.post(address, data={"form": "xlsx", "csrf_token": token})

    assert answer.status_code == 200 and answer.data[:2] == b"PK"
    assert made and all(made)
    assert exports(tenant) == before + 1


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_makes_its_file_while_others_may_write_and_leaves_one_event(
    command: str,
    app: Flask,
    tenant: Tenant,
    kept: dict[str, object],
    made: list[bool],
    tmp_path: Path,
) -> None:
    before, out = exports(tenant), tmp_path / "file.xlsx"

    words = [
        *command.split(),
        "--organisation",
        "acme",
        *COMMANDS[command].split(),
        "--out",
        str(out),
    ]
    answer = app.test_cli_runner().invoke(args=words)

    assert answer.exit_code == 0, answer.output
    assert out.read_bytes()[:2] == b"PK"
    assert made and all(made)
    assert exports(tenant) == before + 1


def test_a_file_that_cannot_be_made_leaves_no_event(
    tenant: Tenant,
    kept: dict[str, object],
    manager: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_call: Any) -> None:
        raise OSError("The disk is full.")

    token = csrf_token(manager, "/o/acme/value-chain/new")
    before = exports(tenant)
    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail)
    answer = manager.post(
        f"/o/acme/value-chain/{kept['chain']}/export/table",
        data={"form": "csv", "csrf_token": token},
    )
    assert answer.status_code == 500
    assert exports(tenant) == before


def test_every_door_that_records_an_export_reads_first(app: Flask) -> None:
    for endpoint in WEB:
        access = access_of(app, endpoint)
        assert access is not None and access.reads_first, endpoint


def test_a_change_before_its_beginning_is_refused(tenant: Tenant, cocoa: CocoaMap) -> None:
    with pytest.raises(ReadingOnly), unit_of_work(reads_first=True), acting_in(tenant.id):
        add_node(tenant, cocoa.chain, "Too early")


def test_an_export_within_a_change_stays_in_its_unit_of_work(
    tenant: Tenant, cocoa: CocoaMap
) -> None:
    before = exports(tenant)
    with pytest.raises(ZeroDivisionError), acting(tenant):
        node = add_node(tenant, cocoa.chain, "New mill")
        begin_change()
        audit.record_export("value_chain:export", get_node(node), act=Act(tenant.manager, NOW))
        raise ZeroDivisionError
    assert exports(tenant) == before
