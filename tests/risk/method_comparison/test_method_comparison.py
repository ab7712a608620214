"""A map under RM-1.0 and RM-2.0: page, command and files say the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.risk.detail.queries.risks import find_risk
from ddplatform.risk.method_comparison import routes
from ddplatform.risk.method_comparison.views import drivers
from ddplatform.risk.words.figures import whole_points
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.services.links import LinkFields
from supply_chain.vocabulary import Issue
from tests.approved import add_confirmed
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting, assess

LINES = [
    *("base", "country", "activity", "listing", "evidence"),
    *("judged", "facts", "controls", "severity"),
]


def run(app: Flask, *more: str, chain: str = "Cocoa") -> Any:
    words = ["risk", "compare-methods", "--organisation", "acme", "--chain", chain, *more]
    return app.test_cli_runner().invoke(args=words)


def compared(app: Flask) -> Any:
    done = run(app, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_each_place_of_a_map_is_shown_under_both_methods(
    app: Flask, tenant: Tenant, cocoa: CocoaMap
):
    document = compared(app)

    assert document["basis"]["methods"] == ["RM-1.0", "RM-2.0"]
    assert sorted(place["name"] for place in document["places"]) == [
        "Espoir farm group",
        "Lagune Export",
        "Maison Cacao",
    ]
    assert [place["after"]["position"] for place in document["places"]] == [1, 2, 3]
    assert sum(cell["places"] for cell in document["bands"]) == 3
    assert sum(cell["risks"] for cell in document["bands"]) == 48
    for place in document["places"]:
        lines = place["lines"]
        assert [*lines] == [*LINES, "limit"]
        assert abs(sum(lines.values()) - place["after"]["index"]) < 1e-9
        assert place["after"]["low"] <= place["after"]["high"]


def test_what_a_site_admits_moves_its_place_alone(app: Flask, tenant: Tenant, cocoa: CocoaMap):
    before = {place["name"]: place for place in compared(app)["places"]}
    with acting(tenant):
        signal = {"source_type": "admission", "quality": 0.8, "causes": [], "observed_at": NOW}
        db.session.add(RiskSignal(node_id=cocoa.farms, factor="WRK-01", value=1.0, **signal))

    after = {place["name"]: place for place in compared(app)["places"]}

    farm = after["Espoir farm group"]
    assert farm["lines"]["evidence"] > 0 == before["Espoir farm group"]["lines"]["evidence"]
    assert (
        farm["after"]["grade"] == "C"
        and farm["after"]["index"] > (before["Espoir farm group"]["after"]["index"])
    )
    assert after["Lagune Export"] == before["Lagune Export"]


def test_the_side_of_rm1_is_that_of_the_kept_run(app: Flask, tenant: Tenant, cocoa: CocoaMap):
    run_id = assess(tenant, cocoa.chain)
    farm = next(p for p in compared(app)["places"] if p["name"] == "Espoir farm group")

    with acting(tenant):
        kept = find_risk(run_id, cocoa.farms, Issue(farm["before"]["issue"]))

    assert kept is not None
    assert farm["before"]["band"] == kept.residual_band


def test_the_workbook_holds_the_same_places(
    app: Flask, tenant: Tenant, cocoa: CocoaMap, tmp_path: Path
):
    out = tmp_path / "both.xlsx"

    done = run(app, "--out", str(out))

    assert done.exit_code == 0, done.output
    assert "3 places: " in done.stdout and "under RM-2.0" in done.stdout
    rows = list(load_workbook(out)["Places"].iter_rows(values_only=True))
    names = [place["name"] for place in compared(app)["places"]]
    assert [row[0] for row in rows[1:]] == names


def test_a_map_that_is_not_there_is_refused(app: Flask, tenant: Tenant, cocoa: CocoaMap):
    done = run(app, chain="Coffee")

    assert done.exit_code == 1
    assert "There is no map called “Coffee”." in done.stderr


@pytest.fixture
def manager(app: Flask, tenant: Tenant) -> FlaskClient:
    """A browser in which the sustainability manager is signed in."""
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def page(cocoa: CocoaMap) -> str:
    return f"/o/acme/risk/methods/{cocoa.chain}"


def test_the_page_shows_bands_and_what_moves_each_place(
    app: Flask, analyst: FlaskClient, cocoa: CocoaMap
):
    text = analyst.get(page(cocoa)).text

    document = compared(app)
    assert document["sentence"] in text
    for place in document["places"]:
        assert place["name"] in text
    assert "Context only" in text and "Activity" in text


def test_the_register_leads_to_the_comparison_of_its_map(
    tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap
):
    assess(tenant, cocoa.chain)
    address = f"/o/acme/risk/?chain={cocoa.chain}"
    text = analyst.get(address, follow_redirects=True).text
    assert f'href="{page(cocoa)}"' in text


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_page_gives_the_file(manager: FlaskClient, cocoa: CocoaMap, form: str):
    token = csrf_token(manager, "/o/acme/value-chain/new")

    answer = manager.post(f"{page(cocoa)}/export", data={"form": form, "csrf_token": token})

    assert answer.status_code == 200 and answer.data.startswith(b"PK")
    assert "cocoa-method-comparison" in answer.headers["Content-Disposition"]


def test_a_file_in_no_known_form_is_not_there(manager: FlaskClient, cocoa: CocoaMap):
    token = csrf_token(manager, "/o/acme/value-chain/new")
    answer = manager.post(f"{page(cocoa)}/export", data={"form": "pdf", "csrf_token": token})
    assert answer.status_code == 404


def test_a_large_map_is_left_to_the_command(
    manager: FlaskClient, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(routes, "LARGEST_ON_PAGE", 2)

    text = manager.get(page(cocoa)).text

    assert "is too large to be compared on a page" in text
    assert "risk compare-methods --organisation acme --chain" in text
    token = csrf_token(manager, "/o/acme/value-chain/new")
    answer = manager.post(f"{page(cocoa)}/export", data={"form": "xlsx", "csrf_token": token})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("index", "shown"),
    [(59.6, "59.6"), (60.0, "60"), (47.96, "47.9"), (34.99, "34.9"), (55.5, "56"), (12.2, "12")],
)
def test_a_figure_never_rounds_across_a_band(index: float, shown: str):
    assert whole_points(index) == shown


def test_drivers_are_the_three_largest_lines_beside_the_base():
    lines = (57.75, 6.7, -12.0, 10.0, 0.4, 0.0, 0.0, -0.3, -2.67)
    assert drivers(lines) == (("Activity", -12.0), ("Listing", 10.0), ("Country", 6.7))
    assert drivers((57.75, 0.1, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0, -2.67)) == (("Severity", -2.67),)


def test_buyers_whose_shares_add_to_more_than_one_are_named(
    app: Flask, analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    assert compared(app)["shares_above_one"] == {}
    with acting(tenant):
        fields = LinkFields(share=0.7)
        add_confirmed(cocoa.own, cocoa.exporter, fields, act=Act(tenant.analyst, NOW))

    found = compared(app)["shares_above_one"]
    assert list(found.values()) == [pytest.approx(1.3)]
    text = analyst.get(page(cocoa)).text
    assert "Shares that add to more than 100%" in text and "130%" in text
