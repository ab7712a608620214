"""Questions about the whole installation, asked across tenants for backups."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.audit.models import AuditEvent
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.evidence.uploads.models import Evidence
from ddplatform.evidence.uploads.queries.stored_files import keeps_bytes
from ddplatform.infrastructure.db import db
from ddplatform.reporting.reports.models import Report, ReportStatus
from ddplatform.supplier_engagement.library.models import QuestionnaireVersion
from ddplatform.supplier_engagement.offline.models import AnswerIntake
from ddplatform.supplier_engagement.returned_books.models import ReturnedBook
from ddplatform.value_chain.mapping.models import MapImport

Named = tuple[UUID, str]
"""The organisation in whose folder a file lies, and its SHA-256."""


def list_named_files() -> set[Named]:
    """Every stored file that a row names; a file that is missing cannot be opened any more."""
    documents = select(Evidence.storage_organisation_id, Evidence.sha256).where(keeps_bytes())
    answers = select(AnswerIntake.organisation_id, AnswerIntake.sha256)
    books = select(ReturnedBook.organisation_id, ReturnedBook.sha256)
    found = {
        (organisation_id, sha256)
        for statement in (documents, answers, books)
        for organisation_id, sha256 in db.session.execute(statement)
    }
    return found | set(_in_lists())


def _in_lists() -> Iterator[Named]:
    """Files in JSON columns."""
    for organisation_id, files in _all(Report.organisation_id, Report.files):
        yield from _digests(organisation_id, files.values())
    for organisation_id, files in _all(MapImport.organisation_id, MapImport.files):
        yield from _digests(organisation_id, files)
    for organisation_id, files in _all(AnswerIntake.organisation_id, AnswerIntake.attachments):
        yield from _digests(organisation_id, files)
    for (files,) in _all(QuestionnaireVersion.media):
        for one in files:
            yield from _digests(UUID(one["owner"]), [one])


def _all(*columns: Any) -> Sequence[Any]:
    return db.session.execute(select(*columns)).all()


def _digests(organisation_id: UUID, files: Iterable[dict[str, Any]]) -> Iterator[Named]:
    # A file that was refused when it came in has a problem instead of a checksum.
    return ((organisation_id, one["sha256"]) for one in files if one.get("sha256"))


def find_last_backup_at() -> datetime | None:
    """When the acting organisation, that of the installation, made its newest backup."""
    made = select(func.max(AuditEvent.at)).where(AuditEvent.action == "backup:create")
    return db.session.scalar(made)


def list_sealed_reports() -> Sequence[Report]:
    """The sealed reports of the acting organisation, by number."""
    wanted = select(Report).where(Report.status == ReportStatus.SEALED).order_by(Report.number)
    return db.session.scalars(wanted).all()


def list_cases_with_key() -> Sequence[RemediationCase]:
    """The remediation cases of the acting organisation that were not erased."""
    wanted = select(RemediationCase).where(RemediationCase.key_wrapped.is_not(None))
    return db.session.scalars(wanted.order_by(RemediationCase.id)).all()
