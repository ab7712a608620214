"""Pages of sites due for reassessment: list, one task, and the form to report a change."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_user
from ddplatform.core.due_diligence.reassessment import triggers
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import read_day
from ddplatform.infrastructure.web.address_values import carried
from ddplatform.infrastructure.web.filters import number
from ddplatform.infrastructure.web.list_pages import read_place, write_place
from ddplatform.languages import gettext, ngettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.reassessment.forms import ChangeForm, CloseForm, OwnerForm
from ddplatform.risk.reassessment.queries.tasks import (
    COUNT_CAP,
    PAGE_SIZE,
    TaskFilter,
    TaskPage,
    get_task,
    list_reasons,
    list_tasks,
)
from ddplatform.risk.reassessment.services import tasks as reassessment_tasks
from ddplatform.value_chain.mapping.queries.maps import get_node, get_summary

bp = Blueprint("reassessment", __name__)
VIEWS = (("", _("Open")), ("mine", _("Mine")), ("late", _("Overdue")), ("done", _("Done")))


@bp.get("/")
@requires(Permission.RISK_READ)
def index() -> ResponseReturnValue:
    """Sites due for reassessment, the earliest due date first, filtered by the address."""
    view, wanted = _wanted()
    after = read_place(request.args.get("after", ""), read_day)
    page = list_tasks(wanted, after=after, limit=PAGE_SIZE)
    return render_template(
        "risk/reassessment/index.html",
        page=page,
        total=_total(page.total),
        view=view,
        wanted=wanted,
        tabs=[
            {"label": label, "href": _address(view=value or None), "current": value == view}
            for value, label in VIEWS
        ],
        triggers=triggers(),
        older=_older(page),
        is_first_page="after" not in request.args,
        today=g.now.date(),
    )


def _total(count: int) -> str:
    """The total number, counted up to a limit."""
    if count > COUNT_CAP:
        return gettext("more than %(most)s reassessments", most=number(COUNT_CAP))
    return ngettext("%(count)s reassessment", "%(count)s reassessments", count, count=number(count))


def _wanted() -> tuple[str, TaskFilter]:
    view = request.args.get("view", "")
    view = view if view in dict(VIEWS) else ""
    trigger = request.args.get("trigger", "")
    return view, TaskFilter(
        trigger=trigger if trigger in triggers() else "",
        owner_id=g.identity.user_id if view == "mine" else None,
        node_id=request.args.get("node", type=UUID),
        late_on=g.now.date() if view == "late" else None,
        event_id=request.args.get("event", type=UUID),
        closed=view == "done",
    )


def _address(**changes: Any) -> str:
    kept = {name: value for name, value in carried().items() if value and name != "after"}
    return url_for(".index", **{**kept, **changes})


def _older(page: TaskPage) -> str | None:
    if page.after is None:
        return None
    due_on, task_id = page.after
    return _address(after=write_place(due_on, task_id))


@bp.get("/<uuid:task_id>")
@requires(Permission.RISK_READ)
def show(task_id: UUID) -> ResponseReturnValue:
    """One site due for reassessment: reason, due date, owner; the form that closes the task."""
    return _page(task_id, CloseForm(), OwnerForm(owner=str(get_task(task_id).owner_id or "")))


def _page(task_id: UUID, closing: CloseForm, owning: OwnerForm) -> str:
    task = get_task(task_id)
    return render_template(
        "risk/reassessment/show.html",
        task=task,
        node=get_node(task.node_id),
        summary=get_summary(task.node_id),
        reasons=list_reasons([task.id])[task.id],
        trigger=triggers()[task.trigger],
        owner=get_user(task.owner_id) if task.owner_id else None,
        closer=get_user(task.closed_by_id) if task.closed_by_id else None,
        closing=closing,
        owning=owning,
        today=g.now.date(),
    )


@bp.post("/<uuid:task_id>/close")
@requires(Permission.REASSESSMENT_EDIT)
def close(task_id: UUID) -> ResponseReturnValue:
    """Close the review of the site."""
    form = CloseForm()

    def save() -> ResponseReturnValue:
        reassessment_tasks.close_task(task_id, form.note.data, act=g.act)
        flash(gettext("Reassessment completed. Your note stays with the site."), "success")
        return redirect(url_for(".index"))

    return answer_form(
        form,
        save,
        lambda: _page(
            task_id, form, OwnerForm(formdata=None, owner=str(get_task(task_id).owner_id or ""))
        ),
    )


@bp.post("/<uuid:task_id>/owner")
@requires(Permission.REASSESSMENT_EDIT)
def set_owner(task_id: UUID) -> ResponseReturnValue:
    """Set the person who reviews the site."""
    form = OwnerForm()

    def save() -> ResponseReturnValue:
        owner_id = UUID(form.owner.data) if form.owner.data else None
        reassessment_tasks.set_owner(task_id, owner_id, act=g.act)
        flash(gettext("Saved."), "success")
        return redirect(url_for(".show", task_id=task_id))

    return answer_form(form, save, lambda: _page(task_id, CloseForm(formdata=None), form))


@bp.route("/nodes/<uuid:node_id>/changed", methods=["GET", "POST"])
@requires(Permission.REASSESSMENT_EDIT)
def tell(node_id: UUID) -> ResponseReturnValue:
    """Somebody knows that something changed at a site."""
    node, form = get_node(node_id), ChangeForm()

    def save() -> ResponseReturnValue:
        task = reassessment_tasks.report_change(
            node_id,
            form.trigger.data,
            form.note.data,
            act=g.act,
        )
        flash(gettext("Change reported. A reassessment of the site is open."), "success")
        return redirect(url_for(".show", task_id=task.id))

    return answer_page(form, save, "risk/reassessment/tell.html", node=node)
