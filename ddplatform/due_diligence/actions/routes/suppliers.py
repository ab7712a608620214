"""Pages of the supplier's own actions, without findings or scores."""

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.vocabulary import ActionState
from ddplatform.due_diligence.actions.forms import ProgressForm, ReportForm
from ddplatform.due_diligence.actions.queries.actions import list_notes
from ddplatform.due_diligence.actions.queries.suppliers import get_asked_action, list_asked_actions
from ddplatform.due_diligence.actions.routes.reports import report_done
from ddplatform.due_diligence.actions.services import actions as mitigation
from ddplatform.due_diligence.blueprints.findings import bp
from ddplatform.due_diligence.findings.models import MitigationAction
from ddplatform.due_diligence.findings.views import words
from ddplatform.evidence.uploads.queries.documents import list_evidence_of
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext


@bp.get("/my-actions")
@requires(Permission.ACTION_REPORT)
def my_actions() -> ResponseReturnValue:
    """The actions agreed with buyers, the next one due first."""
    rows = list_asked_actions()
    closed = (ActionState.VERIFIED, ActionState.DROPPED)
    return render_template(
        "due_diligence/actions/my_actions.html",
        current=[row for row in rows if row.status not in closed],
        closed=[row for row in rows if row.status in closed],
        words=words,
        today=g.now.date(),
    )


@bp.get("/my-actions/<uuid:action_id>")
@requires(Permission.ACTION_REPORT)
def my_action(action_id: UUID) -> ResponseReturnValue:
    """One action: agreement, progress, completion report."""
    row = get_asked_action(action_id)
    form = ReportForm(formdata=None, version=row.row_version)
    return _page(action_id, form, ProgressForm(formdata=None))


@bp.post("/my-actions/<uuid:action_id>/start")
@requires(Permission.ACTION_REPORT)
def start_mine(action_id: UUID) -> ResponseReturnValue:
    """Begin, or go on after waiting."""
    row = get_asked_action(action_id)
    mitigation.start(row.id, version=row.row_version, act=g.act)
    flash(gettext("Started."), "success")
    return redirect(url_for(".my_action", action_id=action_id))


@bp.post("/my-actions/<uuid:action_id>/progress")
@requires(Permission.ACTION_REPORT)
def progress_of_mine(action_id: UUID) -> ResponseReturnValue:
    """Note how far it is; the buyer reads it."""
    row, form = get_asked_action(action_id), ProgressForm()

    def save() -> ResponseReturnValue:
        mitigation.tell_progress(row.id, form.text.data, act=g.act)
        flash(gettext("Saved. The buyer can read it."), "success")
        return redirect(url_for(".my_action", action_id=action_id))

    report = ReportForm(formdata=None, version=row.row_version)
    return answer_form(form, save, lambda: _page(action_id, report, form))


@bp.post("/my-actions/<uuid:action_id>/report")
@requires(Permission.ACTION_REPORT, reads_first=True, takes_files=True)
def report_mine(action_id: UUID) -> ResponseReturnValue:
    """Report it done, with a photo or document."""
    row, form = get_asked_action(action_id), ReportForm()

    def save() -> ResponseReturnValue:
        report_done(row.id, form)
        flash(
            gettext(
                "Thank you. %(requester_name)s checks it next.", requester_name=row.requester_name
            ),
            "success",
        )
        return redirect(url_for(".my_action", action_id=action_id))

    return answer_form(form, save, lambda: _page(action_id, form, ProgressForm(formdata=None)))


def _page(action_id: UUID, report: ReportForm, progress: ProgressForm) -> str:
    return render_template(
        "due_diligence/actions/my_action.html",
        row=get_asked_action(action_id),
        notes=list_notes(action_id),
        documents=list_evidence_of(
            MitigationAction.__tablename__,
            action_id,
            with_restricted=g.identity.has(Permission.EVIDENCE_RESTRICTED),
        ),
        report=report,
        progress=progress,
        words=words,
        today=g.now.date(),
    )
