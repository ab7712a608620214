"""Which service call each job's name stands for, and how often one comes by itself."""

from ddplatform.accounts.organisations.services import invitations
from ddplatform.accounts.sessions import services as sessions
from ddplatform.audit.services import log as audit
from ddplatform.demo import removal as demo_removal
from ddplatform.documents.errors import FactsRefused
from ddplatform.due_diligence.actions.services import reminders as action_reminders
from ddplatform.due_diligence.remedy.services import officers as case_officers
from ddplatform.due_diligence.remedy.services import reminders as case_reminders
from ddplatform.evidence.redaction import services as document_redaction
from ddplatform.evidence.search import services as evidence_search
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.jobs.context import Handler, JobContext, Result
from ddplatform.jobs.maps import MAP_JOBS
from ddplatform.reporting.reports.services import sealing as report_sealing
from ddplatform.reporting.reports.services.requests import BUILD
from ddplatform.risk.approvals.services import steps as approval_steps
from ddplatform.risk.assessment.services import nightly as assessment_nightly
from ddplatform.risk.reassessment.services import triggers as reassessment_triggers
from ddplatform.risk.supplier_figures.services import figures as supplier_figures
from ddplatform.risk.supplier_figures.services import questions as figure_questions
from ddplatform.supplier_engagement.campaigns.services import campaigns
from ddplatform.supplier_engagement.campaigns.services import reminders as campaign_reminders
from ddplatform.supplier_engagement.campaigns.services import sending as campaign_sending
from ddplatform.supplier_engagement.cascade.services import cascade
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.receiving.services import receive
from ddplatform.supplier_engagement.requests.services.reminders import (
    CHASE,
    REMIND,
    chase,
    send_reminder,
)
from ddplatform.supplier_engagement.returned_books.services import books as returned_books
from ddplatform.supplier_engagement.returned_books.services import mail as returned_books_mail
from ddplatform.supplier_engagement.returned_books.services.mail import tell_brought
from ddplatform.supplier_engagement.review.services import sampling as response_review_sampling
from ddplatform.supplier_engagement.review.services.mails import tell_escalated, tell_returned
from ddplatform.supplier_engagement.review.services.review import TELL_ESCALATED, TELL_RETURNED
from ddplatform.supplier_engagement.sharing import services as sharing
from ddplatform.supplier_engagement.submission.services import RECEIVE
from ddplatform.value_chain.screening.services import lists as screening_lists


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
