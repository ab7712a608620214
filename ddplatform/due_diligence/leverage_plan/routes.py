"""Pages of the leverage plan: the plan, a step, its result, the decision after failures."""

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import list_people
from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.core.due_diligence.leverage_plan import Escalation, StepResult
from ddplatform.due_diligence.blueprints.findings import bp
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.findings.views.words import people_choices
from ddplatform.due_diligence.leverage_plan import services as leverage_plan
from ddplatform.due_diligence.leverage_plan import words
from ddplatform.due_diligence.leverage_plan.forms import (
    EscalationForm,
    LeverageResultForm,
    LeverageStepForm,
)
from ddplatform.due_diligence.short_forms import answer_about_finding
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext


@bp.get("/<uuid:finding_id>/leverage-plan")
@requires(Permission.FINDING_READ)
def leverage_steps(finding_id: UUID) -> ResponseReturnValue:
    """The steps of leverage with their results, and what is to be decided."""
    finding = get_finding(finding_id)
    plan = leverage_plan.plan_of(finding)
    types = impact_words().leverage_types
    return render_template(
        "due_diligence/leverage_plan/plan.html",
        finding=finding,
        plan=plan,
        obstacle=leverage_plan.find_obstacle(finding),
        people={str(person.user_id): person.name for person in list_people()},
        untried=[types[ref] for ref in plan.untried(list(types))],
        impact=impact_words(),
        today=g.now.date(),
        words=words,
    )


@bp.route("/<uuid:finding_id>/leverage-plan/new", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def add_leverage_step(finding_id: UUID) -> ResponseReturnValue:
    """Plan a step of leverage."""
    finding = get_finding(finding_id)
    form = LeverageStepForm(version=finding.row_version)
    form.owner_id.choices = people_choices(list_people(), gettext("Choose"))

    def save() -> ResponseReturnValue:
        wanted = leverage_plan.StepFields(
            kind=form.kind.data,
            text=form.text.data,
            owner_id=UUID(form.owner_id.data),
            due=form.due.data,
        )
        leverage_plan.add_step(finding_id, wanted, version=form.version_number, act=g.act)
        return _back(finding_id, gettext("The step is planned."))

    return answer_about_finding(
        form,
        save,
        finding,
        heading=gettext("Plan a step of leverage"),
        lead=gettext("Begin with what changes conditions for children, not with threats."),
    )


@bp.route("/<uuid:finding_id>/leverage-plan/<int:number>", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def close_leverage_step(finding_id: UUID, number: int) -> ResponseReturnValue:
    """Record what a step achieved."""
    finding = get_finding(finding_id)
    steps = {step.number: step for step in leverage_plan.plan_of(finding).steps}
    if number not in steps:
        raise NotFound()
    form = LeverageResultForm(version=finding.row_version)

    def save() -> ResponseReturnValue:
        leverage_plan.record_result(
            finding_id,
            number,
            StepResult(form.result.data),
            form.reason.data,
            version=form.version_number,
            act=g.act,
        )
        return _back(finding_id, gettext("The result is recorded."))

    return answer_about_finding(
        form,
        save,
        finding,
        heading=gettext("Result of step %(number)s", number=number),
        lead=steps[number].text,
    )


@bp.route("/<uuid:finding_id>/leverage-plan/decision", methods=["GET", "POST"])
@requires(Permission.RISK_APPROVE)
def decide_leverage_escalation(finding_id: UUID) -> ResponseReturnValue:
    """Decide how to go on after repeated failure."""
    finding = get_finding(finding_id)
    form = EscalationForm(version=finding.row_version)

    def save() -> ResponseReturnValue:
        leverage_plan.decide_escalation(
            finding_id,
            Escalation(form.choice.data),
            form.reason.data,
            version=form.version_number,
            act=g.act,
        )
        return _back(finding_id, gettext("The decision is recorded."))

    return answer_about_finding(
        form,
        save,
        finding,
        heading=gettext("Decide how to go on"),
        lead=gettext(
            "Two steps of leverage have failed. Disengagement stays the last resort; it begins "
            "with an assessment of the harm that it would do to children."
        ),
    )


def _back(finding_id: UUID, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".leverage_steps", finding_id=finding_id))
