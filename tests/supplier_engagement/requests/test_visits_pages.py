"""Pages of a visit: assigned by the buyer, filled in by who visits, read by the buyer alone."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.accounts.organisations.services import invitations
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.library.models import Assignment
from tests.answering import (
    EMAIL,
    Asked,
    Supplier,
    acting,
    add_node,
    ask_again,
    come_in,
    mails,
    make_chain,
    receive_now,
    version_of,
)
from tests.factories import PASSWORD, Tenant, csrf_token, signed_in_client
from tests.stored_worlds import stored_world
from tests.visits import ASSESSOR, assign_visit, visited

FUTURE = "2099-01-31"
REAL_NOW = datetime.now(UTC)


@pytest.fixture
def office(app: Flask, tenant: Tenant) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)


@stored_world
def site(app: Flask, tenant: Tenant) -> Asked:
    """A site whose supplier was asked to answer for itself."""
    with app.app_context():
        chain_id = make_chain(tenant)
        node_id = add_node(tenant, chain_id, contact_email=EMAIL)
        return ask_again(tenant, chain_id, node_id, ref="SAQ")


def _assign(site: Asked) -> Asked:
    return assign_visit(site.tenant, site.chain_id, site.node_id)


def _signed_in(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    data = {
        "email": email,
        "password": PASSWORD,
        "csrf_token": csrf_token(client, "/sign-in"),
    }
    assert client.post("/sign-in", data=data).status_code == 302
    return client


def _base(who: Supplier) -> str:
    return f"/o/{who.slug}/responses/{who.asked.assignment_id}"


def _marks(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(csrf_token|seen|page)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


# -- assigning -----------------------------------------------------------------------------------


def test_visit_is_assigned_from_the_page_of_a_site_in_one_form(
    app: Flask, office: FlaskClient, tenant: Tenant, site: Asked
):
    root = f"/o/{tenant.slug}"
    node = unescape(office.get(f"{root}/value-chain/nodes/{site.node_id}").text)
    link = re.search(r'href="([^"]+)">Assign a visit', node)
    assert link is not None
    page = office.get(link[1], follow_redirects=True)
    assert "Visit details" in page.text
    assert f'value="{EMAIL}"' not in page.text
    with app.app_context(), acting(tenant.id):
        address = f"{root}/questionnaires/send/{version_of('AUD')}/details"

    form = {"node": str(site.node_id), "due_on": FUTURE, "language": "en", "message": ""}
    form["csrf_token"] = csrf_token(office, f"{address}?node={site.node_id}")
    refused = office.post(address, data={**form, f"email-{site.node_id}": EMAIL})
    assert refused.status_code == 422
    assert "A visit needs an assessor independent of it." in unescape(refused.text)
    done = office.post(
        address, data={**form, f"email-{site.node_id}": ASSESSOR}, follow_redirects=True
    )

    assert "Assigned: 1 visit. The assessor gets a mail with a link." in unescape(done.text)
    assert ">visit</span>" in done.text


def test_library_offers_to_assign_a_visit_and_lists_sites_with_nobody_chosen(
    app: Flask, office: FlaskClient, tenant: Tenant, site: Asked
):
    with app.app_context(), acting(tenant.id):
        version = version_of("AUD")
    library = unescape(office.get(f"/o/{tenant.slug}/questionnaires/library").text)
    card = library.partition('id="q-AUD"')[2].partition("</section>")[0]
    assert "Assign a visit" in card
    assert "Assessors answer it" in card

    page = unescape(office.get(f"/o/{tenant.slug}/questionnaires/send/{version}").text)

    assert "Select sites to visit" in page
    assert " checked" not in page.partition("<tbody>")[2]


def test_nobody_is_made_assessor_inside_an_organisation(app: Flask, tenant: Tenant):
    admin = signed_in_client(app, tenant, RoleId.ADMIN)

    assert 'value="supplier"' in admin.get(f"/o/{tenant.slug}/people/invite").text
    assert 'value="assessor"' not in admin.get(f"/o/{tenant.slug}/people/invite").text


def test_library_without_a_checklist_says_how_to_bring_one_in(
    app: Flask, office: FlaskClient, tenant: Tenant
):
    with app.app_context():
        node_id = add_node(tenant, make_chain(tenant))

    page = office.get(f"/o/{tenant.slug}/questionnaires/visit/{node_id}", follow_redirects=True)

    assert "no checklist of a visit yet" in unescape(page.text)


# -- who visits ----------------------------------------------------------------------------------


def test_assessor_comes_in_by_the_link_fills_in_and_sends(
    app: Flask, office: FlaskClient, site: Asked
):
    with app.app_context():
        asked = _assign(site)
        link = _link(asked)
    guest = app.test_client()
    first = unescape(guest.get(link).text)
    assert "asks you to visit SCOOP Espoir" in first
    assert "The child comes before every question" in first
    assert "not loss of orders" not in first
    form = {"name": "Efua D.", "password": PASSWORD, "again": PASSWORD}
    came = guest.post(link, data={**form, "csrf_token": csrf_token(guest, link)})
    assert came.status_code == 302

    show = guest.get(came.location)

    assert "Visit to SCOOP Espoir" in unescape(show.text)
    assert "Answer together" not in show.text
    home = came.location.partition("/responses/")[0]
    assert "/responses/" in guest.get(f"{home}/").location
    assert "The visits you were asked to make" in unescape(guest.get(f"{home}/responses/").text)
    assert "If you find a child at risk on a visit" in guest.get(f"{home}/responses/help").text
    for shut in ("cascade/", "findings/", "people/", "audit/", "value-chain/", "evidence/"):
        assert guest.get(f"{home}/{shut}").status_code in (403, 404), shut


def _link(asked: Asked) -> str:
    with acting(asked.tenant.id):
        invitation = db.session.scalars(
            select(Invitation).where(Invitation.assignment_id == asked.assignment_id)
        ).one()
        invitation.expires_at = REAL_NOW + timedelta(days=14)
        invitations.send(invitation.id, at=REAL_NOW)
    found = re.search(r"/respond/\S+", mails()[-1])
    assert found is not None
    return found[0]


def test_danger_on_a_visit_is_told_in_words_for_who_visits_and_whom_to_call(
    app: Flask, site: Asked
):
    with app.app_context():
        assessor = come_in(_assign(site))
    phone = _signed_in(app, ASSESSOR)
    address = f"{_base(assessor)}/B"
    marks = _marks(phone.get(address).text)

    told = phone.post(f"{address}/draft", data={**marks, "/data/B/AUD_09": "3"}).get_json()["help"]

    assert told[0].startswith("This answer speaks of danger.")
    assert (
        told[1]
        == "Whom to call for a child: Allô enfant en détresse, 116 (as of 20 November 2020)."
    )
    assert len(told) == 2
    page = unescape(phone.get(address).text)
    assert "Whom to call for a child: Allô enfant en détresse, 116" in page
    assert "Your orders are not at risk" not in page


def test_visit_is_sent_once_and_the_receipt_says_that_the_site_does_not_see_it(
    app: Flask, site: Asked
):
    with app.app_context():
        assessor = visited(_assign(site))
    phone = _signed_in(app, ASSESSOR)
    address = f"{_base(assessor)}/check"

    data = {"declared": "1", "csrf_token": csrf_token(phone, address)}
    sent = phone.post(address, data=data, follow_redirects=True)

    assert "The place you visited does not see what you wrote." in sent.text
    assert phone.post(address, data=data).location.endswith("/sent")


# -- who reads it --------------------------------------------------------------------------------


def test_buyer_reads_a_visit_with_small_numbers_of_children_hidden(
    app: Flask, office: FlaskClient, tenant: Tenant, site: Asked
):
    with app.app_context():
        assessor = visited(_assign(site), AUD_09="3")
        receive_now(assessor)
    base = f"/o/{tenant.slug}/questionnaires/assignments/{assessor.asked.assignment_id}"

    page = unescape(office.get(f"{base}/review").text)

    assert "Visit to SCOOP Espoir" in page
    assert "The source is protected" in page
    assert "The supplier disclosed this" not in page
    row = page.partition("How many persons did you see who may be below")[2].partition("</tr>")[0]
    assert "<5" in row
    assert ">3<" not in row
    assert "Assessor" in office.get(base).text


def test_supplier_s_own_pages_hold_nothing_of_a_visit(app: Flask, site: Asked):
    with app.app_context():
        supplier = come_in(site)
        assessor = visited(_assign(site), AUD_13="serious")
        receive_now(assessor)
    phone = _signed_in(app, EMAIL)
    home = f"/o/{supplier.slug}"

    pages = [phone.get(f"{home}/{path}").text for path in ("responses/", "sharing/", "audit/")]
    assert all(str(assessor.asked.assignment_id) not in page for page in pages)
    theirs = f"{home}/responses/{assessor.asked.assignment_id}"
    for path in ("/", "/A", "/check", "/sent", "/receipt.pdf", "/questions", "/ways"):
        assert phone.get(theirs + path).status_code == 404, path


def test_reviewer_who_made_the_visit_does_not_accept_it(
    app: Flask, office: FlaskClient, tenant: Tenant, site: Asked
):
    with app.app_context():
        own = tenant.email(RoleId.SUSTAINABILITY_MANAGER)
        assessor = visited(assign_visit(tenant, site.chain_id, site.node_id, own))
        receive_now(assessor)
    base = f"/o/{tenant.slug}/questionnaires/assignments/{assessor.asked.assignment_id}"

    token = csrf_token(office, f"{base}/review")
    refused = office.post(f"{base}/review/accept", data={"csrf_token": token})

    assert refused.status_code == 409
    with app.app_context(), acting(tenant.id):
        status = select(Assignment.status).where(Assignment.id == assessor.asked.assignment_id)
        assert db.session.scalar(status).value != "accepted"


# -- whom to call --------------------------------------------------------------------------------


def _help(app: Flask, tenant: Tenant, country: str) -> str:
    with app.app_context():
        chain_id = make_chain(tenant)
        node_id = add_node(tenant, chain_id, country=country)
        supplier = come_in(ask_again(tenant, chain_id, node_id, ref="SAQ"))
    return unescape(_signed_in(app, EMAIL).get(f"/o/{supplier.slug}/responses/help").text)


def test_help_page_names_the_services_of_the_country_with_their_day(app: Flask, tenant: Tenant):
    page = _help(app, tenant, "GH")

    assert '<a class="ltr" href="tel:0800800800">0800 800 800</a>' in page
    assert "Read on 28 November 2026 in a source without a date. Nobody here called it" in page


def test_number_from_a_source_without_a_date_says_so_beside_the_answer(app: Flask, tenant: Tenant):
    with app.app_context():
        chain_id = make_chain(tenant)
        node_id = add_node(tenant, chain_id, country="UG")
        assessor = come_in(assign_visit(tenant, chain_id, node_id))
    phone = _signed_in(app, ASSESSOR)
    address = f"{_base(assessor)}/B"

    marks = _marks(phone.get(address).text)
    told = phone.post(f"{address}/draft", data={**marks, "/data/B/AUD_15": "clear"}).get_json()

    assert told["help"][1].endswith("Sauti, 116 (from a source without a date).")


def test_help_page_of_a_country_without_a_service_says_so_and_where_to_look(
    app: Flask, tenant: Tenant
):
    page = _help(app, tenant, "FJ")

    assert "Fiji:" in page
    assert "No service is listed here yet." in page
    assert "https://childhelplineinternational.org/helplines/" in page


def test_list_of_the_operator_goes_before_what_ships(app: Flask, tenant: Tenant):
    _write(
        app,
        "- {country: GH, name: District office, phones: ['030 1'], source: called, "
        "read_on: 2026-11-01}\n",
    )

    page = _help(app, tenant, "GH")

    assert "District office" in page
    assert "0800 800 800" not in page


def test_faulty_list_of_the_operator_is_left_out_and_told_in_the_log(
    app: Flask, tenant: Tenant, caplog: pytest.LogCaptureFixture
):
    _write(app, "- {country: Ghana}\n")

    page = _help(app, tenant, "GH")

    assert "0800 800 800" in page
    assert "protection-services.yaml is not read: Service 1: country “Ghana”" in caplog.text


def _write(app: Flask, text: str) -> None:
    with app.app_context():
        file = adapters().protection_services
        file._path.write_text(text, encoding="utf-8")
