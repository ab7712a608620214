"""Background jobs of the sample company."""

from ddplatform.demo.removal import DROP_FILES, drop_files
from ddplatform.infrastructure.jobs.context import Handler
from ddplatform.infrastructure.jobs.handlers import register_jobs


def register() -> None:
    """Register the jobs of the sample company."""
    register_jobs({DROP_FILES: Handler(lambda job: drop_files(job.payload))})
