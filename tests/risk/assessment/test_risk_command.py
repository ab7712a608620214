"""`flask risk assess` scores a kept map and prints what docs/commands.md promises."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.risk.detail.queries.risks import find_risk
from ddplatform.risk.runs.models import AssessmentRun
from supply_chain.vocabulary import Issue
from tests.factories import Tenant
from tests.risk_maps import acting, make_cocoa_map

TODAY = datetime.now(UTC).date()


def test_the_command_prints_every_score_and_keeps_the_run(app: Flask, tenant: Tenant) -> None:
    with app.app_context():
        cocoa = make_cocoa_map(tenant)
    runner = app.test_cli_runner()
    arguments = ["risk", "assess", "--organisation", tenant.slug, "--chain", "Cocoa"]
    document = json.loads(runner.invoke(args=[*arguments, "--as-of", str(TODAY), "--json"]).output)
    scores = {(row["node"], row["issue"]): row for row in document["assessments"]}
    assert len(scores) == 4 * len(Issue)
    assert any(node.startswith("unknown-origin:") for node, _ in scores)
    assert document["method_version"] == "RM-2.0"
    assert len(document["parameters_sha256"]) == 64
    assert document["scaled"] == {}
    with app.app_context(), acting(tenant):
        run = db.session.scalars(select(AssessmentRun)).one()
        assert str(run.id) == document["run"]
        kept = find_risk(run.id, cocoa.farms, Issue.CL)
        assert kept is not None
    printed = scores[kept.node_ref, "ISS-CL"]
    for name in ("likelihood", "severity", "index", "residual_index", "exposure", "linkage"):
        assert printed[name] == pytest.approx(getattr(kept, name), abs=1e-9)
    assert printed["salience_rank"] == kept.salience_rank
    assert printed["status"] is None
    lines = [part["line"] for part in printed["contributions"]]
    assert lines[:4] == ["base", "country", "activity", "listing"]
    total = sum(part["points"] for part in printed["contributions"])
    assert total == pytest.approx(kept.index)


def test_the_old_method_is_given_in_its_own_shape(app: Flask, tenant: Tenant) -> None:
    with app.app_context():
        cocoa = make_cocoa_map(tenant)
    arguments = ["risk", "assess", "--organisation", tenant.slug, "--chain", "Cocoa"]
    answer = app.test_cli_runner().invoke(args=[*arguments, "--method", "RM-1.0", "--json"])
    document = json.loads(answer.output)
    assert document["method_version"] == "RM-1.0"
    scores = {(row["node"], row["issue"]): row for row in document["assessments"]}
    with app.app_context(), acting(tenant):
        kept = find_risk(UUID(document["run"]), cocoa.farms, Issue.CL)
    assert kept is not None
    parts = scores[kept.node_ref, "ISS-CL"]["contributions"]
    assert [part["group"] for part in parts] == ["CTY", "SEC", "WRK", "COM", "ONL"]
    assert [part["contribution"] for part in parts] == list(kept.contributions)


def test_a_day_to_come_is_refused_and_the_scores_of_today_stay(app: Flask, tenant: Tenant) -> None:
    with app.app_context():
        make_cocoa_map(tenant)
    arguments = ["risk", "assess", "--organisation", tenant.slug, "--chain", "Cocoa"]
    later = str(TODAY + timedelta(days=3))
    answer = app.test_cli_runner().invoke(args=[*arguments, "--as-of", later, "--json"])
    assert answer.exit_code == 1
    assert "future day" in json.loads(answer.stdout)["error"]["fields"]["as_of"]
    with app.app_context(), acting(tenant):
        assert not db.session.scalars(select(AssessmentRun)).all()


def test_the_command_says_in_words_what_it_did(app: Flask, tenant: Tenant) -> None:
    with app.app_context():
        make_cocoa_map(tenant)
    answer = app.test_cli_runner().invoke(
        args=["risk", "assess", "--organisation", tenant.slug, "--chain", "cocoa"]
    )
    assert answer.output.startswith("64 risks scored by RM-2.0 as of ")


def test_an_unknown_map_is_refused_by_name(app: Flask, tenant: Tenant) -> None:
    answer = app.test_cli_runner().invoke(
        args=["risk", "assess", "--organisation", tenant.slug, "--chain", "Coffee"]
    )
    assert answer.exit_code == 1
    assert "Coffee" in answer.stderr
