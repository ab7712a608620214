"""The register of a map under RM-2.0: lists, ties, filters, heat map, pages and files."""

import io
import re
from itertools import pairwise
from uuid import UUID
from zipfile import ZipFile

import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, select

from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.risk.register.queries import register as queries
from ddplatform.risk.register.queries.register import Asked, MapRun, View, load_page, positions_of
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.runs import find_current_head
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from supply_chain.risk.register import RiskFilter
from supply_chain.vocabulary import Issue, RiskBand
from tests.approved import add_origin
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import COCOA, CocoaMap, acting, assess
from tests.stored_worlds import stored_world

ROOT = "/o/acme/risk/register/"
TWINS = ["Lagune Export", *(f"Farm group {number}" for number in range(5))]
"""Places of one country and good of which nothing else is known."""


@stored_world
def scored(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """The cocoa map with more farms of which nothing is known, assessed by RM-2.0."""
    with acting(tenant):
        for name in TWINS[1:]:
            fields = NodeFields(name=name, country="CI", commodity_refs=(COCOA,))
            add_origin(cocoa.chain, fields, act=Act(tenant.analyst, NOW))
        told = {"source_type": "admission", "quality": 0.8, "causes": [], "observed_at": NOW}
        db.session.add(RiskSignal(node_id=cocoa.farms, factor="WRK-01", value=1.0, **told))
    assess(tenant, cocoa.chain, method="RM-2.0")
    return cocoa


def text_of(browser: FlaskClient, scored: CocoaMap, query: str = "") -> str:
    answer = browser.get(f"{ROOT}?chain={scored.chain}{query}")
    assert answer.status_code == 200
    return answer.text


def places_in(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+"><bdi>([^<]+)</bdi>', text)


def head_of(tenant: Tenant, chain_id: UUID):
    head = find_current_head(chain_id)
    assert head is not None
    return head


def run_of(tenant: Tenant, scored: CocoaMap) -> MapRun:
    return MapRun(scored.chain, "Cocoa", head_of(tenant, scored.chain).id)


def test_the_register_of_risks_leads_to_the_one_with_ranges(
    analyst: FlaskClient, scored: CocoaMap
) -> None:
    answer = analyst.get(f"/o/acme/risk/?chain={scored.chain}&issue=ISS-CL")

    assert answer.status_code == 302
    assert f"chain={scored.chain}" in answer.location and "issue=ISS-CL" in answer.location
    assert "/risk/register/" in answer.location


def test_a_map_scored_by_rm1_keeps_its_register(
    tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap
) -> None:
    assess(tenant, cocoa.chain, method="RM-1.0")

    answer = analyst.get(f"{ROOT}?chain={cocoa.chain}")

    assert answer.status_code == 302 and "/risk/?" in answer.location
    assert "severity first" in analyst.get(answer.location).text


def test_act_first_lists_critical_risks_alone_with_range_and_grade(
    analyst: FlaskClient, scored: CocoaMap
) -> None:
    text = text_of(analyst, scored)

    assert places_in(text)[0] == "Espoir farm group"
    bands = re.findall(r'<span class="iv"><span class="band (\w+)">', text)
    assert bands and set(bands) == {"critical"}
    assert re.search(r'<span class="rg num ltr">\d+–\d+</span>', text)
    assert '<b class="gC">C</b><span class="vh">Partly known</span>' in text
    assert "25 November 2026" in text and "method RM-2.0" in text


def test_places_with_an_equal_score_share_a_row_that_opens(
    analyst: FlaskClient, scored: CocoaMap
) -> None:
    text = text_of(analyst, scored, "&view=all&issue=ISS-CL&country=CI&tier=")
    named = f"{len(TWINS)} places, equal score"

    assert places_in(text).count(named) == 1
    href = re.search(rf'href="([^"]+)"><bdi>{named}', text)
    assert href
    opened = analyst.get(href.group(1).replace("&amp;", "&")).text
    assert sorted(places_in(opened)) == sorted(TWINS)
    assert f"{len(TWINS)} risks with an equal score" in opened


def test_find_out_first_stands_in_the_order_of_how_high_it_could_be(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    text = text_of(analyst, scored, "&view=find")

    with acting(tenant):
        run_id = head_of(tenant, scored.chain).id
        register = load_register(run_id)
        found = positions_of(register, Asked(View.FIND, RiskFilter()))
        upper = register.highest[found].astype(int).tolist()
    assert upper and upper == sorted(upper, reverse=True) and min(upper) >= 60_000_000
    assert set(register.grade[found].tolist()) <= {2, 3, 4}
    assert places_in(text)


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("&issue=ISS-FL", lambda r: r.issue is Issue.FL),
        ("&risk=medium", lambda r: r.residual_band is RiskBand.MEDIUM),
        ("&country=CI", lambda r: r.country == "CI"),
        ("&tier=0", lambda r: r.tier == 0),
        ("&grade=C", lambda r: r.known.grade == "C"),
        ("&grade=DE&issue=ISS-CL", lambda r: r.known.grade in "DE" and r.issue is Issue.CL),
    ],
)
def test_a_filter_lists_exactly_what_matches(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap, query: str, holds
) -> None:
    text = text_of(analyst, scored, f"&view=all{query}")

    with acting(tenant):
        maps = queries.list_maps(
            [run_of(tenant, scored)], Asked(View.ALL, RiskFilter()), NOW.date()
        )
        every = [risk for _, risk in queries.iterate_risks(maps, View.ALL, most=1000)]
    wanted = sum(holds(risk) for risk in every)
    tab = re.search(r'aria-current="page">All risks <span class="faint num">(\d+)</span>', text)
    assert tab and int(tab.group(1)) == wanted > 0


def test_each_count_of_the_heat_map_opens_as_many_risks_and_cells_add_up_to_the_bands(
    analyst: FlaskClient, scored: CocoaMap
) -> None:
    text = text_of(analyst, scored, "&view=all")
    cells = re.findall(r'role="cell"><a class="[^"]+" href="([^"]+)"[^>]*>(\d+)</a>', text)
    tally = re.findall(r'</span><b class="num">(\d+)</b></li>', text)

    assert sum(int(count) for _, count in cells) == sum(map(int, tally)) > 0
    for href, count in cells:
        opened = analyst.get(href.replace("&amp;", "&")).text
        tab = re.search(
            r'aria-current="page">All risks <span class="faint num">(\d+)</span>', opened
        )
        assert tab and tab.group(1) == count
        assert "Show all cells" in opened


def test_pages_meet_without_gap_or_overlap(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "ROWS", 7)
    with acting(tenant):
        runs, today = [run_of(tenant, scored)], NOW.date()
        whole = load_page(runs, Asked(View.ALL, RiskFilter()), today)
        pages = [
            load_page(runs, Asked(View.ALL, RiskFilter(), number=number), today).rows
            for number in range(1, whole.last_number + 1)
        ]
    rows = [listed.row for page in pages for listed in page]
    assert len(rows) == whole.ties
    assert sum(row.count for row in rows) == whole.risks
    assert rows[0].first == 1 and rows[-1].last == whole.risks
    assert all(one.last + 1 == other.first for one, other in pairwise(rows))

    text = text_of(analyst, scored, "&view=all&page=2")
    assert 'rel="prev"' in text and 'rel="next"' in text
    last = text_of(analyst, scored, "&view=all&page=9999")
    assert 'rel="next"' not in last and places_in(last)


def test_the_register_says_first_how_many_places_have_no_activity(
    tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    with acting(tenant):
        nodes = db.session.scalars(
            select(ValueChainNode).where(ValueChainNode.chain_id == scored.chain)
        ).all()
        unknown = sum(node.sector_ref is None for node in nodes)

    text = text_of(analyst, scored)

    assert unknown and f"The activity of {unknown} of " in text
    assert text.index("Activity not known") < text.index('id="risks"')
    assert "sector=none" in text
    with acting(tenant):
        for node in db.session.scalars(select(ValueChainNode)):
            node.sector_ref = "cocoa_farming"
    assert "The activity of " not in text_of(analyst, scored)


def test_an_empty_list_is_never_told_as_good_news(analyst: FlaskClient, scored: CocoaMap) -> None:
    text = text_of(analyst, scored, "&country=FR&grade=A")

    assert "No risk matches this filter" in text
    assert "no good news by itself" in text and "Evidence by grade" in text


def test_a_map_of_somebody_else_or_none_is_not_found(
    analyst: FlaskClient, scored: CocoaMap
) -> None:
    for query in (f"?chain={scored.own}", "?chain=x"):
        assert analyst.get(f"{ROOT}{query}").status_code == 404


def test_without_a_choice_the_only_map_is_shown(analyst: FlaskClient, scored: CocoaMap) -> None:
    text = analyst.get(ROOT).text

    assert "Cocoa" in text and "Assess again" in text and places_in(text)


def test_before_any_map_is_scored_the_register_leads_to_the_first_step(
    analyst: FlaskClient, cocoa: CocoaMap
) -> None:
    assert "/risk/" in analyst.get(ROOT).location


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_list_goes_out_as_a_file_with_lines_and_basis(
    app: Flask, tenant: Tenant, scored: CocoaMap, form: str
) -> None:
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    token = csrf_token(manager, "/o/acme/value-chain/new")
    data = {"csrf_token": token, "form": form, "view": "all", "issue": "ISS-CL"}

    answer = manager.post(f"{ROOT}{scored.chain}/export", data=data)

    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    with acting(tenant):
        written = db.session.execute(
            select(AuditValue.name, AuditValue.value)
            .join(AuditEvent, AuditEvent.id == AuditValue.event_id)
            .where(AuditEvent.action == "risk_register:export")
        )
        told = {row.name: row.value["after"] for row in written}
    assert (told["form"], told["risks"]) == (form, 9)
    if form == "xlsx":
        book = load_workbook(io.BytesIO(answer.data))
        rows = list(book["Risks"].iter_rows(values_only=True))
        at = {title: column for column, title in enumerate(rows[0])}
        assert len(rows) == 1 + 9
        for row in rows[1:]:
            lines = [row[column] for title, column in at.items() if title.startswith("Points: ")]
            assert sum(lines) == pytest.approx(row[at["Points"]], abs=1e-6)
        assert ("method", "RM-2.0") in list(book["About"].iter_rows(values_only=True))


def test_the_list_as_parquet_holds_the_numbers_of_the_workbook(
    app: Flask, tenant: Tenant, scored: CocoaMap
) -> None:
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    token = csrf_token(manager, "/o/acme/value-chain/new")
    address, asked = f"{ROOT}{scored.chain}/export", {"csrf_token": token, "view": "all"}

    answer = manager.post(address, data={**asked, "form": "parquet"})
    book = load_workbook(io.BytesIO(manager.post(address, data={**asked, "form": "xlsx"}).data))

    assert re.search(r"-risks-v\d+\.parquet\.zip$", answer.headers["Content-Disposition"])
    pack = ZipFile(io.BytesIO(answer.data))
    risks = pd.read_parquet(pack.open("risks.parquet"))
    titles, *rows = book["Risks"].iter_rows(values_only=True)
    assert [*risks.attrs["titles"].values()] == [*titles]
    numbers = risks.select_dtypes("number")
    assert {"position", "index", "points_country", "points"} <= {*numbers.columns}
    for name in numbers:
        written = [row[titles.index(risks.attrs["titles"][name])] for row in rows]
        known = [None if isinstance(cell, str) else cell for cell in written]
        assert numbers[name].isna().tolist() == [cell is None for cell in known]
        assert numbers[name].dropna().tolist() == pytest.approx([c for c in known if c is not None])
    assert {*risks["country"].dropna()} == {"CI", "FR"}


def test_an_unknown_form_or_a_map_without_ranges_gives_no_file(
    app: Flask, tenant: Tenant, scored: CocoaMap
) -> None:
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    token = csrf_token(manager, "/o/acme/value-chain/new")
    wrong = manager.post(f"{ROOT}{scored.chain}/export", data={"csrf_token": token, "form": "pdf"})
    assert wrong.status_code == 404
    assess(tenant, scored.chain, method="RM-1.0")
    data = {"csrf_token": token, "form": "xlsx"}
    assert manager.post(f"{ROOT}{scored.chain}/export", data=data).status_code == 404


def test_a_page_asks_the_database_the_same_however_many_risks_there_are(
    app: Flask, tenant: Tenant, analyst: FlaskClient, scored: CocoaMap
) -> None:
    def statements() -> int:
        seen: list[str] = []

        def hear(_connection, _cursor, statement, *_rest) -> None:
            seen.append(statement)

        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", hear)
            text_of(analyst, scored, "&view=all")
            event.remove(db.engine, "before_cursor_execute", hear)
        return len(seen)

    text_of(analyst, scored)
    few = statements()
    with acting(tenant):
        for number in range(60):
            fields = NodeFields(name=f"More {number}", country="GH", commodity_refs=(COCOA,))
            value_chain.add_node(scored.chain, fields, act=Act(tenant.analyst, NOW))
    assess(tenant, scored.chain)
    text_of(analyst, scored)

    assert statements() == few <= 9
