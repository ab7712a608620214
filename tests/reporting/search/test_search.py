"""The search over an organisation: what each role finds, and what nobody does."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.core.due_diligence.impacts import AgeBand, WorkClass, impact_words
from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.due_diligence.findings.models import Finding, FindingSource
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.remedy.services import cases
from ddplatform.evidence.uploads.models import Confidentiality, Evidence
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.reporting.reports.models import Report
from ddplatform.reporting.search.kinds import Kind
from ddplatform.supplier_engagement.library.models import (
    OwnForm,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.saved_views.models import SavedView, ViewKind
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.due_diligence.findings.test_findings_pages import statements
from tests.factories import Tenant, signed_in_client
from tests.finding_worlds import World, acting, planned, recorded

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]
FORM = """
| survey |
| | type | name | label | bind::dd:id |
| | text | lamps | How many kerosene lamps are in use? | OWN-07 |
| settings |
| | form_title | form_id | version |
| | Lighting | LIGHT | 1.0 |
"""
HEADING = re.compile(r'<h2 id="h-(\w+)">')
SUB = re.compile(r'<h2 id="h-(\w+)">[^<]*</h2><span class="sub">([\d,]+)</span>')
MANAGER, ANALYST = RoleId.SUSTAINABILITY_MANAGER, RoleId.ANALYST
OFFICER, AUDITOR = RoleId.SAFEGUARDING_OFFICER, RoleId.AUDITOR


def add(tenant: Tenant, *rows: Any) -> None:
    with acting(tenant):
        for row in rows:
            db.session.add(row)
            db.session.flush()


def document(tenant: Tenant, filename: str, **more: Any) -> Evidence:
    return Evidence(
        sha256=uuid4().hex * 2,
        storage_organisation_id=tenant.id,
        filename=filename,
        media_type="application/pdf",
        size_bytes=1,
        created_at=NOW,
        **more,
    )


def report(world: World, title: str, number: int = 1) -> Report:
    day = NOW.date()
    return Report(
        number=number,
        definition_ref="action-6-due-diligence",
        definition_version="1.0",
        title=title,
        chain_id=world.chain_id,
        period_from=day,
        period_to=day,
        as_of=day,
        created_at=NOW,
    )


def saved_view(world: World, name: str) -> SavedView:
    return SavedView(
        chain_id=world.chain_id,
        kind=ViewKind.TABLE,
        name=name,
        address=[],
        created_at=NOW,
        created_by_id=world.tenant.analyst.user_id,
    )


def add_site(world: World, name: str, **ids: str) -> UUID:
    with acting(world.tenant):
        act = Act(world.tenant.analyst, NOW)
        node = value_chain.add_node(world.chain_id, NodeFields(name=name), act=act)
        node.external_ids = ids
        return node.id


def add_own_form(tenant: Tenant, ref: str = "LIGHT") -> None:
    definition = FORM.replace("LIGHT", ref).encode()
    form = Questionnaire(id=uuid4(), ref=ref, title="Lighting", description="", is_own=True)
    version = QuestionnaireVersion(
        questionnaire_id=form.id,
        version="1.0",
        definition=definition,
        media_type="md",
        checksum=f"{ref:0<64}",
        question_count=1,
        published_at=NOW,
        is_own=True,
    )
    own = OwnForm(title=form.title, questionnaire_id=form.id, created_at=NOW)
    add(tenant, form, version, own)


def add_one_of_each(world: World) -> None:
    """A row of every kind that the word "kerosene" finds."""
    finding_id = recorded(world, title="Kerosene in the dormitory")
    planned(world, finding_id, title="Take the kerosene away")
    add_site(world, "Kerosene depot")
    add_own_form(world.tenant)
    add(
        world.tenant,
        document(world.tenant, "kerosene-invoice.pdf"),
        report(world, "Kerosene report"),
        saved_view(world, "Kerosene sites"),
    )


def search(client: FlaskClient, q: str, **more: str) -> str:
    """The page, without the marks round what was found and without entities."""
    answer = client.get("/o/acme/search/", query_string={"q": q, **more})
    assert answer.status_code == 200
    return unescape(re.sub("</?mark>", "", answer.text))


def kinds_in(html: str) -> set[str]:
    return set(HEADING.findall(html))


def counts_in(html: str) -> Mapping[str, str]:
    return dict(SUB.findall(html))


@pytest.fixture
def manager(app: Flask, world: World) -> FlaskClient:
    return signed_in_client(app, world.tenant, MANAGER)


WITH_ROWS = {
    *(Kind.SITES, Kind.FINDINGS, Kind.ACTIONS, Kind.DOCUMENTS),
    *(Kind.QUESTIONNAIRES, Kind.REPORTS, Kind.VIEWS),
}


@pytest.mark.parametrize(
    ("role", "unread"),
    [
        (MANAGER, set()),
        (ANALYST, set()),
        (RoleId.ADMIN, set()),
        (AUDITOR, set()),
        (OFFICER, {Kind.QUESTIONNAIRES}),
    ],
)
def test_one_word_finds_what_the_role_may_read_in_every_kind_and_counts_it(
    app: Flask, world: World, role: RoleId, unread: set[Kind]
):
    add_one_of_each(world)

    html = search(signed_in_client(app, world.tenant, role), "kerosene")

    assert kinds_in(html) == WITH_ROWS - unread
    assert set(counts_in(html).values()) == {"1"}
    assert f"{len(WITH_ROWS - unread)} results for" in html
    assert ("kerosene lamps" in html) is (role is not OFFICER)


@pytest.mark.parametrize("role", [RoleId.SUPPLIER, RoleId.ASSESSOR])
def test_who_answers_questionnaires_has_no_search(app: Flask, world: World, role: RoleId):
    client = signed_in_client(app, world.tenant, role)

    assert client.get("/o/acme/search/?q=kerosene").status_code == 403


def test_nothing_of_another_organisation_is_found(app: Flask, world: World, manager: FlaskClient):
    other = world.supplier
    add_own_form(other, "OTHER")
    with acting(other):
        chain = value_chain.create_chain(
            "Oil", own_business="Kerosene AG", act=Act(other.analyst, NOW)
        )
        node = value_chain.add_node(
            chain.id, NodeFields(name="Kerosene hall"), act=Act(other.analyst, NOW)
        )
        theirs = World(other, world.tenant, chain.id, node.id)
    finding_id = recorded(theirs, title="Kerosene everywhere")
    planned(theirs, finding_id, title="Kerosene out")
    add(
        other,
        document(other, "kerosene.pdf"),
        report(theirs, "Kerosene"),
        saved_view(theirs, "Kerosene"),
    )

    html = search(manager, "kerosene")

    assert "No results for “kerosene”" in html
    assert kinds_in(html) == set()


@pytest.mark.parametrize("role", [OFFICER, MANAGER, AUDITOR])
def test_a_case_about_a_child_is_neither_found_nor_counted_by_anybody(
    app: Flask, world: World, role: RoleId
):
    finding_id = recorded(world, title="Injury at the press", harm=Harm.CONFIRMED)
    with acting(world.tenant):
        alert = cases.Alert(
            alert_source=next(iter(impact_words().alert_sources)),
            work_class=next(iter(WorkClass)),
            age_band=next(iter(AgeBand)),
            note="vermilion",
        )
        case = cases.open_case(get_finding(finding_id), alert, act=Act(world.officer, NOW))
        code = case.code
    client = signed_in_client(app, world.tenant, role)

    assert kinds_in(search(client, "vermilion")) == set()
    assert kinds_in(search(client, code)) == set()
    assert counts_in(search(client, "injury at the press")) == {"findings": "1"}


@pytest.mark.parametrize(
    ("role", "found"),
    [(MANAGER, {"documents"}), (OFFICER, {"documents"}), (ANALYST, set()), (AUDITOR, set())],
)
def test_a_restricted_document_is_found_by_those_alone_who_may_read_it(
    app: Flask, world: World, role: RoleId, found: set[str]
):
    secret = Confidentiality.RESTRICTED
    add(world.tenant, document(world.tenant, "kerosene.pdf", confidentiality=secret))

    assert kinds_in(search(signed_in_client(app, world.tenant, role), "kerosene")) == found


def test_a_document_that_was_withdrawn_and_a_view_that_was_removed_are_not_found(
    world: World, manager: FlaskClient
):
    gone = saved_view(world, "Kerosene sites")
    gone.archived_at, gone.archived_by_id = NOW, world.tenant.analyst.user_id
    add(world.tenant, document(world.tenant, "kerosene.pdf", withdrawn_at=NOW), gone)

    assert kinds_in(search(manager, "kerosene")) == set()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("securite", "Sécurité incendie"),
        ("SÉCURITÉ", "securite incendie"),
        ("strasse", "Tor zur STRASSE"),
        ("straße", "Tor zur Strasse"),
        ("lodz", "Łódź, hall 3"),
        ("ИВАН", "иван у станка"),
        ("مدرسة", "مَدْرَسَة مغلقة"),
        ("童工", "发现童工的线索"),
        ("100 %", "Wages paid to 100 % of the staff"),
        ("a_b", "Form a_b is missing"),
        ("İzmir", "izmir: locked doors"),
        ("doors fire", "Fire doors locked"),
    ],
)
def test_words_are_found_in_any_case_script_and_order_with_or_without_accents(
    world: World, manager: FlaskClient, typed: str, kept: str
):
    recorded(world, title=kept)
    recorded(world, title="Another matter, axb and 1000 more")

    html = search(manager, typed)

    assert counts_in(html)["findings"] == "1"
    assert kept in html


@pytest.mark.parametrize("typed", ["", "   ", "\u0301", "ـ"])
def test_a_search_without_a_letter_says_what_can_be_found(
    world: World, manager: FlaskClient, typed: str
):
    html = search(manager, typed)

    assert "The search finds:" in html
    assert "reports by title, number or map" in html
    assert kinds_in(html) == set()


def test_the_help_of_the_search_names_no_kind_that_the_reader_may_not_read(
    app: Flask, world: World
):
    html = search(signed_in_client(app, world.tenant, OFFICER), "")

    assert "questionnaires by title" not in html


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", "a" * 5000, "zq " * 1600, "<b>", "/"])
def test_odd_input_is_looked_for_as_it_stands_and_finds_nothing(
    world: World, manager: FlaskClient, typed: str
):
    recorded(world)

    html = search(manager, typed)

    assert "Nothing found" in html
    assert kinds_in(html) == set()


def test_one_letter_is_looked_for(world: World, manager: FlaskClient):
    recorded(world, title="Quarry")

    assert counts_in(search(manager, "q"))["findings"] == "1"


def test_what_is_called_so_comes_first_and_what_only_mentions_it_last(
    world: World, manager: FlaskClient
):
    for title in ("Not in the furnace room", "Furnace room", "Furnace", "A blast furnaces"):
        recorded(world, title=title)
    with acting(world.tenant):
        last = recorded_row(world, "Smoke", "It comes from the furnace.")
        db.session.add(last)

    html = search(manager, "furnace", kind="findings")
    order = [
        html.index(f"<bdi>{title}</bdi>")
        for title in ("Furnace", "Furnace room", "A blast furnaces", "Smoke")
    ]

    assert order == sorted(order)
    assert "Description: <bdi>It comes from the furnace.</bdi>" in html
    assert "Matches the title" in html


def recorded_row(world: World, title: str, description: str) -> Finding:
    return Finding(
        node_id=world.node_id,
        issue=Issue.CL,
        title=title,
        description=description,
        is_actual=False,
        source=FindingSource.OWN_CHECK,
        created_at=NOW,
    )


def test_a_long_text_is_cut_round_what_was_found_and_marks_it(world: World, manager: FlaskClient):
    before, after = "Nothing here. " * 40, " And more." * 40
    add(world.tenant, recorded_row(world, "Smoke", f"{before}The <i>Öfen</i> smoke.{after}"))

    text = manager.get("/o/acme/search/?q=ofen").text
    shown = text[text.index("Description:") :].partition("</li>")[0]

    assert "The &lt;i&gt;<mark>Öfen</mark>&lt;/i&gt; smoke." in shown
    assert shown.count("…") == 2
    assert len(shown) < 400


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("CN2021250D1DTN7", "OS ID: <bdi>CN2021250D1DTN7</bdi>"),
        ("Blue Mlil", "A similar spelling"),
        ("Блю Милл", "A similar spelling"),
    ],
)
def test_a_site_says_why_it_was_found(world: World, manager: FlaskClient, typed: str, why: str):
    node_id = add_site(world, "Blue Mill", os_id="CN2021250D1DTN7")

    html = search(manager, typed)

    assert f"/o/acme/value-chain/nodes/{node_id}" in html
    assert why in html


def test_a_term_of_the_glossary_is_found_by_its_name_and_by_its_meaning(manager: FlaskClient):
    by_name = search(manager, "choke point", kind="terms")
    by_meaning = search(manager, "Herfindahl")

    assert 'href="/o/acme/help/#choke-point"' in by_name
    assert "Matches the name" in by_name
    assert 'href="/o/acme/help/#supplier-concentration"' in by_meaning
    assert "Meaning: <bdi>" in by_meaning


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("ivoire", ["CI"]),
        ("Elfenbeinküste", ["CI"]),
        ("niger", ["NE", "NG"]),
        ("congo", ["CD", "CG"]),
        ("ci", []),
        ("ger", ["DE"]),
    ],
)
def test_countries_are_found_by_the_words_of_their_names(
    manager: FlaskClient, typed: str, codes: list[str]
):
    html = search(manager, typed, kind="atlas")
    found = re.findall(r'href="/o/acme/reference/countries/(\w\w)"', html)

    assert sorted(found) == codes


def test_goods_are_found_by_the_words_of_their_names(manager: FlaskClient):
    assert "/reference/goods/cocoa" in search(manager, "cocoa", kind="atlas")
    assert "/reference/goods/cocoa" in search(manager, "coc", kind="atlas")


def test_a_question_is_found_by_its_id_and_a_report_by_its_number(
    world: World, manager: FlaskClient
):
    add_own_form(world.tenant)
    add(world.tenant, report(world, "Yearly", 14), report(world, "Other", 140))

    by_id = search(manager, "own-07")
    by_number = search(manager, "R-2026-014")

    assert "How many kerosene lamps are in use?" in by_id
    assert "Question: <bdi>OWN-07</bdi>" in by_id
    assert counts_in(by_number) == {"reports": "1"}
    assert "Number: <bdi>R-2026-014</bdi>" in by_number


def test_pages_of_the_navigation_are_found_by_their_name(world: World, manager: FlaskClient):
    html = search(manager, "finding")

    assert 'href="/o/acme/findings/"' in html[html.index("h-pages") :]


def test_many_results_are_shown_in_part_and_all_of_a_kind_page_by_page(
    world: World, manager: FlaskClient
):
    for number in range(23):
        add(world.tenant, report(world, f"Kerosene {number}", number + 1))
    add(world.tenant, document(world.tenant, "kerosene.pdf"))

    first = search(manager, "kerosene")
    alone = search(manager, "kerosene", kind="reports")
    second = search(manager, "kerosene", kind="reports", page="2")

    assert first.count("/o/acme/reports/") - alone_links(first) == 5
    assert "Show all 23" in first and "kind=reports" in first
    assert kinds_in(alone) == {"reports"}
    assert "1–20" in alone and "21–23" in second
    assert re.search(r'kind=documents">Documents <span class="faint num">1</span>', second)


def alone_links(html: str) -> int:
    """The links of the navigation to the list of reports."""
    return html.count('href="/o/acme/reports/"')


@pytest.mark.parametrize("more", [{"kind": "cases"}, {"kind": "'"}, {"page": "-1"}, {"page": "x"}])
def test_a_filter_that_does_not_exist_is_none(
    world: World, manager: FlaskClient, more: dict[str, str]
):
    recorded(world, title="Kerosene")

    assert kinds_in(search(manager, "kerosene", **more)) == {"findings"}


def test_a_page_behind_the_last_one_and_a_kind_without_results_lead_back(
    world: World, manager: FlaskClient
):
    recorded(world, title="Kerosene")

    behind = search(manager, "kerosene", kind="findings", page="99999999")
    without = search(manager, "kerosene", kind="reports")

    assert "Search all kinds" in behind
    assert "Nothing found here" in without and "Search all kinds" in without


def test_an_officer_does_not_get_a_kind_by_its_address_that_is_not_for_the_role(
    app: Flask, world: World
):
    add_own_form(world.tenant)
    officer = signed_in_client(app, world.tenant, OFFICER)

    assert kinds_in(search(officer, "kerosene", kind="questionnaires")) == set()


def test_a_search_takes_as_many_statements_for_a_thousand_rows_as_for_ten(
    app: Flask, world: World, manager: FlaskClient
):
    add_own_form(world.tenant)
    add_findings(world, 10)
    search(manager, "kerosene")  # the index of the map, and the questions, are read once
    with statements(app) as few:
        search(manager, "kerosene")
    add_findings(world, 990)
    with statements(app) as many:
        html = search(manager, "kerosene")

    assert counts_in(html)["findings"] == "1,000"
    assert len(many) == len(few) <= 8


def add_findings(world: World, count: int) -> None:
    with acting(world.tenant):
        rows = [
            {
                "id": uuid4(),
                "node_id": world.node_id,
                "issue": Issue.CL,
                "title": f"Kerosene {number}",
                "description": "In the dormitory.",
                "is_actual": False,
                "source": FindingSource.OWN_CHECK,
                "created_at": NOW,
            }
            for number in range(count)
        ]
        insert_rows(Finding, rows)


def test_every_page_of_staff_leads_to_the_search_also_on_a_phone(
    world: World, manager: FlaskClient
):
    html = manager.get("/o/acme/findings/").text

    assert 'action="/o/acme/search/"' in html
    assert '<a class="iconbtn find-m" href="/o/acme/search/">' in html


def test_the_pages_of_a_supplier_do_not_lead_to_it(app: Flask, world: World):
    client = signed_in_client(app, world.tenant, RoleId.SUPPLIER)
    answer = client.get("/o/acme/responses/")

    assert answer.status_code == 200
    assert "/search/" not in answer.text
