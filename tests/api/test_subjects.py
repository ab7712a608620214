"""Programs read risks with their grounds, and work with questionnaires, findings and reports."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from ddplatform.infrastructure.db import unit_of_work
from ddplatform.supplier_engagement.library.services import publish_shipped
from tests.api.conftest import Program
from tests.conftest import NOW
from tests.factories import Tenant
from tests.report_world import work_off
from tests.risk_maps import CocoaMap, assess

TODAY = datetime.now(UTC).date()


@pytest.fixture
def assessed(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    assess(tenant, cocoa.chain)
    return cocoa


def test_risks_come_worst_first_with_range_grade_and_the_run_that_proves_them(
    program: Program, assessed: CocoaMap
):
    path = f"/api/v1/maps/{assessed.chain}/risks"
    whole = program.get(path, limit=200).json
    pages, cursor = [], ""
    while cursor is not None:
        page = program.get(path, limit=7, cursor=cursor).json
        pages += page["items"]
        cursor = page["next"]

    assert pages == whole["items"] and len(pages) > 20
    assert [risk["position"] for risk in pages] == list(range(1, len(pages) + 1))
    assert all(risk["low"] <= risk["residual_index"] <= risk["high"] for risk in pages)
    assert all(sum(risk["lines"].values()) == pytest.approx(risk["points"]) for risk in pages)
    assert whole["basis"]["method"] == "RM-2.0" and len(whole["basis"]["parameters_sha256"]) == 64


def test_risks_are_filtered_by_issue_band_and_country(program: Program, assessed: CocoaMap):
    path = f"/api/v1/maps/{assessed.chain}/risks"
    every = program.get(path, limit=200).json["items"]

    for name, of in (("issue", "issue"), ("band", "band"), ("country", "country")):
        value = every[0][of]
        wanted = [risk for risk in every if risk[of] == value]
        found = program.get(path, limit=200, **{name: value}).json["items"]
        assert [risk["position"] for risk in found] == [risk["position"] for risk in wanted]


def test_every_line_of_a_score_names_its_source(program: Program, assessed: CocoaMap):
    risks = program.get(f"/api/v1/maps/{assessed.chain}/risks", limit=200).json["items"]
    issue = risks[0]["issue"]

    found = program.get(f"/api/v1/nodes/{assessed.farms}/risks/{issue}")

    assert found.status_code == 200, found.text
    lines = [line for line in found.json["lines"] if not line["is_sum"] and line["points"]]
    assert lines and all(line["source"] for line in lines)
    assert found.json["reference_data"]


@pytest.mark.usefixtures("context")
def test_an_empty_organisation_gets_from_nothing_to_ranked_risks(app: Flask, program: Program):
    """As a program does that nobody prepared anything for."""
    assert program.get("/api/v1/maps").json["items"] == []
    sectors = program.get("/api/v1/sectors").json["items"]
    sewing = next(row["ref"] for row in sectors if row["isic_division"] == "14")
    made = program.post(
        "/api/v1/maps", {"name": "Shirts", "own_business": "Fremd", "country": "DE"}
    )
    path = f"/api/v1/maps/{made.json['id']}"
    (own,) = program.get(f"{path}/nodes").json["items"]
    for name, country in (("Özgür Tekstil", "TR"), ("宁波制衣厂", "CN")):
        site = program.post(f"{path}/nodes", {"name": name, "country": country, "sector": sewing})
        link = {"supplier_id": site.json["id"], "buyer_id": own["node"]["id"]}
        assert program.post("/api/v1/links", link).status_code == 201

    assert program.post(f"{path}/assessments").status_code == 202
    work_off(app)

    found = program.get(f"{path}/risks").json
    assert {risk["name"] for risk in found["items"]} >= {"Özgür Tekstil", "宁波制衣厂"}
    assert found["basis"]["map_version"] == found["basis"]["map_version_now"]
    issues = {row["ref"] for row in program.get("/api/v1/issues").json["items"]}
    assert {risk["issue"] for risk in found["items"]} <= issues


def test_a_map_that_was_not_assessed_says_so_instead_of_showing_no_risk(
    program: Program, cocoa: CocoaMap
):
    answer = program.get(f"/api/v1/maps/{cocoa.chain}/risks")

    assert answer.status_code == 409 and "not been assessed" in answer.json["detail"]


def test_a_finding_is_recorded_and_an_action_planned_about_it(program: Program, assessed: CocoaMap):
    issue = program.get(f"/api/v1/maps/{assessed.chain}/risks").json["items"][0]["issue"]
    body = {
        "node_id": str(assessed.farms),
        "issue": issue,
        "title": "Heavy loads",
        "description": "Sacks of 60 kg are carried by hand on the drying yard.",
        "source": "audit",
    }
    finding = program.post("/api/v1/findings", body)
    assert finding.status_code == 201, finding.text
    plan = {
        "finding_id": finding.json["id"],
        "title": "Hand carts",
        "description": "Buy ten carts and show how they are used.",
        "success_measure": "No sack is carried by hand in two unannounced visits.",
        "due_on": (TODAY + timedelta(days=60)).isoformat(),
    }

    action = program.post("/api/v1/actions", plan)

    assert action.status_code == 201, action.text
    (row,) = program.get("/api/v1/findings", only_open="true").json["items"]
    assert row["title"] == "Heavy loads" and row["open_actions"] == 1
    assert program.get(f"/api/v1/findings/{row['id']}").json["description"] == body["description"]
    (listed,) = program.get("/api/v1/actions", finding_id=row["id"]).json["items"]
    assert listed["title"] == "Hand carts" and listed["owner"]
    assert program.get(f"/api/v1/actions/{listed['id']}").json["status"] == "planned"


def test_a_finding_that_names_a_child_is_refused_with_a_way_to_say_it(
    program: Program, cocoa: CocoaMap
):
    body = {
        "node_id": str(cocoa.farms),
        "issue": "ISS-CL",
        "title": "Night work",
        "description": "Koffi, 12 years old, works at night; call +225 07 08 09 10 11.",
        "source": "audit",
    }

    answer = program.post("/api/v1/findings", body)

    assert answer.status_code == 422
    assert program.get("/api/v1/findings").json["items"] == []


def test_a_questionnaire_is_sent_once_and_its_state_is_read(program: Program, cocoa: CocoaMap):
    with unit_of_work():
        publish_shipped(at=NOW)
    library = program.get("/api/v1/questionnaires").json["items"]
    version = next(row for row in library if row["ref"] == "SAQ")
    body = {
        "version_id": version["version_id"],
        "due_on": (TODAY + timedelta(days=30)).isoformat(),
        "language": "fr",
        "to": [{"node_id": str(cocoa.farms), "email": "ama@espoir.example"}],
    }

    sent = program.post("/api/v1/requests", body)

    assert sent.status_code == 201, sent.text
    (row,) = program.get("/api/v1/requests").json["items"]
    assert [row["id"]] == sent.json["ids"] and row["email"] == "ama@espoir.example"
    assert program.get(f"/api/v1/requests/{row['id']}").json["status"] == row["status"]
    assert program.post("/api/v1/requests", body).status_code == 422, "it has this one already"


def test_a_report_is_requested_made_in_the_background_and_downloaded(
    app: Flask, program: Program, assessed: CocoaMap
):
    body = {
        "map_id": str(assessed.chain),
        "definition": "action-6-due-diligence",
        "period_from": f"{TODAY.year}-01-01",
        "period_to": TODAY.isoformat(),
    }
    asked = program.post("/api/v1/reports", body)
    assert asked.status_code == 202, asked.text
    address = f"/api/v1/reports/{asked.json['id']}"
    assert program.get(address).json["status"] == "queued"
    assert program.post(f"{address}/files/json").status_code == 404, "it is not sealed yet"

    work_off(app)

    report = program.get(address).json
    assert report["status"] == "sealed" and report["facts_sha256"]
    file = program.post(f"{address}/files/json")
    assert file.status_code == 200 and "attachment" in file.headers["Content-Disposition"]
    (row,) = program.get("/api/v1/reports").json["items"]
    assert row["id"] == report["id"]
