"""Plans of questionnaires and visits for a budget: creation, storage and export."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from ddplatform.audit.services import log as audit
from ddplatform.documents.content import Table
from ddplatform.documents.exports import AnalysisForm, ExportedFile, as_file
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.languages import gettext as _
from ddplatform.risk.assessment_plan.models import StepKind, VisitPlan, VisitPlanStep
from ddplatform.risk.assessment_plan.queries.plans import Choice, Plan, load_choice
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.analysis.visit_plan import Field, Learning, Step, Steps, follow, plan_steps
from supply_chain.analysis.visit_plan import StepKind as Kind
from supply_chain.analysis.visit_plan_field import Aim, Spread, field_of, step_kinds

NAME_LENGTH = 120
MOST = 500
"""Most steps of a plan."""
KINDS = tuple(StepKind)  # in the order of the core


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The request for a plan: numbers of steps, or an amount with the cost of a step, or both."""

    name: str
    aim: Aim = Aim.LEARN
    spread: Spread = Spread.SOME
    questionnaires: int | None = None
    visits: int | None = None
    amount: int | None = None
    currency: str | None = None
    cost_questionnaire: int | None = None
    cost_visit: int | None = None


def make_plan(chain_id: UUID, wish: Wish, *, act: Act) -> VisitPlan:
    """Compute which nodes to ask and visit next, and keep the plan with its reasons.

    Raises:
        NotFound: no such map.
        Invalid: no name, no budget, an amount without costs, or nothing on the map to learn.
    """
    plan, lines = work_out(get_chain(chain_id), wish, act=act)
    return keep_plan(plan, lines, act=act)


def keep_plan(plan: VisitPlan, lines: Sequence[VisitPlanStep], *, act: Act) -> VisitPlan:
    """Keep a plan that was worked out, with its lines."""
    db.session.add(plan)
    db.session.flush()  # its lines and the event name it
    for line in lines:
        line.plan_id = plan.id
    db.session.add_all(lines)
    audit.record("visit_plan:make", plan, act=act, name=plan.name, aim=plan.aim, steps=len(lines))
    return plan


def export_plan(
    chain: ValueChain,
    plan: Plan,
    tables: Sequence[Table],
    form: AnalysisForm,
    *,
    steps: int,
    act: Act,
) -> ExportedFile:
    """A plan with a reason for each line as a workbook, or as CSV tables in one archive.

    Args:
        steps: how many lines the file lists.
    """
    name = f"{chain.slug}-assessment-plan-v{plan.chain_version}"
    made = as_file(name, tables, form)
    audit.record_export("visit_plan:export", chain, act=act, name=plan.name, steps=steps, form=form)
    return made


def work_out(chain: ValueChain, wish: Wish, *, act: Act) -> tuple[VisitPlan, list[VisitPlanStep]]:
    """The plan for a wish and its lines, not kept.

    Raises:
        Invalid: as `make_plan`.
    """
    check_wish(wish)
    choice = load_choice(chain.id, wish.aim, act.at.date())
    field = field_of(
        choice.stakes, [place.area for place in choice.places], choice.open, wish.spread
    )
    kinds = _kinds(wish)
    found = plan_steps(field, kinds, amount=wish.amount)
    if not found.steps:
        raise Invalid(
            fields={
                "chain_id": _(
                    "Nothing is left to ask or to visit on this map for this budget: every site "
                    "has a questionnaire or a visit under way, or the budget covers none."
                )
            }
        )
    everything = _everything(field, kinds)
    plan = VisitPlan(
        chain_id=chain.id,
        name=wish.name.strip(),
        aim=wish.aim.value,
        spread=wish.spread.value,
        questionnaires=wish.questionnaires,
        visits=wish.visits,
        amount=wish.amount,
        currency=wish.currency if wish.amount is not None else None,
        cost_questionnaire=wish.cost_questionnaire,
        cost_visit=wish.cost_visit,
        chain_version=chain.version,
        as_of=act.at.date(),
        at_least=found.at_least,
        curves=_curves(choice, field, kinds, found, everything),
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    lines = [
        _line(choice, place, step, everything) for place, step in enumerate(found.steps, start=1)
    ]
    return plan, lines


def check_wish(wish: Wish) -> None:
    """Refuse a wish that no map could meet.

    Raises:
        Invalid: no name, no budget, or an amount without costs.
    """
    faults: dict[str, str] = {}
    if fault := fault_in(wish.name, label="a name", longest=NAME_LENGTH):
        faults["name"] = fault
    for field in ("questionnaires", "visits"):
        number = getattr(wish, field)
        if number is not None and not 0 <= number <= MOST:
            faults[field] = _("Choose a number from 0 to %(most)s.", most=MOST)
    if wish.amount is None:
        if not (wish.questionnaires or wish.visits):
            faults["visits"] = _("Enter how many questionnaires or visits, or an amount.")
    else:
        faults |= _money_faults(wish)
    if faults:
        raise Invalid(fields=faults)


def _money_faults(wish: Wish) -> dict[str, str]:
    costs = {"cost_questionnaire": wish.cost_questionnaire, "cost_visit": wish.cost_visit}
    limits = {"cost_questionnaire": wish.questionnaires, "cost_visit": wish.visits}
    faults = {
        field: _("Enter the cost of one, 1 or more, or the largest number.")
        for field, cost in costs.items()
        if not cost and limits[field] is None
    }
    if (wish.amount or 0) <= 0:
        faults["amount"] = _("Enter the amount in whole units, 1 or more.")
    if not wish.currency:
        faults["currency"] = _("Enter the currency, for example EUR.")
    dear = [cost for cost in costs.values() if cost]
    most = sum((wish.amount or 0) // cost for cost in dear)
    if not faults and dear and most > 100 * MOST:
        faults["amount"] = _(
            "This amount covers more steps than a plan can hold. Set a number as well."
        )
    return faults


def _kinds(wish: Wish) -> tuple[Kind, Kind]:
    """Without an amount what is not asked for is 0; with one it is as many as the amount pays."""
    fill = None if wish.amount is not None else 0
    numbers = (wish.questionnaires, wish.visits)
    asked, visited = (fill if n is None else n for n in numbers)
    return step_kinds(
        questionnaires=MOST if asked is None else asked,
        visits=MOST if visited is None else visited,
        cost_questionnaire=float(wish.cost_questionnaire or 0),
        cost_visit=float(wish.cost_visit or 0),
    )


def _everything(field: Field, kinds: Sequence[Kind]) -> float:
    """The total value of all possible steps."""
    state = Learning(field, kinds)
    for node, kind in np.argwhere(field.open).tolist():
        state.take(node, kind)
    return state.total


def _curves(
    choice: Choice, field: Field, kinds: Sequence[Kind], found: Steps, everything: float
) -> dict[str, list[float]]:
    sequence = [step.kind for step in found.steps]
    stakes = choice.stakes
    ways = {
        "ours": found.steps,
        "volume": follow(field, kinds, stakes.largest_volume_first(), sequence),
        "country": follow(field, kinds, stakes.highest_country_risk_first(), sequence),
    }
    return {
        name: [round(step.total / everything, 6) for step in steps] for name, steps in ways.items()
    }


def _line(choice: Choice, place: int, step: Step, everything: float) -> VisitPlanStep:
    node, reason = choice.places[step.node], choice.stakes.reason(step.node)
    return VisitPlanStep(
        place=place,
        kind=KINDS[step.kind],
        node_ref=node.ref,
        node_name=node.name,
        country=node.country,
        region=node.region,
        nth_in_region=step.nth_in_region,
        gain=step.gain / everything,
        issue=reason.issue.value,
        severity=reason.severity,
        index=reason.index,
        low=reason.low,
        high=reason.high,
        grade=reason.grade,
        flow=reason.flow,
    )
