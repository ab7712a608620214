"""Queries of reports: the list, one report, its frozen facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, case, cast, extract, func, select
from sqlalchemy.orm import undefer

from ddplatform.accounts.organisations.models import Organisation, User
from ddplatform.audit.models import AuditEvent
from ddplatform.evidence.uploads.queries.stored_files import holds
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.text_search import Found, Part, Searched, Words, search_question
from ddplatform.infrastructure.together import Question
from ddplatform.infrastructure.typed_values import find_number
from ddplatform.reporting.reports.models import Report, ReportStatus
from ddplatform.value_chain.mapping.models import ValueChain

PAGE_SIZE = 50


@dataclass(frozen=True)
class ReportRow:
    """One report in the list."""

    id: UUID
    number: int
    title: str
    audience: str
    status: ReportStatus
    chain_name: str
    period_from: date
    period_to: date
    created_at: datetime
    created_by: str | None
    sealed_at: datetime | None
    job_state: JobState | None

    @property
    def has_failed(self) -> bool:
        """Whether no job is active on it although it is not sealed."""
        unfinished = self.status is not ReportStatus.SEALED
        return self.status is ReportStatus.FAILED or (
            unfinished and self.job_state is JobState.FAILED
        )


@dataclass(frozen=True)
class Sealing:
    """The number of sealed reports, and the time of the newest seal."""

    count: int
    newest_at: datetime | None


def list_reports(*, before: int | None = None, limit: int = PAGE_SIZE) -> Sequence[ReportRow]:
    """Reports of the acting organisation, newest first; `before` is the last number seen."""
    statement = (
        select(
            Report.id,
            Report.number,
            Report.title,
            Report.audience,
            Report.status,
            ValueChain.name.label("chain_name"),
            Report.period_from,
            Report.period_to,
            Report.created_at,
            User.name.label("created_by"),
            Report.sealed_at,
            Job.state.label("job_state"),
        )
        .join(ValueChain, ValueChain.id == Report.chain_id)
        .outerjoin(User, User.id == Report.created_by_id)
        .outerjoin(Job, Job.id == Report.job_id)
        .order_by(Report.number.desc(), Report.id)
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Report.number < before)
    return [ReportRow(**row._mapping) for row in db.session.execute(statement)]


def get_report(report_id: UUID) -> Report:
    """A report without its facts, or NotFound."""
    return get_one(select(Report).where(Report.id == report_id))


def get_report_with_facts(report_id: UUID) -> Report:
    """A report with its frozen facts, or NotFound."""
    return get_one(
        select(Report)
        .where(Report.id == report_id)
        .options(undefer(Report.facts))
        .execution_options(populate_existing=True)
    )


def next_number() -> int:
    """The number of the next report of the acting organisation."""
    return (db.session.scalar(select(func.max(Report.number))) or 0) + 1


def list_sealed_like(report: Report) -> Sequence[Report]:
    """Sealed reports asked for in the same words as this one, with their facts, newest first."""
    return db.session.scalars(
        select(Report)
        .where(
            Report.status == ReportStatus.SEALED,
            Report.definition_ref == report.definition_ref,
            Report.definition_version == report.definition_version,
            Report.chain_id == report.chain_id,
            Report.audience == report.audience,
            Report.period_from == report.period_from,
            Report.period_to == report.period_to,
            Report.as_of == report.as_of,
        )
        .options(undefer(Report.facts))
        .order_by(Report.number.desc())
        .limit(5)
    ).all()


def find_report_of_file(sha256: str) -> tuple[Report, str] | None:
    """The sealed report that a file belongs to and its format, by the checksum of the file."""
    rows = db.session.execute(
        select(Report.id, Report.files)
        .where(Report.status == ReportStatus.SEALED)
        .order_by(Report.number)
    ).all()
    for report_id, files in rows:
        for form, kept in files.items():
            if kept["sha256"] == sha256:
                return get_report_with_facts(report_id), form
    return None


def find_report_named(name: str) -> Report | None:
    """The sealed report called `R-YYYY-NNN` (see `report_name`), with its facts."""
    number = find_number(name.rpartition("-")[2], None)
    if number is None:
        return None
    found = db.session.scalar(
        select(Report)
        .where(Report.number == number, Report.status == ReportStatus.SEALED)
        .options(undefer(Report.facts))
    )
    return found if found is not None and report_name(found) == name else None


def report_name(report: "Report | ReportRow | ReportHit") -> str:
    """The name of a report on paper: `R-2026-014`."""
    return f"R-{report.created_at.year}-{report.number:03d}"


@dataclass(frozen=True)
class ReportHit:
    """A report that matches the search in its title, its number or its map."""

    id: UUID
    title: str
    number: int
    chain_name: str
    status: ReportStatus
    created_at: datetime

    @property
    def name(self) -> str:
        """The name of the report on paper."""
        return report_name(self)


def select_reports_by_text(words: Words, part: Part) -> Question[Found[ReportHit]]:
    """Reports by title, map and number, as typed "R-2026-014" or "14"."""
    statement = (
        select(
            Report.id,
            Report.title,
            Report.number,
            ValueChain.name.label("chain_name"),
            Report.status,
            Report.created_at,
        )
        .select_from(Report)
        .join(ValueChain, ValueChain.id == Report.chain_id)
    )
    searched = Searched(
        Report.id, Report.title, (ValueChain.name, _name()), (Report.number.desc(),)
    )
    return search_question(statement, searched, words, part, _report_hit)


def _name() -> ColumnElement[str]:
    """The same as `report_name`, in a statement."""
    zeros = case((Report.number < 10, "00"), (Report.number < 100, "0"), else_="")
    year = cast(extract("year", Report.created_at), String)
    return "R-" + year + "-" + zeros + cast(Report.number, String)


def _report_hit(row: Any) -> ReportHit:
    return ReportHit(row.id, row.title, row.number, row.chain_name, row.status, row.created_at)


def count_sealed() -> Sealing:
    """The number of sealed reports, and the time of the newest seal."""
    row = db.session.execute(
        select(func.count(), func.max(Report.sealed_at)).where(Report.status == ReportStatus.SEALED)
    ).one()
    return Sealing(*row)


def list_report_keepers() -> Sequence[UUID]:
    """Every organisation of this installation: where the report of a file may be kept."""
    return db.session.scalars(select(Organisation.id).order_by(Organisation.created_at)).all()


def names_bytes(organisation_id: UUID, sha256: str) -> ColumnElement[bool]:
    """Whether a report of an organisation has a file of these bytes."""
    return (Report.organisation_id == organisation_id) & holds(Report.files, sha256)


def find_seal(report_id: UUID) -> AuditEvent | None:
    """The first event of the log that seals a report."""
    return db.session.scalar(
        select(AuditEvent)
        .where(AuditEvent.action == "report:seal", AuditEvent.target_id == str(report_id))
        .order_by(AuditEvent.sequence)
        .limit(1)
    )
