"""Files of reports held against the log, and the commands around them."""

import json
import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_BZIP2, ZipFile

import pytest
from flask import Flask
from sqlalchemy import delete, update

from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.tenancy import erasing
from ddplatform.reporting.report_facts.queries.scope import map_changed_after
from ddplatform.reporting.reports.models import Report
from ddplatform.reporting.reports.queries import find_report_named, get_report_with_facts
from ddplatform.reporting.reports.services import proof as report_proof
from ddplatform.reporting.reports.services import requests as reports
from ddplatform.reporting.reports.services import sealing as report_sealing
from ddplatform.reporting.reports.services.proof import Check, verify_file
from ddplatform.reporting.reports.services.requests import Wanted
from ddplatform.value_chain.bulk_changes.models import BulkVerb
from ddplatform.value_chain.bulk_changes.queries import Wish
from ddplatform.value_chain.bulk_changes.services.changes import mark_of, request_change
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.mapping.services import nodes as value_chain
from tests.conftest import NOW
from tests.factories import Tenant
from tests.report_world import TODAY, World, acting, add_finding, make_map, work_off
from tests.stored_worlds import stored_world


@stored_world
def world(context: Flask, tenant: Tenant) -> World:
    return make_map(tenant)


@stored_world
def report_id(app: Flask, tenant: Tenant, world: World) -> UUID:
    """A report that the worker made and sealed."""
    wanted = Wanted("action-6-due-diligence", world.chain_id, (date(2026, 1, 1), TODAY))
    with acting(tenant):
        asked = reports.request(wanted, act=Act(tenant.manager, NOW)).id
    work_off(app)
    return asked


@pytest.fixture
def report(tenant: Tenant, report_id: UUID) -> Report:
    with acting(tenant):
        return get_report_with_facts(report_id)


def _file(tenant: Tenant, report: Report, form: str) -> bytes:
    with acting(tenant):
        return report_sealing.export(report.id, form, act=Act(tenant.manager, NOW)).content


def _checks(tenant: Tenant, content: bytes) -> dict[str, bool]:
    with acting(tenant):
        return {check.name: check.is_sound for check in verify_file(content).checks}


@pytest.mark.parametrize("form", ["pdf", "xlsx", "json", "csv"])
def test_each_file_of_a_sealed_report_is_known_and_everything_agrees(
    tenant: Tenant, report: Report, form: str
) -> None:
    with acting(tenant):
        content = report_sealing.export(report.id, form, act=Act(tenant.manager, NOW)).content
    with acting(tenant):
        proof = verify_file(content)
    assert (proof.is_sound, proof.name, proof.form) == (True, "R-2026-001", form)
    assert [check.name for check in proof.checks] == [
        "file",
        "facts",
        "seal",
        "checkpoint",
        "log",
    ]


@pytest.mark.parametrize("form", ["pdf", "xlsx", "json"])
def test_a_tampered_file_is_found_and_told_what_it_calls_itself(
    tenant: Tenant, report: Report, form: str
) -> None:
    content = _file(tenant, report, form)
    if form == "xlsx":
        pack, changed = ZipFile(BytesIO(content)), BytesIO()
        with ZipFile(changed, "w") as copy:
            for name in pack.namelist():
                copy.writestr(name, pack.read(name))
        content = changed.getvalue()
    else:
        content = content + b" "
    with acting(tenant):
        proof = verify_file(content)
    assert not proof.is_sound
    assert proof.name == "R-2026-001"
    assert "its bytes are not those that were sealed" in proof.checks[0].words


def test_a_pack_that_no_limit_would_bound_is_not_opened(tenant: Tenant, report: Report) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_BZIP2) as pack:
        pack.writestr("docProps/core.xml", b"R-2026-001" + bytes(1_000))
    with acting(tenant):
        assert verify_file(packed.getvalue()).name is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"R-2026-999", b"R-1999-001"])
def test_a_file_of_nobody_is_said_to_be_unknown(
    tenant: Tenant, report: Report, content: bytes
) -> None:
    with acting(tenant):
        proof = verify_file(content)
    assert (proof.is_sound, proof.report_id, proof.name) == (False, None, None)


def test_a_word_that_is_no_name_of_a_report_finds_none(tenant: Tenant, report: Report) -> None:
    with acting(tenant):
        assert find_report_named("R-2026-x") is None


def test_facts_and_seal_that_disagree_are_found(tenant: Tenant, report: Report) -> None:
    with acting(tenant):
        report.facts = {**(report.facts or {}), "audience": "board"}
        report.facts_sha256 = "0" * 64
        found = {check.name: check.is_sound for check in report_proof.checks_of(report)}
        db.session.expunge(report)
    assert (found["facts"], found["seal"], found["log"]) == (False, False, True)


@pytest.mark.parametrize(
    ("column", "value", "name"),
    [
        ("audience", "board", "audience"),
        ("number", 99, "number"),
        ("as_of", date(2020, 1, 1), "as of"),
        ("period_from", date(2020, 1, 1), "period"),
        ("method_version", "RM-9", "method"),
        ("release_name", "1999.1", "reference data"),
    ],
)
def test_what_a_page_shows_of_a_report_and_its_facts_do_not_say_is_found(
    tenant: Tenant, report: Report, column: str, value: object, name: str
) -> None:
    with acting(tenant):
        setattr(report, column, value)
        facts = report_proof.checks_of(report)[0]
        db.session.expunge(report)
    assert (facts.is_sound, facts.words) == (
        False,
        f"The displayed report was edited: {name}.",
    )


def test_a_head_that_is_not_ours_is_found(tenant: Tenant, report: Report) -> None:
    with acting(tenant):
        report.checkpoint = "forged"
        found = {check.name: check for check in report_proof.checks_of(report)}
        db.session.expunge(report)
    assert found["checkpoint"] == Check(
        "checkpoint", False, "The signed head on the report is not ours."
    )


def test_a_seal_without_its_event_or_its_values_is_found(tenant: Tenant, report: Report) -> None:
    content = _file(tenant, report, "pdf")
    with unit_of_work(), erasing(tenant.id):
        db.session.execute(delete(AuditValue))
    assert _checks(tenant, content)["seal"] is False


def test_a_line_of_the_log_that_is_no_event_commits_to_nothing(context: Flask) -> None:
    assert not report_proof._commits_to(AuditEvent(leaf=b"rubbish"), {"facts_sha256": "00"})


def test_a_head_at_another_place_is_found(tenant: Tenant, report: Report) -> None:
    with acting(tenant):
        report.audit_size = 1
        found = {check.name: check.is_sound for check in report_proof.checks_of(report)}
        report.id = type(report.id)(int=1)
        unknown = {check.name: check.words for check in report_proof.checks_of(report)}
        db.session.expunge(report)
    assert found["checkpoint"] is False
    assert unknown["seal"] == "The log knows no seal of this report."


# ---- commands --------------------------------------------------------------------------------


def _build(app: Flask, tmp_path: Path, *more: str) -> dict[str, object]:
    result = app.test_cli_runner().invoke(
        args=[
            *("reports", "build", "--organisation", "acme"),
            *("--definition", "action-6-due-diligence", "--json"),
            *more,
        ]
    )
    assert result.exit_code == 0, result.output
    document: dict[str, object] = json.loads(result.stdout)
    return document


def test_building_twice_with_the_same_records_gives_the_same_bytes(
    app: Flask, tenant: Tenant, world: World, tmp_path: Path
) -> None:
    first = _build(app, tmp_path, "--format", "pdf", "--out", str(tmp_path / "a" / "one.pdf"))
    second = _build(app, tmp_path, "--format", "pdf", "--out", str(tmp_path / "two.pdf"))
    assert (tmp_path / "a" / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    assert first["sha256"] == second["sha256"]
    assert first["report"] == second["report"]
    with acting(tenant):
        add_finding(tenant, world)
    third = _build(app, tmp_path, "--format", "pdf", "--out", str(tmp_path / "three.pdf"))
    assert third["report"] != first["report"]


def test_a_report_can_be_built_as_of_an_earlier_day_of_a_named_map(
    app: Flask, tenant: Tenant, world: World, tmp_path: Path
) -> None:
    day = NOW.date().isoformat()
    options = ("--as-of", day, "--from", "2026-07-01", "--chain", "Cocoa")
    out = tmp_path / "facts.json"
    _build(app, tmp_path, "--format", "json", "--out", str(out), *options)
    facts = json.loads(out.read_text())
    assert facts["period"] == {"from": "2026-07-01", "to": day}
    assert facts["as_of"] == day


def test_a_day_before_the_map_began_is_refused_in_words(
    app: Flask, tenant: Tenant, world: World, tmp_path: Path
) -> None:
    result = app.test_cli_runner().invoke(
        args=[
            *("reports", "build", "--organisation", "acme", "--format", "pdf"),
            *("--definition", "action-6-due-diligence", "--out", str(tmp_path / "x.pdf")),
            *("--as-of", "2026-01-05"),
        ]
    )
    assert result.exit_code == 1
    assert f"This map began on {NOW.date().isoformat()}" in result.stderr


def test_any_change_of_this_map_and_of_no_other_makes_a_day_one_to_be_read_back(
    context: Flask, tenant: Tenant, world: World
) -> None:
    with acting(tenant):
        later = NOW + timedelta(days=1)
        value_chain.create_chain(
            "Tea",
            own_business="Own",
            country="FR",
            act=Act(tenant.analyst, later),
        )
        cocoa = get_chain(world.chain_id)
        assert map_changed_after(cocoa, TODAY) is None
        wish = Wish(BulkVerb.ADD_TAG, "seasonal")
        seen = mark_of([world.farm_id])
        request_change(cocoa.id, wish, [world.farm_id], seen=seen, act=Act(tenant.analyst, later))
        assert map_changed_after(cocoa, TODAY) == later.date()


def test_building_without_a_map_says_what_to_do(app: Flask, tenant: Tenant, tmp_path: Path) -> None:
    for more, words in (((), "There is no map yet"), (("--chain", "Tea"), "no map called “Tea”")):
        result = app.test_cli_runner().invoke(
            args=[
                *("reports", "build", "--organisation", "acme", "--format", "pdf"),
                *("--definition", "action-6-due-diligence", "--out", str(tmp_path / "x.pdf")),
                *more,
            ]
        )
        assert result.exit_code == 1
        assert words in result.stderr


def test_definitions_are_listed_in_words_and_as_json(app: Flask) -> None:
    runner = app.test_cli_runner()
    words = runner.invoke(args=["reports", "list-definitions"])
    assert "action-6-due-diligence 1.0" in words.output
    listed = json.loads(runner.invoke(args=["reports", "list-definitions", "--json"]).stdout)
    assert "Salient risks" in listed[0]["sections"]


def test_verify_report_finds_the_organisation_by_itself(
    app: Flask, tenant: Tenant, other_tenant: Tenant, world: World, tmp_path: Path
) -> None:
    out = tmp_path / "report.pdf"
    built = app.test_cli_runner().invoke(
        args=[
            *("reports", "build", "--organisation", "acme", "--format", "pdf"),
            *("--definition", "action-6-due-diligence", "--out", str(out)),
        ]
    )
    number = re.search(r"(R-\d{4}-001), sealed now", built.output)
    assert number, built.output
    runner = app.test_cli_runner()
    found = runner.invoke(args=["audit", "verify-report", str(out), "--json"])
    assert found.exit_code == 0
    assert json.loads(found.stdout)["sound"] is True
    named = runner.invoke(args=["audit", "verify-report", str(out), "--organisation", "acme"])
    assert "ok  The bytes are those sealed as pdf" in named.output
    foreign = runner.invoke(args=["audit", "verify-report", str(out), "--organisation", "other"])
    assert foreign.exit_code == 1
    out.write_bytes(out.read_bytes().replace(b"%%EOF", b"%%EOF "))
    broken = runner.invoke(args=["audit", "verify-report", str(out)])
    assert broken.exit_code == 1
    assert number[1] in broken.output


def test_verify_report_without_any_organisation_says_unknown(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"x")
    result = app.test_cli_runner().invoke(args=["audit", "verify-report", str(path)])
    assert result.exit_code == 1
    assert "No sealed report has a file with this checksum." in result.output


def test_updates_of_unsealed_reports_are_possible(tenant: Tenant, world: World) -> None:
    wanted = Wanted("action-6-due-diligence", world.chain_id, (date(2026, 1, 1), TODAY))
    with acting(tenant):
        report_id = reports.request(wanted, act=Act(tenant.manager, NOW)).id
        db.session.execute(update(Report).where(Report.id == report_id).values(title="Other"))
    with acting(tenant):
        assert get_report_with_facts(report_id).title == "Other"
