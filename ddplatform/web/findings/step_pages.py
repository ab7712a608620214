"""The steps of a finding along ST-RISK, and the leverage table."""

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.duediligence.errors import StepNotAllowed
from ddplatform.duediligence.impacts import impact_words
from ddplatform.duediligence.lifecycle import next_steps
from ddplatform.duediligence.vocabulary import Machine, RiskState
from ddplatform.errors import Invalid, NotAllowed, NotFound
from ddplatform.gate import requires
from ddplatform.queries.findings import get_finding
from ddplatform.services.finding_steps import (
    LeverageAnswers,
    StepInput,
    settle_leverage,
    take_step,
)
from ddplatform.web.field_errors import show_at_fields
from ddplatform.web.findings.blueprint import bp
from ddplatform.web.findings.forms import (
    ControlledForm,
    DeferForm,
    IneffectiveForm,
    LeverageForm,
    PlanStepForm,
    StepForm,
    TriggerForm,
    VersionForm,
)
from ddplatform.web.findings.presenting import form_page

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
    """Take a finding to another state, with what the step asks for."""
    finding = get_finding(finding_id)
    known = {one.to: one for one in next_steps(Machine.RISK, finding.status)}
    if to not in set(RiskState):
        raise NotFound()
    target = RiskState(to)
    _require_right(target)
    form = _form(finding.status, target)
    heading = known[to].title if to in known else "This step is not open"
    problems: tuple[str, ...] = ()
    if form.version.data in (None, ""):
        form.version.data = finding.row_version
    if form.validate_on_submit():
        try:
            take_step(
                finding_id,
                target,
                _given(form),
                version=form.version_number,
                by=g.identity,
                at=g.now,
            )
        except Invalid as error:
            show_at_fields(form, error)
        except StepNotAllowed as error:
            problems = error.missing or (str(error),)
        else:
            flash("Saved.", "success")
            return redirect(url_for(".show", finding_id=finding_id))
    return form_page(
        form,
        finding,
        heading=heading,
        button=heading,
        problems=problems,
        status=409 if problems else None,
    )


def _require_right(target: RiskState) -> None:
    needed = Permission.ACTION_VERIFY if target in NEEDS_VERIFIER else None
    needed = Permission.RISK_APPROVE if target is RiskState.DEFERRED else needed
    if needed is not None and not g.identity.has(needed):
        raise NotAllowed(
            "Reviewing and deferring need somebody who may verify and approve.",
            "A sustainability manager can do this.",
        )


def _form(state: RiskState, target: RiskState) -> VersionForm:
    if state is RiskState.CONTROLLED and target is RiskState.ASSESSED:
        return TriggerForm()
    return FORMS.get(target, StepForm)()


def _given(form: VersionForm) -> StepInput:
    typed: dict[str, Any] = {
        name: form[name].data
        for name in StepInput.__dataclass_fields__
        if name in form and form[name].data
    }
    typed["affected_consulted"] = typed.get("affected_consulted") == "yes"
    return StepInput(**typed)


@bp.route("/<uuid:finding_id>/leverage", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def leverage(finding_id: UUID) -> ResponseReturnValue:
    """Decide by the leverage table what to do about the business partner."""
    finding = get_finding(finding_id)
    form = LeverageForm(version=finding.row_version)
    if form.validate_on_submit():
        try:
            ref = settle_leverage(
                finding_id,
                _leverage(form),
                types=form.types.data or [],
                reason=form.reason.data,
                version=form.version_number,
                by=g.identity,
                at=g.now,
            )
        except Invalid as error:
            show_at_fields(form, error)
        else:
            flash(impact_words().leverage_decisions[ref]["title"], "info")
            return redirect(url_for(".show", finding_id=finding_id))
    return form_page(
        form,
        finding,
        heading="What leverage do we have?",
        lead="Severity comes first. Leaving is the last resort and never a way to avoid helping.",
        button="Decide",
    )


def _leverage(form: LeverageForm) -> LeverageAnswers:
    return LeverageAnswers(
        has_leverage=form.has_leverage.data == "yes",
        can_be_raised=form.can_be_raised.data == "yes",
        is_crucial=form.is_crucial.data == "yes",
        is_grave_danger=form.is_grave_danger.data == "yes",
    )
