"""Evidence of the organisation for the requirements of a framework.

Facts come from what is recorded in the platform. Where it has no record, there is
no evidence, and the requirement stays open.
"""

from collections.abc import Iterator, Sequence, Set
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from ddplatform.core.due_diligence.case_figures import CaseStage
from ddplatform.core.due_diligence.frameworks import (
    Coverage,
    Fact,
    Framework,
    RequirementCoverage,
    coverage,
    framework,
)
from ddplatform.core.due_diligence.grievance_checklist import grievance_checklist
from ddplatform.core.due_diligence.suppression import LIMIT, SUPPRESSED
from ddplatform.core.due_diligence.vocabulary import Relation
from ddplatform.due_diligence.concerns.models import ConcernDoor
from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.due_diligence.frameworks.queries.newest_days import list_newest_days, newest_moment
from ddplatform.due_diligence.grievance_check.models import GrievanceCheck
from ddplatform.due_diligence.policies.queries import load_standing
from ddplatform.due_diligence.remedy.queries.cases import count_cases_by_stage
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.runs.models import AssessmentRun, ReferenceRelease
from ddplatform.supplier_engagement.protection_services.queries import services_in_force
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain, ValueChainNode
from supply_chain.vocabulary import Issue, NodeKind

ON_PAPER = {"icat-action-6": "ICAT-A6", "ungp": "UNGP"}
"""Ref of a framework's file -> its ref in the facts of a report."""


def load_coverage(ref: str, *, as_of: date) -> tuple[RequirementCoverage, ...]:
    """Coverage of each requirement of a framework by the records.

    Raises:
        UnknownFramework: naming those that exist.
    """
    return coverage(framework(ref), load_facts(as_of=as_of), as_of=as_of)


def load_facts(*, as_of: date) -> list[Fact]:
    """Everything recorded that counts as evidence for a framework, in at most 14 statements."""
    standing = (_of_maps, _of_places, _of_release)
    dated = (
        _of_runs,
        list_newest_days,
        _of_findings,
        _of_actions,
        _of_cases,
        _of_policies,
        _of_grievance_mechanism,
    )
    facts = [fact for source in standing for fact in source()]
    facts += [fact for source in dated for fact in source(as_of)]
    return [fact for fact in facts if fact.on is None or fact.on <= as_of]


def framework_facts(*, as_of: date) -> list[dict[str, Any]]:
    """The `frameworks` part of the facts of a report."""
    facts = load_facts(as_of=as_of)
    return [
        _on_paper(framework(ref), coverage(framework(ref), facts, as_of=as_of)) for ref in ON_PAPER
    ]


_STATUS = {
    Coverage.COVERED: "evidence_complete",
    Coverage.PARTLY: "evidence_partly",
    Coverage.MISSING: "evidence_missing",
}


def _on_paper(of: Framework, covered: Sequence[RequirementCoverage]) -> dict[str, Any]:
    return {
        "ref": ON_PAPER[of.ref],
        "requirements": [
            {
                "id": one.requirement.ref.removeprefix("ICAT-"),
                "status": _STATUS[one.coverage],
                "evidence": list(dict.fromkeys(fact.record for fact in one.facts)),
            }
            for one in covered
        ],
    }


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _of_maps() -> Iterator[Fact]:
    """Kinds of nodes on each map, own sites counted separately."""
    rows = db.session.execute(
        select(
            ValueChain.name,
            ValueChain.created_at,
            ValueChainNode.kind,
            ValueChainNode.own_operation,
        )
        .join(ValueChainNode, ValueChainNode.chain_id == ValueChain.id)
        .where(ValueChainNode.archived_at.is_(None))
        .distinct()
        .order_by(ValueChain.name, ValueChainNode.kind, ValueChainNode.own_operation)
    ).all()
    for row in rows:
        on, record = _day(row.created_at), f"map “{row.name}”"
        yield Fact(kind="value_chain_mapped", record=record, on=on)
        if row.own_operation:
            yield Fact(kind="own_site_mapped", record=record, on=on)
        if row.kind is NodeKind.INVESTEE:
            yield Fact(kind="downstream_mapped", record=record, on=on)


def _of_places() -> Iterator[Fact]:
    """How deep the maps reach, and whether each of their countries has a service to turn to."""
    rows = db.session.execute(
        select(ValueChainNode.country, func.max(NodeSummary.tier).label("tier"))
        .outerjoin(NodeSummary, NodeSummary.node_id == ValueChainNode.id)
        .where(ValueChainNode.archived_at.is_(None))
        .group_by(ValueChainNode.country)
    ).all()
    deepest = max((row.tier for row in rows if row.tier is not None), default=0)
    if deepest > 1:
        yield Fact(kind="deeper_tier_mapped", record=f"map down to tier {deepest}")
    if on := _directory_since({row.country for row in rows if row.country}):
        yield Fact(
            kind="referral_directory_kept",
            record="child-protection services of every country on the maps",
            on=on,
        )


def _directory_since(countries: Set[str]) -> date | None:
    """The day since which every country has a service: that of the one read longest ago.

    A service counts from the day its source was read; None where a country has no service.
    """
    known = services_in_force()
    if not countries or not countries <= known.keys():
        return None
    return min(max(one.read_on for one in known[country]) for country in countries)


def _of_runs(as_of: date) -> Iterator[Fact]:
    """The assessment of each map that is valid on the day, with its scope."""
    run = AssessmentRun
    place = func.row_number().over(
        partition_by=run.chain_id, order_by=(run.as_of.desc(), run.created_at.desc(), run.id.desc())
    )
    placed = select(run.id, place.label("place")).where(run.as_of <= as_of).subquery()
    rows = db.session.execute(
        select(ValueChain.name, run.as_of, run.summary)
        .join(placed, placed.c.id == run.id)
        .join(ValueChain, ValueChain.id == run.chain_id)
        .where(placed.c.place == 1)
        .order_by(ValueChain.name, ValueChain.id)
    ).all()
    for row in rows:
        record = f"assessment of “{row.name}” of {row.as_of.isoformat()}"
        kinds = ["risk_assessed", "risks_prioritised"]
        tiers = row.summary.get("tiers", {})
        kinds += ["own_site_assessed"] if _has_assessed(tiers.get("0")) else []
        suppliers = [bands for tier, bands in tiers.items() if tier != "0"]
        kinds += ["supplier_risk_assessed"] if any(map(_has_assessed, suppliers)) else []
        cells = row.summary.get("cells", {})
        kinds += ["trafficking_assessed"] if cells.get(Issue.CT.value) else []
        for kind in kinds:
            yield Fact(kind=kind, record=record, on=row.as_of)


def _has_assessed(bands: dict[str, int] | None) -> bool:
    return any(count for band, count in (bands or {}).items() if band != "not_assessed")


_TOLD = {
    "leverage_planned": (("leverage", "on"), ("leverage", "ref"), "decisions on leverage"),
    "affected_feedback": (("review", "on"), ("review", "feedback"), "reviews with feedback"),
}
"""Kind of fact -> in the data of a finding: the day, the text that must be there; the record."""
_RELATION = ("exit", "relation")


def _of_findings(as_of: date) -> Iterator[Fact]:
    approver = Finding.step_data["involvement"]["approved_by"].as_string()
    is_confirmed = Finding.involvement.is_not(None) & approver.is_not(None)
    row = db.session.execute(
        select(
            newest_moment(Finding.created_at, as_of, is_confirmed),
            newest_moment(Finding.closed_at, as_of),
            *(
                _newest_day(day, _told(text) != "", as_of).label(kind)
                for kind, (day, text, _) in _TOLD.items()
            ),
            _newest_day(
                (*_RELATION, "on"), _told((*_RELATION, "state")) == Relation.ENDED.value, as_of
            ).label("exit_gate_recorded"),
        ).select_from(Finding)
    ).one()
    if row[0]:
        yield Fact(
            kind="involvement_decided",
            record="findings with confirmed involvement",
            on=_day(row[0]),
        )
    if row[1]:
        yield Fact(kind="effect_reviewed", record="closed findings", on=_day(row[1]))
    records = {kind: record for kind, (_, _, record) in _TOLD.items()}
    records["exit_gate_recorded"] = "relationships that ended with all conditions met"
    for kind, record in records.items():
        if newest := row._mapping[kind]:
            yield Fact(kind=kind, record=record, on=date.fromisoformat(newest))


def _told(path: tuple[str, ...]) -> ColumnElement[str]:
    """A text in the data of a finding."""
    text: ColumnElement[str] = Finding.step_data[path].as_string()
    return text


def _newest_day(
    day: tuple[str, ...], is_meant: ColumnElement[bool], as_of: date
) -> ColumnElement[str | None]:
    """The newest ISO day in the data of such findings; ISO days sort as texts."""
    on = _told(day)
    newest: ColumnElement[Any] = func.max(on).filter(on <= as_of.isoformat(), is_meant)
    return newest


def _of_actions(as_of: date) -> Iterator[Fact]:
    mine = MitigationAction.organisation_id == current_organisation()
    is_whole = (
        MitigationAction.owner_id.is_not(None)
        & MitigationAction.budget_amount.is_not(None)
        & MitigationAction.indicator.is_not(None)
    )
    created, verified = MitigationAction.created_at, MitigationAction.verified_at
    is_prevention = Finding.is_actual.is_(False)
    row = db.session.execute(
        select(
            newest_moment(created, as_of, is_whole).label("action_planned"),
            newest_moment(verified, as_of).label("action_verified"),
            newest_moment(created, as_of, is_prevention).label("prevention_planned"),
        )
        .select_from(MitigationAction)
        .join(Finding, Finding.id == MitigationAction.finding_id)
        .where(mine)
    ).one()
    for kind, newest in row._mapping.items():
        if newest:
            yield Fact(kind=str(kind), record="actions", on=_day(newest))


def _of_cases(as_of: date) -> Iterator[Fact]:
    """Whether cases were closed and verified, from the figures that everybody is shown.

    One closed case would be told by its evidence; five or more are, by quarter (SUPP-7, 8).
    """
    figures = count_cases_by_stage(on=as_of)
    closed = next(one.shown for one in figures.stages if one.stage is CaseStage.CLOSED)
    if figures.as_of is not None and closed not in (f"<{LIMIT}", SUPPRESSED):
        quarter = date(figures.as_of.year, (figures.as_of.month - 1) // 3 * 3 + 1, 1)
        for kind in ("case_verified", "remedy_provided"):
            yield Fact(kind=kind, record="closed and verified cases", on=quarter)


def _of_policies(as_of: date) -> Iterator[Fact]:
    """Policies that hold: approved, their review not late. A criterion counts with a document."""
    for policy in load_standing(as_of):
        record = f"policy “{policy.title}”, version {policy.number}"
        kinds = ["policy_approved"]
        kinds += ["policy_public"] if policy.is_public and "POL-06" in policy.met else []
        kinds += ["expertise_used"] if "POL-04" in policy.shown else []
        kinds += ["expectations_in_contracts"] if "POL-05" in policy.shown else []
        for kind in kinds:
            yield Fact(kind=kind, record=record, on=policy.approved_on)


def _of_grievance_mechanism(as_of: date) -> Iterator[Fact]:
    """Whether anybody can raise a concern, and whether all eight criteria were checked."""
    checklist = grievance_checklist()
    opened = select(ConcernDoor.changed_at).where(
        ConcernDoor.is_open, ConcernDoor.organisation_id == current_organisation()
    )
    day, item = GrievanceCheck.checked_on, GrievanceCheck.item
    row = db.session.execute(
        select(
            opened.scalar_subquery().label("opened"),
            *(
                func.max(day).filter(day <= as_of, item == ref).label(ref)
                for ref in checklist.criteria
            ),
        ).select_from(GrievanceCheck)
    ).one()
    if row.opened:
        for kind in ("grievance_channel_open", "company_complaint_route"):
            yield Fact(kind=kind, record="public page for concerns", on=_day(row.opened))
    newest = {ref: row._mapping[ref] for ref in checklist.criteria if row._mapping[ref]}
    if on := checklist.complete_since(newest):
        yield Fact(
            kind="grievance_self_checked",
            record="self-check of the grievance mechanism, GRV-a to GRV-h",
            on=on,
        )


def _of_release() -> Iterator[Fact]:
    row = db.session.execute(
        select(ReferenceRelease.name, ReferenceRelease.as_of)
        .order_by(ReferenceRelease.number.desc())
        .limit(1)
    ).one_or_none()
    if row:
        yield Fact(kind="context_data_current", record=f"data release {row.name}", on=row.as_of)
