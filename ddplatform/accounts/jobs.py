"""Background jobs of accounts: mails, roles after their wait, expired sessions and counters."""

from ddplatform.accounts.limits.services import forget_old_counters
from ddplatform.accounts.notices import services as notices
from ddplatform.accounts.officers.queries import get_proposal
from ddplatform.accounts.officers.services import mails as officer_mails
from ddplatform.accounts.officers.services import proposals
from ddplatform.accounts.organisations.services import invitations
from ddplatform.accounts.sessions import services as sessions
from ddplatform.infrastructure.jobs.context import Handler, JobContext, Result
from ddplatform.infrastructure.jobs.handlers import register_jobs


def _send_invitation(job: JobContext) -> None:
    retry_of = job.payload.get("retry_of")
    invitations.send(job.id_of("invitation_id"), at=job.act.at, retry_of=retry_of)


def _tell_of_change(job: JobContext) -> None:
    change = notices.Change(job.payload["change"])
    notices.send(job.id_of("user_id"), change, at=job.act.at)


def _end_expired_sessions(job: JobContext) -> Result:
    forgotten = forget_old_counters(at=job.act.at)
    return {"ended": sessions.end_expired_sessions(at=job.act.at), "counters": forgotten}


def _begin_officer(job: JobContext) -> Result:
    proposal = get_proposal(job.id_of("officer_proposal_id"))
    return {"begun": proposals.begin(proposal, at=job.act.at)}


def register() -> None:
    """Register the jobs of accounts."""
    register_jobs(
        {
            invitations.SEND: Handler(_send_invitation),
            notices.TELL: Handler(_tell_of_change),
            proposals.BEGIN: Handler(_begin_officer),
            officer_mails.TELL: Handler(lambda job: officer_mails.send_news(job.payload)),
            "session:expire": Handler(_end_expired_sessions, every_s=3600),
        }
    )
