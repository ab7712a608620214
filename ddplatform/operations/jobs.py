"""Background jobs of operations: the nightly removal of what is due."""

from ddplatform.infrastructure.jobs.context import Handler, JobContext, Result
from ddplatform.infrastructure.jobs.handlers import register_jobs
from ddplatform.operations.retention import mails
from ddplatform.operations.retention.services import APPLY, apply_retention

DAY_S = 86_400


def _apply(job: JobContext) -> Result:
    return {"removed": apply_retention(job.act.at)}


def _tell(job: JobContext) -> None:
    mails.send(job.payload)


def register() -> None:
    """Register the jobs of operations."""
    register_jobs({APPLY: Handler(_apply, every_s=DAY_S), mails.TELL: Handler(_tell)})
