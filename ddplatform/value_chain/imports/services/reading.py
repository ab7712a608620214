"""Reading of a list: stored as files, read and compared, corrected, then applied (map_apply)."""

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from ddplatform.accounts.storage.services import require_room
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.uploads import require_harmless
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.file_checks.office_properties import without_properties
from ddplatform.infrastructure.file_checks.process import LATER
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import gettext
from ddplatform.value_chain.graph.queries.drafts import load_drafts
from ddplatform.value_chain.import_activities.services import (
    activities_of_draft,
    answers_for,
)
from ddplatform.value_chain.import_gone.services import keep_gone
from ddplatform.value_chain.imports.queries import get_import, get_import_for_change
from ddplatform.value_chain.imports.services.compare import (
    compare_with_map,
    guess_earlier,
    headings_of,
)
from ddplatform.value_chain.imports.services.faults import keep_faults
from ddplatform.value_chain.imports.services.mapping import heading_hashes, headings_key, recall
from ddplatform.value_chain.imports.services.preview import columns_shown, counts_of, keep_pages
from ddplatform.value_chain.mapping.models import ImportStatus, MapImport
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.matching_imports.services.imports import PossibleDuplicate
from ddplatform.value_chain.merging.queries.merges import load_merged_refs
from supply_chain.errors import FileRefused
from supply_chain.intake.columns import find_header_row
from supply_chain.intake.corrections import read_corrections
from supply_chain.intake.drafts import MapDraft, Mapping, NamedBytes
from supply_chain.intake.mapping_json import mapping_as_json, mapping_from_json
from supply_chain.intake.maps import read_map
from supply_chain.intake.sheets import Table, read_tables
from supply_chain.intake.value_chain_json import is_json
from supply_chain.intake.value_corrections import Rows, ValueCorrection, correct_tables

MAX_FILES = 10
MAX_BYTES = 10 * 1024 * 1024
PREVIEW = "value_chain:preview-import"
APPLY = "value_chain:apply-import"


@dataclass(frozen=True)
class Plan:
    """The data needed to read the files of an import, without the database."""

    files: tuple[NamedBytes, ...]
    mapping: Mapping
    known_ids: frozenset[str]
    link_to: str | None
    own: MappingOf[str, str] = field(default_factory=dict)
    """Names of the own businesses of the map -> their external ids."""
    mends: tuple[ValueCorrection, ...] = ()
    corrections: tuple[NamedBytes, ...] = ()
    answers: MappingOf[str, str] = field(default_factory=dict)
    """Words for what places do -> the sector that people of the organisation chose for them."""
    only_named: bool = False
    """Whether sheets that the mapping leaves out were reviewed before and are no lists."""


@dataclass(frozen=True)
class Reading:
    """The result of reading the files: a draft with its source tables, or a refusal."""

    draft: MapDraft
    refusal: dict[str, str] | None = None
    tables: tuple[Table, ...] = ()


def stage(
    chain_id: UUID, files: Sequence[NamedBytes], *, link_to_id: UUID | None, act: Act
) -> MapImport:
    """Keep the files of an import and queue its preview.

    Raises:
        Invalid: no file, too many, or too large.
    """
    row = keep_files(chain_id, files, link_to_id=link_to_id, act=act)
    queue_preview(row, act=act)
    audit.record("map_import:stage", row, act=act, files=[file.name for file in files])
    return row


def keep_files(
    chain_id: UUID, files: Sequence[NamedBytes], *, link_to_id: UUID | None, act: Act
) -> MapImport:
    """The row of an import with its files on disk, nothing read yet.

    Raises:
        Invalid: no file, too many, or too large.
    """
    _check_files(files)
    files = [replace(file, content=without_properties(file.content)) for file in files]
    require_room([len(file.content) for file in files], act=act)
    chain = get_chain(chain_id)
    store = adapters().files
    row = MapImport(
        chain_id=chain.id,
        status=ImportStatus.READING,
        files=[
            {
                "name": file.name,
                "sha256": store.put(act.by.organisation_id, file.content),
                "size_bytes": len(file.content),
                "encoding": file.encoding,
            }
            for file in files
        ],
        link_to_id=link_to_id,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(row)
    db.session.flush()  # its job names it
    return row


def _check_files(files: Sequence[NamedBytes]) -> None:
    if not files:
        raise Invalid(fields={"files": gettext("Choose at least one file.")})
    if len(files) > MAX_FILES:
        most = gettext("Choose at most %(count)s files for one import.", count=MAX_FILES)
        raise Invalid(fields={"files": most})
    for file in files:
        if len(file.content) > MAX_BYTES:
            too_large = gettext(
                "“%(file)s” is larger than 10 MB. Split it into several lists.", file=file.name
            )
            raise Invalid(fields={"files": too_large})


def queue_preview(row: MapImport, *, act: Act) -> None:
    """Have the files read (again), with all that was corrected until now."""
    row.status = ImportStatus.READING
    job = jobs.enqueue(
        PREVIEW,
        {"import_id": str(row.id)},
        act=act,
        unique_key=f"{PREVIEW}:{row.id}",
    )
    row.job_id = job.id


def plan_reading(import_id: UUID, by: Identity) -> Plan:
    """Everything to read the files with, so that no transaction is open while they are read.

    Raises:
        FileNotFoundError: a row without its file is an alarm.
    """
    row = get_import(import_id)
    known = load_drafts(row.chain_id)
    ref_of = {key: ref for ref, key in known.node_keys.items()}
    mapping = mapping_from_json(row.mapping)
    return Plan(
        files=_stored(row.files, by),
        mapping=mapping,
        only_named=bool(mapping.nodes or mapping.links),
        known_ids=(frozenset(known.node_keys) - known.archived)
        | load_merged_refs(row.chain_id).keys(),
        link_to=ref_of[row.link_to_id] if row.link_to_id else None,
        own={node.name: node.id for node in known.nodes if node.own_operation},
        mends=tuple(ValueCorrection(**mend) for mend in row.mends),
        corrections=_stored(row.corrections, by),
        answers=answers_for(row),
    )


def _stored(entries: Sequence[dict[str, Any]], by: Identity) -> tuple[NamedBytes, ...]:
    store = adapters().files
    return tuple(
        NamedBytes(
            entry["name"], store.get(by.organisation_id, entry["sha256"]), entry.get("encoding")
        )
        for entry in entries
    )


@many_objects()
def open_files(plan: Plan) -> Reading:
    """The tables of all files as they came; workbooks are read in a child process with limits."""
    try:
        tables = read_tables([file for file in plan.files if not is_json(file)])
        for file in plan.files:
            require_harmless(file.name, file.content, patience=LATER)
    except FileRefused as fault:
        return Reading(MapDraft((), ()), _refusal(fault))
    return Reading(MapDraft((), ()), tables=tables)


@many_objects()
def read_files(plan: Plan, opened: Reading | None = None) -> Reading:
    """Read all files, with corrected rows and values in their place.

    Args:
        opened: what `open_files` gave, where it was called before.
    """
    opened = opened or open_files(plan)
    if opened.refusal is not None:
        return opened
    try:
        corrected = _corrected(opened.tables, plan)
        draft = _read(plan, corrected, link_to=plan.link_to)
        if plan.link_to and any(node.own_operation for node in draft.nodes):
            # The file names its own business, so its links say where the chain ends.
            draft = _read(plan, corrected, link_to=None)
    except FileRefused as fault:
        return Reading(MapDraft((), ()), _refusal(fault))
    return Reading(draft, tables=corrected)


def _read(plan: Plan, tables: tuple[Table, ...], *, link_to: str | None) -> MapDraft:
    return read_map(
        plan.files,
        plan.mapping,
        tables=tables,
        known_ids=plan.known_ids,
        link_to=link_to,
        own=plan.own,
        activities=plan.answers,
    )


def _corrected(tables: tuple[Table, ...], plan: Plan) -> tuple[Table, ...]:
    given = {**plan.mapping.nodes, **plan.mapping.links}
    if plan.only_named:
        tables = tuple(table for table in tables if table.key in given)
    if not plan.mends and not plan.corrections:
        return tables
    header_rows = {
        table.key: given[table.key].header_row if table.key in given else find_header_row(table)[0]
        for table in tables
    }
    rows: dict[str, Rows] = {}
    for workbook in plan.corrections:
        for key, corrected in read_corrections(workbook).items():
            rows[key] = {**rows.get(key, {}), **corrected}
    return correct_tables(tables, header_rows=header_rows, rows=rows, values=plan.mends)


def _refusal(fault: FileRefused) -> dict[str, str]:
    return {"code": fault.code, "message": fault.message, "advice": fault.advice}


def recall_mapping(import_id: UUID, plan: Plan, opened: Reading) -> Plan:
    """The plan with what is remembered of these headings, where no mapping is given yet."""
    tables = opened.tables
    if not tables or plan.mapping.nodes or plan.mapping.links:
        return plan
    row = get_import_for_change(import_id)
    row.mapping_key = headings_key(tables)
    row.headings = headings_of(tables)
    row.follows_id = guess_earlier(row.chain_id, row.headings)
    row.counts = {**row.counts, "headings": heading_hashes(tables)}
    memory = recall(tables)
    if memory is None:
        return plan
    row.remembered = {"files": memory.files, "at": memory.at.isoformat()}
    row.mends = [_as_kept(mend) for mend in memory.mends]
    return replace(plan, mapping=memory.mapping, mends=memory.mends, only_named=True)


def _as_kept(mend: ValueCorrection) -> dict[str, str]:
    return {"table": mend.table, "column": mend.column, "value": mend.value, "put": mend.put}


def keep_preview(
    import_id: UUID, reading: Reading, doubles: Sequence[PossibleDuplicate] = ()
) -> None:
    """Compare what was read with the map and keep what the preview shows.

    Done twice it gives the same; an import that is already being applied is left alone.

    Args:
        doubles: which of its new rows may be in the map already.
    """
    row = get_import_for_change(import_id)
    if row.status not in (ImportStatus.READING, ImportStatus.PREVIEWED, ImportStatus.REFUSED):
        return
    if reading.refusal is not None:
        row.status, row.refusal = ImportStatus.REFUSED, reading.refusal
        return
    known = load_drafts(row.chain_id)
    compared = compare_with_map(row, known, reading.draft, version=0)
    row.mapping = dict(mapping_as_json(reading.draft.mapping))
    kinds = keep_faults(row.id, reading.draft, reading.tables)
    counted = counts_of(compared.draft, compared.changes, compared.sources)
    held = {"flows_held": len(compared.flows), "origins_held": len(compared.origins)}
    told = {
        "doubles": len(doubles),
        "kinds": kinds,
        "activities": activities_of_draft(reading.draft),
    }
    row.counts = {**row.counts, **counted, **held, **told}
    row.preview, row.refusal = columns_shown(reading.draft), None
    keep_pages(row.id, compared, doubles)
    gone = sorted(compared.changes.gone_nodes, key=lambda node: (node.name, node.id))
    keep_gone(row.id, [known.node_keys[node.id] for node in gone])
    row.status = ImportStatus.PREVIEWED
