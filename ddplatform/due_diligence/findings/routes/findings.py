"""Pages of findings: the list, one finding, its details and judgements."""

from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import list_people
from ddplatform.audit.queries.history import list_history
from ddplatform.core.due_diligence.duties import ActionOnDuty, DutyOnFinding, duties_on
from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.core.due_diligence.leverage_plan import LeveragePlan
from ddplatform.core.due_diligence.tracking import tracking_words
from ddplatform.core.due_diligence.vocabulary import Harm, RiskState
from ddplatform.due_diligence.blueprints.findings import bp
from ddplatform.due_diligence.exit.services import gate_of
from ddplatform.due_diligence.finding_judgements.queries import list_score_history, severity_band_of
from ddplatform.due_diligence.findings.forms import SOURCES, OwnerForm, RecordForm, WordsForm
from ddplatform.due_diligence.findings.models import Finding, FindingSource
from ddplatform.due_diligence.findings.queries import (
    PAGE_SIZE,
    FindingFilter,
    count_findings,
    find_open_fact,
    get_finding,
    get_finding_place,
    list_findings,
    review_day_of,
)
from ddplatform.due_diligence.findings.services import findings
from ddplatform.due_diligence.findings.services.findings import FindingFields
from ddplatform.due_diligence.findings.services.steps import Work, list_steps, work_on
from ddplatform.due_diligence.findings.views import words
from ddplatform.due_diligence.findings.views.answer_drafts import AnswerDraft, draft_from
from ddplatform.due_diligence.leverage_plan.services import plan_of
from ddplatform.due_diligence.leverage_plan.views import contribution_question
from ddplatform.due_diligence.short_forms import answer_about_finding, saved_finding
from ddplatform.evidence.uploads.queries.documents import list_evidence_of
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import read_moment
from ddplatform.infrastructure.web.list_pages import going_on, read_place, write_place
from ddplatform.languages import gettext
from ddplatform.risk.explanation.queries.answers import find_answers
from ddplatform.risk.runs.models import FactKind
from ddplatform.supplier_engagement.answering.views.fields import field_id
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.responses.queries.responses import (
    get_response,
    list_red_flags,
    load_filled,
)
from ddplatform.value_chain.filters.queries.search import search_nodes
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.vocabulary import Issue

HISTORY_SHOWN = 30


@bp.get("/")
@requires(Permission.FINDING_READ)
def index() -> ResponseReturnValue:
    """Findings, newest first, filtered by the address."""
    wanted, before = _filter(), read_place(request.args.get("before", ""), read_moment)
    rows = list_findings(wanted, today=g.now.date(), before=before, limit=PAGE_SIZE + 1)
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    return render_template(
        "due_diligence/findings/index.html",
        rows=rows[:PAGE_SIZE],
        total=count_findings(wanted),
        wanted=wanted,
        older=going_on(before=write_place(last.created_at, last.id)) if last else None,
        is_first_page=before is None,
        today=g.now.date(),
        is_filtered=wanted != FindingFilter(),
        words=words,
        issue_names=ISSUE_NAMES,
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
        overdue_on=g.now.date() if request.args.get("due", "") == "late" else None,
    )


@bp.route("/record", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def record() -> ResponseReturnValue:
    """Choose the site, then record the finding."""
    node_id = request.args.get("node", type=UUID)
    if node_id is None:
        q = request.args.get("q", "").strip()
        return render_template(
            "due_diligence/findings/choose_site.html", q=q, sites=search_nodes(q) if q else None
        )
    node = get_node(node_id)
    answer = request.args.get("response", type=UUID), request.args.get("path")
    draft = _draft(*answer)
    form = RecordForm(
        source=FindingSource.QUESTIONNAIRE.value if answer[0] else FindingSource.OWN_CHECK.value,
        issue=request.args.get("issue") or (draft and draft.issue) or Issue.CL.value,
        title=draft.title if draft else "",
        description=draft.description if draft else "",
    )

    def save() -> ResponseReturnValue:
        made = findings.record(node.id, _fields(form, answer), act=g.act)
        return saved_finding(made.id, gettext("The finding is recorded. Assess its severity next."))

    return answer_page(form, save, "due_diligence/findings/record.html", node=node, draft=draft)


def _draft(response_id: UUID | None, path: str | None) -> AnswerDraft | None:
    """Initial values of the form where a finding comes from an answer that may be read."""
    if response_id is None or path is None or not g.identity.has(Permission.RESPONSE_READ):
        return None
    row = get_response(response_id)
    filled = load_filled(get_assignment(row.assignment_id), row, now=g.now)
    return draft_from(filled, path, list_red_flags(row.id))


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
    """One finding: severity, involvement, actions and their effectiveness."""
    place = get_finding_place(finding_id)
    work = work_on(finding_id)
    finding = place.finding
    plan = plan_of(finding)
    return render_template(
        "due_diligence/findings/show.html",
        place=place,
        finding=finding,
        severity_band=severity_band_of(place.severity),
        work=work,
        steps=list_steps(place, work, act=g.act),
        fact=find_open_fact(finding_id) if finding.is_actual else None,
        answers=find_answers(finding.response_id) if finding.response_id else None,
        answer_anchor=field_id(finding.answer_path) if finding.answer_path else None,
        documents=list_evidence_of(
            Finding.__tablename__,
            finding_id,
            with_restricted=g.identity.has(Permission.EVIDENCE_RESTRICTED),
        ),
        history=list_score_history(finding.node_id, finding.issue),
        events=list_history(finding_id, limit=HISTORY_SHOWN),
        told=words.described,
        words=words,
        issue_names=ISSUE_NAMES,
        impact=impact_words(),
        tracking=tracking_words(),
        today=g.now.date(),
        review_on=review_day_of(finding),
        credible=FactKind.CREDIBLE,
        gate=gate_of(finding, by=g.identity),
        question=contribution_question(
            finding, plan, [one.status for one in work.actions], g.now.date()
        ),
        duties=_duties(finding, work, plan),
        relations=words.RELATIONS,
        sources=SOURCES,
    )


def _duties(finding: Finding, work: Work, plan: LeveragePlan) -> list[DutyOnFinding]:
    """What the involvement obliges to; people are looked up only where the plan names some."""
    actions = [
        ActionOnDuty(one.status, one.is_own_practice, one.owner_name) for one in work.actions
    ]
    people = list_people() if plan.steps else ()
    names = {str(person.user_id): person.name for person in people}
    return duties_on(finding.involvement, actions, plan, names)


@bp.route("/<uuid:finding_id>/words", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def rewrite(finding_id: UUID) -> ResponseReturnValue:
    """Change title and description."""
    finding = get_finding(finding_id)
    form = WordsForm(
        title=finding.title, description=finding.description, version=finding.row_version
    )

    def save() -> ResponseReturnValue:
        findings.rewrite(
            finding_id,
            title=form.title.data,
            description=form.description.data,
            version=form.version_number,
            act=g.act,
        )
        return saved_finding(finding_id)

    return answer_about_finding(form, save, finding, heading=gettext("Edit finding"))


@bp.route("/<uuid:finding_id>/owner", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
def owner(finding_id: UUID) -> ResponseReturnValue:
    """Assign an owner."""
    finding = get_finding(finding_id)
    form = OwnerForm(owner_id=str(finding.owner_id or ""), version=finding.row_version)
    form.owner_id.choices = words.people_choices(list_people(), gettext("Unassigned"))

    def save() -> ResponseReturnValue:
        chosen = UUID(form.owner_id.data) if form.owner_id.data else None
        findings.set_owner(finding_id, chosen, version=form.version_number, act=g.act)
        return saved_finding(finding_id)

    return answer_about_finding(form, save, finding, heading=gettext("Owner"))
