"""A map with peers and circles, things that come to be known of it, and all that a run tells."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from ddplatform.core.due_diligence.vocabulary import RiskState
from ddplatform.due_diligence.findings.models import Finding, FindingSource
from ddplatform.due_diligence.findings.queries import (
    FindingFilter,
    get_finding_place,
    list_findings,
)
from ddplatform.due_diligence.frameworks.queries.coverage import framework_facts
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db, finish
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.tenancy import acting_in, insert_rows
from ddplatform.infrastructure.together import ask
from ddplatform.reporting.overview.queries.overview import list_chain_states
from ddplatform.reporting.report_facts.queries.facts import load_records
from ddplatform.reporting.report_facts.queries.scope import load_scope
from ddplatform.reporting.report_facts.views.facts import facts_of
from ddplatform.risk.analysis_answers.queries.issue_flows import load_bands, load_issue_flow
from ddplatform.risk.analysis_answers.queries.upstream import find_origins
from ddplatform.risk.approvals.services.absences import ask_not_applicable
from ddplatform.risk.assessment.services.changes import assess_changes
from ddplatform.risk.context_events.models import ContextEvent, ContextEventNode
from ddplatform.risk.detail.queries import risks as register
from ddplatform.risk.detail.queries.explanation import list_names_of
from ddplatform.risk.explanation.queries.issues import explain_risk
from ddplatform.risk.facts.services import facts as risk
from ddplatform.risk.judgement.queries.judged import find_current_points, list_past_scores
from ddplatform.risk.runs.models import (
    AssessmentRun,
    FactKind,
    RiskFact,
    SalienceNote,
    ScoreChange,
    SeverityJudgement,
    WholeBecause,
)
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.runs import find_current_head
from ddplatform.risk.runs.queries.scores import list_at, list_refs, list_residuals
from ddplatform.supplier_engagement.responses.models import RiskSignal
from ddplatform.value_chain.changes.queries.bands import load_day_bands
from ddplatform.value_chain.filters.queries.lists import NodeOrder, list_nodes
from ddplatform.value_chain.graph.queries.snapshots import load_past_snapshot, load_snapshot
from ddplatform.value_chain.graph.queries.study import load_study
from ddplatform.value_chain.history.queries.past import Past
from ddplatform.value_chain.mapping.models import (
    NodeSummary,
    SupplyLink,
    ValueChain,
    ValueChainNode,
)
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.mapping.services.nodes import NodeFields, change_node
from ddplatform.value_chain.pictures.queries.colours import ColourBy, load_colours
from supply_chain.graph.areas import AreaKind
from supply_chain.reference.release import load_reference
from supply_chain.risk.method import METHOD
from supply_chain.risk.register import Register, RiskFilter
from supply_chain.search.node_filter import NodeFilter
from supply_chain.vocabulary import FlowEvidence, Issue, LinkKind, NodeKind, RiskBand, SeverityBand
from tests.approved import approve_all, wish
from tests.conftest import NOW
from tests.factories import Tenant
from tests.risk_maps import acting

NODES = 26
SECTOR = sorted(load_reference().sectors)[0]
PRIMARY = next(r for r, s in load_reference().sectors.items() if s.is_primary_production)
GOODS = sorted(load_reference().commodities)[:3]
FACTORS = [factor for factor in METHOD.factors if factor.startswith(("WRK", "COM"))][:8]
DAY = NOW.date()


def minutes(number: int) -> timedelta:
    """So long after the whole run."""
    return timedelta(minutes=number)


def make_peers_map(tenant: Tenant) -> UUID:
    """Two countries of peers, own business first, links in layers with one circle; its id."""
    keys = [uuid4() for _ in range(NODES)]
    with acting(tenant):
        chain = ValueChain(name="Peers", slug="peers", created_at=NOW)
        db.session.add(chain)
        db.session.flush()
        insert_rows(
            ValueChainNode,
            [
                {
                    "id": key,
                    "chain_id": chain.id,
                    "external_ref": f"N{at:03}",
                    "kind": NodeKind.SITE,
                    "name": f"Site {at}",
                    "country": ("CI", "GH")[at % 2] if at != 7 else None,
                    "sector_ref": SECTOR if at % 5 else None,
                    "commodity_refs": [GOODS[at % len(GOODS)]],
                    "own_operation": at == 0,
                    "external_ids": {},
                    "attributes": {},
                    "row_version": 1,
                    "created_at": NOW,
                }
                for at, key in enumerate(keys)
            ],
        )
        ends = [((at - 1) // 3, at) for at in range(1, NODES - 3)]
        ends += [(4, 9), (9, 4), (2, 20), (20, 21)]
        insert_rows(SupplyLink, [_link(chain.id, keys, at, *one) for at, one in enumerate(ends)])
        return chain.id


def _link(chain_id: UUID, keys: list[UUID], at: int, buyer: int, supplier: int) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "chain_id": chain_id,
        "supplier_id": keys[supplier],
        "buyer_id": keys[buyer],
        "kind": LinkKind.SUPPLIES,
        "share": None if at % 4 == 0 else 0.2 + at % 3 / 10,
        "flow_evidence": tuple(FlowEvidence)[at % len(FlowEvidence)],
        "row_version": 1,
        "created_at": NOW,
    }


def keys_of(chain_id: UUID) -> list[UUID]:
    """The nodes of a map in the order of their refs."""
    return list(
        db.session.scalars(
            select(ValueChainNode.id)
            .where(ValueChainNode.chain_id == chain_id)
            .order_by(ValueChainNode.external_ref)
        )
    )


# ---- what comes to be known ------------------------------------------------------------------

Learned = Callable[[Random, UUID, Tenant, datetime], None]


def a_signal(random: Random, node_id: UUID, tenant: Tenant, at: datetime) -> None:
    """An answer about work or surroundings."""
    db.session.add(
        RiskSignal(
            node_id=node_id,
            factor=random.choice(FACTORS),
            value=random.random(),
            source_type=random.choice(("supplier_answer", "audit", "media_ngo", "admission")),
            quality=random.random(),
            causes=[],
            observed_at=at,
        )
    )


def a_credit(random: Random, node_id: UUID, tenant: Tenant, at: datetime) -> None:
    """What a questionnaire grants a control."""
    control = random.choice(METHOD.controls)
    db.session.add(
        RiskSignal(
            node_id=node_id,
            factor=control,
            value=random.random(),
            is_control=True,
            causes=[],
            observed_at=at,
        )
    )


def a_control(random: Random, node_id: UUID, tenant: Tenant, at: datetime) -> None:
    """A control as somebody judged it."""
    risk.record_control(
        node_id,
        random.choice(METHOD.controls),
        coverage=random.random(),
        evidence=random.choice(METHOD.policy.evidence_levels),
        verified_on=at.date(),
        reason="Seen on a visit",
        cause=("review", None),
        act=Act(tenant.analyst, at),
    )


def a_fact(random: Random, node_id: UUID, tenant: Tenant, at: datetime) -> None:
    """An allegation, or its end."""
    cause = uuid4()
    standing = db.session.scalar(
        select(RiskFact).where(RiskFact.node_id == node_id, RiskFact.ended_at.is_(None)).limit(1)
    )
    if standing is not None:
        risk.end_fact(standing.cause_type, standing.cause_id, at=at, closure_verified=True)
        return
    risk.add_fact(
        node_id,
        random.choice(tuple(Issue)),
        random.choice((FactKind.CONFIRMED, FactKind.CREDIBLE, FactKind.RED_FLAG)),
        cause_type="case",
        cause_id=cause,
        since=at,
        self_disclosed=random.random() < 0.5,
    )


def a_judgement(random: Random, node_id: UUID, tenant: Tenant, at: datetime) -> None:
    """How grave it would be."""
    db.session.add(
        SeverityJudgement(
            node_id=node_id,
            issue=random.choice(tuple(Issue)),
            scale=random.randint(1, 5),
            scope=random.randint(1, 5),
            irremediability=None,
            vulnerable=random.random() < 0.5,
            reasons={},
            created_at=at,
            created_by_id=tenant.analyst.user_id,
        )
    )


def a_note(random: Random, node_id: UUID, tenant: Tenant, at: datetime) -> None:
    """What the order of risks needs and no score holds."""
    db.session.add(
        SalienceNote(
            node_id=node_id,
            issue=random.choice(tuple(Issue)),
            is_emergency=random.random() < 0.3,
            delay_harms=random.choice((None, True, False)),
            involvement=random.choice((None, "cause", "contribute")),
            reason="Told by a worker",
            created_at=at,
            created_by_id=tenant.analyst.user_id,
        )
    )


def a_change(random: Random, node_id: UUID, tenant: Tenant, at: datetime) -> None:
    """A score that somebody raised."""
    db.session.add(
        ScoreChange(
            node_id=node_id,
            issue=random.choice(tuple(Issue)),
            is_raise=True,
            points=60 + random.random() * 40,
            note="Two sources",
            created_at=at,
            created_by_id=tenant.analyst.user_id,
        )
    )


def a_finding(random: Random, node_id: UUID, tenant: Tenant, at: datetime) -> None:
    """A finding that somebody assessed, or the end of one."""
    standing = db.session.scalar(
        select(Finding).where(Finding.node_id == node_id, Finding.closed_at.is_(None)).limit(1)
    )
    if standing is not None:
        standing.closed_at, standing.closed_by_id = at, tenant.analyst.user_id
        return
    db.session.add(
        Finding(
            node_id=node_id,
            issue=random.choice(tuple(Issue)),
            title="Loads",
            description="Seen at harvest",
            is_actual=True,
            source=FindingSource.OWN_CHECK,
            status=RiskState.ASSESSED,
            created_at=at - timedelta(days=random.choice((0, 300))),
            created_by_id=tenant.analyst.user_id,
        )
    )


def an_event(random: Random, node_id: UUID, tenant: Tenant, at: datetime) -> None:
    """A conflict around a site, or its last day."""
    standing = db.session.scalar(
        select(ContextEvent)
        .join(ContextEventNode, ContextEventNode.event_id == ContextEvent.id)
        .where(ContextEventNode.node_id == node_id, ContextEvent.ends_on.is_(None))
        .limit(1)
    )
    if standing is not None:
        standing.ends_on = at.date() - timedelta(days=5)
        return
    event = ContextEvent(
        kind="conflict",
        title="Fights",
        area=AreaKind.COUNTRY,
        country="CI",
        starts_on=at.date() - timedelta(days=9),
        source_type="official",
        source_publisher="UN",
        source_url="https://reports.example/fights",
        source_on=at.date(),
        created_at=at,
    )
    db.session.add(event)
    db.session.flush()
    db.session.add(ContextEventNode(event_id=event.id, node_id=node_id, entered_at=at))


def an_absence(random: Random, node_id: UUID, tenant: Tenant, at: datetime) -> None:
    """A factor is approved as not applicable, where nothing is known of it."""
    factor = random.choice(("WRK-11", "WRK-18"))
    given = {"code": "no_such_work", "wish": wish(at), "act": Act(tenant.analyst, at)}
    with suppress(Conflict):
        ask_not_applicable(node_id, factor, **given)
        approve_all(tenant, at)


LEARNED: tuple[Learned, ...] = (
    an_absence,
    a_signal,
    a_signal,
    a_credit,
    a_control,
    a_fact,
    a_judgement,
    a_note,
    a_change,
    a_finding,
    an_event,
)


def change_facts(tenant: Tenant, node_id: UUID, at: datetime, **other: Any) -> None:
    """Say other of a node itself, as its form does."""
    with acting(tenant):
        node = db.session.get_one(ValueChainNode, node_id)
        said = {
            one.name: getattr(node, one.name)
            for one in fields(NodeFields)
            if hasattr(node, one.name)
        }
        said["commodity_refs"] = tuple(said["commodity_refs"])
        wanted = NodeFields(**{**said, **other})
        change_node(
            node_id,
            wanted,
            row_version=node.row_version,
            wish=wish(at),
            act=Act(tenant.analyst, at),
        )
        approve_all(tenant, at)  # an origin needs a second person


def other_facts(random: Random, *, buys: bool) -> dict[str, Any]:
    """Something that a node may be, its goods aside, which its buyers' links tell of.

    Of one that buys nothing, only what makes it no other origin.
    """
    facts: dict[str, Any] = {
        "country": random.choice(("CI", "GH", None)),
        "kind": random.choice((NodeKind.SITE, NodeKind.BUSINESS_ENTITY)),
        "name": f"Called {random.randint(0, 99)}",
        "tags": (f"tag {random.randint(0, 9)}",),
    }
    if buys:
        facts["sector_ref"] = random.choice((SECTOR, PRIMARY, None))
        facts["is_origin"] = random.choice((True, False, None))
        facts["kind"] = random.choice((facts["kind"], NodeKind.PLATFORM))
    some = random.sample(sorted(facts), random.randint(1, len(facts)))
    return {name: facts[name] for name in some}


# ---- assessing and reading -------------------------------------------------------------------


def assess_new(
    tenant: Tenant, chain_id: UUID, at: datetime, cause: str = "facts", *, as_of: date = DAY
) -> UUID | WholeBecause:
    """What the job does first."""
    return assess_changes(
        chain_id,
        cause,
        as_of=as_of,
        act=Act(tenant.analyst, at),
        unit=lambda: acting(tenant),
    )


@contextmanager
def looking(tenant: Tenant) -> Iterator[None]:
    """As a page that only reads."""
    with acting_in(tenant.id):
        yield
        finish(ok=False)


FILTERS = (
    RiskFilter(),
    RiskFilter(issue=Issue.CL),
    RiskFilter(severity=SeverityBand.VERY_SEVERE),
    RiskFilter(residual=RiskBand.HIGH, country="CI"),
    RiskFilter(tier=2),
    RiskFilter(insufficient=True, issue=Issue.FL),
    RiskFilter(cell=54),
    RiskFilter(grades="DE"),
)


def all_told(tenant: Tenant, chain_id: UUID) -> Mapping[str, Any]:
    """Everything that readers tell of the current run of a map."""
    head = find_current_head(chain_id)
    assert head is not None
    run_id, keys, chain = head.id, keys_of(chain_id), get_chain(chain_id)
    told: dict[str, Any] = {
        "summary": {k: v for k, v in head.summary.items() if k != "scores_sha256"},
        "at": list_at(run_id, range(len(load_register(run_id)))),
        "refs": list(list_refs(run_id)),
        "residuals": {issue: list_residuals(run_id, issue) for issue in Issue},
        "register": {
            name: (column.tolist(), column.dtype)
            for name, column in columns_of(run_id).items()
            if name != "highest_index"
        },
        "sites": load_register(run_id).sites,
        "index": [repr(value) for value in load_register(run_id).highest_index.tolist()],
        "bands": {issue: load_bands(run_id, keys, issue) for issue in Issue},
        "day bands": load_day_bands(chain_id, Past(DAY, chain.version, {}), keys),
        "points": [find_current_points(key, Issue.HZ) for key in keys],
        "frameworks": framework_facts(as_of=DAY),
    }
    told["names"] = list_names_of(run_id, told["refs"])
    for wanted in FILTERS:
        told[f"register {wanted}"] = list(_pages(run_id, wanted))
    for key in keys:
        told[f"node {key}"] = ask(register.select_risks_of_node(run_id, key))
    told |= _explained(head, keys) | _lists(chain_id) | _pictures(chain) | _findings(chain_id)
    return told


def columns_of(run_id: UUID) -> dict[str, Any]:
    """The columns of the register of a run by name."""
    register = load_register(run_id)
    return {one.name: getattr(register, one.name) for one in fields(Register)}


def _pages(run_id: UUID, wanted: RiskFilter) -> Iterator[Any]:
    after = None
    while True:
        page = register.list_risks(run_id, wanted, after=after, limit=17)
        yield page
        if page.rows:
            yield register.list_risks(run_id, wanted, before=page.before, limit=5)
        if page.after is None:
            return
        after = page.after


def _explained(head: Any, keys: list[UUID]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    study = load_study(get_chain(head.chain_id))
    for at, key in enumerate(keys[::3]):
        issue = tuple(Issue)[at % len(Issue)]
        node = db.session.get_one(ValueChainNode, key)
        found = register.find_risk(head.id, key, issue)
        assert found is not None
        why = explain_risk(node, issue, DAY)
        assert why.kept is not None and why.kept.known is not None
        kept, now = (why.kept.residual_index, why.kept.known), why.explanation.figures
        assert (kept[0], kept[1].residual_low, kept[1].residual_high) == pytest.approx(
            (now.residual_index, now.low, now.high), abs=1e-9
        )
        told[f"why {key}"] = repr((why.explanation, why.changes, why.kept))
        flow, row = load_issue_flow(study, head, issue), study.snapshot.row_of[key]
        told[f"origins {key}"] = repr(find_origins(study, row, issue, flow))
        past = list_past_scores(key, issue)[0]
        told[f"past {key}"] = {
            name: value
            for name, value in vars(past).items()
            if name not in ("run_id", "created_at", "cause")
        }
    return told


def _lists(chain_id: UUID) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for order in (NodeOrder.RISK, NodeOrder.TIER):
        rows, after = [], None
        while True:
            page = list_nodes(chain_id, NodeFilter(), order=order, after=after, limit=7)
            rows += page.rows
            if page.after is None:
                break
            after = UUID(page.after)
        told[f"list {order}"] = rows
    summaries = db.session.scalars(
        select(NodeSummary).where(NodeSummary.chain_id == chain_id).order_by(NodeSummary.node_id)
    )
    names = ("node_id", "tier", "band", "severity_band", "top_issue", "residual_index")
    more = ("exposure", "grade", "open_findings", "overdue_actions")
    told["summaries"] = [[getattr(row, name) for name in (*names, *more)] for row in summaries]
    state = next(one for one in list_chain_states(DAY) if one.id == chain_id)
    told["overview"] = {k: v for k, v in state.summary.items() if k != "scores_sha256"}
    return told


def _pictures(chain: ValueChain) -> dict[str, Any]:
    now, past = load_snapshot(chain), load_past_snapshot(chain, Past(DAY, chain.version, {}))
    told = {
        f"{name} {when}": getattr(snapshot, name).tolist()
        for when, snapshot in (("now", now), ("past", past))
        for name in ("band", "band_by_issue", "rank")
    } | {
        "map": [list(now.names), list(now.graph.nodes.country), list(now.graph.nodes.commodities)],
    }
    return told | {
        f"colours {by}": load_colours(chain, now, by, Issue.FL).place.tolist() for by in ColourBy
    }


def _findings(chain_id: UUID) -> dict[str, Any]:
    scope = load_scope(chain_id, period=(DAY, DAY), as_of=DAY, today=DAY)
    rows = list_findings(FindingFilter(), today=DAY)
    return {
        "report": facts_of(load_records(scope), audience="internal"),
        "findings": rows,
        "places": [get_finding_place(row.id).scores for row in rows],
    }


def current_run(chain_id: UUID) -> AssessmentRun:
    """The run that a map points to."""
    found = db.session.scalar(
        select(AssessmentRun)
        .join(ValueChain, ValueChain.current_run_id == AssessmentRun.id)
        .where(ValueChain.id == chain_id)
    )
    assert found is not None
    return found
