"""Plans of questionnaires and visits: possible gains by place, stored plans, their lines."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Select, select

from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.core.due_diligence.vocabulary import ActionState, QuestionnaireState
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one, get_row
from ddplatform.infrastructure.registry import Registry
from ddplatform.risk.assessment_plan.models import StepKind, VisitPlan, VisitPlanStep
from ddplatform.risk.scenario_scores.queries import load_known_map
from ddplatform.risk.scenarios.queries.scenarios import SavedOnMap
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import TO_REVIEW, WAITING
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from supply_chain.analysis.visit_plan_field import QUESTIONNAIRE, VISIT, Aim, Stakes, stakes_of
from supply_chain.graph.columns import NODE_KINDS
from supply_chain.reference.release import load_reference
from supply_chain.risk.rm2.map_assessment import assess
from supply_chain.risk.rm2.method import Bools
from supply_chain.vocabulary import NodeKind

SHOWN = 200
"""Most plans that a page lists."""
_UNKNOWN = NODE_KINDS.index(NodeKind.UNKNOWN_ORIGIN)


@dataclass(frozen=True)
class PlannedVisits:
    """The state of the visits that lines of plans name by their `action_id`."""

    state_of: Callable[[Any], ColumnElement[ActionState | None]]
    """The state of the visit whose key stands in a column."""
    select_nodes: Callable[[], Select[UUID]]
    """The nodes with a visit that is still to be made or verified."""


PLANNED_VISITS: Registry[PlannedVisits] = Registry("planned visits")
"""Under `StepKind.VISIT`: of who carries them out."""


@dataclass(frozen=True)
class Place:
    """A node that can be asked or visited."""

    ref: str
    name: str
    country: str | None
    region: str | None

    @property
    def area(self) -> str:
        """The unit that counts as one region: the region in its country, or the country."""
        return f"{self.country or ''}/{self.region or ''}"


@dataclass(frozen=True)
class Choice:
    """The choices: stakes, places and open steps, in the order of the map."""

    stakes: Stakes
    places: Sequence[Place]
    open: Bools  # (nodes, 2) a questionnaire, a visit


@dataclass(frozen=True)
class PlanRow(SavedOnMap):
    """A plan in the list and at the head of its page."""

    aim: str
    spread: str
    questionnaires: int | None
    visits: int | None
    amount: int | None
    currency: str | None
    cost_questionnaire: int | None
    cost_visit: int | None
    at_least: float
    curves: dict[str, list[float]]


@dataclass(frozen=True)
class StepRow:
    """A line of a plan, and what became of it."""

    place: int
    kind: StepKind
    node_ref: str
    node_id: UUID | None
    node_name: str
    contact_email: str | None
    owner_name: str | None
    """The member of the organisation responsible for the node today."""
    country: str | None
    region: str | None
    nth_in_region: int
    gain: float
    issue: str
    severity: float
    index: float
    low: float
    high: float
    grade: str
    flow: float
    assignment_id: UUID | None
    assignment_status: QuestionnaireState | None
    action_id: UUID | None
    action_status: ActionState | None

    @property
    def is_assigned(self) -> bool:
        """Whether a questionnaire was sent or a visit planned from this line."""
        return self.assignment_id is not None or self.action_id is not None


Plan = PlanRow | VisitPlan
Lines = Sequence[StepRow] | Sequence[VisitPlanStep]
"""Of a stored plan, or of one that was only computed."""


def load_choice(chain_id: UUID, aim: Aim, as_of: date) -> Choice:
    """Assess a map as it stands today and say what could be learned at each node."""
    known = load_known_map(chain_id, as_of)
    assessed = assess(known.graph, known.evidence, reference=load_reference(), as_of=as_of)
    places = _places(chain_id)
    nodes = known.graph.nodes
    # An own site needs no questionnaire to suppliers and no place in this budget.
    others = (nodes.kind != _UNKNOWN) & ~nodes.own_operation
    open_ = np.repeat(others[:, None], 2, axis=1)
    for kind, busy in ((QUESTIONNAIRE, _asked(chain_id)), (VISIT, _to_visit(chain_id))):
        open_[[known.graph.rows[ref] for ref in busy if ref in known.graph.rows], kind] = False
    return Choice(stakes_of(assessed, len(known.graph), aim), places, open_)


@many_objects()
def _places(chain_id: UUID) -> list[Place]:
    """In the order of `load_with_keys`."""
    rows = db.session.execute(
        select(
            ValueChainNode.external_ref,
            ValueChainNode.name,
            ValueChainNode.country,
            ValueChainNode.region,
        )
        .where(ValueChainNode.chain_id == chain_id, ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.external_ref)
    ).all()
    return [Place(*row) for row in rows]


def _asked(chain_id: UUID) -> Sequence[str]:
    """Nodes that have a questionnaire to answer, or answers that wait for a review."""
    return db.session.scalars(
        select(ValueChainNode.external_ref)
        .join(Assignment, Assignment.node_id == ValueChainNode.id)
        .where(
            ValueChainNode.chain_id == chain_id,
            Assignment.status.in_((*WAITING, *TO_REVIEW)),
        )
    ).all()


def _to_visit(chain_id: UUID) -> Sequence[str]:
    """Nodes with a visit from some plan that is still to be made or verified."""
    to_visit = PLANNED_VISITS.get(StepKind.VISIT).select_nodes()
    return db.session.scalars(
        select(ValueChainNode.external_ref).where(
            ValueChainNode.chain_id == chain_id, ValueChainNode.id.in_(to_visit)
        )
    ).all()


def list_planned_nodes(chain_id: UUID, plan_id: UUID) -> Sequence[UUID]:
    """The nodes that a plan still wants a questionnaire from and that stand on the map."""
    refs = select(VisitPlanStep.node_ref).where(
        VisitPlanStep.plan_id == plan_id,
        VisitPlanStep.kind == StepKind.QUESTIONNAIRE,
        VisitPlanStep.assignment_id.is_(None),
    )
    return db.session.scalars(
        select(ValueChainNode.id)
        .where(
            ValueChainNode.chain_id == chain_id,
            ValueChainNode.archived_at.is_(None),
            ValueChainNode.external_ref.in_(refs),
        )
        .order_by(ValueChainNode.id)
    ).all()


def find_visited(chain_id: UUID, refs: Sequence[str]) -> set[str]:
    """The nodes among these that have an open visit already."""
    return set(_to_visit(chain_id)) & set(refs)


def list_plans() -> Sequence[PlanRow]:
    """All plans, newest first, `SHOWN` at most."""
    rows = db.session.execute(
        _plan_columns().order_by(VisitPlan.created_at.desc(), VisitPlan.id).limit(SHOWN)
    ).all()
    return [PlanRow(**row._mapping) for row in rows]


def list_plans_called(name: str, chain_id: UUID | None = None) -> Sequence[PlanRow]:
    """The newest plan of this name of each map, or of one map; by the names of the maps."""
    called = _plan_columns().where(VisitPlan.name == name)
    if chain_id is not None:
        called = called.where(VisitPlan.chain_id == chain_id)
    rows = db.session.execute(called.order_by(VisitPlan.created_at, VisitPlan.id.desc())).all()
    newest = {row.chain_id: PlanRow(**row._mapping) for row in rows}
    return sorted(newest.values(), key=lambda plan: plan.chain_name)


def get_plan_row(plan_id: UUID) -> PlanRow:
    """One plan, or NotFound."""
    row = get_row(_plan_columns().where(VisitPlan.id == plan_id))
    return PlanRow(**row._mapping)


def has_plan(plan_id: UUID) -> bool:
    """Whether a plan is stored."""
    return db.session.scalar(select(VisitPlan.id).where(VisitPlan.id == plan_id)) is not None


def get_plan_for_change(plan_id: UUID) -> VisitPlan:
    """The plan itself, held until the end of the unit of work, or NotFound."""
    return get_one(select(VisitPlan).where(VisitPlan.id == plan_id), for_change=True)


def get_steps(plan_id: UUID) -> Sequence[VisitPlanStep]:
    """The lines of a plan themselves, in their order."""
    return db.session.scalars(
        select(VisitPlanStep).where(VisitPlanStep.plan_id == plan_id).order_by(VisitPlanStep.place)
    ).all()


def list_steps_to_send(plan_id: UUID, refs: Collection[str]) -> Sequence[VisitPlanStep]:
    """The lines of a plan that still want a questionnaire from these nodes, read anew."""
    return db.session.scalars(
        select(VisitPlanStep)
        .where(
            VisitPlanStep.plan_id == plan_id,
            VisitPlanStep.kind == StepKind.QUESTIONNAIRE,
            VisitPlanStep.assignment_id.is_(None),
            VisitPlanStep.node_ref.in_(refs),
        )
        .execution_options(populate_existing=True)
    ).all()


def find_active_nodes(chain_id: UUID, refs: Collection[str]) -> dict[str, ValueChainNode]:
    """Those of these nodes that stand on the map, by their stable ids."""
    found = db.session.scalars(
        select(ValueChainNode).where(
            ValueChainNode.chain_id == chain_id,
            ValueChainNode.external_ref.in_(refs),
            ValueChainNode.archived_at.is_(None),
        )
    )
    return {node.external_ref: node for node in found}


def list_steps(plan: PlanRow) -> Sequence[StepRow]:
    """The lines of a plan with the node as it stands today, one statement."""
    columns = [
        getattr(VisitPlanStep, name)
        for name in StepRow.__dataclass_fields__
        if name in VisitPlanStep.__table__.columns
    ]
    state = PLANNED_VISITS.get(StepKind.VISIT).state_of(VisitPlanStep.action_id)
    rows = db.session.execute(
        select(
            *columns,
            ValueChainNode.id.label("node_id"),
            ValueChainNode.contact_email,
            User.name.label("owner_name"),
            Assignment.status.label("assignment_status"),
            state.label("action_status"),
        )
        .outerjoin(
            ValueChainNode,
            (ValueChainNode.external_ref == VisitPlanStep.node_ref)
            & (ValueChainNode.chain_id == plan.chain_id),
        )
        # A person who left the organisation is responsible for nothing any more.
        .outerjoin(Membership, Membership.user_id == ValueChainNode.owner_id)
        .outerjoin(User, User.id == Membership.user_id)
        .outerjoin(Assignment, Assignment.id == VisitPlanStep.assignment_id)
        .where(VisitPlanStep.plan_id == plan.id)
        .order_by(VisitPlanStep.place)
    ).all()
    return [StepRow(**row._mapping) for row in rows]


def _plan_columns() -> Any:
    columns = [
        getattr(VisitPlan, name)
        for name in PlanRow.__dataclass_fields__
        if name in VisitPlan.__table__.columns
    ]
    return (
        select(
            *columns,
            ValueChain.name.label("chain_name"),
            ValueChain.version.label("map_version"),
            User.name.label("created_by"),
        )
        .join(ValueChain, ValueChain.id == VisitPlan.chain_id)
        .join(User, User.id == VisitPlan.created_by_id)
    )
