"""The page of the action library, and the plan that begins from one of its entries."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.roles import RoleId
from tests.due_diligence.findings.test_findings_pages import at, send
from tests.factories import signed_in_client
from tests.finding_worlds import World

LIVING_INCOME = "ACL-04"


@pytest.fixture
def browser(app: Flask, world: World) -> FlaskClient:
    return signed_in_client(app, world.tenant, RoleId.SUSTAINABILITY_MANAGER)


def test_library_is_narrowed_by_issue_and_root_cause_and_names_its_sources(
    world: World, browser: FlaskClient
):
    page = browser.get(at(world, "actions/library?issue=ISS-FF&cause=no_childcare")).text

    assert "Childcare or crèche" in page
    assert "International Finance Corporation (2017)" in page
    assert "Living income differential" not in page
    assert "To start an action, open this library from a finding." in page


def test_combination_without_an_action_says_so_and_unknown_filters_show_everything(
    world: World, browser: FlaskClient
):
    nothing = browser.get(at(world, "actions/library?issue=ISS-OS&cause=school_access")).text
    everything = browser.get(at(world, "actions/library?issue=ISS-XX&cause=<b>")).text

    assert "No action in the library matches" in nothing
    assert everything.count('id="ACL-') == 21


def test_opened_from_a_finding_it_begins_with_the_issue_of_that_finding(
    world: World, finding_id: UUID, browser: FlaskClient
):
    finding = browser.get(at(world, str(finding_id))).text
    page = browser.get(at(world, f"actions/library?finding={finding_id}"))

    assert f"actions/library?finding={finding_id}" in finding
    assert f"{finding_id}/plan?entry={LIVING_INCOME}" in page.text
    assert "Safety by design" not in page.text
    assert browser.get(at(world, f"actions/library?finding={uuid4()}")).status_code == 404


def test_plan_begins_with_the_entry_and_is_saved_as_the_person_changed_it(
    world: World, finding_id: UUID, browser: FlaskClient
):
    address = at(world, f"{finding_id}/plan?entry={LIVING_INCOME}")
    form = browser.get(address).text
    answer = send(
        browser,
        address,
        title="Price differential for the Nawa group",
        description="Premium of 300 EUR a tonne, paid to each household.",
        success_measure="From 12% to 40% of households by 2028.",
        **{"carrier": "us", "owner_id": str(world.tenant.analyst.user_id), "control": "CTL-10"},
        **{"indicator": "IND-12", "due_on": "2099-01-31", "is_own_practice": "y"},
    )
    saved = browser.get(answer.location).text

    assert 'value="Living income differential and long-term contracts"' in form
    for chosen in ("CTL-10", "IND-12"):
        assert f'<option selected value="{chosen}"' in form
    assert 'id="is_own_practice" value="y" checked' in form
    assert "Price differential for the Nawa group" in saved
    assert "our own practice" in saved


def test_plan_is_refused_while_the_success_measure_has_blanks_and_nothing_typed_is_lost(
    world: World, finding_id: UUID, browser: FlaskClient
):
    typed = {
        **{"title": "Price differential", "description": "Premia für Haushalte.", "carrier": "us"},
        **{"owner_id": str(world.tenant.analyst.user_id), "due_on": "2099-01-31"},
        "success_measure": "Households: from [baseline]% to 40% by 2028.",
    }
    page = send(browser, at(world, f"{finding_id}/plan"), **typed)

    assert page.status_code == 422
    assert "Replace what is in brackets" in page.text
    assert "Premia für Haushalte." in page.text
    assert "[baseline]% to 40%" in page.text


def test_plan_from_an_unknown_entry_is_an_empty_form(
    world: World, finding_id: UUID, browser: FlaskClient
):
    page = browser.get(at(world, f"{finding_id}/plan?entry=ACL-99"))

    assert page.status_code == 200
    assert "Living income" not in page.text


def test_auditor_reads_the_library_of_a_finding_and_starts_nothing(
    app: Flask, world: World, finding_id: UUID
):
    auditor = signed_in_client(app, world.tenant, RoleId.AUDITOR)
    page = auditor.get(at(world, f"actions/library?finding={finding_id}"))

    assert page.status_code == 200
    assert "Start an action from this" not in page.text
