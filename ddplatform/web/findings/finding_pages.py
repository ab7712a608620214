"""Findings: the list, one of them, and what is told and judged of it."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.duediligence.impacts import InvolvementAnswer, impact_words
from ddplatform.duediligence.tracking import tracking_words
from ddplatform.duediligence.vocabulary import RiskState
from ddplatform.errors import Invalid
from ddplatform.gate import requires
from ddplatform.models.findings import Finding, FindingSource
from ddplatform.models.risk import FactKind
from ddplatform.queries.answers_behind import find_answers
from ddplatform.queries.evidence import list_evidence_of
from ddplatform.queries.finding_scores import list_score_history, severity_band_of
from ddplatform.queries.findings import (
    PAGE_SIZE,
    FindingFilter,
    count_findings,
    find_open_fact,
    get_finding,
    get_finding_place,
    list_findings,
)
from ddplatform.queries.node_lists import search_nodes
from ddplatform.queries.target_history import list_history
from ddplatform.queries.value_chain import get_node
from ddplatform.services import findings, harm
from ddplatform.services.finding_judgements import TRAITS, Grade, grade, judge_involvement
from ddplatform.services.finding_steps import list_steps, work_on
from ddplatform.services.findings import FindingFields, Harm
from ddplatform.web.field_errors import show_at_fields
from ddplatform.web.findings import words
from ddplatform.web.findings.blueprint import bp
from ddplatform.web.findings.forms import (
    GradeForm,
    HarmForm,
    InvolvementForm,
    OwnerForm,
    ReasonForm,
    RecordForm,
    WordsForm,
)
from ddplatform.web.findings.presenting import form_page, status_of_form
from supply_chain.vocabulary import Issue

HISTORY_SHOWN = 30


@bp.get("/")
@requires(Permission.FINDING_READ)
def index() -> ResponseReturnValue:
    """Findings, newest first, filtered by the address."""
    wanted, before = _filter(), _place(request.args.get("before", ""))
    rows = list_findings(wanted, today=g.now.date(), before=before, limit=PAGE_SIZE + 1)
    older = None
    if len(rows) > PAGE_SIZE:
        last = rows[PAGE_SIZE - 1]
        shown = {name: value for name, value in request.args.items() if value}
        shown["before"] = f"{last.created_at.isoformat()}_{last.id}"
        older = f"{url_for('.index')}?{urlencode(shown)}"
    return render_template(
        "findings/index.html",
        rows=rows[:PAGE_SIZE],
        total=count_findings(wanted),
        wanted=wanted,
        older=older,
        is_first_page=before is None,
        is_filtered=wanted != FindingFilter(),
        words=words,
    )


def _filter() -> FindingFilter:
    status, issue = request.args.get("status", ""), request.args.get("issue", "")
    actual = request.args.get("actual", "")
    return FindingFilter(
        status=RiskState(status) if status in set(RiskState) else None,
        issue=Issue(issue) if issue in set(Issue) else None,
        node_id=request.args.get("node", type=UUID),
        owner_id=request.args.get("owner", type=UUID),
        is_actual={"yes": True, "no": False}.get(actual),
        search=request.args.get("q", "").strip(),
        only_open=request.args.get("open", "") == "yes",
    )


def _place(text: str) -> tuple[datetime, UUID] | None:
    moment, _, key = text.partition("_")
    try:
        return datetime.fromisoformat(moment), UUID(key)
    except ValueError:
        return None


@bp.route("/record", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def record() -> ResponseReturnValue:
    """Choose the site, then write down what was found there."""
    node_id = request.args.get("node", type=UUID)
    if node_id is None:
        q = request.args.get("q", "").strip()
        return render_template(
            "findings/choose_site.html", q=q, sites=search_nodes(q) if q else None
        )
    node = get_node(node_id)
    answer = request.args.get("response", type=UUID), request.args.get("path")
    form = RecordForm(
        source=FindingSource.QUESTIONNAIRE.value if answer[0] else FindingSource.OWN_CHECK.value,
        issue=request.args.get("issue", Issue.CL.value),
    )
    if form.validate_on_submit():
        try:
            made = findings.record(node.id, _fields(form, answer), by=g.identity, at=g.now)
        except Invalid as error:
            show_at_fields(form, error)
        else:
            flash("The finding is recorded. Grade its severity next.", "success")
            return redirect(url_for(".show", finding_id=made.id))
    return render_template("findings/record.html", form=form, node=node), status_of_form(form)


def _fields(form: RecordForm, answer: tuple[UUID | None, str | None]) -> FindingFields:
    told = Harm(form.harm.data)
    return FindingFields(
        issue=Issue(form.issue.data),
        title=form.title.data,
        description=form.description.data,
        source=FindingSource(form.source.data),
        harm=told,
        response_id=answer[0],
        answer_path=answer[1] if answer[0] else None,
        self_disclosed=form.self_disclosed.data,
        found_by_control=form.found_by_control.data if told is Harm.CONFIRMED else None,
    )


@bp.get("/<uuid:finding_id>")
@requires(Permission.FINDING_READ)
def show(finding_id: UUID) -> ResponseReturnValue:
    """One finding: how severe, how we are involved, what is done, whether it works."""
    place = get_finding_place(finding_id)
    work = work_on(finding_id)
    finding = place.finding
    return render_template(
        "findings/show.html",
        place=place,
        finding=finding,
        severity_band=severity_band_of(place.severity),
        work=work,
        steps=list_steps(place, work, by=g.identity, at=g.now),
        fact=find_open_fact(finding_id) if finding.is_actual else None,
        answers=find_answers(finding.response_id) if finding.response_id else None,
        documents=list_evidence_of(Finding.__tablename__, finding_id),
        history=list_score_history(finding.node_id, finding.issue),
        events=list_history(finding_id, limit=HISTORY_SHOWN),
        told=words.told,
        words=words,
        impact=impact_words(),
        tracking=tracking_words(),
        today=g.now.date(),
        credible=FactKind.CREDIBLE,
    )


@bp.route("/<uuid:finding_id>/words", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def rewrite(finding_id: UUID) -> ResponseReturnValue:
    """Change title and description."""
    finding = get_finding(finding_id)
    form = WordsForm(
        title=finding.title, description=finding.description, version=finding.row_version
    )
    if form.validate_on_submit():
        try:
            findings.rewrite(
                finding_id,
                title=form.title.data,
                description=form.description.data,
                version=form.version_number,
                by=g.identity,
                at=g.now,
            )
        except Invalid as error:
            show_at_fields(form, error)
        else:
            return _saved(finding_id)
    return form_page(form, finding, heading="Change the words")


@bp.route("/<uuid:finding_id>/severity", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def grade_severity(finding_id: UUID) -> ResponseReturnValue:
    """Judge the three traits of severity, each with its reason."""
    finding = get_finding(finding_id)
    form = GradeForm(data=_grade_data(finding))
    if form.validate_on_submit():
        try:
            grade(finding_id, _grade(form), version=form.version_number, by=g.identity, at=g.now)
        except Invalid as error:
            show_at_fields(form, error)
        else:
            return _saved(finding_id, "Saved. The scores are being computed anew.")
    return form_page(
        form,
        finding,
        heading="How severe is it?",
        lead="Seen from the child, before asking whose fault it is.",
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
    if form.validate_on_submit():
        try:
            judge_involvement(
                finding_id,
                _answers(form),
                minority_view=form.minority_view.data or "",
                version=form.version_number,
                by=g.identity,
                at=g.now,
            )
        except Invalid as error:
            at_fields = {ref.lower().replace("-", "_"): text for ref, text in error.fields.items()}
            show_at_fields(form, Invalid(error.message, error.advice, fields=at_fields))
        else:
            return _saved(finding_id)
    return form_page(
        form,
        finding,
        heading="How are we involved?",
        lead="The first question answered with yes decides. Give the reason for each answer.",
    )


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


@bp.route("/<uuid:finding_id>/owner", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def owner(finding_id: UUID) -> ResponseReturnValue:
    """Say who answers for it."""
    finding = get_finding(finding_id)
    form = OwnerForm(owner_id=str(finding.owner_id or ""), version=finding.row_version)
    form.owner_id.choices = words.people_choices("Nobody yet")
    if form.validate_on_submit():
        chosen = UUID(form.owner_id.data) if form.owner_id.data else None
        findings.set_owner(finding_id, chosen, version=form.version_number, by=g.identity, at=g.now)
        return _saved(finding_id)
    return form_page(form, finding, heading="Who answers for it?")


@bp.route("/<uuid:finding_id>/harm", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def report_harm(finding_id: UUID) -> ResponseReturnValue:
    """Say that harm has happened, alleged or confirmed."""
    finding = get_finding(finding_id)
    form = HarmForm(
        self_disclosed=finding.self_disclosed, found_by_control=finding.found_by_control or ""
    )
    if form.validate_on_submit():
        try:
            harm.report_harm(
                finding_id,
                confirmed=form.harm.data == Harm.CONFIRMED,
                found_by_control=form.found_by_control.data or None,
                self_disclosed=form.self_disclosed.data,
                by=g.identity,
                at=g.now,
            )
        except Invalid as error:
            show_at_fields(form, error)
        else:
            return _saved(finding_id, "The score rises at once. Open a remediation case next.")
    return form_page(
        form,
        finding,
        heading="Harm has happened",
        lead="First make the child safe. Finding harm and helping is never a reason to leave.",
        button="Record it",
    )


@bp.route("/<uuid:finding_id>/refute", methods=["GET", "POST"])
@requires(Permission.RISK_APPROVE)
def refute(finding_id: UUID) -> ResponseReturnValue:
    """End an allegation that was checked and not borne out."""
    finding, form = get_finding(finding_id), ReasonForm()
    if form.validate_on_submit():
        try:
            harm.refute_allegation(finding_id, reason=form.reason.data, by=g.identity, at=g.now)
        except Invalid as error:
            show_at_fields(form, error)
        else:
            return _saved(finding_id)
    return form_page(
        form,
        finding,
        heading="The allegation is not borne out",
        lead="Say what was checked, by whom, and what was seen. It stays in the audit trail.",
        button="End the allegation",
    )


def _saved(finding_id: UUID, message: str = "Saved.") -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".show", finding_id=finding_id))
