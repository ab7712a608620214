"""Generation of reports: frozen facts, rendered files, seal; immutable once sealed.

Making takes three steps, so that no unit of work stays open while a PDF is laid out: `freeze`
keeps the facts, `render` makes the files without a database, `seal` keeps them. Each time a file
goes out is an event of the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.audit.services import log as audit
from ddplatform.core.ledger.events import utc_text
from ddplatform.documents import lazy
from ddplatform.documents.content import Document, Gap
from ddplatform.documents.definitions.composition import compose
from ddplatform.documents.definitions.shipped import load_definition
from ddplatform.documents.exports import PDF, XLSX, ZIP, ExportedFile
from ddplatform.documents.tables.files import (
    facts_checksum,
    render_csv_pack,
    render_json,
    render_xlsx,
)
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.keys import key_on_paper
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, NotFound
from ddplatform.languages import gettext
from ddplatform.reporting.reports.models import Report, ReportStatus
from ddplatform.reporting.reports.queries import get_report, get_report_with_facts, report_name
from ddplatform.reporting.reports.services.requests import gather

if TYPE_CHECKING:
    from ddplatform.documents.paper.sheets import Stamp

MEDIA_TYPES = {
    "pdf": PDF,
    "xlsx": XLSX,
    "json": "application/json",
    "csv": ZIP,
}
ENDINGS = {"pdf": "pdf", "xlsx": "xlsx", "json": "json", "csv": "csv.zip"}


@dataclass(frozen=True)
class Frozen:
    """The facts of a report, kept before anything is made of them."""

    report_id: UUID
    definition_ref: str
    name: str
    facts: Mapping[str, Any]
    audit_size: int


def freeze(report_id: UUID, *, act: Act) -> Frozen | None:
    """Store the facts of a report, without fields hidden from its reader, under a signed log head.

    A report that is frozen already keeps its facts; None when it is sealed already.

    Raises:
        NotFound: no such report.
        FactsRefused: the facts do not fit the definition.
    """
    report = get_report_with_facts(report_id)
    if report.status is ReportStatus.SEALED:
        return None
    if report.facts is None:
        _freeze(report, act=act)
    assert report.facts is not None
    assert report.audit_size is not None
    return Frozen(
        report.id, report.definition_ref, report_name(report), report.facts, report.audit_size
    )


def _freeze(report: Report, *, act: Act) -> None:
    checkpoint = audit.sign_checkpoint(at=act.at)
    assert checkpoint is not None  # the request of this report is in the log
    facts = {
        **gather(report),
        "report": {
            "id": report_name(report),
            "state": "sealed",
            "frozen_at": utc_text(act.at),
            "approved_by": "Not approved yet",
        },
        "audit": {
            "position": checkpoint.size,
            "checkpoint": {
                "size": checkpoint.size,
                "root": checkpoint.root.hex(),
                "signed_at": utc_text(checkpoint.signed_at),
                "key": key_on_paper(adapters().keys.log_signer()),
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
    audit.record("report:freeze", report, act=act, facts_sha256=facts_checksum(document))


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
        "pdf": lazy.pdf.render_pdf(document, stamp),
        "xlsx": render_xlsx(document, stamp),
        "json": render_json(document),
        "csv": render_csv_pack(document),
    }


def stamp_of(name: str, checksum: str, audit_size: int) -> "Stamp":
    """The stamp on each page of a report."""
    line = f"Facts SHA-256 {checksum[:8]}…{checksum[-8:]}, log position {audit_size}"
    return lazy.sheets.Stamp(name, line)


def seal(report_id: UUID, made: Mapping[str, bytes], *, act: Act) -> dict[str, Any]:
    """Keep the files of a frozen report and close it for good.

    Raises:
        Conflict: it is not frozen.
    """
    report = get_report_with_facts(report_id)
    if report.status is ReportStatus.SEALED:
        return {"report_id": str(report.id)}
    if report.facts is None:
        raise Conflict(
            gettext("The facts of this report are not frozen yet."), gettext("Build it again.")
        )
    document = compose(load_definition(report.definition_ref), report.facts)
    report.files = {
        form: {
            "sha256": adapters().files.put(act.by.organisation_id, content),
            "size_bytes": len(content),
        }
        for form, content in sorted(made.items())
    }
    report.facts_sha256 = facts_checksum(document)
    report.status, report.sealed_at = ReportStatus.SEALED, act.at
    db.session.flush()  # the event follows the seal
    audit.record(
        "report:seal",
        report,
        act=act,
        facts_sha256=report.facts_sha256,
        files={form: kept["sha256"] for form, kept in report.files.items()},
    )
    return {"report_id": str(report.id)}


def mark_failed(report_id: UUID, words: str, *, act: Act) -> None:
    """Close a report that cannot be made, with the reason in words."""
    report = get_report(report_id)
    report.status, report.failure = ReportStatus.FAILED, words
    audit.record("report:fail", report, act=act)


def export(report_id: UUID, form: str, *, act: Act) -> ExportedFile:
    """One file of a sealed report, with its event in the log.

    Raises:
        NotFound: no such report, not sealed, or not in this format.
        TooMany: too many exports in an hour.
    """
    report = get_report(report_id)
    if report.status is not ReportStatus.SEALED or form not in report.files:
        raise NotFound()
    if act.by.user_id is not None:
        rate_limits.count_try(rate_limits.EXPORT, str(act.by.user_id), at=act.at)
    kept = report.files[form]
    content = adapters().files.get(report.organisation_id, kept["sha256"])
    audit.record("report:export", report, act=act, format=form, sha256=kept["sha256"])
    return ExportedFile(f"{report_name(report)}.{ENDINGS[form]}", MEDIA_TYPES[form], content)
