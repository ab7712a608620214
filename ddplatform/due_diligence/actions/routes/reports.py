"""Completion reports of actions, with verification or rejection by a second person."""

from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from ddplatform.due_diligence.actions.forms import MoveForm, ReportForm, VerifyForm
from ddplatform.due_diligence.actions.queries.actions import get_action
from ddplatform.due_diligence.actions.services import verification
from ddplatform.due_diligence.actions.services.verification import Judgement
from ddplatform.due_diligence.blueprints.findings import bp
from ddplatform.due_diligence.findings.models import MitigationAction
from ddplatform.due_diligence.short_forms import action_form, answer_about_action, saved_action
from ddplatform.evidence.uploads import services as evidence
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.db import begin_change
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext


def report_done(action_id: UUID, form: ReportForm) -> MitigationAction:
    """Report an action done with the note and the files of the form; empty places are left out.

    Files are looked at before the change begins, so that nobody waits for them.
    """
    chosen = [file for file in form.files.data or [] if file.filename]
    sent = evidence.examine_all(((file.filename, file.read()) for file in chosen), act=g.act)
    begin_change()
    return verification.report_done(
        action_id,
        note=form.note.data,
        files=sent,
        version=form.version_number,
        act=g.act,
    )


@bp.route("/actions/<uuid:action_id>/report", methods=["GET", "POST"])
@requires(Permission.ACTION_EDIT, reads_first=True, takes_files=True)
def report(action_id: UUID) -> ResponseReturnValue:
    """Report completion, with evidence."""
    kept = get_action(action_id)
    form = ReportForm(version=kept.row_version)

    def save() -> ResponseReturnValue:
        report_done(action_id, form)
        return saved_action(action_id, gettext("Reported. Another person verifies it next."))

    return answer_about_action(
        form,
        save,
        kept,
        heading=gettext("Report it done"),
        lead=gettext("A person who does not own this action verifies it afterwards."),
        button=gettext("Report it done"),
    )


@bp.route("/actions/<uuid:action_id>/verify", methods=["GET", "POST"])
@requires(Permission.ACTION_VERIFY)
def verify(action_id: UUID) -> ResponseReturnValue:
    """Judge the reach of the control and the evidence."""
    kept = get_action(action_id)
    form = VerifyForm(version=kept.row_version)

    def save() -> ResponseReturnValue:
        judged = Judgement(
            coverage=form.coverage.data / 100,
            evidence_level=float(form.evidence_level.data),
            note=form.note.data,
        )
        verification.verify(action_id, judged, version=form.version_number, act=g.act)
        return saved_action(
            action_id, gettext("Verified. The residual risk is being recalculated.")
        )

    def show() -> str:
        return action_form(
            form,
            kept,
            heading=gettext("Verify action"),
            lead=gettext(
                "The residual risk falls only as far as the reach and the evidence support it. "
                "Success measure: %(measure)s",
                measure=kept.success_measure,
            ),
            button=gettext("Verify"),
        )

    return answer_form(form, save, show)


@bp.route("/actions/<uuid:action_id>/send-back", methods=["GET", "POST"])
@requires(Permission.ACTION_VERIFY)
def send_back(action_id: UUID) -> ResponseReturnValue:
    """Do not accept the report; both sides read why."""
    kept = get_action(action_id)
    form = MoveForm(version=kept.row_version)

    def save() -> ResponseReturnValue:
        verification.send_back(
            action_id,
            reason=form.reason.data,
            version=form.version_number,
            act=g.act,
        )
        return saved_action(action_id, gettext("Sent back."))

    return answer_about_action(
        form,
        save,
        kept,
        heading=gettext("Send back"),
        lead=gettext("Say what is missing and how it can be shown. The supplier reads this."),
        button=gettext("Send back"),
    )
