"""Execution of one claimed job, in the tenant and with the rights of its requester."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from ddplatform.infrastructure.access.accounts import accounts
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.policy import allows
from ddplatform.infrastructure.adapters.mail import MailRefused
from ddplatform.infrastructure.db import finish, unit_of_work
from ddplatform.infrastructure.errors import NotAllowed, status_of
from ddplatform.infrastructure.jobs import claims
from ddplatform.infrastructure.jobs.context import Handler, JobContext, Progress
from ddplatform.infrastructure.jobs.handlers import HANDLERS
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from ddplatform.languages import gettext

log = logging.getLogger(__name__)
FIRST_RETRY = timedelta(seconds=10)


def run_job(claim: claims.Claim, *, owner: str) -> None:
    """Do a job and mark it done; an error puts it back, later each time, five times at most."""
    try:
        handler = HANDLERS.get(claim.name)
        job = JobContext(
            payload=claim.payload,
            act=Act(_identity_of(claim, handler), datetime.now(UTC)),
            progress=_progress_of(claim.id, owner),
            id=claim.id,
        )
        _run(claim, handler, job, owner=owner)
    except Exception as error:
        _note_in_log(claim, error)
        wait = FIRST_RETRY * 2 ** (claim.attempts - 1)
        final = isinstance(error, NotAllowed)
        with unit_of_work():
            claims.give_back(
                claim.id, owner=owner, error=_words(error, claim.id), wait=wait, final=final
            )


def _note_in_log(claim: claims.Claim, error: Exception) -> None:
    if isinstance(error, (SMTPException, MailRefused)):
        # Answers of a mail server name whom the mail was for, and they run through the traceback.
        log.error("job %s (%s) failed: %s", claim.id, claim.name, type(error).__name__)
    else:
        log.error("job %s (%s) failed", claim.id, claim.name, exc_info=error)


def _run(claim: claims.Claim, handler: Handler, job: JobContext, *, owner: str) -> None:
    if handler.is_staged:
        result = handler.run(job)
        with unit_of_work():
            claims.mark_done(claim.id, owner=owner, result=_plain(result))
        return
    with unit_of_work(), acting_in(job.act.by.organisation_id):
        result = handler.run(job)
        claims.mark_done(claim.id, owner=owner, result=_plain(result))


def _identity_of(claim: claims.Claim, handler: Handler) -> Identity:
    """Read in a transaction of its own: one that is open could not be raised to SQLite's write
    lock while another process writes, and the job would fail."""
    try:
        return _identity(claim, handler)
    finally:
        finish(ok=False)


def _identity(claim: claims.Claim, handler: Handler) -> Identity:
    with across_tenants():
        organisation_id = claim.organisation_id or accounts().installation_organisation_id()
        if claim.user_id is None:
            return system_identity(organisation_id)
        standing = accounts().get_membership_facts_in(claim.user_id, organisation_id)
        account = accounts().get_account(claim.user_id)
    if standing is None or account is None or not account.is_active:
        raise NotAllowed(gettext("The person who asked for this is no longer in the organisation."))
    identity = Identity(
        user_id=claim.user_id,
        organisation_id=organisation_id,
        role_id=standing.role_id,
        name=account.name,
        access_until=standing.access_until,
        request_ref=claim.id.hex,
    )
    today = datetime.now(UTC).date()
    if handler.permission is not None and not allows(identity, handler.permission, on=today):
        raise NotAllowed(gettext("The person who asked for this may not do it any more."))
    return identity


def _progress_of(job_id: UUID, owner: str) -> Progress:
    def report(done: int, total: int) -> None:
        with unit_of_work():
            claims.report_progress(job_id, owner=owner, done=done, total=total)

    return report


def _plain(result: Mapping[str, Any] | None) -> dict[str, Any]:
    return dict(result) if result else {}


def _words(error: Exception, job_id: UUID) -> str:
    """Words for a page: unexpected errors may quote rows and paths, so they go only to the log."""
    kind = type(error).__name__
    if status_of(error) < 500:
        return f"{kind}: {getattr(error, 'message', '') or error}"[:500]
    return f"{kind}: not expected. The log of the worker tells more of job {job_id}."
