"""Pages of remediation: the list, one case and its steps."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from ddplatform.accounts.officers.queries import list_officers
from ddplatform.core.due_diligence.impacts import AgeBand, WorkClass, impact_words
from ddplatform.core.due_diligence.lifecycle import lifecycle
from ddplatform.core.due_diligence.remedy_protocol import remedy_steps
from ddplatform.core.due_diligence.vocabulary import ImpactState, Machine
from ddplatform.due_diligence.blueprints.remedy import bp
from ddplatform.due_diligence.case_texts.services import MayIdentify
from ddplatform.due_diligence.findings.queries import get_finding
from ddplatform.due_diligence.follow_up_visits.services import newest_of, open_visits
from ddplatform.due_diligence.follow_up_visits.views import flags_of, proposals_of
from ddplatform.due_diligence.remedy.forms import (
    PAYER_WORDS,
    SUPPORT_WORDS,
    AssignForm,
    CriterionForm,
    MoveForm,
    OpenForm,
    StepForm,
    SupportForm,
    SupportStatusForm,
    TextForm,
)
from ddplatform.due_diligence.remedy.models import CaseAssignment, RemediationCase, SupportStatus
from ddplatform.due_diligence.remedy.queries.cases import (
    count_cases_by_stage,
    get_case_for,
    get_support_item,
    list_cases_of,
)
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.due_diligence.remedy.services import facts
from ddplatform.due_diligence.remedy.services.limits import load_limits
from ddplatform.due_diligence.remedy.views import CASE_STAGES, CasePage, case_page, case_rows
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.protection_services.queries import services_in

DANGER = {"yes": True, "no": False, "unknown": None}


@bp.get("/")
@requires(Permission.CASE_COUNT)
def index() -> ResponseReturnValue:
    """Suppressed counts for everybody; the own cases for safeguarding officers."""
    figures = count_cases_by_stage(on=g.now.date())
    may_open = g.identity.has(Permission.CASE_WORK)
    cases = list_cases_of(g.identity.user_id, today=g.now.date()) if may_open else ()
    late_only = request.args.get("due", "") == "late"
    limits = load_limits([case.id for case in cases]) if cases else {}
    rows = case_rows(cases, limits, at=g.now)
    return render_template(
        "due_diligence/remedy/index.html",
        figures=figures,
        stage_words=CASE_STAGES,
        rows=[row for row in rows if row.is_late or not late_only],
        late=sum(1 for row in rows if row.is_late),
        late_only=late_only,
        states=lifecycle(Machine.IMPACT).states,
    )


@bp.route("/open/<uuid:finding_id>", methods=["GET", "POST"])
@requires(Permission.FINDING_EDIT)
@takes_lists("not_names")
def open_case(finding_id: UUID) -> ResponseReturnValue:
    """Hand an actual impact over to the safeguarding officers."""
    finding, form = get_finding(finding_id), OpenForm()

    def save() -> ResponseReturnValue:
        alert = remedy.Alert(
            alert_source=form.alert_source.data,
            work_class=WorkClass(form.work_class.data),
            age_band=AgeBand(form.age_band.data),
            in_danger=DANGER[form.danger.data],
            note=form.note.data or "",
        )
        remedy.open_case(finding, alert, act=g.act, not_names=form.not_names.data)
        return render_template("due_diligence/remedy/handed_over.html", finding=finding)

    return _answer_text(form, save, "due_diligence/remedy/open.html", finding=finding)


@bp.get("/<code>")
@requires(Permission.CASE_WORK, leaves_event=True, fresh=True)
def show(code: str) -> ResponseReturnValue:
    """One case; opening it is kept and shown."""
    case, assignment = _case(code)
    remedy.note_reading(case, purpose="Opened the case page", act=g.act)
    page, newest = _page(case), newest_of(open_visits(case, at=g.now)[0])
    return render_template(
        "due_diligence/remedy/show.html",
        page=page,
        manages=not assignment.is_verifier,
        payer_words=PAYER_WORDS,
        support_words=SUPPORT_WORDS,
        proposals=proposals_of(newest),
        flags=flags_of([newest] if newest else [], services_in(page.origin.country)),
    )


def _page(case: RemediationCase) -> CasePage:
    due = load_limits([case.id]).get(case.id)
    return case_page(facts.open_case(case, act=g.act), due, at=g.now)


@bp.route("/<code>/steps/<step>", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@takes_lists("not_names", "ticked")
def step(code: str, step: str) -> ResponseReturnValue:
    """Record a step of the protocol."""
    case, _ = _case(code)
    protocol = remedy_steps().get(step)
    if protocol is None:
        raise NotFound()
    form = StepForm()
    form.ticked.choices = [SelectChoice(flag, words) for flag, words in protocol.records.items()]

    def save() -> ResponseReturnValue:
        remedy.take_step(
            case,
            step,
            ticked=form.ticked.data or [],
            note=form.note.data or "",
            act=g.act,
            not_names=form.not_names.data,
        )
        return _saved(code, gettext("%(step)s is recorded.", step=protocol.title))

    return _answer_text(form, save, "due_diligence/remedy/step.html", case=case, step=protocol)


@bp.route("/<code>/move/<to>", methods=["GET", "POST"])
@requires(Permission.CASE_WORK, fresh=True)
@takes_lists("not_names")
def move(code: str, to: str) -> ResponseReturnValue:
    """Take the case to another state, in two steps."""
    case, _ = _case(code)
    page = _page(case)
    chosen = next((move for move in page.moves if move.to == to), None)
    if chosen is None:
        raise NotFound()
    form = MoveForm()

    def save() -> ResponseReturnValue:
        remedy.move(
            case,
            ImpactState(to),
            act=g.act,
            reason=form.reason.data or "",
            reference=form.reference.data or "",
            not_names=form.not_names.data,
        )
        return _saved(code, gettext("%(step)s: done.", step=chosen.title))

    return _answer_text(form, save, "due_diligence/remedy/move.html", case=case, move=chosen)


@bp.route("/<code>/support", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
def support(code: str) -> ResponseReturnValue:
    """Agree one more item of help."""
    case, _ = _case(code)
    form = SupportForm()
    rules = {ref: item["rule"] for ref, item in impact_words().support_items.items()}

    def save() -> ResponseReturnValue:
        remedy.plan_support(
            case,
            form.item.data,
            payer=form.payer.data,
            amount=form.amount.data,
            currency=(form.currency.data or "").upper() or None,
            act=g.act,
        )
        return _saved(code)

    return answer_page(form, save, "due_diligence/remedy/support.html", case=case, rules=rules)


@bp.route("/<code>/support/<uuid:item_id>", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
def support_status(code: str, item_id: UUID) -> ResponseReturnValue:
    """Record the progress of a support item."""
    case, _ = _case(code)
    item = get_support_item(case.id, item_id)
    form = SupportStatusForm(status=item.status.value)
    title = impact_words().support_items[item.item]["title"]

    def save() -> ResponseReturnValue:
        status = SupportStatus(form.status.data)
        remedy.set_support_status(case, item, status, act=g.act)
        return _saved(code)

    return answer_page(
        form, save, "due_diligence/remedy/support_status.html", case=case, title=title
    )


@bp.route("/<code>/criteria/<criterion>", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
@takes_lists("not_names")
def criterion(code: str, criterion: str) -> ResponseReturnValue:
    """Judge one closure criterion."""
    case, _ = _case(code)
    words = impact_words().closure_criteria.get(criterion)
    if words is None:
        raise NotFound()
    form = CriterionForm()

    def save() -> ResponseReturnValue:
        remedy.judge_criterion(
            case,
            criterion,
            is_met=form.is_met.data,
            basis=form.basis.data,
            act=g.act,
            not_names=form.not_names.data,
        )
        return _saved(code)

    return _answer_text(
        form,
        save,
        "due_diligence/remedy/criterion.html",
        case=case,
        ref=criterion,
        words=words,
        proposal=proposals_of(newest_of(open_visits(case, at=g.now)[0])).get(criterion),
    )


@bp.route("/<code>/assign", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
def assign(code: str) -> ResponseReturnValue:
    """Let one more officer open the case."""
    case, _ = _case(code)
    form = AssignForm()
    officers = list_officers(today=g.now.date())
    form.user.choices = [SelectChoice(str(user_id), name) for user_id, name in officers]

    def save() -> ResponseReturnValue:
        remedy.assign(
            case,
            UUID(form.user.data),
            is_verifier=form.is_verifier.data,
            act=g.act,
        )
        return _saved(code)

    return answer_page(form, save, "due_diligence/remedy/assign.html", case=case)


def _case(code: str) -> tuple[RemediationCase, CaseAssignment]:
    return get_case_for(code, g.identity.user_id, today=g.now.date())


def _answer_text(
    form: TextForm, save: Callable[[], ResponseReturnValue], template: str, /, **values: Any
) -> ResponseReturnValue:
    """As `answer_page`; words that seem to be names can be confirmed as none, or said otherwise."""
    ticked = list(form.not_names.data or ())

    def save_text() -> ResponseReturnValue:
        try:
            return save()
        except MayIdentify as error:
            ticked.extend(error.names)
            raise

    def show() -> str:
        form.offer(ticked)
        return render_template(template, form=form, **values)

    return answer_form(form, save_text, show)


def _saved(code: str, message: str = "") -> ResponseReturnValue:
    if message:
        flash(message, "success")
    return redirect(url_for(".show", code=code))
