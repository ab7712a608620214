"""Pages of the company's actions: board, list, one action and its steps."""

from datetime import date
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import list_people
from ddplatform.core.due_diligence.action_library import action_library
from ddplatform.core.due_diligence.lifecycle import next_steps
from ddplatform.core.due_diligence.tracking import tracking_words
from ddplatform.core.due_diligence.vocabulary import ActionState, Machine
from ddplatform.due_diligence.actions.forms import ExtendForm, MoveForm, PlanForm, ProgressForm
from ddplatform.due_diligence.actions.queries.actions import (
    PAGE_SIZE,
    ActionFilter,
    ActionRow,
    count_work,
    get_action,
    get_action_row,
    list_actions,
    list_notes,
    load_board,
    place_of,
)
from ddplatform.due_diligence.actions.services import actions as mitigation
from ddplatform.due_diligence.actions.services.actions import ActionPlan
from ddplatform.due_diligence.blueprints.findings import bp
from ddplatform.due_diligence.finding_judgements.queries import effect_of, list_score_history
from ddplatform.due_diligence.findings.models import MitigationAction
from ddplatform.due_diligence.findings.queries import find_open_fact, get_finding
from ddplatform.due_diligence.findings.views import words
from ddplatform.due_diligence.short_forms import (
    FormWords,
    answer_about_action,
    finding_form,
    saved_action,
)
from ddplatform.evidence.uploads.queries.documents import list_evidence_of
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.queries import is_waiting
from ddplatform.infrastructure.typed_values import read_day, read_number
from ddplatform.infrastructure.web.address_values import carried
from ddplatform.infrastructure.web.list_pages import going_on
from ddplatform.infrastructure.web.saved_input import safe_next
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.mapping.queries.maps import get_node

VIEWS = ("board", "list", "mine")
NO_ACCOUNT = _(
    "Nobody at this site has an account yet, so the supplier cannot carry out the action here."
)
DROP: FormWords = {
    "heading": _("Drop action"),
    "lead": _("It stays in the history with your reason."),
    "button": _("Drop action"),
}
HOLD: FormWords = {"heading": _("Put on hold"), "button": _("Put on hold")}


@bp.get("/actions")
@requires(Permission.FINDING_READ)
def actions() -> ResponseReturnValue:
    """The board, the list, or the own actions, filtered by the address."""
    view = request.args.get("view", "board")
    view = view if view in VIEWS else "board"
    wanted, after = _filter(view), _place(request.args.get("after", ""))
    rows: list[ActionRow] = []
    older = None
    if view != "board":
        rows = list(list_actions(wanted, after=after, limit=PAGE_SIZE + 1))
        older = _older(rows)
    return render_template(
        "due_diligence/actions/actions.html",
        view=view,
        columns=load_board(wanted) if view == "board" else [],
        rows=rows[:PAGE_SIZE],
        older=older,
        is_first_page=after is None,
        wanted=wanted,
        kept={k: v for k, v in carried().items() if k not in ("view", "after") and v},
        work=count_work(g.now.date()),
        words=words,
        today=g.now.date(),
        moves=moves_of,
    )


def moves_of(state: ActionState) -> list[tuple[str, str]]:
    """The possible moves of a card, as choices of its menu."""
    return [(step.to, step.title) for step in next_steps(Machine.ACTION, state)]


def _filter(view: str) -> ActionFilter:
    status = request.args.get("status", "")
    return ActionFilter(
        status=ActionState(status) if status in set(ActionState) else None,
        owner_id=g.identity.user_id if view == "mine" else request.args.get("owner", type=UUID),
        own_practice=request.args.get("own", "") == "yes",
        overdue_on=g.now.date() if request.args.get("late", "") == "yes" else None,
    )


def _older(rows: list[ActionRow]) -> str | None:
    if len(rows) <= PAGE_SIZE:
        return None
    closed, due_on, key = place_of(rows[PAGE_SIZE - 1])
    return going_on(after=f"{closed}_{due_on.isoformat()}_{key}")


def _place(text: str) -> tuple[int, date, UUID] | None:
    try:
        closed, day, key = text.split("_")
        return read_number(closed), read_day(day), UUID(key)
    except ValueError:
        return None


@bp.get("/actions/<uuid:action_id>")
@requires(Permission.FINDING_READ)
def action(action_id: UUID) -> ResponseReturnValue:
    """One action: agreement, history, evidence and effectiveness."""
    row, kept = get_action_row(action_id), get_action(action_id)
    effect = effect_of(kept.verified_at, list_score_history(row.node_id, row.issue))
    fact = find_open_fact(row.finding_id)
    return render_template(
        "due_diligence/actions/action.html",
        row=row,
        action=kept,
        notes=list_notes(action_id),
        documents=list_evidence_of(
            MitigationAction.__tablename__,
            action_id,
            with_restricted=g.identity.has(Permission.EVIDENCE_RESTRICTED),
        ),
        effect=effect,
        why=words.why_effect(kept, effect, fact.kind if fact else None),
        is_own_work=g.identity.user_id in (kept.owner_id, kept.reported_by_id),
        is_assessing=is_waiting("risk:assess"),
        moves=moves_of(row.status),
        words=words,
        today=g.now.date(),
        form=ProgressForm(formdata=None),
        tracking=tracking_words(),
    )


@bp.route("/<uuid:finding_id>/plan", methods=["GET", "POST"])
@requires(Permission.ACTION_EDIT)
def plan(finding_id: UUID) -> ResponseReturnValue:
    """Plan an action: owner, due day, resources, and the measure of success."""
    finding = get_finding(finding_id)
    form = PlanForm(owner_id=str(finding.owner_id or ""), **_proposed())
    form.owner_id.choices = words.people_choices(list_people(), gettext("Unassigned"))

    def save() -> ResponseReturnValue:
        made = mitigation.plan(finding_id, _plan(form), act=g.act)
        return saved_action(made.id, gettext("The action is planned."))

    def show() -> str:
        node = get_node(finding.node_id)
        return finding_form(
            form,
            finding,
            heading=gettext("Plan an action"),
            lead=gettext(
                "At %(name)s. Address the root cause, starting with our own practices.",
                name=node.name,
            ),
            button=gettext("Plan action"),
            hint="" if node.supplier_organisation_id else str(NO_ACCOUNT),
        )

    return answer_form(form, save, show)


def _proposed() -> dict[str, str]:
    """Values from the action library or the referring page, to be changed or sent."""
    asked = ("title", "control", "success_measure", "is_own_practice")
    named = {name: request.args[name] for name in asked if request.args.get(name)}
    return {**_from_library(request.args.get("entry", "")), **named}


def _from_library(ref: str) -> dict[str, str]:
    entry = action_library().actions.get(ref)
    if entry is None:
        return {}
    return {
        "title": entry.title,
        "description": entry.what,
        "success_measure": entry.success,
        "control": entry.controls[0],
        "indicator": entry.indicators[0],
        "is_own_practice": "yes" if entry.own_practice else "",
    }


def _plan(form: PlanForm) -> ActionPlan:
    return ActionPlan(
        title=form.title.data,
        description=form.description.data,
        success_measure=form.success_measure.data,
        due_on=form.due_on.data,
        control=form.control.data or None,
        indicator=form.indicator.data or None,
        owner_id=UUID(form.owner_id.data) if form.owner_id.data else None,
        by_supplier=form.carrier.data == "supplier",
        budget_amount=form.budget_amount.data,
        budget_currency=form.budget_currency.data or None,
        is_own_practice=form.is_own_practice.data,
    )


@bp.post("/actions/<uuid:action_id>/move")
@requires(Permission.ACTION_EDIT)
def move_by_menu(action_id: UUID) -> ResponseReturnValue:
    """The menu of a card: moves at once, or leads to the page that the step needs."""
    kept = get_action(action_id)
    to = request.form.get("to", "")
    if to not in set(ActionState):
        raise NotFound()
    target = ActionState(to)
    if target is kept.status:
        return saved_action(
            action_id, gettext("Its status was changed by somebody else in the meantime.")
        )
    if target is ActionState.TO_VERIFY:
        return redirect(url_for(".report", action_id=action_id))
    if target is ActionState.VERIFIED:
        return redirect(url_for(".verify", action_id=action_id))
    if kept.status is ActionState.TO_VERIFY:
        return redirect(url_for(".send_back", action_id=action_id))
    if target in (ActionState.WAITING, ActionState.DROPPED):
        return redirect(url_for(".move_action", action_id=action_id, to=target.value))
    mitigation.move(
        action_id,
        target,
        version=request.form.get("version", 0, type=read_number),
        act=g.act,
    )
    flash(gettext("Moved."), "success")
    back = safe_next(request.form.get("next"))
    return redirect(back or url_for(".action", action_id=action_id))


@bp.route("/actions/<uuid:action_id>/move/<to>", methods=["GET", "POST"])
@requires(Permission.ACTION_EDIT)
def move_action(action_id: UUID, to: str) -> ResponseReturnValue:
    """A step that needs a reason: the cause of waiting, or of cancellation."""
    kept = get_action(action_id)
    if to not in (ActionState.WAITING, ActionState.DROPPED):
        raise NotFound()
    is_drop = to == ActionState.DROPPED
    form = MoveForm(version=kept.row_version)
    form.reason.label.text = (
        gettext("Why it is dropped") if is_drop else gettext("What it waits for")
    )

    def save() -> ResponseReturnValue:
        mitigation.move(
            action_id,
            ActionState(to),
            reason=form.reason.data,
            version=form.version_number,
            act=g.act,
        )
        return saved_action(action_id)

    return answer_about_action(form, save, kept, **(DROP if is_drop else HOLD))


@bp.route("/actions/<uuid:action_id>/extend", methods=["GET", "POST"])
@requires(Permission.ACTION_EDIT)
def extend(action_id: UUID) -> ResponseReturnValue:
    """Another day, with the reason; both days stay in the history."""
    kept = get_action(action_id)
    form = ExtendForm(version=kept.row_version)

    def save() -> ResponseReturnValue:
        mitigation.extend(
            action_id,
            due_on=form.due_on.data,
            reason=form.reason.data,
            version=form.version_number,
            act=g.act,
        )
        return saved_action(action_id)

    return answer_about_action(
        form, save, kept, heading=gettext("Extend due date"), button=gettext("Extend due date")
    )


@bp.post("/actions/<uuid:action_id>/progress")
@requires(Permission.ACTION_EDIT)
def progress(action_id: UUID) -> ResponseReturnValue:
    """Note how far it is."""
    kept, form = get_action(action_id), ProgressForm()

    def save() -> ResponseReturnValue:
        mitigation.tell_progress(action_id, form.text.data, act=g.act)
        return saved_action(action_id)

    return answer_about_action(
        form, save, kept, heading=gettext("Progress"), button=gettext("Add note")
    )
