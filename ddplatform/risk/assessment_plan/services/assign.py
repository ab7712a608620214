"""Assignment of lines of a plan: questionnaires to send, and visits with a person responsible."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.registry import Registry
from ddplatform.languages import gettext as _
from ddplatform.risk.assessment_plan.models import StepKind, VisitPlan, VisitPlanStep
from ddplatform.risk.assessment_plan.queries.plans import (
    find_active_nodes,
    find_visited,
    get_plan_for_change,
    get_steps,
    list_steps_to_send,
)
from ddplatform.risk.words.plans import could_be
from ddplatform.supplier_engagement.requests.services import requests as questionnaires
from ddplatform.supplier_engagement.requests.services.requests import Sending
from ddplatform.value_chain.mapping.models import ValueChainNode
from supply_chain.vocabulary import Issue


@dataclass(frozen=True, kw_only=True)
class Assigning:
    """The lines to assign, and the way. `emails`: place of a line -> address typed for it."""

    places: frozenset[int]
    version_id: UUID | None = None
    answers_due: date | None = None
    language: str = "en"
    message: str = ""
    owner_id: UUID | None = None
    visits_due: date | None = None
    emails: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Assigned:
    """The number of questionnaires that were sent and visits that were planned."""

    questionnaires: int
    visits: int


@dataclass(frozen=True)
class WantedVisit:
    """A visit to plan. `could_be`: what harm there could be, a sentence without its full stop."""

    node_id: UUID
    issue: Issue
    could_be: str
    due_on: date
    owner_id: UUID | None


class PlanVisit(Protocol):
    """Plans a visit and gives its key. Raises Invalid where something is missing or past."""

    def __call__(self, wanted: WantedVisit, *, act: Act) -> UUID:
        """Part of the change that asked for it: an event of its own, no commit."""


PLAN_VISIT: Registry[PlanVisit] = Registry("planning of visits")
"""Under `StepKind.VISIT`: of who carries them out."""


def assign(plan_id: UUID, wanted: Assigning, *, act: Act) -> Assigned:
    """Send the questionnaires and plan the visits of the chosen lines: all of them, or none.

    A line is assigned once; what was assigned before is left as it is. A visit is an action about
    the open finding on its issue, or about one that says how little is known.

    Raises:
        NotFound: no such plan.
        Conflict: every chosen line is assigned already.
        Invalid: a problem at `places`, `version_id`, `answers_due`, `owner_id`, `visits_due` or
            `email-<place>`.
    """
    plan = get_plan_for_change(plan_id)
    chosen = [step for step in get_steps(plan_id) if step.place in wanted.places]
    steps = [step for step in chosen if step.assignment_id is None and step.action_id is None]
    if not chosen:
        raise Invalid(fields={"places": _("Choose at least one line.")})
    if not steps:
        raise Conflict(
            _("All these lines are assigned already."), _("Choose other lines, or open the plan.")
        )
    nodes = find_active_nodes(plan.chain_id, {step.node_ref for step in steps})
    asked = [step for step in steps if step.kind is StepKind.QUESTIONNAIRE]
    visited = [step for step in steps if step.kind is StepKind.VISIT]
    _check(plan, wanted, asked, visited, today=act.at.date(), known=set(nodes))
    _send(asked, nodes, wanted, act=act)
    for step in visited:
        step.action_id = _plan_visit(step, nodes[step.node_ref], wanted, act=act)
    audit.record(
        "visit_plan:assign",
        plan,
        act=act,
        questionnaires=len(asked),
        visits=len(visited),
        owner=wanted.owner_id if visited else None,
    )
    return Assigned(len(asked), len(visited))


def _check(
    plan: VisitPlan,
    wanted: Assigning,
    asked: Sequence[VisitPlanStep],
    visited: Sequence[VisitPlanStep],
    *,
    today: date,
    known: set[str],
) -> None:
    faults: dict[str, str] = {}
    gone = sorted({s.node_name for s in (*asked, *visited) if s.node_ref not in known})
    if gone:
        faults["places"] = _(
            "No longer on the map, leave them out: %(places)s.", places=", ".join(gone)
        )
    busy = find_visited(plan.chain_id, [step.node_ref for step in visited])
    if twice := sorted(step.node_name for step in visited if step.node_ref in busy):
        faults["places"] = _(
            "A visit is planned already, leave them out: %(places)s.", places=", ".join(twice)
        )
    if asked and wanted.version_id is None:
        faults["version_id"] = _("Choose a questionnaire.")
    if asked and (wanted.answers_due is None or wanted.answers_due < today):
        faults["answers_due"] = _("Choose a date that is not in the past.")
    if visited and wanted.owner_id is None:
        faults["owner_id"] = _("Choose the owner of the visits.")
    if visited and (wanted.visits_due is None or wanted.visits_due < today):
        faults["visits_due"] = _("Choose a date that is not in the past.")
    if faults:
        raise Invalid(fields=faults)


def _send(
    steps: Sequence[VisitPlanStep], nodes: dict[str, ValueChainNode], wanted: Assigning, *, act: Act
) -> None:
    if not steps or wanted.version_id is None or wanted.answers_due is None:
        return  # `_check` refused lines without these
    sending = Sending(
        version_id=wanted.version_id,
        due_on=wanted.answers_due,
        language=wanted.language,
        message=wanted.message,
    )
    by_node = {nodes[step.node_ref].id: step for step in steps}
    emails = {key: wanted.emails.get(step.place, "") for key, step in by_node.items()}
    try:
        sent = questionnaires.assign(sending, emails, act=act)
    except Invalid as error:
        places = {f"email-{key}": f"email-{step.place}" for key, step in by_node.items()}
        renamed = {"due_on": "answers_due", "nodes": "places", **places}
        fields = {renamed.get(name, name): text for name, text in error.fields.items()}
        raise Invalid(fields=fields) from error
    for assignment in sent:
        by_node[assignment.node_id].assignment_id = assignment.id


def note_sent(plan_id: UUID, sent: Mapping[str, UUID]) -> int:
    """Mark the lines of a plan whose questionnaires a campaign sent; part of its sending.

    Args:
        sent: stable id of a node -> what it was sent. A line that is marked stays as it is.
    """
    plan = get_plan_for_change(plan_id)  # nobody assigns its lines meanwhile
    lines = list_steps_to_send(plan.id, sent)
    for line in lines:
        line.assignment_id = sent[line.node_ref]
    return len(lines)


def _plan_visit(step: VisitPlanStep, node: ValueChainNode, wanted: Assigning, *, act: Act) -> UUID:
    visit = WantedVisit(
        node_id=node.id,
        issue=Issue(step.issue),
        could_be=could_be(step.issue, step.grade, step.index, step.low, step.high),
        due_on=wanted.visits_due or act.at.date(),
        owner_id=wanted.owner_id,
    )
    return PLAN_VISIT.get(StepKind.VISIT)(visit, act=act)
