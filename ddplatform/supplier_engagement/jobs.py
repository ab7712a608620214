"""Background jobs of questionnaires, answers, campaigns, consents and cascades."""

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.jobs.context import Handler, JobContext, Result, about
from ddplatform.infrastructure.jobs.handlers import register_jobs
from ddplatform.supplier_engagement.campaigns.services import campaigns
from ddplatform.supplier_engagement.campaigns.services import reminders as campaign_reminders
from ddplatform.supplier_engagement.campaigns.services import sending as campaign_sending
from ddplatform.supplier_engagement.cascade.services import cascade
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.receiving.services.receiving import receive
from ddplatform.supplier_engagement.requests.services import reminders
from ddplatform.supplier_engagement.returned_books.services import books as returned_books
from ddplatform.supplier_engagement.returned_books.services import mail as returned_books_mail
from ddplatform.supplier_engagement.review.services import mails as review_mails
from ddplatform.supplier_engagement.review.services import review, sampling
from ddplatform.supplier_engagement.sharing import services as sharing
from ddplatform.supplier_engagement.submission.services import RECEIVE


def _chase(job: JobContext) -> Result:
    publish_shipped(job.act.at)  # a new version of the product may bring new questionnaires
    return reminders.chase(act=job.act)


def _read_books(job: JobContext) -> Result:
    key = job.id_of("delivery_id")
    return returned_books.carry_out(
        key,
        look=job.look,
        unit=job.unit,
        progress=job.progress,
        act=job.act,
    )


def _send_campaign(job: JobContext) -> Result:
    assert job.id is not None
    return campaign_sending.carry_out(
        job.id_of("campaign_id"),
        job.id,
        unit=job.unit,
        progress=job.progress,
        act=job.act,
    )


def _tell_owner(job: JobContext) -> None:
    campaign_reminders.tell_owner(job.id_of("campaign_id"), job.id_of("user_id"), at=job.act.at)


JOBS = {
    reminders.CHASE: Handler(_chase, every_s=21_600),
    reminders.REMIND: Handler(lambda job: reminders.send_reminder(job.id_of("assignment_id"))),
    RECEIVE: Handler(lambda job: receive(job.id_of("response_id"), act=job.act)),
    review.TELL_RETURNED: Handler(
        lambda job: review_mails.tell_returned(job.id_of("assignment_id"))
    ),
    review.TELL_ESCALATED: Handler(
        lambda job: review_mails.tell_escalated(job.id_of("assignment_id"), by=job.act.by)
    ),
    sampling.ACCEPT_REST: Handler(
        about("sample_id", sampling.accept_rest), Permission.RESPONSE_REVIEW, is_staged=True
    ),
    returned_books.READ: Handler(_read_books, Permission.QUESTIONNAIRE_ASSIGN, is_staged=True),
    returned_books_mail.TELL: Handler(
        lambda job: returned_books_mail.notify_returned(job.id_of("assignment_id"))
    ),
    # No permission: whoever started it may have left, and those who were asked wait.
    campaigns.SEND: Handler(_send_campaign, is_staged=True),
    campaign_sending.CONTINUE: Handler(
        lambda job: campaign_sending.go_on_with_all(act=job.act), every_s=900
    ),
    campaign_reminders.REMIND: Handler(
        lambda job: campaign_reminders.remind_by_calendar(unit=job.unit, act=job.act),
        is_staged=True,
        every_s=21_600,
    ),
    campaign_reminders.TELL: Handler(_tell_owner),
    sharing.EXPIRE: Handler(
        lambda job: {"ended": sharing.expire_shares(act=job.act)}, every_s=3600
    ),
    sharing.TELL: Handler(lambda job: sharing.tell_ended(job.id_of("share_id"), act=job.act)),
    cascade.REFRESH: Handler(lambda _job: {"changed": cascade.refresh_states()}, every_s=3600),
}


def register() -> None:
    """Register the jobs of questionnaires and answers."""
    register_jobs(JOBS)
