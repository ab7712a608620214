"""Judgement pages of a finding: severity, involvement, leverage, actual harm."""

from uuid import UUID

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.impacts import InvolvementAnswer, impact_words
from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.due_diligence.blueprints.findings import bp
from ddplatform.due_diligence.finding_judgements.services.confirmation import confirm_involvement
from ddplatform.due_diligence.finding_judgements.services.judgements import (
    TRAITS,
    Grade,
    grade,
    judge_involvement,
)
from ddplatform.due_diligence.finding_judgements.services.leverage import (
    LeverageAnswers,
    settle_leverage,
)
from ddplatform.due_diligence.findings.forms import (
    ConfirmForm,
    GradeForm,
    HarmForm,
    InvolvementForm,
    LeverageForm,
    ReasonForm,
)
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.findings.services import harm
from ddplatform.due_diligence.short_forms import answer_about_finding, saved_finding
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext


@bp.route("/<uuid:finding_id>/severity", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def grade_severity(finding_id: UUID) -> ResponseReturnValue:
    """Judge the three traits of severity, each with its reason."""
    finding = get_finding(finding_id)
    form = GradeForm(data=_grade_data(finding))

    def save() -> ResponseReturnValue:
        grade(finding_id, _grade(form), version=form.version_number, act=g.act)
        return saved_finding(finding_id, gettext("Saved. The scores are being recalculated."))

    return answer_about_finding(
        form,
        save,
        finding,
        heading=gettext("Severity"),
        lead=gettext("Assess the severity from the child’s perspective, whoever is responsible."),
    )


def _grade_data(finding: Finding) -> dict[str, object]:
    kept = finding.step_data.get("grade", {})
    yes_no = {True: "yes", False: "no"}
    return {
        **{trait: str(getattr(finding, trait) or "") for trait in TRAITS},
        **{f"{trait}_reason": finding.severity_reasons.get(trait, "") for trait in TRAITS},
        "vulnerable": bool(kept.get("vulnerable")),
        "is_emergency": yes_no[finding.is_emergency] if kept else "",
        "delay_harms": yes_no.get(kept.get("delay_harms"), ""),
        "version": finding.row_version,
    }


def _grade(form: GradeForm) -> Grade:
    return Grade(
        scale=int(form.scale.data),
        scope=int(form.scope.data),
        irremediability=int(form.irremediability.data),
        reasons={trait: form[f"{trait}_reason"].data or "" for trait in TRAITS},
        vulnerable=form.vulnerable.data,
        is_emergency=form.is_emergency.data == "yes",
        delay_harms={"yes": True, "no": False}.get(form.delay_harms.data),
    )


@bp.route("/<uuid:finding_id>/involvement", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def involvement(finding_id: UUID) -> ResponseReturnValue:
    """Answer the involvement test; the first yes decides."""
    finding = get_finding(finding_id)
    form = InvolvementForm(data=_involvement_data(finding))

    def save() -> ResponseReturnValue:
        _judge_involvement(finding_id, form)
        return saved_finding(finding_id)

    return answer_about_finding(
        form,
        save,
        finding,
        heading=gettext("Involvement"),
        lead=gettext(
            "The first question answered with yes decides. Give the reason for each answer."
        ),
    )


def _judge_involvement(finding_id: UUID, form: InvolvementForm) -> None:
    """Pass the answers on; an error in INV-1 is shown at its question or its reason."""
    try:
        judge_involvement(
            finding_id,
            _answers(form),
            minority_view=form.minority_view.data or "",
            version=form.version_number,
            act=g.act,
        )
    except Invalid as error:
        raise Invalid(fields=_at_fields(form, error)) from error


def _at_fields(form: InvolvementForm, error: Invalid) -> dict[str, str]:
    at_fields: dict[str, str] = {}
    for ref, text in error.fields.items():
        name = ref.lower().replace("-", "_")
        if ref not in impact_words().involvement_questions:
            at_fields[name] = text
        elif form[name].data:
            at_fields[f"{name}_reason"] = gettext("Give the reason for this answer.")
        else:
            at_fields[name] = gettext("Answer with yes or no.")
    return at_fields


def _involvement_data(finding: Finding) -> dict[str, object]:
    data: dict[str, object] = {
        "version": finding.row_version,
        "minority_view": finding.involvement_answers.get("minority_view", ""),
    }
    for number in (1, 2, 3):
        kept = finding.involvement_answers.get(f"INV-{number}")
        if kept:
            data[f"inv_{number}"] = "yes" if kept["yes"] else "no"
            data[f"inv_{number}_reason"] = kept["reason"]
    return data


def _answers(form: InvolvementForm) -> dict[str, InvolvementAnswer]:
    return {
        f"INV-{number}": InvolvementAnswer(
            form[f"inv_{number}"].data == "yes", form[f"inv_{number}_reason"].data or ""
        )
        for number in (1, 2, 3)
        if form[f"inv_{number}"].data
    }


@bp.route("/<uuid:finding_id>/involvement/confirm", methods=["GET", "POST"])
@requires(Permission.RISK_APPROVE)
def confirm(finding_id: UUID) -> ResponseReturnValue:
    """Confirm the involvement that somebody else assessed."""
    finding = get_finding(finding_id)
    form = ConfirmForm(version=finding.row_version)

    def save() -> ResponseReturnValue:
        confirm_involvement(
            finding_id, reason=form.reason.data, version=form.version_number, act=g.act
        )
        return saved_finding(finding_id)

    return answer_about_finding(
        form,
        save,
        finding,
        heading=gettext("Confirm involvement"),
        lead=gettext(
            "A second person confirms the assessment. If you do not agree, assess the "
            "involvement again instead."
        ),
        button=gettext("Confirm involvement"),
    )


@bp.route("/<uuid:finding_id>/leverage", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
@takes_lists("types")
def leverage(finding_id: UUID) -> ResponseReturnValue:
    """Decide on the business partner by the leverage table."""
    finding = get_finding(finding_id)
    kept = finding.step_data.get("leverage", {})
    form = LeverageForm(
        types=kept.get("types"), reason=kept.get("reason"), version=finding.row_version
    )

    def save() -> ResponseReturnValue:
        ref = settle_leverage(
            finding_id,
            _leverage(form),
            types=form.types.data or [],
            reason=form.reason.data,
            version=form.version_number,
            act=g.act,
        )
        flash(impact_words().leverage_decisions[ref]["title"], "info")
        return redirect(url_for(".show", finding_id=finding_id))

    return answer_about_finding(
        form,
        save,
        finding,
        heading=gettext("Leverage"),
        lead=gettext(
            "Severity comes first. Disengagement is the last resort, never a way to avoid helping."
        ),
        button=gettext("Save decision"),
    )


def _leverage(form: LeverageForm) -> LeverageAnswers:
    return LeverageAnswers(
        has_leverage=form.has_leverage.data == "yes",
        can_be_raised=form.can_be_raised.data == "yes",
        is_crucial=form.is_crucial.data == "yes",
        is_grave_danger=form.is_grave_danger.data == "yes",
    )


@bp.route("/<uuid:finding_id>/harm", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def report_harm(finding_id: UUID) -> ResponseReturnValue:
    """Record that harm has happened, alleged or confirmed."""
    finding = get_finding(finding_id)
    form = HarmForm(
        self_disclosed=finding.self_disclosed, found_by_control=finding.found_by_control or ""
    )

    def save() -> ResponseReturnValue:
        harm.report_harm(
            finding_id,
            confirmed=form.harm.data == Harm.CONFIRMED,
            found_by_control=form.found_by_control.data or None,
            self_disclosed=form.self_disclosed.data,
            act=g.act,
        )
        return saved_finding(
            finding_id, gettext("The score rises at once. Ask for protection next.")
        )

    return answer_about_finding(
        form,
        save,
        finding,
        heading=gettext("Report harm"),
        lead=gettext(
            "First make the child safe. Harm that is found and remediated is never "
            "grounds for disengagement."
        ),
        button=gettext("Report harm"),
    )


@bp.route("/<uuid:finding_id>/refute", methods=["GET", "POST"])
@requires(Permission.RISK_APPROVE)
def refute(finding_id: UUID) -> ResponseReturnValue:
    """End an allegation that was checked and not borne out."""
    finding, form = get_finding(finding_id), ReasonForm()

    def save() -> ResponseReturnValue:
        harm.refute_allegation(finding_id, reason=form.reason.data, act=g.act)
        return saved_finding(finding_id)

    return answer_about_finding(
        form,
        save,
        finding,
        heading=gettext("Dismiss allegation as unfounded"),
        lead=gettext(
            "Say what was checked, by whom, and what was seen. It stays in the audit trail."
        ),
        button=gettext("Dismiss as unfounded"),
    )
