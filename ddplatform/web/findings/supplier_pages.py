"""What suppliers see: the actions they carry out, never a finding or a score."""

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.duediligence.vocabulary import ActionState
from ddplatform.gate import requires
from ddplatform.models.findings import MitigationAction
from ddplatform.queries.actions import list_notes
from ddplatform.queries.evidence import list_evidence_of
from ddplatform.queries.supplier_actions import get_asked_action, list_asked_actions
from ddplatform.services import mitigation, verification
from ddplatform.web.findings import words
from ddplatform.web.findings.action_forms import ProgressForm, ReportForm
from ddplatform.web.findings.blueprint import bp
from ddplatform.web.findings.presenting import FORM_ERRORS, show_problem, status_of_form
from ddplatform.web.findings.report_pages import sent_files


@bp.get("/my-actions")
@requires(Permission.ACTION_REPORT)
def my_actions() -> ResponseReturnValue:
    """The actions agreed with buyers, the next one due first."""
    rows = list_asked_actions()
    closed = (ActionState.VERIFIED, ActionState.DROPPED)
    return render_template(
        "findings/my_actions.html",
        current=[row for row in rows if row.status not in closed],
        closed=[row for row in rows if row.status in closed],
        words=words,
        today=g.now.date(),
    )


@bp.get("/my-actions/<uuid:action_id>")
@requires(Permission.ACTION_REPORT)
def my_action(action_id: UUID) -> ResponseReturnValue:
    """One action: what was agreed, how far it is, report it done."""
    row = get_asked_action(action_id)
    form = ReportForm(formdata=None, version=row.row_version)
    return _page(action_id, form, ProgressForm(formdata=None))


@bp.post("/my-actions/<uuid:action_id>/start")
@requires(Permission.ACTION_REPORT)
def start_mine(action_id: UUID) -> ResponseReturnValue:
    """Begin, or go on after waiting."""
    row = get_asked_action(action_id)
    mitigation.start(row.id, version=row.row_version, by=g.identity, at=g.now)
    flash("Started.", "success")
    return redirect(url_for(".my_action", action_id=action_id))


@bp.post("/my-actions/<uuid:action_id>/progress")
@requires(Permission.ACTION_REPORT)
def progress_of_mine(action_id: UUID) -> ResponseReturnValue:
    """Note how far it is; the buyer reads it."""
    row, form = get_asked_action(action_id), ProgressForm()
    if form.validate_on_submit():
        try:
            mitigation.tell_progress(row.id, form.text.data, by=g.identity, at=g.now)
        except FORM_ERRORS as error:
            show_problem(form, error)
        else:
            flash("Saved. The buyer can read it.", "success")
            return redirect(url_for(".my_action", action_id=action_id))
    return _page(action_id, ReportForm(formdata=None, version=row.row_version), form)


@bp.post("/my-actions/<uuid:action_id>/report")
@requires(Permission.ACTION_REPORT)
def report_mine(action_id: UUID) -> ResponseReturnValue:
    """Report it done, with a photo or document."""
    row, form = get_asked_action(action_id), ReportForm()
    if form.validate_on_submit():
        try:
            verification.report_done(
                row.id,
                note=form.note.data,
                files=sent_files(form),
                version=form.version_number,
                by=g.identity,
                at=g.now,
            )
        except FORM_ERRORS as error:
            show_problem(form, error)
        else:
            flash(f"Thank you. {row.requester_name} checks it next.", "success")
            return redirect(url_for(".my_action", action_id=action_id))
    return _page(action_id, form, ProgressForm(formdata=None))


def _page(action_id: UUID, report: ReportForm, progress: ProgressForm) -> ResponseReturnValue:
    page = render_template(
        "findings/my_action.html",
        row=get_asked_action(action_id),
        notes=list_notes(action_id),
        documents=list_evidence_of(MitigationAction.__tablename__, action_id),
        report=report,
        progress=progress,
        words=words,
        today=g.now.date(),
    )
    return page, max(status_of_form(report), status_of_form(progress))
