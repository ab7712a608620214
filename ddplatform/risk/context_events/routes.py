"""Pages of events in the surroundings of sites: list, one event, entry, correction, end."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.context_kinds import context_kinds
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext
from ddplatform.risk.context_events import views as words
from ddplatform.risk.context_events.forms import EndForm, EventChangeForm, EventForm, WithdrawForm
from ddplatform.risk.context_events.queries.events import (
    EventState,
    get_event,
    list_events,
    name_of_author,
    state_of,
)
from ddplatform.risk.context_events.queries.nodes import list_nodes_inside, list_unsure
from ddplatform.risk.context_events.services import events as context_events
from ddplatform.risk.reassessment.queries.tasks import TaskFilter, list_tasks
from supply_chain.risk.issue_names import ISSUE_NAMES

bp = Blueprint("context_events", __name__)


@bp.get("/")
@requires(Permission.RISK_READ)
def index() -> ResponseReturnValue:
    """Events by their state; current ones first."""
    word = request.args.get("state", EventState.ACTIVE.value)
    state = EventState(word) if word in set(EventState) else None
    states = ((one.value, label) for one, label in words.STATES.items())
    tabs = [
        {
            "label": label,
            "href": url_for(".index", state=value),
            "current": value == (state.value if state else "all"),
        }
        for value, label in (*states, ("all", gettext("All")))
    ]
    return render_template(
        "risk/context_events/index.html",
        events=list_events(state, today=g.now.date()),
        tabs=tabs,
        words=words,
        today=g.now.date(),
    )


@bp.get("/<uuid:event_id>")
@requires(Permission.RISK_READ)
def show(event_id: UUID) -> ResponseReturnValue:
    """One event: its description, its source, the sites inside."""
    event = get_event(event_id)
    sites, total = list_nodes_inside(event_id)
    return render_template(
        "risk/context_events/show.html",
        event=event,
        kind=context_kinds()[event.kind],
        state=state_of(event, g.now.date()),
        sites=sites,
        total=total,
        unsure=list_unsure(event),
        tasks=list_tasks(TaskFilter(event_id=event_id), limit=1).total,
        author=name_of_author(event),
        course=words.course(event, g.now.date()),
        words=words,
        ISSUE_NAMES=ISSUE_NAMES,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.CONTEXT_EVENT_EDIT)
def new() -> ResponseReturnValue:
    """Enter an event."""
    form = EventForm()

    def save() -> ResponseReturnValue:
        event = context_events.add_event(form.wanted(), act=g.act)
        flash(
            gettext("Event entered. Sites in the area are marked and will be reassessed."),
            "success",
        )
        return redirect(url_for(".show", event_id=event.id))

    return answer_page(form, save, "risk/context_events/form.html", event=None)


@bp.route("/<uuid:event_id>/edit", methods=["GET", "POST"])
@requires(Permission.CONTEXT_EVENT_EDIT)
def edit(event_id: UUID) -> ResponseReturnValue:
    """Correct an event."""
    event = get_event(event_id)
    form = EventChangeForm(obj=event, version=event.row_version)
    if request.method == "GET":
        form.area.data = event.area.value

    def save() -> ResponseReturnValue:
        context_events.change_event(
            event_id,
            form.wanted(),
            version=form.version_number,
            act=g.act,
        )
        flash(gettext("Event changed. Sites and scores are being updated."), "success")
        return redirect(url_for(".show", event_id=event_id))

    return answer_page(form, save, "risk/context_events/form.html", event=event)


@bp.route("/<uuid:event_id>/end", methods=["GET", "POST"])
@requires(Permission.CONTEXT_EVENT_EDIT)
def end(event_id: UUID) -> ResponseReturnValue:
    """Say which day was the last one."""
    event, form = get_event(event_id), EndForm(ends_on=g.now.date())

    def save() -> ResponseReturnValue:
        context_events.end_event(event_id, form.ends_on.data, act=g.act)
        flash(
            gettext("Event ended. A reassessment of every site in the area is requested."),
            "success",
        )
        return redirect(url_for(".show", event_id=event_id))

    return answer_form(form, save, lambda: _step(form, event_id, event.title, "end"))


@bp.route("/<uuid:event_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.CONTEXT_EVENT_EDIT)
def withdraw(event_id: UUID) -> ResponseReturnValue:
    """Take back an event that never was, or not there; needs a second person."""
    event, form = get_event(event_id), WithdrawForm()

    def save() -> ResponseReturnValue:
        context_events.withdraw_event(event_id, form.reason.data, act=g.act)
        flash(
            gettext("Event withdrawn. Its marks and its effect on scores are removed."), "success"
        )
        return redirect(url_for(".show", event_id=event_id))

    return answer_form(form, save, lambda: _step(form, event_id, event.title, "withdraw"))


def _step(form: EndForm | WithdrawForm, event_id: UUID, title: str, step: str) -> str:
    return render_template(
        "risk/context_events/step.html", form=form, event_id=event_id, title=title, step=step
    )
