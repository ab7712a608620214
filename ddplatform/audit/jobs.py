"""Background jobs of the log."""

from ddplatform.audit.services.log import sign_checkpoint
from ddplatform.infrastructure.jobs.context import Handler, JobContext
from ddplatform.infrastructure.jobs.handlers import register_jobs


def _sign_checkpoint(job: JobContext) -> None:
    sign_checkpoint(at=job.act.at)


def register() -> None:
    """Register the jobs of the log."""
    register_jobs({"audit:checkpoint": Handler(_sign_checkpoint, every_s=900)})
