"""The first steps of an organisation, through a browser without scripts."""

import io
import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from ddplatform.accounts.founding.models import FirstRun
from ddplatform.accounts.organisations.models import Invitation
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.reporting.first_run import services
from ddplatform.reporting.first_run.services import Business
from ddplatform.value_chain.mapping.models import MapImport, SupplyLink, ValueChain, ValueChainNode
from tests.answering import add_node, make_chain
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.job_handlers import drop_handler
from tests.risk_maps import acting

BASE = "/o/acme/first-steps/"
PROGRESS = f"{BASE}progress"
BEGIN = {
    "map_name": "Cocoa",
    "name": "Maison Cacao",
    "country": "FR",
    "sector_ref": "food_processing",
}
BUSINESS = Business(**BEGIN)
LIST = b"name,country,sector\nMill One,IN,textile_mills\nSewing Two,BD,garments\n"


@pytest.fixture
def founder(app: Flask, tenant: Tenant, reference_data: None) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.ADMIN_MANAGER)


def send(client: FlaskClient, data: dict[str, object], page: str = BASE) -> TestResponse:
    form = {**data, "csrf_token": csrf_token(client, page)}
    return client.post(page, data=form, content_type="multipart/form-data")


def upload(name: str = "suppliers.csv", content: bytes = LIST) -> dict[str, object]:
    return {"start": "upload", "files": (io.BytesIO(content), name)}


def work(app: Flask) -> None:
    """Do all that waits, as a worker would."""
    done = app.test_cli_runner().invoke(args=["worker", "--drain"])
    assert done.exit_code == 0, done.output


def bring_in(client: FlaskClient, page: str) -> TestResponse:
    """Check the list and bring it into the map."""
    return client.post(f"{page}/apply", data={"csrf_token": csrf_token(client, page)})


def nodes(app: Flask, tenant: Tenant) -> list[ValueChainNode]:
    with app.app_context(), acting_in(tenant.id):
        return list(
            db.session.scalars(
                select(ValueChainNode)
                .where(ValueChainNode.archived_at.is_(None))
                .order_by(ValueChainNode.name)
            )
        )


def test_business_and_list_lead_over_the_preview_to_ranked_risks(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    listed = send(founder, {**BEGIN, **upload()}).headers["Location"]
    assert re.fullmatch(r"/o/acme/value-chain/imports/[0-9a-f-]{36}", listed)
    work(app)
    assert "Setup, step 2 of 4" in founder.get(listed).text

    assert bring_in(founder, listed).headers["Location"] == PROGRESS
    waiting = founder.get(PROGRESS).text
    assert "The list is being brought into your map." in waiting
    assert 'http-equiv="refresh"' in waiting and "Invite a colleague" in waiting
    work(app)

    ready = founder.get(PROGRESS).text
    assert "Your risks are ranked. 3 places are scored." in ready
    assert 'http-equiv="refresh"' not in ready
    register = re.search(r'href="(/o/acme/risk/register/[^"]*)"', ready)
    assert register is not None
    assert "Sewing Two" in founder.get(register[1].replace("&amp;", "&")).text


def test_the_own_business_has_the_sector_that_was_said(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    send(founder, {**BEGIN, "start": "none"})

    (own,) = nodes(app, tenant)
    assert (own.name, own.country, own.sector_ref) == ("Maison Cacao", "FR", "food_processing")
    assert own.own_operation


def test_a_list_that_names_the_own_business_as_buyer_makes_no_second_one(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    content = b"id,name,country,sells to\nA1,Mill One,IN,A2\nA2,Sewing Two,BD,MAISON CACAO\n"
    listed = send(founder, {**BEGIN, **upload(content=content)}).headers["Location"]
    work(app)
    bring_in(founder, listed)
    work(app)

    found = {node.name: node for node in nodes(app, tenant)}
    assert sorted(found) == ["Maison Cacao", "Mill One", "Sewing Two"]
    with app.app_context(), acting_in(tenant.id):
        links = db.session.execute(select(SupplyLink.supplier_id, SupplyLink.buyer_id)).all()
    sewing = found["Sewing Two"].id
    assert (sewing, found["Maison Cacao"].id) in [tuple(link) for link in links]


def test_one_who_comes_back_goes_on_where_the_steps_were_left(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    assert "What you buy" in founder.get(BASE).text
    send(founder, {**BEGIN, "start": "none"})
    without_list = founder.get(BASE).text
    assert "What you buy" not in without_list and "Your map “Cocoa” is there" in without_list
    listed = send(founder, upload()).headers["Location"]

    assert founder.get(BASE).headers["Location"] == listed
    assert founder.get(PROGRESS).headers["Location"] == listed
    work(app)
    bring_in(founder, listed)
    assert founder.get(BASE).headers["Location"] == PROGRESS


def test_an_organisation_that_has_a_map_begins_with_the_list(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    with app.app_context():
        make_chain(tenant)

    page = founder.get(BASE).text

    assert "Your map “Cocoa” is there" in page
    assert send(founder, upload()).status_code == 302


def test_the_made_up_list_is_marked_place_by_place_and_taken_out_again(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    listed = send(founder, {**BEGIN, "start": "made_up"}).headers["Location"]
    work(app)
    bring_in(founder, listed)
    work(app)
    made_up = [node for node in nodes(app, tenant) if not node.own_operation]
    page = founder.get(PROGRESS).text
    undo = f"{listed}/undo"

    assert len(made_up) == 12
    assert all(node.name.endswith("(made-up)") and node.sector_ref for node in made_up)
    assert "The places of this list are made up" in page and f'href="{undo}"' in page
    founder.post(undo, data={"csrf_token": csrf_token(founder, undo)})
    assert [node.name for node in nodes(app, tenant)] == ["Maison Cacao"]
    assert "Your map “Cocoa” is there" in founder.get(BASE).text


def test_an_upload_without_a_file_keeps_what_was_typed_and_makes_nothing(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    answer = send(founder, {**BEGIN, "start": "upload"})

    assert answer.status_code == 422
    assert "Choose a file, or try the made-up list." in answer.text
    assert 'value="Maison Cacao"' in answer.text
    assert nodes(app, tenant) == []


def test_a_list_that_cannot_be_read_leads_back_to_another_one(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    listed = send(founder, {**BEGIN, **upload("suppliers.xlsx", b"no workbook")}).headers[
        "Location"
    ]
    work(app)

    assert f'href="{BASE}"' in founder.get(listed).text
    page = founder.get(BASE)
    assert page.status_code == 200 and 'class="notice danger"' in page.text
    assert send(founder, upload()).status_code == 302


def test_who_comes_second_with_the_first_map_or_list_is_told_where_to_go_on(
    app: Flask, tenant: Tenant, reference_data: None
):
    with app.app_context(), acting(tenant):
        with pytest.raises(Conflict, match="There is no map yet"):
            services.bring_made_up_list(act=Act(tenant.manager, NOW))
        services.begin_map(BUSINESS, act=Act(tenant.manager, NOW))
        with pytest.raises(Conflict, match="The first map already exists"):
            services.begin_map(BUSINESS, act=Act(tenant.manager, NOW))
        services.bring_made_up_list(act=Act(tenant.manager, NOW))
        with pytest.raises(Conflict, match="A list is on its way already"):
            services.bring_made_up_list(act=Act(tenant.manager, NOW))
        lists = db.session.scalars(select(MapImport.id)).all()

    assert len(lists) == len(chains(app, tenant)) == 1


def test_a_second_first_list_at_once_is_refused_and_the_first_one_stands(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    send(founder, {**BEGIN, "start": "none"})
    token = csrf_token(founder, BASE)
    send(founder, upload())

    answer = founder.post(
        BASE,
        data={"csrf_token": token, **upload("other.csv")},
        content_type="multipart/form-data",
    )

    assert answer.status_code in (302, 409)
    with app.app_context(), acting_in(tenant.id):
        assert len(db.session.scalars(select(FirstRun)).all()) == 1


def test_work_that_failed_is_told_with_a_way_on(app: Flask, tenant: Tenant, founder: FlaskClient):
    listed = send(founder, {**BEGIN, **upload()}).headers["Location"]
    work(app)
    bring_in(founder, listed)
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.name == "value_chain:apply-import")).one()
        job.state, job.last_error = JobState.FAILED, "Ref 12"
        db.session.commit()

    page = founder.get(PROGRESS).text

    assert "The work stopped" in page and "Ref 12" in page
    assert f'href="{listed}"' in page


def test_places_whose_assessment_failed_are_assessed_again_by_a_button(
    app: Flask, tenant: Tenant, founder: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    listed = send(founder, {**BEGIN, **upload()}).headers["Location"]
    work(app)
    bring_in(founder, listed)
    drop_handler(monkeypatch, "risk:assess")
    work(app)
    with app.app_context():
        for job in db.session.scalars(select(Job).where(Job.name == "risk:assess")):
            job.state = JobState.FAILED
        db.session.commit()
    monkeypatch.undo()
    page = founder.get(PROGRESS).text

    assert "The places are not scored yet" in page and "nothing is lost" in page
    again = re.search(r'action="(/o/acme/risk/[^"]+)"', page)
    assert again is not None
    founder.post(again[1], data={"csrf_token": csrf_token(founder, PROGRESS)})
    assert "The list is in your map. Its places are being scored." in founder.get(PROGRESS).text
    work(app)
    assert "Your risks are ranked." in founder.get(PROGRESS).text


def test_a_colleague_is_invited_on_the_way_and_not_more_than_a_person_needs(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    listed = send(founder, {**BEGIN, **upload()}).headers["Location"]
    work(app)
    bring_in(founder, listed)
    token = csrf_token(founder, PROGRESS)

    def invite(number: int) -> int:
        form = {"name": "Eve", "email": f"eve{number}@acme.example", "role": "analyst"}
        return founder.post(f"{BASE}colleague", data={**form, "csrf_token": token}).status_code

    assert [invite(number) for number in range(6)] == [302, 302, 302, 302, 302, 429]
    wrong = founder.post(f"{BASE}colleague", data={"name": "Eve", "csrf_token": token})
    assert wrong.status_code == 422 and "Enter the e-mail address." in wrong.text
    with app.app_context(), acting_in(tenant.id):
        roles = db.session.scalars(select(Invitation.role)).all()
    assert set(roles) == {RoleId.ANALYST}


def test_who_may_not_invite_sees_no_form_for_it(app: Flask, tenant: Tenant):
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    listed = send(manager, {**BEGIN, **upload()}).headers["Location"]
    work(app)
    bring_in(manager, listed)

    assert "Invite a colleague" not in manager.get(PROGRESS).text
    assert manager.post(f"{BASE}colleague").status_code in (400, 403)


def test_first_steps_never_stand_in_the_way_of_other_pages(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    for path in ("", "value-chain/", "risk/", "questionnaires/", "people/", "settings/"):
        assert founder.get(f"/o/acme/{path}").status_code in (200, 302), path


def chains(app: Flask, tenant: Tenant) -> list[UUID]:
    with app.app_context(), acting_in(tenant.id):
        return list(db.session.scalars(select(ValueChain.id)))


def test_a_name_that_is_taken_is_told_at_the_form_and_no_second_map_is_made(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    token = csrf_token(founder, BASE)
    with app.app_context():
        make_chain(tenant)

    answer = founder.post(BASE, data={**BEGIN, "start": "none", "csrf_token": token})

    assert answer.status_code in (302, 409)
    assert len(chains(app, tenant)) == 1


EMPTY_PAGES = (
    *("risk/", "findings/", "findings/actions", "context-events/", "screening/", "reports/"),
    *("visit-plan/", "what-if/", "reassessments/", "questionnaires/", "value-chain/", ""),
)


@pytest.mark.parametrize("path", EMPTY_PAGES)
def test_an_empty_page_of_a_fresh_organisation_leads_to_the_first_steps_alone(
    founder: FlaskClient, path: str
):
    main = founder.get(f"/o/acme/{path}").text.split("<main")[1].split("</main>")[0]

    assert f'class="btn" href="{BASE}"' in main
    assert main.count('class="btn"') == 1


def test_an_empty_page_says_who_can_begin_where_the_role_may_not(
    app: Flask, tenant: Tenant, reference_data: None
):
    officer = signed_in_client(app, tenant, RoleId.SAFEGUARDING_OFFICER)

    page = officer.get("/o/acme/findings/").text

    assert BASE not in page
    assert "A sustainability manager or an analyst of your organisation" in page


def test_once_there_are_places_an_empty_page_offers_its_own_next_step(
    app: Flask, tenant: Tenant, founder: FlaskClient
):
    with app.app_context():
        add_node(tenant, make_chain(tenant))

    for path, step in (
        ("findings/", "Record a finding"),
        ("findings/actions", "Open findings"),
        ("context-events/", "Enter an event"),
        ("screening/", "Import a list"),
        ("evidence/", "Add a document"),
    ):
        main = founder.get(f"/o/acme/{path}").text.split("<main")[1].split("</main>")[0]
        assert main.count('class="btn"') == 1 and f">{step}</a>" in main, path
