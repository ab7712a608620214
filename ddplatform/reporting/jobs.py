"""Background jobs of reports."""

from ddplatform.documents.errors import FactsRefused
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.jobs.context import Handler, JobContext, Result
from ddplatform.infrastructure.jobs.handlers import register_jobs
from ddplatform.reporting.reports.services import sealing
from ddplatform.reporting.reports.services.requests import BUILD


def _build_report(job: JobContext) -> Result:
    report_id = job.id_of("report_id")
    try:
        with job.unit():
            frozen = sealing.freeze(report_id, act=job.act)
        if frozen is None:
            return {"report_id": str(report_id)}
        job.progress(1, 3)
        made = sealing.render(frozen)
    except FactsRefused as refusal:
        with job.unit():  # another try would find the same facts
            sealing.mark_failed(report_id, str(refusal), act=job.act)
        return None
    job.progress(2, 3)
    with job.unit():
        return sealing.seal(report_id, made, act=job.act)


def register() -> None:
    """Register the jobs of reports."""
    register_jobs({BUILD: Handler(_build_report, Permission.REPORT_REQUEST, is_staged=True)})
