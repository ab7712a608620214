"""Views of a map are saved, opened, renamed and removed, for the whole organisation."""

import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ddplatform.audit.models import AuditEvent
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.value_chain.saved_views import queries as looking
from ddplatform.value_chain.saved_views import services as saving
from ddplatform.value_chain.saved_views.models import SavedView, ViewKind
from ddplatform.value_chain.saved_views.views import SHOWN, view_words
from tests.conftest import NOW
from tests.due_diligence.findings.test_findings_pages import send, statements
from tests.factories import Tenant, signed_in_client
from tests.risk_maps import CocoaMap, acting

HIGH = (("band", "high"), ("country", "CI"))


@pytest.fixture
def analyst(app: Flask, tenant: Tenant, cocoa: CocoaMap) -> FlaskClient:
    return signed_in_client(app, tenant, RoleId.ANALYST)


def saved(
    tenant: Tenant,
    cocoa: CocoaMap,
    name: str,
    address: tuple[tuple[str, str], ...] = HIGH,
    kind: ViewKind = ViewKind.TABLE,
) -> UUID:
    with acting(tenant):
        return saving.save(cocoa.chain, kind, name, address, act=Act(tenant.analyst, NOW)).id


def at(cocoa: CocoaMap, rest: str = "") -> str:
    return f"/o/acme/value-chain/{cocoa.chain}/{rest}"


def of_view(view_id: UUID, rest: str = "") -> str:
    return f"/o/acme/value-chain/views/{view_id}{rest}"


def bar(page: str) -> str:
    """The bar of saved views; empty where the page has none."""
    found = re.search(r'<nav [^>]*aria-label="Saved views".*?</nav>', page, re.DOTALL)
    return found[0] if found else ""


def current(page: str) -> list[str]:
    """Names in the bar that are marked as open."""
    return re.findall(r'aria-current="page">.*?<bdi>(.*?)</bdi>', bar(page))


# ---- rules -----------------------------------------------------------------------------------


def test_addresses_that_show_the_same_keep_the_same_parts():
    one = [("country", "CI"), ("band", " high "), ("after", str(uuid4())), ("q", "")]
    other = [("band", "high"), ("country", "CI"), ("country", "CI"), ("nobody", "knows")]

    expected = [["band", "high"], ["country", "CI"]]
    assert saving.shown_address_parts(ViewKind.TABLE, one) == expected
    assert saving.shown_address_parts(ViewKind.TABLE, other) == expected
    assert saving.shown_address_parts(ViewKind.MATRIX, one) == expected
    assert saving.shown_address_parts(ViewKind.MATRIX, [("sort", "risk"), ("focus", "x")]) == []


def test_parts_are_few_and_short():
    many = [("open", f"2.{number:03}:10") for number in range(90)]

    assert len(saving.shown_address_parts(ViewKind.MAP, many)) == saving.MOST_OPEN
    assert saving.shown_address_parts(ViewKind.TABLE, [("q", "x" * 201)]) == [["q", "x" * 200]]


def test_of_a_part_that_stands_twice_the_first_counts_as_on_the_page():
    twice = [("country", "GH"), ("country", "CI"), ("band", ""), ("band", "high")]

    assert saving.shown_address_parts(ViewKind.TABLE, twice) == [["country", "GH"]]


def test_saving_renaming_and_removing_each_leave_one_event(tenant: Tenant, cocoa: CocoaMap):
    view_id = saved(tenant, cocoa, " High risk ")
    with acting(tenant):
        saving.rename(view_id, "High risk in Côte d’Ivoire", act=Act(tenant.manager, NOW))
        saving.rename(view_id, "High risk in Côte d’Ivoire ", act=Act(tenant.manager, NOW))
        saving.remove(view_id, act=Act(tenant.manager, NOW))

    with acting(tenant):
        events = db.session.scalars(
            select(AuditEvent)
            .where(AuditEvent.action.startswith("saved_view:"))
            .order_by(AuditEvent.sequence)
        ).all()
        row = db.session.scalars(select(SavedView)).one()
        assert [event.action.split(":")[1] for event in events] == ["save", "rename", "remove"]
        assert {event.target_id for event in events} == {str(view_id)}
        assert (row.archived_at, row.archived_by_id) == (NOW, tenant.manager.user_id)
        assert looking.list_views(cocoa.chain) == []


def test_a_removed_view_is_as_if_it_never_was(tenant: Tenant, cocoa: CocoaMap):
    view_id = saved(tenant, cocoa, "High risk")
    with acting(tenant):
        saving.remove(view_id, act=Act(tenant.analyst, NOW))

    with acting(tenant):
        with pytest.raises(NotFound):
            saving.remove(view_id, act=Act(tenant.analyst, NOW))
        with pytest.raises(NotFound):
            looking.get_view_row(view_id)
    assert saved(tenant, cocoa, "High risk") != view_id


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (" ", "Enter a name"),
        ("x" * 81, "Shorten a name to 80"),
        ("HIGH risk ", "has this name"),
        ("ask jo@example.org", "e-mail"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_its_reason(
    tenant: Tenant, cocoa: CocoaMap, name: str, words: str
):
    saved(tenant, cocoa, "High risk")
    other = saved(tenant, cocoa, "Other")

    for attempt in (
        lambda: saved(tenant, cocoa, name),
        lambda: rename(tenant, other, name),
    ):
        with pytest.raises(Invalid) as refused:
            attempt()
        assert words in refused.value.fields["name"]


def rename(tenant: Tenant, view_id: UUID, name: str) -> None:
    with acting(tenant):
        saving.rename(view_id, name, act=Act(tenant.analyst, NOW))


def test_a_map_keeps_so_many_views_and_no_more(
    tenant: Tenant, cocoa: CocoaMap, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(saving, "MOST", 2)
    first = saved(tenant, cocoa, "One")
    saved(tenant, cocoa, "Two")

    with pytest.raises(Invalid) as refused:
        saved(tenant, cocoa, "Three")

    assert refused.value.fields["name"].startswith("A map keeps 2 views.")
    rename(tenant, first, "Another")


def test_a_view_of_another_organisation_is_not_found(
    tenant: Tenant, other_tenant: Tenant, cocoa: CocoaMap
):
    view_id = saved(tenant, cocoa, "High risk")

    with acting(other_tenant):
        assert looking.list_views(cocoa.chain) == []
        with pytest.raises(NotFound):
            looking.get_view_row(view_id)
        with pytest.raises(NotFound):
            looking.get_chain_with_views(cocoa.chain)
        with pytest.raises(NotFound):
            saving.rename(view_id, "Mine", act=Act(other_tenant.analyst, NOW))
        with pytest.raises(NotFound):
            saving.save(cocoa.chain, ViewKind.TABLE, "Mine", (), act=Act(other_tenant.analyst, NOW))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], ["All sites"]),
        ([["band", "none"], ["country", "none"]], ["Country not known", "Not assessed"]),
        ([["band", "high"], ["country", "GH"]], ["Ghana", "High risk"]),
        ([["archived", "1"], ["tier", "0"]], ["Own business", "Archived"]),
        ([["archived", "0"], ["tier", "2"]], ["Tier 2"]),
        ([["kind", "site"], ["kind", "moon"]], ["Site"]),
        ([["issue", "ISS-CL"]], ["Highest risk: Child labour below the minimum age"]),
        ([["band", "low"], ["issue", "ISS-CL"]], ["Band of: Child labour below the minimum age", "Low risk"]),
        ([["q", "{0} coop"], ["sector", "ours"], ["sort", "risk"]],
         ["“{0} coop”", "ours", "Sorted by risk"]),
        ([["depth", "3"], ["focus", "x"], ["show", "upstream"], ["show", "all"]],
         ["Tiers upstream: 3", "One site in focus", "Upstream only", "Upstream and downstream"]),
        ([["open", "1.CI:10"], ["open", "2.GH:10"]], ["2 groups open"]),
        ([["colour", "highest"], ["colour", "moon"]],
         ["Coloured by: Highest risk over all issues", "Coloured by: moon"]),
    ],
)  # fmt: skip
def test_a_view_is_told_in_words(parts: list[list[str]], words: list[str]):
    assert view_words(parts, {}) == words


# ---- pages -----------------------------------------------------------------------------------


def test_a_filtered_table_is_saved_and_opens_again_as_it_was(analyst: FlaskClient, cocoa: CocoaMap):
    shown = at(cocoa, "table?country=CI&kind=&sort=risk")
    href = re.search(r'class="push" href="([^"]+)"', bar(analyst.get(shown).text))[1]
    asked = href.replace("&amp;", "&")
    page = analyst.get(asked).text
    assert "Table – <bdi>Côte d" in page
    assert "Sorted by risk" in page

    answer = send(analyst, asked, name="Côte d’Ivoire, worst first")
    opened = analyst.get(answer.location)

    assert opened.location.endswith("/table?country=CI&sort=risk")
    page = analyst.get(opened.location).text
    assert "Saved as “Côte d’Ivoire, worst first” for everybody in Acme" in page
    assert current(page) == ["Côte d’Ivoire, worst first"]
    assert "Save this view" not in page
    assert current(analyst.get(at(cocoa, "table?country=GH")).text) == []


@pytest.mark.parametrize(
    ("kind", "address", "page"),
    [
        (ViewKind.MAP, (("colour", "ISS-FL"), ("open", "1.CI:20")), "?colour=ISS-FL&open=1.CI:20"),
        (ViewKind.MATRIX, (("colour", "highest"),), "matrix?colour=highest"),
        (ViewKind.ALL_SITES, (("colour", "ISS-FL"),), "all?colour=ISS-FL"),
    ],
)
def test_every_page_of_a_map_shows_which_of_its_views_is_open(
    analyst: FlaskClient,
    tenant: Tenant,
    cocoa: CocoaMap,
    kind: ViewKind,
    address: tuple[tuple[str, str], ...],
    page: str,
):
    view_id = saved(tenant, cocoa, "Kept", address, kind)

    assert analyst.get(of_view(view_id)).location.endswith(page)
    assert current(analyst.get(at(cocoa, page)).text) == ["Kept"]
    assert current(analyst.get(at(cocoa, "table")).text) == []


def test_a_name_that_is_taken_comes_back_with_what_was_typed(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    saved(tenant, cocoa, "High risk")

    answer = send(analyst, at(cocoa, "views/save?page=table&band=high"), name="high Risk")

    assert answer.status_code == 422
    assert "A view of this map has this name." in answer.text
    assert 'value="high Risk"' in answer.text


@pytest.mark.parametrize(
    "query", ["", "page=moon", "page=table&chain_id=1&organisation=2&_anchor=3"]
)
def test_words_of_the_address_that_nobody_knows_are_passed_over(
    analyst: FlaskClient, cocoa: CocoaMap, query: str
):
    page = analyst.get(at(cocoa, f"views/save?{query}"))

    assert page.status_code == 200
    assert "Table – <bdi>All sites" in page.text


def test_a_view_is_renamed_and_removed_on_the_page_of_all_views(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    assert "No view is saved yet" in analyst.get(at(cocoa, "views")).text
    view_id = saved(tenant, cocoa, "High risk")
    page = analyst.get(at(cocoa, "views")).text
    assert "Ivoire, High risk" in page
    assert "Analyst of acme" in page

    assert 'value="High risk"' in analyst.get(of_view(view_id, "/name")).text
    answer = send(analyst, of_view(view_id, "/name"), name="Worst")
    assert "Worst" in analyst.get(answer.location).text
    assert "Remove this view for everybody?" in analyst.get(of_view(view_id, "/remove")).text
    answer = send(analyst, of_view(view_id, "/remove"))

    assert "No view is saved yet" in analyst.get(answer.location).text
    assert analyst.get(of_view(view_id)).status_code == 404


def test_who_only_reads_opens_views_and_changes_none(app: Flask, tenant: Tenant, cocoa: CocoaMap):
    auditor = signed_in_client(app, tenant, RoleId.AUDITOR)
    assert bar(auditor.get(at(cocoa, "table")).text) == ""
    view_id = saved(tenant, cocoa, "High risk")

    page = auditor.get(at(cocoa, "table")).text
    assert "High risk" in bar(page)
    assert "Save this view" not in page
    assert auditor.get(of_view(view_id)).status_code == 302
    assert "Rename" not in auditor.get(at(cocoa, "views")).text
    for closed in (at(cocoa, "views/save"), of_view(view_id, "/name"), of_view(view_id, "/remove")):
        assert auditor.get(closed).status_code == 403


def test_all_views_cost_as_many_statements_however_many_people_and_events_they_name(
    app: Flask, analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    def views_of(role: RoleId) -> None:
        saved(tenant, cocoa, f"Sites of {role}", (("owner", str(tenant[role].user_id)),))
        saved(tenant, cocoa, f"Event of {role}", (("event", str(uuid4())),))

    views_of(RoleId.ANALYST)
    analyst.get(at(cocoa, "views"))  # a new session is written once
    with statements(app) as few:
        analyst.get(at(cocoa, "views"))
    views_of(RoleId.ADMIN)
    views_of(RoleId.SUSTAINABILITY_MANAGER)
    with statements(app) as many:
        page = analyst.get(at(cocoa, "views")).text

    assert "Owner: Administrator of acme" in page
    assert len(many) == len(few)


def test_the_bar_stays_short_and_names_the_open_view_among_many(
    analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    for number in range(SHOWN + 2):
        saved(tenant, cocoa, f"View {number:02}", (("q", str(number)),))

    page = analyst.get(at(cocoa, f"table?q={SHOWN + 1}")).text

    assert bar(page).count("<bdi>") == SHOWN
    assert current(page) == [f"View {SHOWN + 1:02}"]
    assert f"All {SHOWN + 2}" in bar(page)


def test_the_bar_costs_a_page_no_statement_of_its_own(
    app: Flask, analyst: FlaskClient, tenant: Tenant, cocoa: CocoaMap
):
    analyst.get(at(cocoa, "table"))  # a new session is written once
    with statements(app) as without:
        analyst.get(at(cocoa, "table?country=CI"))
    for number in range(3):
        saved(tenant, cocoa, f"View {number}")
    with statements(app) as seen:
        analyst.get(at(cocoa, "table?country=CI"))

    assert len(seen) == len(without) <= 6
    assert sum("saved_view" in one for one in seen) == 1


def test_a_step_on_the_map_keeps_its_colour(analyst: FlaskClient, cocoa: CocoaMap):
    page = analyst.get(at(cocoa, "?colour=ISS-FL")).text

    steps = re.findall(r'href="([^"]*focus=[^"]*)"', page)
    assert steps
    assert all("colour=ISS-FL" in step for step in steps)
