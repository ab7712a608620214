"""Pages of governance: overview, a new record of each kind, withdrawal."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from ddplatform.accounts.organisations.queries import list_people
from ddplatform.core.due_diligence.governance import governance_words
from ddplatform.due_diligence.governance import services as governance
from ddplatform.due_diligence.governance import views, words
from ddplatform.due_diligence.governance.forms import (
    BoardNoteForm,
    ResponsibilityForm,
    TrainingForm,
    WithdrawForm,
)
from ddplatform.due_diligence.governance.models import RecordKind
from ddplatform.due_diligence.governance.queries import get_record, list_records
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext

bp = Blueprint("governance", __name__)
FORM = "due_diligence/governance/form.html"


@bp.get("/")
@requires(Permission.PRACTICE_READ)
def index() -> ResponseReturnValue:
    """Responsible persons, coverage of training, board notes."""
    today = g.now.date()
    notes, trainings = list_records(RecordKind.BOARD_NOTE), list_records(RecordKind.TRAINING)
    named = list_records(RecordKind.RESPONSIBILITY)
    return render_template(
        "due_diligence/governance/index.html",
        areas=views.responsible_rows(named),
        coverage=views.coverage_rows(trainings, today),
        late=views.review_notice(notes, today),
        notes=notes,
        trainings=trainings,
        named=named,
        months=governance_words().training_months,
        data=governance_words(),
        words=words,
    )


@bp.route("/board-notes/new", methods=["GET", "POST"])
@requires(Permission.PRACTICE_EDIT)
def new_board_note() -> ResponseReturnValue:
    """Note a review by the board or the executive committee."""
    form = BoardNoteForm(held_on=g.now.date())

    def save() -> ResponseReturnValue:
        governance.note_review(form.wanted(), act=g.act)
        return _saved("h-notes")

    return answer_page(form, save, FORM, heading=gettext("New board note"))


@bp.route("/training/new", methods=["GET", "POST"])
@requires(Permission.PRACTICE_EDIT)
def new_training() -> ResponseReturnValue:
    """Record a training of one group."""
    form = TrainingForm(held_on=g.now.date())

    def save() -> ResponseReturnValue:
        governance.record_training(form.wanted(), act=g.act)
        return _saved("h-training")

    return answer_page(form, save, FORM, heading=gettext("New training"))


@bp.route("/responsible/new", methods=["GET", "POST"])
@requires(Permission.PRACTICE_EDIT)
def new_responsible() -> ResponseReturnValue:
    """Name the function that answers for an area."""
    form = ResponsibilityForm(held_on=g.now.date())
    form.person_id.choices = [
        SelectChoice("", gettext("Function only")),
        *(SelectChoice(str(one.user_id), one.name) for one in list_people()),
    ]

    def save() -> ResponseReturnValue:
        governance.name_responsible(form.wanted(), act=g.act)
        return _saved("h-responsible")

    return answer_page(form, save, FORM, heading=gettext("Name who is responsible"))


@bp.route("/<uuid:governance_record_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.PRACTICE_EDIT)
def withdraw(governance_record_id: UUID) -> ResponseReturnValue:
    """Take back a record that is wrong."""
    record = get_record(governance_record_id)
    form = WithdrawForm()

    def save() -> ResponseReturnValue:
        governance.withdraw(governance_record_id, form.reason.data, act=g.act)
        flash(gettext("Withdrawn. The log keeps the record and the reason."), "success")
        return redirect(url_for(".index"))

    return answer_page(
        form,
        save,
        FORM,
        heading=gettext("Withdraw a record"),
        lead=views.title_of(record),
        button=gettext("Withdraw"),
    )


def _saved(part: str) -> ResponseReturnValue:
    flash(gettext("Saved."), "success")
    return redirect(url_for(".index", _anchor=part))
