"""Reports: asked for, frozen, made into files, sealed. A sealed report never changes.

Making takes three steps, so that no unit of work stays open while a PDF is laid out: `freeze`
keeps the facts, `render` makes the files without a database, `seal` keeps them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ddplatform.access.identity import Identity
from ddplatform.adapters.installed import adapters
from ddplatform.db import db
from ddplatform.errors import Conflict, Invalid, NotFound
from ddplatform.ledger.events import utc_text
from ddplatform.models.reports import Report, ReportStatus
from ddplatform.queries.report_facts import load_facts
from ddplatform.queries.report_scope import load_scope
from ddplatform.queries.reports import (
    get_report,
    get_report_with_facts,
    list_sealed_like,
    next_number,
    report_name,
)
from ddplatform.queries.value_chain import get_chain
from ddplatform.reports.composition import compose
from ddplatform.reports.content import Document, Gap
from ddplatform.reports.definitions import load_definition
from ddplatform.reports.errors import DefinitionRefused
from ddplatform.reports.paper import Stamp
from ddplatform.reports.pdf import render_pdf
from ddplatform.reports.plans import AUDIENCES, Definition
from ddplatform.reports.tables import (
    facts_checksum,
    render_csv_pack,
    render_json,
    render_xlsx,
)
from ddplatform.services import audit, jobs, rate_limits

BUILD = "report:build"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "csv": "application/zip",
}
ENDINGS = {"pdf": "pdf", "xlsx": "xlsx", "json": "json", "csv": "csv.zip"}
NOT_CONTENT = ("report", "audit")
"""Keys of the facts that tell of the report itself, not of the organisation."""


@dataclass(frozen=True)
class Wanted:
    """A report as it is asked for."""

    definition_ref: str
    chain_id: UUID
    period: tuple[date, date]
    audience: str = "auditor"
    as_of: date | None = None
    """The day it is seen from; None: the day it is asked for."""


@dataclass(frozen=True)
class Frozen:
    """The facts of a report, kept before anything is made of them."""

    report_id: UUID
    definition_ref: str
    name: str
    facts: Mapping[str, Any]
    audit_size: int


@dataclass(frozen=True)
class Download:
    """A file of a report on its way out."""

    content: bytes
    filename: str
    media_type: str


def request(wanted: Wanted, *, by: Identity, at: datetime) -> Report:
    """Queue a report; the job makes it with the rights that the person has then.

    Raises:
        Invalid: unknown definition or reader, or a period that is none.
        NotFound: no such map.
    """
    report = add_report(wanted, by=by, at=at)
    report.job_id = jobs.enqueue(BUILD, {"report_id": str(report.id)}, by=by, at=at).id
    return report


def add_report(wanted: Wanted, *, by: Identity, at: datetime) -> Report:
    """Add a report that waits to be made. Raises as `request`."""
    definition = _checked(wanted, today=at.date())
    get_chain(wanted.chain_id)
    report = _draft(wanted, definition, at=at)
    report.created_by_id = by.user_id
    db.session.add(report)
    db.session.flush()  # the event and the job name it
    audit.record(
        "report:request",
        report,
        by=by,
        at=at,
        definition=f"{definition.ref} {definition.version}",
        audience=wanted.audience,
        period=list(wanted.period),
    )
    return report


def _draft(wanted: Wanted, definition: Definition, *, at: datetime) -> Report:
    return Report(
        number=next_number(),
        definition_ref=definition.ref,
        definition_version=definition.version,
        title=definition.title,
        audience=wanted.audience,
        status=ReportStatus.QUEUED,
        chain_id=wanted.chain_id,
        period_from=wanted.period[0],
        period_to=wanted.period[1],
        as_of=wanted.as_of or at.date(),
        files={},
        gaps=[],
        created_at=at,
    )


def _checked(wanted: Wanted, *, today: date) -> Definition:
    faults = {}
    if wanted.audience not in AUDIENCES:
        faults["audience"] = f"Choose one of: {', '.join(AUDIENCES)}."
    if wanted.period[0] > wanted.period[1]:
        faults["period_from"] = "The period ends before it begins; change one of the two days."
    elif wanted.period[0] > today:
        faults["period_from"] = "The period has not begun yet; choose an earlier first day."
    if (wanted.as_of or today) > today:
        faults["as_of"] = "Nothing is known of a day to come; choose today or earlier."
    try:
        definition = load_definition(wanted.definition_ref)
    except DefinitionRefused as refusal:
        faults["definition"] = " ".join(refusal.faults)
    if faults:
        raise Invalid(fields=faults)
    return definition


def find_same(wanted: Wanted, *, at: datetime) -> Report | None:
    """A sealed report of the same words whose records have not changed since.

    So the same facts give the same bytes, whoever asks and how often. Raises as `request`.
    """
    definition = _checked(wanted, today=at.date())
    draft = _draft(wanted, definition, at=at)
    alike = list_sealed_like(draft)
    if not alike:
        return None
    facts = _content(compose(definition, _gather(draft)).facts)
    return next((one for one in alike if _content(one.facts or {}) == facts), None)


@dataclass(frozen=True)
class SectionPreview:
    """A section as it would be made now, and what it would lack."""

    title: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Preview:
    """What a report would say of itself, before it is made."""

    sections: tuple[SectionPreview, ...]
    gaps: tuple[Gap, ...]
    """Of the whole report."""


def preview(wanted: Wanted, *, at: datetime) -> Preview:
    """The sections of a report and its gaps; nothing is kept. Raises as `request`."""
    definition = _checked(wanted, today=at.date())
    document = compose(definition, _gather(_draft(wanted, definition, at=at)))
    tables = {
        block.title: section.title
        for section in definition.sections
        if wanted.audience in section.audiences
        for block in document.tables
        if block.ref in {plan.text("ref") for plan in section.blocks}
    }
    found = tuple(block for block in document.blocks if isinstance(block, Gap))
    by_section = [(tables.get(gap.what.partition(":")[0]), gap) for gap in found]
    return Preview(
        sections=tuple(
            SectionPreview(
                section.title, tuple(gap for title, gap in by_section if title == section.title)
            )
            for section in definition.sections
            if wanted.audience in section.audiences
        ),
        gaps=tuple(gap for title, gap in by_section if title is None),
    )


def _content(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key not in NOT_CONTENT}


def _gather(report: Report) -> dict[str, Any]:
    scope = load_scope(
        report.chain_id, period=(report.period_from, report.period_to), as_of=report.as_of
    )
    return load_facts(scope, audience=report.audience)


def freeze(report_id: UUID, *, by: Identity, at: datetime) -> Frozen | None:
    """Keep the facts of a report, without what its reader may not see, under a signed log head.

    A report that is frozen already keeps its facts; None when it is sealed already.

    Raises:
        NotFound: no such report.
        FactsRefused: the facts do not fit the definition.
    """
    report = get_report_with_facts(report_id)
    if report.status is ReportStatus.SEALED:
        return None
    if report.facts is None:
        _freeze(report, by=by, at=at)
    assert report.facts is not None
    assert report.audit_size is not None
    return Frozen(
        report.id, report.definition_ref, report_name(report), report.facts, report.audit_size
    )


def _freeze(report: Report, *, by: Identity, at: datetime) -> None:
    checkpoint = audit.sign_checkpoint(at=at)
    assert checkpoint is not None  # the request of this report stands in the log
    facts = {
        **_gather(report),
        "report": {
            "id": report_name(report),
            "state": "sealed",
            "frozen_at": utc_text(at),
            "approved_by": "Not approved yet",
        },
        "audit": {
            "position": checkpoint.size,
            "checkpoint": {
                "size": checkpoint.size,
                "root": checkpoint.root.hex(),
                "signed_at": utc_text(checkpoint.signed_at),
                "key": adapters().keys.log_signer().name,
            },
        },
    }
    document = compose(load_definition(report.definition_ref), facts)
    report.status = ReportStatus.BUILDING
    report.facts = dict(document.facts)
    report.method_version = facts["method"]["version"]
    report.parameters_sha256 = facts["method"]["parameters_sha256"]
    report.release_name = (facts["reference"] or {}).get("release")
    report.audit_size, report.audit_root = checkpoint.size, checkpoint.root.hex()
    report.checkpoint = checkpoint.note
    report.gaps = _gaps(document)
    audit.record("report:freeze", report, by=by, at=at, facts_sha256=facts_checksum(document))


def _gaps(document: Document) -> list[dict[str, str]]:
    return [
        {"what": block.what, "why": block.why}
        for block in document.blocks
        if isinstance(block, Gap)
    ]


def render(frozen: Frozen) -> dict[str, bytes]:
    """The files of a report, by format. Equal facts give equal bytes; no database is touched."""
    document = compose(load_definition(frozen.definition_ref), frozen.facts)
    stamp = stamp_of(frozen.name, facts_checksum(document), frozen.audit_size)
    return {
        "pdf": render_pdf(document, stamp),
        "xlsx": render_xlsx(document, stamp),
        "json": render_json(document),
        "csv": render_csv_pack(document),
    }


def stamp_of(name: str, checksum: str, audit_size: int) -> Stamp:
    """What stands on each page of a report."""
    return Stamp(name, f"Facts SHA-256 {checksum[:8]}…{checksum[-8:]}, log position {audit_size}")


def seal(
    report_id: UUID, made: Mapping[str, bytes], *, by: Identity, at: datetime
) -> dict[str, Any]:
    """Keep the files of a frozen report and close it for good.

    Raises:
        Conflict: it is not frozen.
    """
    report = get_report_with_facts(report_id)
    if report.status is ReportStatus.SEALED:
        return {"report_id": str(report.id)}
    if report.facts is None:
        raise Conflict("The facts of this report are not frozen yet.", "Build it again.")
    document = compose(load_definition(report.definition_ref), report.facts)
    report.files = {
        form: {
            "sha256": adapters().files.put(by.organisation_id, content),
            "size_bytes": len(content),
        }
        for form, content in sorted(made.items())
    }
    report.facts_sha256 = facts_checksum(document)
    report.status, report.sealed_at = ReportStatus.SEALED, at
    db.session.flush()  # the event follows the seal
    audit.record(
        "report:seal",
        report,
        by=by,
        at=at,
        facts_sha256=report.facts_sha256,
        files={form: kept["sha256"] for form, kept in report.files.items()},
    )
    return {"report_id": str(report.id)}


def mark_failed(report_id: UUID, words: str, *, by: Identity, at: datetime) -> None:
    """Close a report that cannot be made, with the reason in words."""
    report = get_report(report_id)
    report.status, report.failure = ReportStatus.FAILED, words
    audit.record("report:fail", report, by=by, at=at)


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
