"""Pages of the self-check: all criteria, and one with its earlier checks."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.grievance_checklist import grievance_checklist
from ddplatform.due_diligence.grievance_check import services as checks
from ddplatform.due_diligence.grievance_check import views
from ddplatform.due_diligence.grievance_check.forms import CriterionForm
from ddplatform.due_diligence.grievance_check.queries import (
    get_criterion,
    list_checks,
    load_newest,
)
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext

bp = Blueprint("grievance_check", __name__)


@bp.get("/")
@requires(Permission.PRACTICE_READ)
def index() -> ResponseReturnValue:
    """Every criterion with its newest score, and whether the check counts as evidence."""
    today = g.now.date()
    rows = views.criterion_rows(load_newest(today), today)
    return render_template(
        "due_diligence/grievance_check/index.html",
        rows=rows,
        state=views.state_of_check(rows),
    )


@bp.get("/<criterion_ref>")
@requires(Permission.PRACTICE_READ)
def show(criterion_ref: str) -> ResponseReturnValue:
    """One criterion with all its checks."""
    return render_template(
        "due_diligence/grievance_check/show.html",
        criterion=get_criterion(criterion_ref),
        checks=list_checks(criterion_ref),
        scores=grievance_checklist().scores,
        views=views,
    )


@bp.route("/<criterion_ref>/check", methods=["GET", "POST"])
@requires(Permission.PRACTICE_EDIT)
def check(criterion_ref: str) -> ResponseReturnValue:
    """Check one criterion."""
    criterion = get_criterion(criterion_ref)
    form = CriterionForm(checked_on=g.now.date())

    def save() -> ResponseReturnValue:
        checks.check_criterion(criterion_ref, form.wanted(), act=g.act)
        flash(gettext("Saved. Earlier checks stay."), "success")
        return redirect(url_for(".index", _anchor=criterion_ref))

    return answer_page(form, save, "due_diligence/grievance_check/form.html", criterion=criterion)
