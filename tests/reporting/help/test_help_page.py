"""The help page for each role, and the links to its glossary on the pages of staff."""

import re
from collections.abc import Mapping
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.reporting.help.glossary import load_glossary
from tests.factories import Tenant, signed_in_client
from tests.finding_worlds import World
from tests.risk_maps import CocoaMap, assess

PAGE = "/o/acme/help/"
MANAGER, AUDITOR = RoleId.SUSTAINABILITY_MANAGER, RoleId.AUDITOR
STAFF = (
    *(MANAGER, AUDITOR, RoleId.ANALYST, RoleId.ADMIN),
    *(RoleId.ADMIN_MANAGER, RoleId.SAFEGUARDING_OFFICER),
)
TASK = re.compile(r'<li><a href="([^"]+)">([^<]+)</a><span class="small muted">')
ENTRY = re.compile(r'<li id="([a-z-]+)"><h3>')
MARK = re.compile(rf'<a class="noprint muted" href="{PAGE}#([a-z-]+)" aria-label="([^"]+)"')


def page(app: Flask, tenant: Tenant, role: RoleId, address: str = PAGE) -> str:
    answer = signed_in_client(app, tenant, role).get(address)
    assert answer.status_code == 200
    return unescape(answer.text)


def tasks_in(html: str) -> Mapping[str, str]:
    return {label: href for href, label in TASK.findall(html)}


@pytest.mark.parametrize("role", STAFF)
def test_staff_see_the_whole_glossary_and_tasks_that_they_may_open(
    app: Flask, tenant: Tenant, role: RoleId
):
    client = signed_in_client(app, tenant, role)
    html = client.get(PAGE).text

    assert ENTRY.findall(html) == list(load_glossary())
    hrefs = {*tasks_in(html).values(), *re.findall(r'<a class="noprint" href="([^"]+)"', html)}
    assert {href: client.get(href, follow_redirects=True).status_code for href in hrefs} == (
        dict.fromkeys(hrefs, 200)
    )


def test_a_manager_begins_with_the_list_an_auditor_with_the_register_an_officer_has_cases(
    app: Flask, tenant: Tenant
):
    manager, auditor = (tasks_in(page(app, tenant, role)) for role in (MANAGER, AUDITOR))
    officer = tasks_in(page(app, tenant, RoleId.SAFEGUARDING_OFFICER))

    assert next(iter(manager)) == "Import a supplier list"
    assert list(auditor) == ["Read the risk register", "Check a report file", "Verify the log"]
    assert officer["Work on a remediation case"] == "/o/acme/remedy/"
    assert "Work on a remediation case" not in manager


def test_help_is_linked_in_the_top_bar_and_in_the_menu_of_a_phone(app: Flask, tenant: Tenant):
    html = page(app, tenant, AUDITOR, "/o/acme/reports/")
    menu = html[html.index('class="menu-m"') :].partition("</details>")[0]

    assert f'<a class="iconbtn help" href="{PAGE}">' in html
    assert f'href="{PAGE}"' in menu
    assert "Help</span>" in menu


@pytest.mark.parametrize("role", [RoleId.SUPPLIER, RoleId.ASSESSOR])
def test_who_answers_questionnaires_keeps_the_help_for_suppliers(
    app: Flask, tenant: Tenant, role: RoleId
):
    client = signed_in_client(app, tenant, role)

    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/o/acme/responses/", follow_redirects=True).text


def test_nobody_reads_the_help_without_signing_in(client: FlaskClient, tenant: Tenant):
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("choke point", ["choke-point"]),
        ("IRREMEDIABILITY", ["irremediability", "severity"]),
        ("herfindahl", ["supplier-concentration"]),
    ],
)
def test_a_search_shows_the_terms_whose_name_or_meaning_holds_the_words(
    app: Flask, tenant: Tenant, typed: str, found: list[str]
):
    html = page(app, tenant, MANAGER, f"{PAGE}?q={typed}")

    assert ENTRY.findall(html) == found
    assert f"of {len(load_glossary())} terms" in html
    assert tasks_in(html) == {}


def test_a_search_that_finds_nothing_says_so_and_leads_back(app: Flask, tenant: Tenant):
    html = page(app, tenant, MANAGER, f"{PAGE}?q=%3Cb%3Ezebra")

    assert "No term matches" in html
    assert f'<a href="{PAGE}">Show all terms</a>' in html
    assert 'value="<b>zebra"' in html


def test_a_search_without_a_letter_shows_the_whole_glossary(app: Flask, tenant: Tenant):
    html = page(app, tenant, MANAGER, f"{PAGE}?q=%D9%80")

    assert ENTRY.findall(html) == list(load_glossary())
    assert tasks_in(html)


def test_letters_lead_to_the_first_term_that_begins_with_them(app: Flask, tenant: Tenant):
    text = page(app, tenant, MANAGER)
    letters = dict(re.findall(r'<a class="btn quiet sm" href="#([a-z-]+)">([A-Z])</a>', text))

    assert letters["approval"] == "A"
    assert letters["verification"] == "V"


def test_in_another_language_the_page_is_english_as_a_whole(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, MANAGER)
    answer = client.get(f"{PAGE}?lang=fr")

    assert answer.headers["Content-Language"] == "en"
    assert "<h1>Help</h1>" in answer.text


@pytest.mark.parametrize("role", [MANAGER, AUDITOR])
def test_the_register_and_the_page_of_a_risk_explain_their_terms_once_each(
    app: Flask, tenant: Tenant, cocoa: CocoaMap, role: RoleId
):
    assess(tenant, cocoa.chain, method="RM-2.0")
    addresses = {
        f"/o/acme/risk/register/?chain={cocoa.chain}&view=all": "residual-risk",
        f"/o/acme/risk/explained/{cocoa.farms}/ISS-CL": "likely-range",
        f"/o/acme/value-chain/nodes/{cocoa.exporter}": "flow-evidence",
    }
    for address, term in addresses.items():
        marks = MARK.findall(page(app, tenant, role, address))
        ids = [term_id for term_id, _label in marks]

        assert term in ids, address
        assert len(ids) == len(set(ids)), address
        assert dict(marks)[term] == f"What is “{load_glossary()[term].term}”?"


def test_the_overview_explains_salience_and_the_evidence(
    app: Flask, tenant: Tenant, cocoa: CocoaMap
):
    assess(tenant, cocoa.chain, method="RM-2.0")
    ids = [term_id for term_id, _label in MARK.findall(page(app, tenant, MANAGER, "/o/acme/"))]

    assert {"salient-risk", "evidence-grade", "residual-risk", "likely-range"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_finding_explains_severity_and_involvement(app: Flask, world: World, finding_id: UUID):
    html = page(app, world.tenant, MANAGER, f"/o/acme/findings/{finding_id}")
    ids = [term_id for term_id, _label in MARK.findall(html)]

    assert ids == ["severity", "involvement", "mitigation", "effectiveness"]
