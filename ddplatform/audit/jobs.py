"""Background jobs of the log."""

from ddplatform.audit.services.log import sign_checkpoint
from ddplatform.audit.services.refusals import WINDOW, summarise_refusals
from ddplatform.infrastructure.jobs.context import Handler, JobContext
from ddplatform.infrastructure.jobs.handlers import register_jobs


def _sign_checkpoint(job: JobContext) -> None:
    sign_checkpoint(at=job.act.at)


def register() -> None:
    """Register the jobs of the log."""
    every_s = int(WINDOW.total_seconds())
    register_jobs(
        {
            "audit:checkpoint": Handler(_sign_checkpoint, every_s=900),
            "audit:refusals": Handler(
                lambda job: {"summaries": summarise_refusals(at=job.act.at)}, every_s=every_s
            ),
        }
    )
