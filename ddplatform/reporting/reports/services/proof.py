"""Verification of a file against a sealed report, its facts and the log."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import BadZipFile, ZipFile

from ddplatform.audit.models import AuditEvent
from ddplatform.audit.queries.log import list_event_values, list_leaf_hashes
from ddplatform.audit.services import log as audit
from ddplatform.core.ledger.canonical import canonical_json
from ddplatform.core.ledger.errors import LedgerError
from ddplatform.core.ledger.events import opens_commitment, read_event
from ddplatform.core.ledger.tree import root_of
from ddplatform.evidence.uploads.queries.documents import find_redacted
from ddplatform.languages import gettext
from ddplatform.reporting.reports.models import Report
from ddplatform.reporting.reports.queries import (
    find_report_named,
    find_report_of_file,
    find_seal,
    report_name,
)
from questionnaires.submissions.archives import PACKINGS_READ

NAME = re.compile(r"R-\d{4}-\d{3,}")
MOST_SCANNED = 4 * 1024 * 1024


@dataclass(frozen=True)
class Check:
    """One thing that was checked, in words."""

    name: str
    is_sound: bool
    words: str


@dataclass(frozen=True)
class FileProof:
    """The result of verifying a file. `report_id` is None where no report claims the file."""

    sha256: str
    report_id: UUID | None
    name: str | None
    form: str | None
    checks: tuple[Check, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the file is one of a sealed report and everything agrees."""
        return self.form is not None and all(check.is_sound for check in self.checks)

    @classmethod
    def of_nobody(cls, content: bytes) -> "FileProof":
        """A file that no sealed report knows."""
        words = gettext("No sealed report has a file with this checksum.")
        return cls(sha256(content).hexdigest(), None, None, None, (Check("file", False, words),))


def verify_file(content: bytes) -> FileProof:
    """Hold a file against the sealed reports of the acting organisation and its log.

    Found are: a file that was changed after it was sealed, facts that were changed in the
    database, a log that was changed or that does not know the seal.
    """
    digest = sha256(content).hexdigest()
    found = find_report_of_file(digest)
    if found is None:
        return _unknown(content, digest)
    report, form = found
    words = gettext(
        "The bytes are those sealed as %(form)s on %(day)s.",
        form=form,
        day=f"{report.sealed_at:%Y-%m-%d}",
    )
    checks = (Check("file", True, words), *checks_of(report))
    return FileProof(digest, report.id, report_name(report), form, checks)


def _unknown(content: bytes, digest: str) -> FileProof:
    claimed = next(
        (report for name in _claims(content) if (report := find_report_named(name))), None
    )
    if claimed is None:
        return _of_document(content, digest)
    name = report_name(claimed)
    words = gettext(
        "The file calls itself %(name)s, but its bytes are not those that were sealed.", name=name
    )
    return FileProof(digest, claimed.id, name, None, (Check("file", False, words),))


def _of_document(content: bytes, digest: str) -> FileProof:
    """No report, but maybe a document as it was, out of an archive that was taken earlier."""
    document = find_redacted(digest)
    if document is None or document.redacted_at is None:
        return FileProof.of_nobody(content)
    words = gettext(
        "These are the bytes of a document before what leads to a person was taken out of it, "
        "redacted on %(day)s. The log names both checksums. Delete this copy.",
        day=f"{document.redacted_at:%Y-%m-%d}",
    )
    return FileProof(digest, None, None, None, (Check("file", False, words),))


def _claims(content: bytes) -> list[str]:
    """Names of reports that a file of any of our formats bears."""
    texts = [content[:MOST_SCANNED].decode("latin-1"), content[-MOST_SCANNED:].decode("latin-1")]
    try:
        with ZipFile(BytesIO(content)) as pack, pack.open("docProps/core.xml") as core:
            if pack.getinfo("docProps/core.xml").compress_type in PACKINGS_READ:
                texts.append(core.read(MOST_SCANNED).decode("utf-8", "replace"))
    except (BadZipFile, KeyError, RuntimeError, NotImplementedError, OSError):
        pass  # no workbook, or one too broken to say what it is
    return list(dict.fromkeys(name for text in texts for name in NAME.findall(text)))


def checks_of(report: Report) -> tuple[Check, ...]:
    """Verification of a sealed report now: facts, seal in the log, head, whole log."""
    return (_facts(report), _seal(report), _head(report), _log())


def _facts(report: Report) -> Check:
    fits = sha256(canonical_json(report.facts)).hexdigest() == report.facts_sha256
    if not fits:
        return Check("facts", False, gettext("The stored facts were changed."))
    edited = [name for name, (shown, told) in _shown(report).items() if shown != told]
    if edited:
        words = gettext("The displayed report was edited: %(parts)s.", parts=", ".join(edited))
        return Check("facts", False, words)
    return Check("facts", True, gettext("The stored facts have the sealed checksum."))


def _shown(report: Report) -> dict[str, tuple[object, object]]:
    """Data of a report on pages, each with the same from its sealed facts, by name."""
    facts: dict[str, Any] = report.facts or {}
    period = [report.period_from.isoformat(), report.period_to.isoformat()]
    return {
        "number": (report_name(report), facts["report"]["id"]),
        "audience": (report.audience, facts["audience"]),
        "period": (period, [facts["period"]["from"], facts["period"]["to"]]),
        "as of": (report.as_of.isoformat(), facts["as_of"]),
        "method": (report.method_version, facts["method"]["version"]),
        "parameters": (report.parameters_sha256, facts["method"]["parameters_sha256"]),
        "reference data": (report.release_name, (facts["reference"] or {}).get("release")),
    }


def _seal(report: Report) -> Check:
    event = find_seal(report.id)
    if event is None:
        return Check("seal", False, gettext("The log knows no seal of this report."))
    wanted = {
        "facts_sha256": report.facts_sha256,
        "files": {form: kept["sha256"] for form, kept in report.files.items()},
    }
    fits = _commits_to(event, wanted)
    number = event.sequence
    words = (
        gettext("Event %(number)s of the log commits to these checksums.", number=number)
        if fits
        else gettext("Event %(number)s of the log commits to other checksums.", number=number)
    )
    return Check("seal", fits, words)


def _commits_to(event: AuditEvent, wanted: Mapping[str, object]) -> bool:
    try:
        commitments = read_event(event.leaf).commitments
    except LedgerError:
        return False
    salts = {value.name: value.salt for value in list_event_values(event.id)}
    return all(
        name in salts
        and opens_commitment(
            commitments.get(name, ""), canonical_json({"after": value}).decode(), salts[name]
        )
        for name, value in wanted.items()
    )


def _head(report: Report) -> Check:
    """The signed head that the report names is still the head of the log at that size."""
    try:
        head = audit.read_checkpoint(report.checkpoint or "")
    except LedgerError:
        words = gettext("The signed head on the report is not ours.")
        return Check("checkpoint", False, words)
    same = (head.size, head.root.hex()) == (report.audit_size, report.audit_root)
    continues = root_of(list_leaf_hashes(head.size)) == head.root
    words = (
        gettext(
            "The log still begins with the %(count)s events of the signed head.", count=head.size
        )
        if same and continues
        else gettext("The log no longer begins with the events of the signed head.")
    )
    return Check("checkpoint", same and continues, words)


def _log() -> Check:
    found = audit.verify()
    words = (
        gettext("All %(count)s events of the log are in order.", count=found.size)
        if not found.faults
        else gettext(
            "The log has %(count)s faults; run: %(command)s",
            count=len(found.faults),
            command="flask audit verify",
        )
    )
    return Check("log", not found.faults, words)


def proof_as_json(proof: FileProof) -> dict[str, object]:
    """The proof as a plain document."""
    return {
        "sound": proof.is_sound,
        "sha256": proof.sha256,
        "report": proof.name,
        "report_id": str(proof.report_id) if proof.report_id else None,
        "format": proof.form,
        "checks": [
            {"name": check.name, "sound": check.is_sound, "message": check.words}
            for check in proof.checks
        ],
    }
