"""Lifecycle steps of a finding (ST-RISK)."""

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.lifecycle import next_steps
from ddplatform.core.due_diligence.vocabulary import Machine, RiskState
from ddplatform.due_diligence.blueprints.findings import bp
from ddplatform.due_diligence.findings.forms import (
    ControlledForm,
    DeferForm,
    IneffectiveForm,
    PlanStepForm,
    StepForm,
    TriggerForm,
)
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.findings.services.steps import StepInput, take_step
from ddplatform.due_diligence.findings.views import words
from ddplatform.due_diligence.short_forms import finding_form, saved_finding
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotAllowed, NotFound
from ddplatform.infrastructure.forms.sent import VersionForm, answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext

FORMS: dict[RiskState, type[VersionForm]] = {
    RiskState.DEFERRED: DeferForm,
    RiskState.ACTION_PLANNED: PlanStepForm,
    RiskState.CONTROLLED: ControlledForm,
    RiskState.INEFFECTIVE: IneffectiveForm,
}
NEEDS_VERIFIER = frozenset(
    {RiskState.EFFECTIVENESS_REVIEW, RiskState.CONTROLLED, RiskState.INEFFECTIVE}
)


@bp.route("/<uuid:finding_id>/step/<to>", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def step(finding_id: UUID, to: str) -> ResponseReturnValue:
    """Take a finding to another state, with the input of the step."""
    finding = get_finding(finding_id)
    if to not in set(RiskState):
        raise NotFound()
    target = RiskState(to)
    _require_right(target)
    titles = {one.to: one.title for one in next_steps(Machine.RISK, finding.status)}
    if to not in titles and request.method == "GET":
        flash(gettext("This step is not available in the current state of the finding."), "warning")
        return redirect(url_for(".show", finding_id=finding_id))
    form = _form(finding, target)

    def save() -> ResponseReturnValue:
        take_step(
            finding_id,
            target,
            _given(form),
            version=form.version_number,
            act=g.act,
        )
        return saved_finding(finding_id)

    def show() -> str:
        states = words.finding_states()
        here, there = states[finding.status], states[target]
        title = titles.get(to, there)
        lead = gettext("From “%(here)s” to “%(there)s”.", here=here, there=there)
        return finding_form(form, finding, heading=title, lead=lead, button=title)

    return answer_form(form, save, show)


def _require_right(target: RiskState) -> None:
    needed = Permission.ACTION_VERIFY if target in NEEDS_VERIFIER else None
    needed = Permission.RISK_APPROVE if target is RiskState.DEFERRED else needed
    if needed is not None and not g.identity.has(needed):
        raise NotAllowed(
            gettext("Reviewing and deferring require the right to verify and to approve."),
            gettext("A sustainability manager can do this."),
        )


def _form(finding: Finding, target: RiskState) -> VersionForm:
    kind = FORMS.get(target, StepForm)
    if finding.status is RiskState.CONTROLLED and target is RiskState.ASSESSED:
        kind = TriggerForm
    return kind(version=finding.row_version)


def _given(form: VersionForm) -> StepInput:
    typed: dict[str, Any] = {
        name: form[name].data
        for name in StepInput.__dataclass_fields__
        if name in form and form[name].data
    }
    typed["affected_consulted"] = typed.get("affected_consulted") == "yes"
    return StepInput(**typed)
