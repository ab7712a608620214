"""Background jobs of documents: search, destruction after redaction, files without a record."""

from ddplatform.evidence.orphaned_files import services as orphaned_files
from ddplatform.evidence.redaction import services as redaction
from ddplatform.evidence.search import services as search
from ddplatform.infrastructure.jobs.context import Handler, JobContext, Result
from ddplatform.infrastructure.jobs.handlers import register_jobs


def _destroy_bytes(job: JobContext) -> Result:
    return {"gone": redaction.destroy(job.payload)}


def _search_document(job: JobContext) -> Result:
    key = job.id_of("evidence_id")
    return {"searched": search.carry_out(key, look=job.look, unit=job.unit)}


def _sweep_files(_job: JobContext) -> Result:
    found = orphaned_files.sweep()
    return {"orphans": found.orphans, "drafts": found.drafts}


def register() -> None:
    """Register the jobs of documents."""
    register_jobs(
        {
            redaction.DESTROY: Handler(_destroy_bytes),
            # No permission: whoever brought the file may have left, and its reader is to be warned.
            orphaned_files.SWEEP: Handler(_sweep_files, every_s=86_400),
            search.SEARCH: Handler(_search_document, is_staged=True),
        }
    )
