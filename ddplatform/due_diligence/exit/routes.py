"""Responsible exit from a site: the ten conditions, suspension, termination, resumption."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from ddplatform.core.due_diligence.impacts import SENIOR_DECIDES, impact_words
from ddplatform.core.due_diligence.leverage_plan import LeveragePlan
from ddplatform.core.due_diligence.vocabulary import ActionState
from ddplatform.due_diligence.blueprints.findings import bp
from ddplatform.due_diligence.exit import services as finding_exit
from ddplatform.due_diligence.exit.services import Condition, gate_of
from ddplatform.due_diligence.finding_judgements.queries import severity_band_of
from ddplatform.due_diligence.findings.forms import ExitConditionForm, SuspendForm, TurnForm
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.due_diligence.findings.queries import FindingPlace, get_finding, get_finding_place
from ddplatform.due_diligence.findings.services.steps import Work, work_on
from ddplatform.due_diligence.findings.views.words import RELATIONS
from ddplatform.due_diligence.leverage_plan.services import plan_of
from ddplatform.due_diligence.short_forms import answer_about_finding, finding_form
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.evidence.uploads.queries.documents import list_evidence_of
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.filters import severity_word
from ddplatform.languages import gettext, ngettext


@bp.get("/<uuid:finding_id>/exit")
@requires(Permission.FINDING_READ)
def leaving(finding_id: UUID) -> ResponseReturnValue:
    """The ten conditions: known facts, gaps, and the protection that each gives a child."""
    place = get_finding_place(finding_id)
    documents = _documents(finding_id)
    return render_template(
        "due_diligence/exit/exit.html",
        finding=place.finding,
        place=place,
        gate=gate_of(place.finding, by=g.identity),
        relations=RELATIONS,
        impact=impact_words(),
        known=_known(place, work_on(finding_id)),
        documents={str(document.id): document for document in documents},
        senior=SENIOR_DECIDES,
    )


def _documents(finding_id: UUID) -> Sequence[Evidence]:
    may_all = g.identity.has(Permission.EVIDENCE_RESTRICTED)
    found = list_evidence_of(Finding.__tablename__, finding_id, with_restricted=may_all)
    return [document for document, _path in found]


def _known(place: FindingPlace, work: Work) -> Mapping[str, Sequence[str]]:
    """Records that bear on a condition, in words; a person judges them."""
    data = place.finding.step_data
    verified = sum(1 for one in work.actions if one.status is ActionState.VERIFIED)
    failed = int(data.get("failed_reviews", 0))
    consulted = data.get("planning", {}).get("affected_consulted")
    leverage = data.get("leverage", {}).get("ref")
    titles = impact_words().leverage_decisions
    return {
        "RDG-1": [
            gettext("Severity: %(band)s.", band=_band(place).lower())
            if place.severity
            else gettext("The severity is not assessed yet."),
            _effect(len(work.actions), verified, failed),
        ],
        "RDG-2": [gettext("Affected people were consulted when the actions were planned.")]
        if consulted
        else [gettext("No consultation is recorded with the actions.")],
        "RDG-4": [
            gettext(
                "Whether a remediation case is open is known to the safeguarding officers alone: "
                "ask them what it needs, not the site."
            )
        ],
        "RDG-7": [
            gettext("Leverage: %(decision)s", decision=titles[leverage]["title"])
            if leverage
            else gettext("Leverage not yet assessed."),
            _tried(plan_of(place.finding)),
        ],
    }


def _tried(plan: LeveragePlan) -> str:
    """Counts of steps of leverage planned and failed."""
    return ngettext(
        "%(num)s step of leverage planned, %(failed)s failed.",
        "%(num)s steps of leverage planned, %(failed)s failed.",
        len(plan.steps),
        failed=plan.failures,
    )


def _band(place: FindingPlace) -> str:
    return severity_word(severity_band_of(place.severity))


def _effect(planned: int, verified: int, failed: int) -> str:
    """Counts of actions planned and verified, and of reviews that found no effect."""
    actions = ngettext(
        "%(num)s action planned here, %(verified)s verified.",
        "%(num)s actions planned here, %(verified)s verified.",
        planned,
        verified=verified,
    )
    reviews = ngettext(
        "%(num)s review found the actions not effective.",
        "%(num)s reviews found the actions not effective.",
        failed,
    )
    return f"{actions} {reviews}"


@bp.route("/<uuid:finding_id>/exit/<ref>", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def exit_condition(finding_id: UUID, ref: str) -> ResponseReturnValue:
    """Record whether a condition is met, with its basis."""
    finding, words = get_finding(finding_id), impact_words()
    kept = {one.ref: one for one in gate_of(finding, by=g.identity).conditions}.get(ref)
    if kept is None or ref == SENIOR_DECIDES:
        raise NotFound()
    form = _condition_form(finding, kept)

    def save() -> ResponseReturnValue:
        finding_exit.record_condition(
            finding_id,
            ref,
            is_met=form.is_met.data,
            words=form.words.data,
            evidence_id=UUID(form.evidence_id.data) if form.evidence_id.data else None,
            version=form.version_number,
            act=g.act,
        )
        return _back(finding_id, gettext("Saved."))

    def show() -> str:
        return finding_form(
            form,
            finding,
            heading=words.exit_gate[ref],
            lead=words.exit_reasons[ref],
            hint=gettext("Codes and roles only: nothing that leads to a child."),
        )

    return answer_form(form, save, show)


def _condition_form(finding: Finding, kept: Condition) -> ExitConditionForm:
    form = ExitConditionForm(
        is_met=kept.is_met,
        words=kept.words,
        evidence_id=kept.evidence_id or "",
        version=finding.row_version,
    )
    form.evidence_id.choices = [
        SelectChoice("", gettext("None: the text is sufficient")),
        *(SelectChoice(str(one.id), one.filename) for one in _documents(finding.id)),
    ]
    return form


@bp.route("/<uuid:finding_id>/suspend", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def suspend(finding_id: UUID) -> ResponseReturnValue:
    """Stop new orders for now."""
    finding = get_finding(finding_id)
    form = SuspendForm(version=finding.row_version)

    def save() -> ResponseReturnValue:
        finding_exit.suspend(
            finding_id,
            reason=form.reason.data,
            protection=form.protection.data,
            version=form.version_number,
            act=g.act,
        )
        return _back(finding_id, gettext("New orders are suspended."))

    return answer_about_finding(
        form,
        save,
        finding,
        heading=gettext("Suspend new orders"),
        lead=gettext(
            "For immediate danger, or as a warning that can be withdrawn. "
            "Pay for what was delivered."
        ),
        button=gettext("Suspend new orders"),
    )


@bp.route("/<uuid:finding_id>/end", methods=["GET", "POST"])
@requires(Permission.RISK_APPROVE)
def end(finding_id: UUID) -> ResponseReturnValue:
    """End the relationship, where all ten conditions are met."""
    lead = gettext(
        "The last resort, decided by a senior person. Refused while one of the "
        "ten conditions is missing."
    )
    return _turn(
        finding_id,
        finding_exit.end_relation,
        said=gettext("The relationship has ended."),
        heading=gettext("End the relationship"),
        lead=lead,
    )


@bp.route("/<uuid:finding_id>/take-up", methods=["GET", "POST"])
@requires(Permission.RISK_APPROVE)
def take_up(finding_id: UUID) -> ResponseReturnValue:
    """Go on with a relationship that was suspended or ended."""
    return _turn(
        finding_id,
        finding_exit.take_up_again,
        said=gettext("The relationship is resumed."),
        heading=gettext("Resume the relationship"),
        lead=gettext("Say what changed at the site, and how you know."),
    )


def _turn(
    finding_id: UUID, decide: Callable[..., Finding], *, said: str, heading: str, lead: str
) -> ResponseReturnValue:
    """A decision that asks for a reason alone."""
    finding = get_finding(finding_id)
    form = TurnForm(version=finding.row_version)

    def save() -> ResponseReturnValue:
        decide(
            finding_id,
            reason=form.reason.data,
            version=form.version_number,
            act=g.act,
        )
        return _back(finding_id, said)

    return answer_about_finding(form, save, finding, heading=heading, lead=lead, button=heading)


def _back(finding_id: UUID, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".leaving", finding_id=finding_id))
