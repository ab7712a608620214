"""The register filtered by owner and open step, over all maps, and against a past day."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, select

from ddplatform.core.due_diligence.vocabulary import RiskState
from ddplatform.due_diligence.findings.models import Finding, FindingSource, MitigationAction
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.risk.facts.services.facts import add_fact
from ddplatform.risk.follow_up import services
from ddplatform.risk.follow_up.services import Wanted
from ddplatform.risk.register.queries import register as queries
from ddplatform.risk.register.queries.register import Asked, MapRun, View, list_maps, load_page
from ddplatform.risk.register.queries.trend import Trend, load_trend
from ddplatform.risk.runs.models import AssessmentRun, FactKind
from ddplatform.risk.runs.queries.runs import list_map_heads
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import list_for_suppliers
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from questionnaires.library.modules import Answerer
from supply_chain.risk.follow_up import NOBODY, FollowUpFilter, OpenStep
from supply_chain.risk.register import Register, RiskFilter
from supply_chain.vocabulary import Issue
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import COCOA, CocoaMap, acting, assess
from tests.stored_worlds import stored_world

ROOT = "/o/acme/risk/register/"
ALL = Asked(View.ALL, RiskFilter())
TODAY = NOW.date()


@stored_world
def followed(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """The cocoa map with owners of places and risks, a deferral, a finding and an action."""
    publish_shipped(at=NOW)
    assess(tenant, cocoa.chain)
    with acting(tenant):
        node = db.session.get(ValueChainNode, cocoa.exporter)
        assert node is not None
        node.owner_id = tenant.manager.user_id
        services.set_owner(
            cocoa.exporter,
            Issue.CL,
            tenant.analyst.user_id,
            act=Act(tenant.analyst, NOW),
        )
        wanted = Wanted(TODAY + timedelta(days=30), "Harvest", tenant.analyst.user_id)
        services.defer(cocoa.farms, Issue.FF, wanted, act=Act(tenant.analyst, NOW))
        _act(tenant, cocoa.farms)
        _ask(cocoa.exporter)
    return cocoa


def _act(tenant: Tenant, node_id: UUID) -> None:
    """A finding about fees at a place, with an action that is overdue."""
    finding = Finding(
        node_id=node_id,
        issue=Issue.CL,
        title="Children carry loads",
        description="Seen at a visit.",
        is_actual=False,
        status=RiskState.IDENTIFIED,
        source=FindingSource.OWN_CHECK,
        created_at=NOW,
        created_by_id=tenant.analyst.user_id,
    )
    db.session.add(finding)
    db.session.flush()
    yesterday = TODAY - timedelta(days=1)
    db.session.add(
        MitigationAction(
            finding_id=finding.id,
            node_id=node_id,
            node_name="Espoir farm group",
            title="Carts",
            description="Carts for loads",
            due_on=yesterday,
            first_due_on=yesterday,
            success_measure="No child carries loads",
            created_at=NOW,
        )
    )


def _ask(node_id: UUID) -> None:
    db.session.add(
        Assignment(
            node_id=node_id,
            node_name="Lagune Export",
            version_id=list_for_suppliers()[0].version_id,
            answered_by=Answerer.SUPPLIER,
            invited_email="office@lagune.example",
            due_on=TODAY + timedelta(days=9),
            sent_at=NOW,
        )
    )


def runs() -> list[MapRun]:
    return [MapRun(one.id, one.name, one.head.id) for one in list_map_heads() if one.head]


def listed(tenant: Tenant, **follow: object) -> set[tuple[str, Issue]]:
    """The risks of a filter by the follow-up."""
    asked = replace(ALL, follow=FollowUpFilter(**follow))  # type: ignore[arg-type]
    with acting(tenant):
        maps = list_maps(runs(), asked, TODAY)
        found = queries.iterate_risks(maps, View.ALL, most=1000)
        return {(risk.node_name, risk.issue) for _, risk in found}


def test_the_owner_of_a_risk_or_else_of_its_place_is_filtered_by(
    tenant: Tenant, followed: CocoaMap
) -> None:
    every = listed(tenant)
    of_manager = listed(tenant, owner=str(tenant.manager.user_id))
    of_analyst = listed(tenant, owner=str(tenant.analyst.user_id))

    assert of_analyst == {("Lagune Export", Issue.CL), ("Espoir farm group", Issue.FF)}
    assert of_manager == {r for r in every if r[0] == "Lagune Export"} - of_analyst
    assert listed(tenant, owner=NOBODY) == every - of_manager - of_analyst
    assert listed(tenant, owner=str(UUID(int=3))) == set()


@pytest.mark.parametrize(
    ("step", "place", "issue"),
    [
        (OpenStep.DEFERRED, "Espoir farm group", Issue.FF),
        (OpenStep.FINDING, "Espoir farm group", Issue.CL),
        (OpenStep.ACTION, "Espoir farm group", Issue.CL),
        (OpenStep.OVERDUE, "Espoir farm group", Issue.CL),
        (OpenStep.QUESTIONNAIRE, "Lagune Export", None),
    ],
)
def test_what_is_under_way_is_filtered_by(
    tenant: Tenant, followed: CocoaMap, step: OpenStep, place: str, issue: Issue | None
) -> None:
    every, found = listed(tenant), listed(tenant, step=step)

    assert found == {r for r in every if r[0] == place and issue in (None, r[1])} != set()
    assert not found & listed(tenant, step=OpenStep.NONE)
    assert not listed(tenant, step=OpenStep.VISIT)


def test_the_page_shows_owner_step_and_deferral_of_each_risk_and_filters_by_me(
    tenant: Tenant, analyst: FlaskClient, followed: CocoaMap
) -> None:
    page = f"{ROOT}?chain={followed.chain}&view=all"
    text = analyst.get(f"{page}&owner=me").text

    assert "deferred until 25 Dec" in text and f"Harvest ({tenant.analyst.name})" in text
    assert "Questionnaire out" in text
    assert text.count('<tr><td class="check">') == 2
    of_place = analyst.get(f"{page}&owner={tenant.manager.user_id}").text
    assert f"{tenant.manager.name} (owner of the place)" in of_place
    late = analyst.get(f"{page}&step=overdue").text
    assert "Unassigned · Finding open, Action overdue" in late


def test_a_filter_by_the_follow_up_costs_one_statement_however_many_risks_there_are(
    app: Flask, tenant: Tenant, analyst: FlaskClient, followed: CocoaMap
) -> None:
    def statements(query: str) -> int:
        seen: list[str] = []

        def hear(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith("BEGIN"):
                seen.append(statement)

        analyst.get(f"{ROOT}?view=all{query}")  # keeps the registers
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", hear)
            assert analyst.get(f"{ROOT}?view=all{query}").status_code == 200
            event.remove(db.engine, "before_cursor_execute", hear)
        return len(seen)

    asked = (f"&chain={followed.chain}", "&owner=nobody", "&step=none&owner=me", "&chain=all")
    few = [statements(query) for query in asked]
    with acting(tenant):
        for number in range(60):
            fields = NodeFields(name=f"More {number}", country="GH", commodity_refs=(COCOA,))
            node = value_chain.add_node(followed.chain, fields, act=Act(tenant.analyst, NOW))
            services.set_owner(
                node.id, Issue.CL, tenant.manager.user_id, act=Act(tenant.analyst, NOW)
            )
    assess(tenant, followed.chain)

    assert [statements(query) for query in asked] == few
    assert max(few) <= 8


# ---- all maps --------------------------------------------------------------------------------


@stored_world
def two_maps(tenant: Tenant, followed: CocoaMap) -> CocoaMap:
    """Beside the cocoa map one of farms, and one that nobody has assessed."""
    with acting(tenant):
        tea = value_chain.create_chain(
            "Tea",
            own_business="Acme",
            country="BE",
            act=Act(tenant.analyst, NOW),
        ).id
        for number in range(8):
            fields = NodeFields(
                name=f"Farm {number}", country=("GH", "CI")[number % 2], commodity_refs=(COCOA,)
            )
            value_chain.add_node(tea, fields, act=Act(tenant.analyst, NOW))
        value_chain.create_chain(
            "Later",
            own_business="Acme",
            country="BE",
            act=Act(tenant.analyst, NOW),
        )
    assess(tenant, tea)
    return followed


def test_without_a_map_all_that_are_scored_stand_in_one_order(
    tenant: Tenant, analyst: FlaskClient, two_maps: CocoaMap
) -> None:
    text = analyst.get(f"{ROOT}?view=all").text

    assert "2 maps" in text and "Later" in text and "<bdi>Tea</bdi>" in text
    with acting(tenant):
        page = load_page(runs(), ALL, TODAY)
    indices = [round(row.row.risk.residual_index, 6) for row in page.rows]
    assert indices == sorted(indices, reverse=True)
    assert {row.of.name for row in page.rows} == {"Cocoa", "Tea"}
    for name in ("Cocoa", "Tea"):
        positions = [row.row.first for row in page.rows if row.of.name == name]
        assert positions == sorted(positions) and positions[0] == 1


@pytest.mark.parametrize("view", list(View))
def test_pages_over_all_maps_meet_without_gap_or_overlap(
    tenant: Tenant, two_maps: CocoaMap, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "ROWS", 7)
    asked = replace(ALL, view=view)
    with acting(tenant):
        whole = load_page(runs(), asked, TODAY)
        pages = range(1, whole.last_number + 1)
        rows = [
            (row.of.name, row.row.first, row.row.count)
            for number in pages
            for row in load_page(runs(), replace(asked, number=number), TODAY).rows
        ]
        single = [load_page([run], asked, TODAY) for run in runs()]
    assert len(rows) == len(set(rows)) == whole.ties == sum(one.ties for one in single)
    assert sum(count for *_, count in rows) == whole.risks == sum(one.risks for one in single)


def test_turning_the_pages_of_a_list_filters_each_map_once(
    tenant: Tenant, two_maps: CocoaMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "ROWS", 3)
    filtered, matching = list[RiskFilter](), Register.matching
    monkeypatch.setattr(
        Register,
        "matching",
        lambda register, wanted: filtered.append(wanted) or matching(register, wanted),
    )
    child_labour = replace(ALL, wanted=RiskFilter(issue=Issue.CL))
    with acting(tenant):
        pages = [load_page(runs(), replace(child_labour, number=n), TODAY) for n in (1, 2, 1)]
        assert len(filtered) == len(runs()) == 2
        assert pages[0].rows == pages[2].rows != pages[1].rows
        other = load_page(runs(), replace(ALL, wanted=RiskFilter(issue=Issue.FL)), TODAY)
    assert {row.row.risk.issue for row in other.rows} == {Issue.FL}


def test_no_more_lists_are_kept_than_fit(
    tenant: Tenant, two_maps: CocoaMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(tenant):
        both = sum(len(one.register) for one in list_maps(runs(), ALL, TODAY))
        monkeypatch.setattr(queries, "KEPT_RISKS", both)
        for issue in Issue:
            load_page(runs(), replace(ALL, wanted=RiskFilter(issue=issue)), TODAY)
    assert 1 <= len(queries._lists) <= 2


def test_the_list_over_all_maps_goes_out_with_map_owner_and_steps(
    app: Flask, tenant: Tenant, two_maps: CocoaMap
) -> None:
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    data = {"csrf_token": csrf_token(manager, "/o/acme/value-chain/new"), "form": "xlsx"}

    answer = manager.post(f"{ROOT}all/export", data={**data, "view": "all", "issue": "ISS-FF"})

    assert answer.status_code == 200 and "risks-all-maps" in answer.headers["Content-Disposition"]
    head, *rows = load_workbook(io.BytesIO(answer.data))["Risks"].iter_rows(values_only=True)
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert {row["Map"] for row in told} == {"Cocoa", "Tea"}
    farms = next(row for row in told if row["Place"] == "Espoir farm group")
    assert farms["Owner"] == tenant.analyst.name and farms["Open steps"] == "Deferred"
    assert farms["Deferred until"].date() == TODAY + timedelta(days=30)
    assert farms["Reason of the deferral"] == "Harvest"


# ---- against a past day ----------------------------------------------------------------------

BEFORE = NOW - timedelta(days=100)


@stored_world
def moved(tenant: Tenant, cocoa: CocoaMap) -> CocoaMap:
    """Assessed a hundred days ago; since then farms admitted a problem, harm was found, a place came
    and one left."""
    with acting(tenant):
        fields = NodeFields(name="Left since", country="GH", commodity_refs=(COCOA,))
        left = value_chain.add_node(cocoa.chain, fields, act=Act(tenant.analyst, BEFORE)).id
    assess(tenant, cocoa.chain, at=BEFORE)
    with acting(tenant):
        value_chain.archive_node(left, act=Act(tenant.analyst, NOW))
        fields = NodeFields(name="Came since", country="GH", commodity_refs=(COCOA,))
        value_chain.add_node(cocoa.chain, fields, act=Act(tenant.analyst, NOW))
        for factor in ("WRK-01", "WRK-02", "WRK-03"):
            told = {"source_type": "admission", "quality": 0.8, "causes": [], "observed_at": NOW}
            db.session.add(RiskSignal(node_id=cocoa.farms, factor=factor, value=1.0, **told))
        cause = {"cause_type": "finding", "cause_id": UUID(int=1), "since": NOW}
        add_fact(cocoa.own, Issue.FF, FactKind.CONFIRMED, **cause)
    assess(tenant, cocoa.chain)
    return cocoa


def trend_of(tenant: Tenant, asked: Asked, day: date) -> tuple[Trend, list[int]]:
    with acting(tenant):
        maps = list_maps(runs(), asked, TODAY)
        return load_trend(maps, asked, day), [len(one.found) for one in maps]


def test_each_listed_risk_rose_fell_stayed_or_is_new(tenant: Tenant, moved: CocoaMap) -> None:
    found, counts = trend_of(tenant, ALL, BEFORE.date())

    with acting(tenant):
        page = load_page(runs(), ALL, TODAY)
        register = page.maps[0].register
        of_places = int((register.place < len(register.key)).sum())
        new = [r for _, r in queries.iterate_risks(page.maps, View.ALL, most=999)
               if r.node_name == "Came since"]  # fmt: skip
        gone = [r for r in _then(moved) if r == "Left since"]
    assert found.rose + found.fell + found.same + found.new == of_places <= sum(counts)
    assert found.new == len(new) > 0 and found.gone == len(gone) > 0 and found.rose > 0
    assert [day for day, _ in found.days] == [BEFORE.date(), TODAY]
    assert sum(found.days[-1][1].values()) == sum(counts)


def _then(moved: CocoaMap) -> list[str]:
    """The places of the risks of the earlier run."""
    runs_of = [MapRun(moved.chain, "Cocoa", run.id) for run in _runs(moved.chain)]
    maps = list_maps([runs_of[0]], ALL, TODAY)
    return [risk.node_name for _, risk in queries.iterate_risks(maps, View.ALL, most=999)]


def _runs(chain_id: UUID):
    return db.session.scalars(
        select(AssessmentRun)
        .where(AssessmentRun.chain_id == chain_id)
        .order_by(AssessmentRun.created_at)
    ).all()


def test_a_risk_shows_its_index_then_and_now(
    tenant: Tenant, analyst: FlaskClient, moved: CocoaMap
) -> None:
    page = f"{ROOT}?chain={moved.chain}&view=all&issue=ISS-CL"
    text = analyst.get(f"{page}&on={TODAY - timedelta(days=20)}").text

    assert re.search(r"was [\d.]+ on 17 Aug 2026", text) and "new since then" in text
    assert '<circle class="was"' in text and "rose by a band or more" in text
    assert "The same figures as a table" in text
    assert "rose by a band" not in analyst.get(page).text
    assert "Not assessed yet on that day" in analyst.get(f"{page}&on=2020-01-01").text


def test_runs_of_the_first_method_are_not_compared(
    tenant: Tenant, analyst: FlaskClient, cocoa: CocoaMap
) -> None:
    assess(tenant, cocoa.chain, at=BEFORE, method="RM-1.0")
    assess(tenant, cocoa.chain)

    text = analyst.get(f"{ROOT}?chain={cocoa.chain}&view=all&since={BEFORE.date()}").text

    assert "RM-1.0 and RM-2.0 are not comparable" in text
    assert f"/risk/methods/{cocoa.chain}" in text and 'class="was"' not in text


def test_the_file_has_index_and_band_then(app: Flask, tenant: Tenant, moved: CocoaMap) -> None:
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    data = {"csrf_token": csrf_token(manager, "/o/acme/value-chain/new"), "form": "xlsx"}
    data |= {"view": "all", "issue": "ISS-CL", "since": BEFORE.date().isoformat()}

    answer = manager.post(f"{ROOT}{moved.chain}/export", data=data)

    head, *rows = load_workbook(io.BytesIO(answer.data))["Risks"].iter_rows(values_only=True)
    told = {row[head.index("Place")]: dict(zip(head, row, strict=True)) for row in rows}
    farms = told["Espoir farm group"]
    assert farms["Residual risk then"] < farms["Residual risk"]
    assert not told["Came since"]["Residual risk then"]
