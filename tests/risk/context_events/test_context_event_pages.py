"""The pages of events around sites, and of sites to be looked at again."""

import re
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.risk.context_events.models import ContextEvent
from ddplatform.risk.reassessment.models import ReviewTask
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.vocabulary import NodeKind
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting, make_cocoa_map
from tests.stored_worlds import stored_world

TODAY = NOW.date()
HOME = "/o/acme"
EVENT = {
    "kind": "disaster",
    "title": "Flood on the Sassandra",
    "description": "Two bridges are gone.",
    "area": "country",
    "country": "CI",
    "starts_on": "2025-11-20",
    "source_type": "official",
    "source_publisher": "OCHA",
    "source_url": "https://reports.example/flood",
    "source_on": "2025-11-20",
}


@stored_world
def cocoa(app: Flask, tenant: Tenant) -> CocoaMap:
    with app.app_context():
        return make_cocoa_map(tenant)


@pytest.fixture
def analyst(app: Flask, tenant: Tenant, cocoa: CocoaMap) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.ANALYST)


@pytest.fixture
def manager(app: Flask, tenant: Tenant, cocoa: CocoaMap) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


def send(client: FlaskClient, page: str, form_page: str | None = None, **data: str):
    token = csrf_token(client, form_page or page)
    return client.post(page, data={**data, "csrf_token": token})


def entered(client: FlaskClient, **changes: str) -> str:
    answer = send(client, f"{HOME}/context-events/new", **{**EVENT, **changes})
    assert answer.status_code == 302, answer.text
    return answer.location


def task_of(app: Flask, tenant: Tenant, node_id: UUID) -> UUID:
    with app.app_context(), acting(tenant):
        return db.session.scalars(select(ReviewTask.id).where(ReviewTask.node_id == node_id)).one()


def test_fields_of_a_circle_and_of_a_region_stand_apart_so_that_the_style_leaves_them_out(analyst):
    page = analyst.get(f"{HOME}/context-events/new").text
    style = Path("static/css/workspace.css").read_text(encoding="utf-8")

    circle, region = (page.split(f'class="{part}')[1] for part in ("of-circle", "of-region"))
    assert 'name="radius_km"' in circle and 'name="region"' in region
    for part in (".of-circle", ".of-region"):
        assert f":checked)) {part}" in style


def test_an_event_is_entered_and_shows_on_every_page_of_the_sites_inside(analyst, cocoa):
    page = analyst.get(entered(analyst)).text

    assert "Espoir farm group" in page and "Lagune Export" in page
    assert "2 sites still to be reviewed" in page
    assert "Flood on the Sassandra" in analyst.get(f"{HOME}/context-events/").text
    site = analyst.get(f"{HOME}/value-chain/nodes/{cocoa.farms}").text
    assert "Flood on the Sassandra" in site
    assert analyst.get(f"{HOME}/value-chain/{cocoa.chain}/table").text.count(">Event<") == 2
    assert "Flood on the Sassandra" not in analyst.get(f"{HOME}/value-chain/nodes/{cocoa.own}").text


def test_an_event_shows_its_points_for_each_issue_and_until_when_they_count(analyst):
    flood = analyst.get(entered(analyst)).text
    assert "Full effect until 20 November 2026" in flood
    assert re.search(r"emergencies.*?\+10\.8.*?30 December 2027", flood, re.DOTALL)

    harvest = analyst.get(entered(analyst, kind="harvest")).text
    assert "Full effect while the event lasts" in harvest and "end date not entered" in harvest
    assert "None. A reassessment of each site is requested." in harvest


def test_an_event_of_a_kind_without_points_says_so(analyst):
    page = analyst.get(entered(analyst, kind="security")).text
    assert "No points of its own." in page


def test_a_faulty_event_comes_back_with_all_that_was_typed(analyst):
    page = f"{HOME}/context-events/new"

    answer = send(analyst, page, **{**EVENT, "source_url": "ftp://x", "area": "circle"})

    assert answer.status_code == 422
    assert "Two bridges are gone." in answer.text
    assert "Degrees between -90 and 90." in answer.text


@pytest.mark.parametrize("state", ["upcoming", "active", "over", "withdrawn", "all", "nonsense"])
def test_each_state_of_events_has_its_list(analyst, state):
    entered(analyst)

    page = analyst.get(f"{HOME}/context-events/?state={state}")

    assert page.status_code == 200
    assert ("Flood on the Sassandra" in page.text) is (state in ("active", "all", "nonsense"))


def test_areas_of_each_kind_are_told_in_words(app, tenant, analyst, cocoa):
    with app.app_context(), acting(tenant):
        value_chain.add_node(
            cocoa.chain,
            NodeFields(name="Somewhere", country="CI", kind=NodeKind.SITE),
            act=Act(tenant.analyst, NOW),
        )

    region = analyst.get(entered(analyst, area="region", region="Bas-Sassandra")).text
    circle = analyst.get(
        entered(analyst, area="circle", latitude="5.8", longitude="-6.6", radius_km="50")
    ).text
    with_commas = analyst.get(
        entered(analyst, area="circle", latitude="5,8", longitude="-6,6", radius_km="50")
    ).text
    far = analyst.get(
        entered(analyst, area="circle", country="", latitude="0", longitude="0", radius_km="5")
    ).text

    assert "Bas-Sassandra, Côte" in region and "May be in the area" in region
    assert "50 km around 5.8, -6.6 (Côte" in with_commas
    assert "50 km around 5.8, -6.6 (Côte" in circle and "Somewhere" in circle
    assert "5 km around 0, 0" in far and "No site of your maps is in the area" in far


@pytest.mark.parametrize(
    ("radius", "told"),
    [
        ("5,000", "Write 5000, without a comma."),
        ("1,250,000", "Write 1250000, without a comma."),
        ("6000", "Kilometres between 0.1 and 5000."),
    ],
)
def test_a_radius_in_thousands_is_never_kept_as_another(
    analyst: FlaskClient, radius: str, told: str
) -> None:
    circle = {"area": "circle", "latitude": "5,8", "longitude": "-6,6", "radius_km": radius}
    answer = send(analyst, f"{HOME}/context-events/new", **{**EVENT, **circle})

    assert told in answer.text and f'value="{radius}"' in answer.text


@pytest.mark.parametrize(("radius", "kept"), [("2,5", "2.5 km"), ("0,500", "0.5 km")])
def test_a_radius_keeps_its_decimal_comma(analyst: FlaskClient, radius: str, kept: str) -> None:
    circle = {"area": "circle", "latitude": "5,8", "longitude": "-6,6", "radius_km": radius}

    assert f"{kept} around 5.8, -6.6" in analyst.get(entered(analyst, **circle)).text


def test_an_event_is_changed_by_who_saw_the_newest_version(analyst):
    page = f"{entered(analyst)}/edit"
    shown = analyst.get(page).text
    version = shown.split('name="version" type="hidden" value="')[1].split('"')[0]

    first = send(analyst, page, **{**EVENT, "title": "Flood of November", "version": version})
    second = send(analyst, page, **{**EVENT, "title": "Flood again", "version": version})

    assert (first.status_code, second.status_code) == (302, 409)
    assert "Flood of November" in second.text and "Flood again" in second.text


def test_an_event_is_ended_and_then_offers_no_end(analyst):
    event = entered(analyst)

    answer = send(analyst, f"{event}/end", ends_on="2025-11-21")

    assert answer.status_code == 302
    page = analyst.get(event).text
    assert "End event" not in page.split("<main")[1] and "Ended" in page


def test_who_entered_an_event_is_told_that_somebody_else_withdraws_it(analyst, manager):
    event = entered(analyst)

    own = send(analyst, f"{event}/withdraw", reason="Wrong river")
    other = send(manager, f"{event}/withdraw", reason="Wrong river")

    assert (own.status_code, other.status_code) == (409, 302)
    assert "You entered this event yourself." in own.text
    assert "Wrong river" in manager.get(event).text


def test_auditors_read_events_and_enter_none(app, tenant, cocoa, analyst):
    event = entered(analyst)
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)

    page = auditor.get(event)

    assert page.status_code == 200 and "Withdraw" not in page.text
    assert auditor.get(f"{HOME}/context-events/new").status_code == 403
    assert "Report a change" not in auditor.get(f"{HOME}/value-chain/nodes/{cocoa.farms}").text


def test_a_site_is_looked_at_by_its_owner_and_closed_with_a_note(app, tenant, analyst, cocoa):
    entered(analyst)
    task = f"{HOME}/reassessments/{task_of(app, tenant, cocoa.farms)}"

    owned = send(analyst, f"{task}/owner", task, owner=str(tenant.analyst.user_id))
    assert owned.status_code == 302
    assert "Espoir farm group" in analyst.get(f"{HOME}/reassessments/?view=mine").text
    empty = send(analyst, f"{task}/close", task, note=" ")
    assert empty.status_code == 422 and "Enter the outcome and the decision." in empty.text
    done = send(analyst, f"{task}/close", task, note="School is open again.")
    assert done.status_code == 302
    again = analyst.get(task).text
    assert "School is open again." in again and "Mark as reassessed" not in again
    assert "Espoir farm group" in analyst.get(f"{HOME}/reassessments/?view=done").text
    assert "Espoir farm group" not in analyst.get(f"{HOME}/reassessments/?view=mine").text


def test_a_stranger_cannot_be_made_the_owner(app, tenant, analyst, cocoa):
    entered(analyst)
    task = f"{HOME}/reassessments/{task_of(app, tenant, cocoa.farms)}"

    assert send(analyst, f"{task}/owner", task, owner=str(uuid4())).status_code == 422
    assert send(analyst, f"{task}/owner", task, owner="").status_code == 302


def test_a_change_that_somebody_knows_of_is_told_on_the_page_of_the_site(analyst, cocoa):
    page = f"{HOME}/reassessments/nodes/{cocoa.farms}/changed"

    assert send(analyst, page, note="New owner").status_code == 422
    answer = send(analyst, page, trigger="TRG-03", note="New owner since May.")

    assert "New owner since May." in analyst.get(answer.location).text
    site = analyst.get(f"{HOME}/value-chain/nodes/{cocoa.farms}").text
    assert "Change of ownership or management" in site


def test_sites_to_look_at_are_filtered_and_paged(app, tenant, analyst, cocoa, monkeypatch):
    event = entered(analyst).rsplit("/", 1)[1]
    with app.app_context(), acting(tenant):
        db.session.execute(update(ReviewTask).values(due_on=TODAY - timedelta(days=700)))
    home = f"{HOME}/reassessments/"

    assert "Lagune Export" in analyst.get(f"{home}?event={event}").text
    assert "Lagune Export" in analyst.get(f"{home}?view=late").text
    assert "Lagune Export" not in analyst.get(f"{home}?trigger=TRG-03").text
    assert "Lagune Export" not in analyst.get(f"{home}?node={cocoa.farms}").text
    assert analyst.get(f"{home}?after=x&trigger=y&view=z").status_code == 200
    monkeypatch.setattr(sys.modules["ddplatform.risk.reassessment.routes"], "PAGE_SIZE", 1)
    first = analyst.get(home).text
    further = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = analyst.get(further).text
    assert ("Lagune Export" in first) is not ("Lagune Export" in second)
    assert "First page" in second


def test_the_overview_tells_what_is_to_be_looked_at_first(app, tenant, analyst, manager):
    assert "No reassessment is open." in manager.get(f"{HOME}/").text
    entered(analyst)
    with app.app_context(), acting(tenant):
        db.session.execute(update(ReviewTask).values(due_on=TODAY - timedelta(days=700)))

    page = manager.get(f"{HOME}/").text

    assert "Espoir farm group" in page and "2 late" in page


def test_an_event_of_another_organisation_does_not_exist(app, tenant, other_tenant, analyst):
    event = entered(analyst)
    stranger = signed_in_client(app, other_tenant, RoleId.ANALYST)
    with app.app_context(), acting(tenant):
        assert db.session.scalars(select(ContextEvent.title)).all() == ["Flood on the Sassandra"]

    assert stranger.get(event.replace("/acme/", "/other/")).status_code == 404
    assert stranger.get(f"/o/other/reassessments/{uuid4()}").status_code == 404
