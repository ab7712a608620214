"""Background jobs of actions, cases and concerns: reminders and mails."""

from ddplatform.due_diligence.actions.services import reminders as action_reminders
from ddplatform.due_diligence.concerns.services import mails as concern_mails
from ddplatform.due_diligence.custody.services import mails as custody_mails
from ddplatform.due_diligence.remedy.services import mails as case_mails
from ddplatform.infrastructure.jobs.context import Handler, JobContext, Result
from ddplatform.infrastructure.jobs.handlers import register_jobs


def _ask_reminders(job: JobContext) -> Result:
    return {"people": action_reminders.ask_reminders(act=job.act)}


def _mail_reminder(job: JobContext) -> Result:
    sent = action_reminders.send_reminder(job.id_of("user_id"), act=job.act)
    return {"sent": sent}


def _ask_case_reminders(job: JobContext) -> Result:
    return {"mails": case_mails.ask_reminders(act=job.act)}


def _mail_case_reminder(job: JobContext) -> Result:
    return {"sent": case_mails.send_reminder(job.payload, act=job.act)}


def _tell_officers(job: JobContext) -> None:
    case_mails.send_news(job.id_of("user_id"), at=job.act.at)


def _tell_of_custody(job: JobContext) -> None:
    custody_mails.send_news(job.payload)


def _tell_of_concern(job: JobContext) -> None:
    concern_mails.send_news(job.payload)


def _ask_concern_reminders(job: JobContext) -> Result:
    return {"mails": concern_mails.ask_reminders(act=job.act)}


def _mail_concern_reminder(job: JobContext) -> None:
    concern_mails.send_reminder(job.payload)


JOBS = {
    action_reminders.REMIND: Handler(_ask_reminders, every_s=86_400),
    action_reminders.MAIL: Handler(_mail_reminder),
    case_mails.REMIND: Handler(_ask_case_reminders, every_s=900),
    case_mails.MAIL: Handler(_mail_case_reminder),
    case_mails.TELL_OFFICERS: Handler(_tell_officers),
    custody_mails.TELL: Handler(_tell_of_custody),
    concern_mails.TELL: Handler(_tell_of_concern),
    concern_mails.REMIND: Handler(_ask_concern_reminders, every_s=86_400),
    concern_mails.MAIL_LATE: Handler(_mail_concern_reminder),
}


def register() -> None:
    """Register the jobs of actions, cases and concerns."""
    register_jobs(JOBS)
