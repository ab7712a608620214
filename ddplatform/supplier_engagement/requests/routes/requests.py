"""Pages of sent questionnaires: the list, one request, reminders."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.forms.field_errors import show_at_fields
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.words.questionnaire_states import STATE_WORDS
from ddplatform.languages import gettext, lazy_gettext, ngettext
from ddplatform.supplier_engagement.blueprints.questionnaires import bp
from ddplatform.supplier_engagement.library.queries import (
    COUNT_CAP,
    View,
    count_assignments,
    get_assignment,
    get_assignment_row,
    list_assignments,
)
from ddplatform.supplier_engagement.requests.forms import DueForm, ReasonForm
from ddplatform.supplier_engagement.requests.services.invitations import show_link
from ddplatform.supplier_engagement.requests.services.reminders import remind as send_reminder
from ddplatform.supplier_engagement.requests.services.requests import change_due_date
from ddplatform.supplier_engagement.requests.services.requests import (
    withdraw as withdraw_assignment,
)
from ddplatform.supplier_engagement.responses.queries.responses import find_response

VIEWS = {
    View.OPEN: lazy_gettext("Waiting for answers"),
    View.OVERDUE: lazy_gettext("Overdue"),
    View.REVIEW: lazy_gettext("To review"),
    View.ACCEPTED: lazy_gettext("Accepted"),
    View.CLOSED: lazy_gettext("Closed"),
    View.ALL: lazy_gettext("All"),
}


@bp.get("/")
@requires(Permission.QUESTIONNAIRE_READ)
def index() -> ResponseReturnValue:
    """Sent questionnaires: reminders to send, answers to review."""
    view = _view()
    q, today = request.args.get("q", "").strip(), g.now.date()
    node_id = _id("node")
    page = list_assignments(view=view, today=today, q=q, node_id=node_id, after=_id("after"))
    counts = count_assignments(today)
    shown = {View.OPEN: counts.open, View.OVERDUE: counts.overdue, View.REVIEW: counts.review}
    return render_template(
        "supplier_engagement/requests/index.html",
        page=page,
        total=f"{COUNT_CAP:,}+" if page.total > COUNT_CAP else f"{page.total:,}",
        q=q,
        view=view,
        today=today,
        words=STATE_WORDS,
        views=[
            {
                "label": label,
                "href": url_for(".index", view=found.value, q=q or None, node=node_id),
                "current": found is view,
                "count": shown.get(found),
            }
            for found, label in VIEWS.items()
        ],
        next_href=url_for(".index", view=view.value, q=q or None, node=node_id, after=page.after)
        if page.after
        else None,
    )


def _view() -> View:
    text = request.args.get("view", View.OPEN.value)
    return View(text) if text in set(View) else View.OPEN


def _id(name: str) -> UUID | None:
    return request.args.get(name, type=UUID)


@bp.get("/assignments/<uuid:assignment_id>")
@requires(Permission.QUESTIONNAIRE_READ)
def assignment(assignment_id: UUID) -> ResponseReturnValue:
    """One sent questionnaire: its progress, and the next steps."""
    row = get_assignment_row(assignment_id)
    return _assignment_page(assignment_id, DueForm(due_on=row.due_on))


@bp.post("/assignments/<uuid:assignment_id>/link")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def link(assignment_id: UUID) -> ResponseReturnValue:
    """Show a fresh link, once, to be handed over another way than by the mail that was refused."""
    row = get_assignment_row(assignment_id)
    shown = show_link(get_assignment(assignment_id), act=g.act)
    return _assignment_page(assignment_id, DueForm(formdata=None, due_on=row.due_on), link=shown)


def _assignment_page(assignment_id: UUID, form: DueForm, *, link: str = "") -> ResponseReturnValue:
    status = 422 if form.errors or form.form_errors else 200
    return render_template(
        "supplier_engagement/requests/assignment.html",
        row=get_assignment_row(assignment_id),
        assignment=get_assignment(assignment_id),
        response=find_response(assignment_id),
        words=STATE_WORDS,
        today=g.now.date(),
        form=form,
        link=link,
    ), status


@bp.post("/assignments/<uuid:assignment_id>/remind")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def remind(assignment_id: UUID) -> ResponseReturnValue:
    """Send a reminder to one supplier."""
    send_reminder(get_assignment(assignment_id), act=g.act)
    flash(gettext("A reminder is on its way."), "success")
    return redirect(url_for(".assignment", assignment_id=assignment_id))


@bp.post("/remind")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
@takes_lists("assignment")
def remind_many() -> ResponseReturnValue:
    """Send a reminder to every chosen supplier who has something open."""
    sent = 0
    for text in request.form.getlist("assignment"):
        try:
            send_reminder(get_assignment(UUID(text)), act=g.act)
            sent += 1
        except (Conflict, ValueError):
            continue  # nothing open, or reminded today: the count below tells
    words = ngettext("On the way: %(num)s reminder.", "On the way: %(num)s reminders.", sent)
    flash(words, "success" if sent else "info")
    return redirect(url_for(".index", view=request.form.get("view") or None))


@bp.post("/assignments/<uuid:assignment_id>/due")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def due(assignment_id: UUID) -> ResponseReturnValue:
    """Give more time, or less."""
    form = DueForm()
    if form.validate_on_submit():
        try:
            change_due_date(
                get_assignment(assignment_id),
                form.due_on.data,
                act=g.act,
            )
        except Invalid as error:
            show_at_fields(form, error)
        else:
            flash(gettext("The due date was changed."), "success")
            return redirect(url_for(".assignment", assignment_id=assignment_id))
    return _assignment_page(assignment_id, form)


@bp.route("/assignments/<uuid:assignment_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def withdraw(assignment_id: UUID) -> ResponseReturnValue:
    """Ask no longer, in two steps."""
    form = ReasonForm()
    if form.validate_on_submit():
        withdraw_assignment(
            get_assignment(assignment_id),
            reason=form.reason.data,
            act=g.act,
        )
        flash(gettext("The questionnaire was withdrawn."), "success")
        return redirect(url_for(".assignment", assignment_id=assignment_id))
    row = get_assignment_row(assignment_id)
    status = 422 if form.errors else 200
    return render_template("supplier_engagement/requests/withdraw.html", row=row, form=form), status
