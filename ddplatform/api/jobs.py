"""Background work for programs: events that webhooks send."""

from ddplatform.api.webhooks.services import delivery, mails, webhooks
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.jobs.context import Handler, JobContext
from ddplatform.infrastructure.jobs.handlers import register_jobs

AT_LEAST_EVERY_S = 900
"""Where an organisation has webhooks, each look queues the next one in a minute."""


def _send_test(job: JobContext) -> None:
    assert job.id is not None
    delivery.send_test(job.id_of("webhook_id"), job.id, look=job.look, unit=job.unit, act=job.act)


JOBS = {
    # No permission: whom a webhook acts for is looked up with each batch.
    webhooks.SEND: Handler(
        lambda job: delivery.send_due(look=job.look, unit=job.unit, act=job.act),
        is_staged=True,
        every_s=AT_LEAST_EVERY_S,
    ),
    webhooks.TEST: Handler(_send_test, Permission.API_TOKEN_MANAGE, is_staged=True),
    mails.TELL: Handler(lambda job: mails.send_paused(job.id_of("webhook_id"))),
}


def register() -> None:
    """Register the jobs for programs."""
    register_jobs(JOBS)
