"""An action is reported done, and verified or sent back by somebody else."""

from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.gate import requires
from ddplatform.queries.actions import get_action
from ddplatform.services import verification
from ddplatform.services.verification import Judgement, SentFile
from ddplatform.web.findings.action_forms import MoveForm, ReportForm, VerifyForm
from ddplatform.web.findings.action_pages import action_form, saved
from ddplatform.web.findings.blueprint import bp
from ddplatform.web.findings.presenting import FORM_ERRORS, show_problem


def sent_files(form: ReportForm) -> list[SentFile]:
    """The files of the form, read; empty places are left out."""
    return [SentFile(file.filename, file.read()) for file in form.files.data or [] if file.filename]


@bp.route("/actions/<uuid:action_id>/report", methods=["GET", "POST"])
@requires(Permission.ACTION_EDIT)
def report(action_id: UUID) -> ResponseReturnValue:
    """Report it done, with what shows it."""
    kept = get_action(action_id)
    form = ReportForm(version=kept.row_version)
    if form.validate_on_submit():
        try:
            verification.report_done(
                action_id,
                note=form.note.data,
                files=sent_files(form),
                version=form.version_number,
                by=g.identity,
                at=g.now,
            )
        except FORM_ERRORS as error:
            show_problem(form, error)
        else:
            return saved(action_id, "Reported. Somebody else verifies it next.")
    return action_form(
        form,
        kept,
        heading="Report it done",
        lead="Somebody who does not own it verifies it afterwards.",
        button="Report it done",
    )


@bp.route("/actions/<uuid:action_id>/verify", methods=["GET", "POST"])
@requires(Permission.ACTION_VERIFY)
def verify(action_id: UUID) -> ResponseReturnValue:
    """Judge how far it reaches and what the evidence shows."""
    kept = get_action(action_id)
    form = VerifyForm(version=kept.row_version)
    if form.validate_on_submit():
        try:
            verification.verify(
                action_id,
                Judgement(
                    coverage=form.coverage.data / 100,
                    evidence_level=float(form.evidence_level.data),
                    note=form.note.data,
                ),
                version=form.version_number,
                by=g.identity,
                at=g.now,
            )
        except FORM_ERRORS as error:
            show_problem(form, error)
        else:
            return saved(action_id, "Verified. The residual risk is being computed anew.")
    return action_form(
        form,
        kept,
        heading="Verify this action",
        lead="The residual risk falls only as far as the reach and the evidence carry it.",
        button="Verify",
    )


@bp.route("/actions/<uuid:action_id>/send-back", methods=["GET", "POST"])
@requires(Permission.ACTION_VERIFY)
def send_back(action_id: UUID) -> ResponseReturnValue:
    """Do not accept the report; both sides read why."""
    kept = get_action(action_id)
    form = MoveForm(version=kept.row_version)
    if form.validate_on_submit():
        try:
            verification.send_back(
                action_id,
                reason=form.reason.data,
                version=form.version_number,
                by=g.identity,
                at=g.now,
            )
        except FORM_ERRORS as error:
            show_problem(form, error)
        else:
            return saved(action_id, "Sent back.")
    return action_form(
        form,
        kept,
        heading="Send it back",
        lead="Say what is missing and how it can be shown. The supplier reads this.",
        button="Send back",
    )
