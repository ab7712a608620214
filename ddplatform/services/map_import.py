"""A list comes in: kept as files, read and compared, corrected, and then applied (map_apply)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from ddplatform.access.identity import Identity
from ddplatform.adapters.installed import adapters
from ddplatform.bulk import many_objects
from ddplatform.db import db
from ddplatform.errors import Conflict, Invalid
from ddplatform.models.value_chain import ImportStatus, MapImport
from ddplatform.queries.chain_drafts import load_drafts
from ddplatform.queries.map_imports import get_import, get_import_for_change
from ddplatform.queries.value_chain import get_chain
from ddplatform.services import audit, jobs
from ddplatform.services.import_mapping import heading_hashes, headings_key, recall
from ddplatform.services.import_preview import counts_of, preview_of
from supply_chain.drafts import MapDraft, Mapping, NamedBytes
from supply_chain.errors import FileRefused
from supply_chain.intake.mapping_json import mapping_as_json, mapping_from_json
from supply_chain.intake.sheets import Table, read_tables
from supply_chain.intake.value_chain_json import is_json
from supply_chain.map_compare import compare
from supply_chain.map_import import read_map

MAX_FILES = 10
MAX_BYTES = 10 * 1024 * 1024
PREVIEW = "value_chain:preview-import"
APPLY = "value_chain:apply-import"


@dataclass(frozen=True)
class Plan:
    """What is needed to read the files of an import, away from the database."""

    files: tuple[NamedBytes, ...]
    mapping: Mapping
    known_ids: frozenset[str]
    link_to: str | None


@dataclass(frozen=True)
class Reading:
    """What reading the files gave: a draft, or the refusal of a whole file."""

    draft: MapDraft
    refusal: dict[str, str] | None = None


def stage(
    chain_id: UUID,
    files: Sequence[NamedBytes],
    *,
    link_to_id: UUID | None,
    by: Identity,
    at: datetime,
) -> MapImport:
    """Keep the files of an import and queue its preview.

    Raises:
        Invalid: no file, too many, or too large.
    """
    row = keep_files(chain_id, files, link_to_id=link_to_id, by=by, at=at)
    _queue_preview(row, by=by, at=at)
    audit.record("map_import:stage", row, by=by, at=at, files=[file.name for file in files])
    return row


def keep_files(
    chain_id: UUID,
    files: Sequence[NamedBytes],
    *,
    link_to_id: UUID | None,
    by: Identity,
    at: datetime,
) -> MapImport:
    """The row of an import with its files on disk, nothing read yet.

    Raises:
        Invalid: no file, too many, or too large.
    """
    _check_files(files)
    chain = get_chain(chain_id)
    store = adapters().files
    row = MapImport(
        chain_id=chain.id,
        status=ImportStatus.READING,
        files=[
            {
                "name": file.name,
                "sha256": store.put(by.organisation_id, file.content),
                "size_bytes": len(file.content),
                "encoding": file.encoding,
            }
            for file in files
        ],
        link_to_id=link_to_id,
        created_at=at,
        created_by_id=by.user_id,
    )
    db.session.add(row)
    db.session.flush()  # its job names it
    return row


def _check_files(files: Sequence[NamedBytes]) -> None:
    if not files:
        raise Invalid(fields={"files": "Choose at least one file."})
    if len(files) > MAX_FILES:
        raise Invalid(fields={"files": f"Choose at most {MAX_FILES} files for one import."})
    for file in files:
        if len(file.content) > MAX_BYTES:
            raise Invalid(
                fields={
                    "files": f"“{file.name}” is larger than 10 MB. Split it into several lists."
                }
            )


def _queue_preview(row: MapImport, *, by: Identity, at: datetime) -> None:
    row.status = ImportStatus.READING
    job = jobs.enqueue(
        PREVIEW,
        {"import_id": str(row.id)},
        by=by,
        at=at,
        unique_key=f"{PREVIEW}:{row.id}",
    )
    row.job_id = job.id


def plan_reading(import_id: UUID, by: Identity) -> Plan:
    """Everything to read the files with, so that no transaction is open while they are read.

    Raises:
        FileNotFoundError: a row without its file is an alarm.
    """
    row = get_import(import_id)
    files = tuple(
        NamedBytes(
            entry["name"],
            adapters().files.get(by.organisation_id, entry["sha256"]),
            entry.get("encoding"),
        )
        for entry in row.files
    )
    known = load_drafts(row.chain_id)
    ref_of = {key: ref for ref, key in known.node_keys.items()}
    return Plan(
        files=files,
        mapping=mapping_from_json(row.mapping),
        known_ids=frozenset(known.node_keys) - known.archived,
        link_to=ref_of[row.link_to_id] if row.link_to_id else None,
    )


@many_objects()
def read_files(plan: Plan) -> Reading:
    """Read all files; workbooks are read in a child process with limits."""
    try:
        draft = read_map(plan.files, plan.mapping, known_ids=plan.known_ids, link_to=plan.link_to)
        if plan.link_to and any(node.own_operation for node in draft.nodes):
            # The file names its own business, so its links say where the chain ends.
            draft = read_map(plan.files, plan.mapping, known_ids=plan.known_ids)
    except FileRefused as fault:
        refusal = {"code": fault.code, "message": fault.message, "advice": fault.advice}
        return Reading(MapDraft((), ()), refusal)
    return Reading(draft)


def read_headings(plan: Plan) -> tuple[Table, ...]:
    """The tables of the files, where no mapping is given yet; a refused file has none."""
    if plan.mapping.nodes or plan.mapping.links:
        return ()
    try:
        return read_tables([file for file in plan.files if not is_json(file)])
    except FileRefused:
        return ()  # reading the files tells the refusal


def recall_mapping(import_id: UUID, plan: Plan, tables: tuple[Table, ...]) -> Plan:
    """The plan with the mapping remembered for these headings, if there is one."""
    if not tables:
        return plan
    row = get_import_for_change(import_id)
    row.mapping_key = headings_key(tables)
    row.counts = {**row.counts, "headings": heading_hashes(tables)}
    return replace(plan, mapping=recall(tables) or plan.mapping)


def keep_preview(import_id: UUID, reading: Reading) -> None:
    """Compare what was read with the map and keep what the preview shows on the row.

    Done twice it gives the same; an import that is already being applied is left alone.
    """
    row = get_import_for_change(import_id)
    if row.status not in (ImportStatus.READING, ImportStatus.PREVIEWED, ImportStatus.REFUSED):
        return
    if reading.refusal is not None:
        row.status, row.refusal = ImportStatus.REFUSED, reading.refusal
        return
    known = load_drafts(row.chain_id)
    changes = compare(known.nodes, reading.draft, existing_links=known.links)
    row.mapping = dict(mapping_as_json(reading.draft.mapping))
    row.counts = {**row.counts, **counts_of(reading.draft, changes)}
    row.preview, row.refusal = preview_of(reading.draft, changes, known.nodes), None
    row.status = ImportStatus.PREVIEWED


def correct_mapping(import_id: UUID, mapping: Mapping, *, by: Identity, at: datetime) -> MapImport:
    """Read the files again with a mapping that a person corrected.

    Raises:
        Conflict: the import is applied or being applied.
    """
    row = get_import_for_change(import_id)
    if row.status not in (ImportStatus.PREVIEWED, ImportStatus.REFUSED, ImportStatus.READING):
        raise Conflict("This import is applied already.", "Upload the list again.")
    before = {side: row.mapping.get(side, {}) for side in ("nodes", "links")}
    after = dict(mapping_as_json(mapping))
    row.mapping = after
    _queue_preview(row, by=by, at=at)
    audit.record("map_import:map", row, by=by, at=at, mapping=(_columns(before), _columns(after)))
    return row


def _columns(mapping: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{side}/{key}": table["columns"]
        for side, tables in mapping.items()
        for key, table in tables.items()
    }


def request_apply(
    import_id: UUID, *, skip_faulty: bool, archive_gone: bool, by: Identity, at: datetime
) -> MapImport:
    """Queue an import that was looked at; a second request changes nothing.

    Raises:
        Conflict: it is not read yet, refused, or over.
        Invalid: rows have problems and the person did not say to leave them out.
    """
    row = get_import_for_change(import_id)
    if row.status in (ImportStatus.APPLYING, ImportStatus.APPLIED):
        return row
    if row.status is not ImportStatus.PREVIEWED:
        raise Conflict("This import cannot be applied as it stands.", "Upload the list again.")
    if row.counts.get("skipped") and not skip_faulty:
        raise Invalid(
            "Some rows have problems.",
            "Mend the file and upload it again, or tick “Leave these rows out”.",
            fields={"skip_faulty": "Some rows have problems: mend them or leave them out."},
        )
    row.status, row.skip_faulty = ImportStatus.APPLYING, skip_faulty
    job = jobs.enqueue(
        APPLY,
        {"import_id": str(row.id), "archive_gone": archive_gone},
        by=by,
        at=at,
        unique_key=f"{APPLY}:{row.id}",
    )
    row.job_id = job.id
    # No event here: the event of the apply itself tells who asked for it.
    return row
