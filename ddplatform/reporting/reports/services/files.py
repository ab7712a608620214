"""The files of sealed reports go out; each time is an event of the log."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.errors import NotFound
from ddplatform.reporting.reports.models import ReportStatus
from ddplatform.reporting.reports.queries import get_report, report_name

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "csv": "application/zip",
}
ENDINGS = {"pdf": "pdf", "xlsx": "xlsx", "json": "json", "csv": "csv.zip"}


@dataclass(frozen=True)
class Download:
    """A file of a report on its way out."""

    content: bytes
    filename: str
    media_type: str


def export(report_id: UUID, form: str, *, by: Identity, at: datetime) -> Download:
    """One file of a sealed report, with its event in the log.

    Raises:
        NotFound: no such report, not sealed, or not in this format.
        TooMany: too many exports in an hour.
    """
    report = get_report(report_id)
    if report.status is not ReportStatus.SEALED or form not in report.files:
        raise NotFound()
    if by.user_id is not None:
        rate_limits.count_try(rate_limits.EXPORT, str(by.user_id), at=at)
    kept = report.files[form]
    content = adapters().files.get(report.organisation_id, kept["sha256"])
    audit.record("report:export", report, by=by, at=at, format=form, sha256=kept["sha256"])
    return Download(content, f"{report_name(report)}.{ENDINGS[form]}", MEDIA_TYPES[form])
