"""Corrections of a list before it is applied; the list is read again after each."""

from collections.abc import Mapping as MappingOf
from typing import Any
from uuid import UUID

from ddplatform.accounts.storage.services import require_room
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.file_checks.office_properties import without_properties
from ddplatform.languages import gettext
from ddplatform.value_chain.import_activities.services import add_answers
from ddplatform.value_chain.imports.queries import (
    get_applied_import,
    get_import_for_change,
    list_faults_by_id,
)
from ddplatform.value_chain.imports.services.reading import MAX_BYTES, queue_preview
from ddplatform.value_chain.mapping.models import ImportStatus, MapImport
from supply_chain.intake.corrections import read_corrections
from supply_chain.intake.drafts import Mapping, NamedBytes
from supply_chain.intake.mapping_json import mapping_as_json

MAX_CORRECTIONS = 2_000
MAX_VALUE = 300


def correct_mapping(import_id: UUID, mapping: Mapping, *, act: Act) -> MapImport:
    """Read the files again with a mapping that a person corrected.

    Raises:
        Conflict: the import is applied or being applied.
    """
    row = _open_import(import_id)
    before = {side: row.mapping.get(side, {}) for side in ("nodes", "links")}
    after = dict(mapping_as_json(mapping))
    row.mapping, row.remembered = after, None
    queue_preview(row, act=act)
    audit.record("map_import:map", row, act=act, mapping=(_columns(before), _columns(after)))
    return row


def _columns(mapping: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{side}/{key}": table["columns"]
        for side, tables in mapping.items()
        for key, table in tables.items()
    }


def correct_values(import_id: UUID, puts: MappingOf[UUID, str], *, act: Act) -> int:
    """Put another value in place of a faulty one, in all rows that have it, and read again.

    Args:
        puts: fault -> the value to put; an empty one is left as it is.

    Returns:
        How many values are corrected.

    Raises:
        Conflict: the import is applied or being applied.
        Invalid: nothing was typed, a value is too long, or there are too many.
    """
    row = _open_import(import_id)
    typed = {key: put.strip() for key, put in puts.items() if put.strip()}
    mends = [
        {"table": fault.table_key, "column": fault.column, "value": fault.value, "put": put}
        for fault in list_faults_by_id(import_id, typed)
        if fault.can_correct and (put := typed[fault.id]) != fault.value
    ]
    if not mends:
        raise Invalid(gettext("Enter the replacement value for at least one problem."))
    kept = [mend for mend in row.mends if not any(map(_same_value(mend), mends))]
    if len(kept) + len(mends) > MAX_CORRECTIONS or any(
        len(m["put"] or "") > MAX_VALUE for m in mends
    ):
        raise Invalid(
            gettext(
                "At most %(count)s values of %(length)s characters can be corrected here.",
                count=f"{MAX_CORRECTIONS:,}",
                length=MAX_VALUE,
            ),
            gettext("Correct the rest in the file and upload it again."),
        )
    row.mends = [*kept, *mends]
    queue_preview(row, act=act)
    audit.record("map_import:mend", row, act=act, values=len(mends))
    return len(mends)


def _same_value(mend: dict[str, Any]) -> Any:
    key = (mend["table"], mend["column"], mend["value"])
    return lambda other: (other["table"], other["column"], other["value"]) == key


def undo_correction(import_id: UUID, place: int, *, act: Act) -> MapImport:
    """Read the list again without one of the corrected values.

    Raises:
        Conflict: the import is applied or being applied, or there is no such correction.
    """
    row = _open_import(import_id)
    if not 0 <= place < len(row.mends):
        raise Conflict(
            gettext("This correction no longer exists."), gettext("Open the page again.")
        )
    row.mends = [mend for at_place, mend in enumerate(row.mends) if at_place != place]
    queue_preview(row, act=act)
    audit.record("map_import:mend", row, act=act, values=-1)
    return row


def answer_activities(import_id: UUID, choices: MappingOf[str, str], *, act: Act) -> list[str]:
    """Say what places do that a list leaves open, for all rows that say the same; read again.

    Args:
        choices: words of a question -> ref of a sector; empty to leave them open (again).

    Raises:
        Conflict: the import is applied or being applied.
        Invalid: nothing was chosen, or a sector that there is not.
    """
    row = _open_import(import_id)
    answered = add_answers(row, choices)
    queue_preview(row, act=act)
    audit.record("map_import:activities", row, act=act, answers=len(answered))
    return answered


def add_corrections(import_id: UUID, file: NamedBytes, *, act: Act) -> MapImport:
    """Keep a workbook of corrected rows and read the list again with them.

    Raises:
        Conflict: the import is applied or being applied.
        Invalid: the file is too large.
        FileRefused: it is not the workbook of an import's problems.
    """
    row = _open_import(import_id)
    if len(file.content) > MAX_BYTES:
        too_large = gettext("“%(file)s” is larger than 10 MB.", file=file.name)
        raise Invalid(fields={"file": too_large})
    read_corrections(file)
    content = without_properties(file.content)
    require_room([len(content)], act=act)
    digest = adapters().files.put(act.by.organisation_id, content)
    kept = {"name": file.name, "sha256": digest, "size_bytes": len(content)}
    row.corrections = [*row.corrections, kept]
    queue_preview(row, act=act)
    audit.record("map_import:correct", row, act=act, file=file.name)
    return row


def follow(import_id: UUID, earlier_id: UUID | None, *, act: Act) -> MapImport:
    """Say which earlier list this one follows; None: it is compared with the whole map.

    Raises:
        Conflict: the import is applied or being applied.
        NotFound: no such applied import of the same map.
    """
    row = _open_import(import_id)
    if earlier_id is not None:
        get_applied_import(earlier_id, row.chain_id)
    before, row.follows_id = row.follows_id, earlier_id
    queue_preview(row, act=act)
    audit.record("map_import:follow", row, act=act, follows=(before, earlier_id))
    return row


def tell_apart(import_id: UUID, known_id: str, drafted_id: str, *, act: Act) -> MapImport:
    """Say that a site that was recognised is another one: the old one is gone, this one is new.

    Raises:
        Conflict: the import is applied or being applied.
    """
    row = _open_import(import_id)
    row.apart = [*row.apart, [known_id, drafted_id]]
    queue_preview(row, act=act)
    audit.record("map_import:tell-apart", row, act=act, site=known_id)
    return row


def _open_import(import_id: UUID) -> MapImport:
    """An import that may still be corrected."""
    row = get_import_for_change(import_id)
    if row.status not in (ImportStatus.PREVIEWED, ImportStatus.REFUSED, ImportStatus.READING):
        raise Conflict(
            gettext("This import is applied already."), gettext("Upload the list again.")
        )
    return row
