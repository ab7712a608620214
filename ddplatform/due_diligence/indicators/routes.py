"""Pages of indicators: list, one with its values over time, start, change, new value."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.indicators import indicator_words
from ddplatform.due_diligence.indicators import services as indicators
from ddplatform.due_diligence.indicators import views, words
from ddplatform.due_diligence.indicators.forms import ChangeForm, StartForm, ValueForm
from ddplatform.due_diligence.indicators.models import TrackedIndicator
from ddplatform.due_diligence.indicators.queries import (
    get_tracked,
    list_newest,
    list_tracked,
    list_values,
)
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.vocabulary import Issue

bp = Blueprint("indicators", __name__)


@bp.get("/")
@requires(Permission.FINDING_READ)
def index() -> ResponseReturnValue:
    """Every indicator that is tracked, with baseline, newest value, change and target."""
    rows = list_tracked()
    newest = list_newest([row.id for row in rows])
    return render_template(
        "due_diligence/indicators/index.html",
        rows=views.lines(rows, newest, exact=_sees_small_counts()),
        known=indicator_words(),
        issue_names=ISSUE_NAMES,
        views=views,
        words=words,
    )


@bp.get("/<uuid:tracked_id>")
@requires(Permission.FINDING_READ)
def show(tracked_id: UUID) -> ResponseReturnValue:
    """One indicator: values over time, and the form for a new one."""
    return _page(get_tracked(tracked_id), ValueForm())


@bp.post("/<uuid:tracked_id>")
@requires(Permission.ACTION_EDIT)
def record(tracked_id: UUID) -> ResponseReturnValue:
    """Record the value of a period."""
    tracked, form = get_tracked(tracked_id), ValueForm()

    def save() -> ResponseReturnValue:
        indicators.record_value(tracked_id, form.wanted(), act=g.act)
        return _saved(tracked_id, gettext("Value recorded."))

    return answer_form(form, save, lambda: _page(tracked, form))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ACTION_EDIT)
def new() -> ResponseReturnValue:
    """Start to track an indicator."""
    form = StartForm()

    def save() -> ResponseReturnValue:
        issue = Issue(form.issue.data) if form.issue.data else None
        made = indicators.start(
            form.indicator.data, form.unit.data, issue, form.wanted(), act=g.act
        )
        return _saved(made.id, gettext("Indicator added. Record its first value."))

    return answer_page(form, save, "due_diligence/indicators/form.html", tracked=None)


@bp.route("/<uuid:tracked_id>/edit", methods=["GET", "POST"])
@requires(Permission.ACTION_EDIT)
def edit(tracked_id: UUID) -> ResponseReturnValue:
    """Change scope, baseline and target."""
    tracked = get_tracked(tracked_id)
    form = ChangeForm(obj=tracked, version=tracked.row_version)

    def save() -> ResponseReturnValue:
        indicators.change(tracked_id, form.wanted(), version=form.version_number, act=g.act)
        return _saved(tracked_id, gettext("Saved."))

    return answer_page(
        form,
        save,
        "due_diligence/indicators/form.html",
        tracked=tracked,
        indicator=indicator_words().indicators[tracked.indicator],
        unit=indicator_words().units[tracked.unit],
    )


def _page(tracked: TrackedIndicator, form: ValueForm) -> str:
    exact, known = _sees_small_counts(), indicator_words()
    indicator, values = known.indicators[tracked.indicator], list_values(tracked.id)
    effort = list_tracked(indicator.beside) if indicator.finds else []
    newest = list_newest([tracked.id, *(row.id for row in effort)])
    return render_template(
        "due_diligence/indicators/show.html",
        tracked=tracked,
        indicator=indicator,
        line=views.line(tracked, newest[tracked.id], exact=exact),
        effort=views.effort_lines(indicator, views.lines(effort, newest, exact=exact)),
        rows=views.value_rows(tracked, values, exact=exact),
        plot=views.plot(tracked, values, exact=exact),
        unit=known.units[tracked.unit],
        known=known,
        issue_names=ISSUE_NAMES,
        form=form,
        words=words,
    )


def _sees_small_counts() -> bool:
    """Who records values sees them as they are; what others read leaves the organisation."""
    return bool(g.identity.has(Permission.ACTION_EDIT))


def _saved(tracked_id: UUID, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".show", tracked_id=tracked_id))
