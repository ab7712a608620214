"""Which service call each job's name stands for, and how often one comes by itself."""

from ddplatform.access.permissions import Permission
from ddplatform.jobs.context import Handler, JobContext, Result
from ddplatform.jobs.map_jobs import MAP_JOBS
from ddplatform.reports.errors import FactsRefused
from ddplatform.services import (
    action_reminders,
    approval_steps,
    assessment_nightly,
    audit,
    campaign_reminders,
    campaign_sending,
    campaigns,
    cascade,
    case_officers,
    case_reminders,
    demo_removal,
    document_redaction,
    evidence_search,
    figure_questions,
    invitations,
    reassessment_triggers,
    report_sealing,
    response_review_sampling,
    returned_books,
    returned_books_mail,
    screening_lists,
    sessions,
    sharing,
    supplier_figures,
)
from ddplatform.services.questionnaire_library import publish_shipped
from ddplatform.services.questionnaire_reminders import CHASE, REMIND, chase, send_reminder
from ddplatform.services.reports import BUILD
from ddplatform.services.response_receiving import receive
from ddplatform.services.response_review import TELL_ESCALATED, TELL_RETURNED
from ddplatform.services.response_review_mails import tell_escalated, tell_returned
from ddplatform.services.response_submission import RECEIVE
from ddplatform.services.returned_books_mail import tell_brought


def _send_invitation(job: JobContext) -> None:
    retry_of = job.payload.get("retry_of")
    invitations.send(job.id_of("invitation_id"), at=job.at, retry_of=retry_of)


def _tell_officers(job: JobContext) -> None:
    case_officers.send_news(job.id_of("user_id"), at=job.at)


def _sign_checkpoint(job: JobContext) -> None:
    audit.sign_checkpoint(at=job.at)


def _drop_sample_files(job: JobContext) -> None:
    demo_removal.drop_files(job.payload)


def _destroy_bytes(job: JobContext) -> Result:
    return {"gone": document_redaction.destroy(job.payload)}


def _search_document(job: JobContext) -> Result:
    key = job.id_of("evidence_id")
    return {"searched": evidence_search.carry_out(key, look=job.look, unit=job.unit)}


def _end_consents(job: JobContext) -> Result:
    return {"ended": sharing.expire_shares(by=job.by, at=job.at)}


def _refresh_cascade(job: JobContext) -> Result:
    return {"changed": cascade.refresh_states()}


def _tell_consent_ended(job: JobContext) -> None:
    sharing.tell_ended(job.id_of("share_id"), by=job.by, at=job.at)


def _end_expired_sessions(job: JobContext) -> Result:
    return {"ended": sessions.end_expired_sessions(at=job.at)}


def _accept_rest(job: JobContext) -> Result:
    return response_review_sampling.accept_rest(
        job.id_of("sample_id"), unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _send_campaign(job: JobContext) -> Result:
    assert job.id is not None
    return campaign_sending.carry_out(
        job.id_of("campaign_id"), job.id, unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _go_on_with_campaigns(job: JobContext) -> Result:
    return campaign_sending.go_on_with_all(by=job.by, at=job.at)


def _remind_of_campaigns(job: JobContext) -> Result:
    return campaign_reminders.remind_by_calendar(unit=job.unit, by=job.by, at=job.at)


def _tell_owner(job: JobContext) -> None:
    campaign_reminders.tell_owner(job.id_of("campaign_id"), job.id_of("user_id"), at=job.at)


def _chase(job: JobContext) -> Result:
    publish_shipped(job.at)  # a new version of the product may bring new questionnaires
    return chase(by=job.by, at=job.at)


def _send_reminder(job: JobContext) -> None:
    send_reminder(job.id_of("assignment_id"))


def _receive_answers(job: JobContext) -> None:
    receive(job.id_of("response_id"), by=job.by, at=job.at)


def _tell_returned(job: JobContext) -> None:
    tell_returned(job.id_of("assignment_id"))


def _tell_escalated(job: JobContext) -> None:
    tell_escalated(job.id_of("assignment_id"), by=job.by)


def _read_books(job: JobContext) -> Result:
    key = job.id_of("delivery_id")
    return returned_books.carry_out(
        key, look=job.look, unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _build_report(job: JobContext) -> Result:
    report_id = job.id_of("report_id")
    try:
        with job.unit():
            frozen = report_sealing.freeze(report_id, by=job.by, at=job.at)
        if frozen is None:
            return {"report_id": str(report_id)}
        job.progress(1, 3)
        made = report_sealing.render(frozen)
    except FactsRefused as refusal:
        with job.unit():  # another try would find the same facts
            report_sealing.mark_failed(report_id, str(refusal), by=job.by, at=job.at)
        return None
    job.progress(2, 3)
    with job.unit():
        return report_sealing.seal(report_id, made, by=job.by, at=job.at)


def _renew_figures(job: JobContext) -> Result:
    chain_id = job.id_of("chain_id")
    return supplier_figures.renew(chain_id, by=job.by, at=job.at, look=job.look, unit=job.unit)


def _look_at_figures(job: JobContext) -> Result:
    return supplier_figures.ask_renewals(by=job.by, at=job.at)


def _tell_figures(job: JobContext) -> None:
    figure_questions.tell_new(job.id_of("figures_id"))


def _take_up_question(job: JobContext) -> None:
    figure_questions.take_up(job.id_of("question_id"), by=job.by, at=job.at)


def _tell_figure_answer(job: JobContext) -> None:
    figure_questions.tell_answer(job.id_of("question_id"))


def _ask_reminders(job: JobContext) -> Result:
    return {"people": action_reminders.ask_reminders(by=job.by, at=job.at)}


def _mail_reminder(job: JobContext) -> Result:
    sent = action_reminders.send_reminder(job.id_of("user_id"), by=job.by, at=job.at)
    return {"sent": sent}


def _ask_case_reminders(job: JobContext) -> Result:
    return {"mails": case_reminders.ask_reminders(by=job.by, at=job.at)}


def _mail_case_reminder(job: JobContext) -> Result:
    return {"sent": case_reminders.send_reminder(job.payload, by=job.by, at=job.at)}


HANDLERS: dict[str, Handler] = {
    **MAP_JOBS,
    action_reminders.REMIND: Handler(_ask_reminders),
    action_reminders.MAIL: Handler(_mail_reminder),
    case_reminders.REMIND: Handler(_ask_case_reminders),
    case_reminders.MAIL: Handler(_mail_case_reminder),
    "invitation:send": Handler(_send_invitation),
    case_officers.TELL_OFFICERS: Handler(_tell_officers),
    "audit:checkpoint": Handler(_sign_checkpoint),
    "session:expire": Handler(_end_expired_sessions),
    sharing.EXPIRE: Handler(_end_consents),
    cascade.REFRESH: Handler(_refresh_cascade),
    sharing.TELL: Handler(_tell_consent_ended),
    demo_removal.DROP_FILES: Handler(_drop_sample_files),
    document_redaction.DESTROY: Handler(_destroy_bytes),
    # No permission: whoever brought the file may have left, and its reader is to be warned.
    evidence_search.SEARCH: Handler(_search_document, is_staged=True),
    CHASE: Handler(_chase),
    REMIND: Handler(_send_reminder),
    TELL_RETURNED: Handler(_tell_returned),
    TELL_ESCALATED: Handler(_tell_escalated),
    RECEIVE: Handler(_receive_answers),
    # No permission: whoever started it may have left, and those who were asked wait.
    campaigns.SEND: Handler(_send_campaign, is_staged=True),
    response_review_sampling.ACCEPT_REST: Handler(
        _accept_rest, Permission.RESPONSE_REVIEW, is_staged=True
    ),
    returned_books.READ: Handler(_read_books, Permission.QUESTIONNAIRE_ASSIGN, is_staged=True),
    returned_books_mail.TELL: Handler(lambda job: tell_brought(job.id_of("assignment_id"))),
    campaign_sending.CONTINUE: Handler(_go_on_with_campaigns),
    campaign_reminders.REMIND: Handler(_remind_of_campaigns, is_staged=True),
    campaign_reminders.TELL: Handler(_tell_owner),
    # No permission: each assessment of a map renews the figures that suppliers read.
    supplier_figures.RENEW: Handler(_renew_figures, is_staged=True),
    supplier_figures.LOOK: Handler(_look_at_figures),
    supplier_figures.TELL: Handler(_tell_figures),
    figure_questions.TELL_QUESTION: Handler(_take_up_question),
    figure_questions.TELL_ANSWER: Handler(_tell_figure_answer),
    BUILD: Handler(_build_report, Permission.REPORT_REQUEST, is_staged=True),
}

PERIODIC: dict[str, int] = {
    "audit:checkpoint": 900,
    "session:expire": 3600,
    CHASE: 21_600,
    campaign_sending.CONTINUE: 900,
    campaign_reminders.REMIND: 21_600,
    action_reminders.REMIND: 86_400,
    case_reminders.REMIND: 900,
    sharing.EXPIRE: 3600,
    cascade.REFRESH: 3600,
    reassessment_triggers.LOOK: 86_400,
    approval_steps.EXPIRE: 86_400,
    assessment_nightly.RENEW: 86_400,
    supplier_figures.LOOK: 86_400,
    screening_lists.SCREEN: 3600,
}
"""Job name -> seconds between two runs, for each organisation."""
