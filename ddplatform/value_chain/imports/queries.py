"""Imports of lists into a map, their previews and their questions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import undefer

from ddplatform.accounts.storage.queries import Used, used_by_lists
from ddplatform.evidence.uploads.queries.stored_files import holds
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_one
from ddplatform.value_chain.imports.models import (
    GoneAnswer,
    ImportFault,
    ImportFaultRow,
    ImportGone,
    ImportPage,
)
from ddplatform.value_chain.mapping.models import (
    ColumnMapping,
    ImportStatus,
    MapImport,
    ValueChainNode,
)
from supply_chain.intake.drafts import RowProblem

PAGE = 50


def get_import(import_id: UUID, *, with_preview: bool = False) -> MapImport:
    """An import, or NotFound; its long preview is read only when asked for."""
    statement = select(MapImport).where(MapImport.id == import_id)
    if with_preview:
        statement = statement.options(undefer(MapImport.preview))
    return get_one(statement)


def get_import_for_change(import_id: UUID) -> MapImport:
    """The same, held until the end of the unit of work and read anew."""
    return get_one(select(MapImport).where(MapImport.id == import_id), for_change=True)


def list_imports(chain_id: UUID, *, limit: int = 50) -> Sequence[MapImport]:
    """The imports of a map, newest first."""
    return db.session.scalars(
        select(MapImport)
        .where(MapImport.chain_id == chain_id)
        .order_by(MapImport.created_at.desc(), MapImport.id)
        .limit(limit)
    ).all()


def get_applied_import(import_id: UUID, chain_id: UUID) -> MapImport:
    """An import that was applied to this map and not undone, or NotFound."""
    row = get_import(import_id)
    if row.chain_id != chain_id or row.status is not ImportStatus.APPLIED:
        raise NotFound()
    return row


def list_applied(chain_id: UUID, *, limit: int = 50) -> Sequence[MapImport]:
    """The imports that were applied to a map and not undone, newest first."""
    return db.session.scalars(
        select(MapImport)
        .where(MapImport.chain_id == chain_id, MapImport.status == ImportStatus.APPLIED)
        .order_by(MapImport.applied_at.desc(), MapImport.id)
        .limit(limit)
    ).all()


def list_applied_headings(chain_id: UUID) -> list[tuple[UUID, list[str]]]:
    """Ids and column names of the applied imports of a map that have columns, newest first."""
    return [(row.id, row.headings) for row in list_applied(chain_id) if row.headings]


def load_listed(import_id: UUID) -> frozenset[str]:
    """The external ids of all nodes that an applied list named."""
    listed = db.session.scalar(select(MapImport.listed).where(MapImport.id == import_id))
    return frozenset(listed or ())


def find_column_mapping(mapping_key: str | None) -> ColumnMapping | None:
    """The last column mapping of lists with these headings; None: there was none yet."""
    return db.session.scalar(select(ColumnMapping).where(ColumnMapping.mapping_key == mapping_key))


@dataclass(frozen=True)
class Fault:
    """A problem or remark with how many rows share it."""

    id: UUID
    is_problem: bool
    kind: str
    table_key: str | None
    file: str
    sheet: str | None
    column: str | None
    value: str | None
    problem: str
    advice: str
    suggestion: str | None
    row_count: int
    first_rows: tuple[int, ...]

    @property
    def can_correct(self) -> bool:
        """Whether a value stands in a column, so that another one can take its place."""
        return bool(self.table_key and self.column and self.value)


@dataclass(frozen=True)
class FaultyRow:
    """A row of the list as it was read."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class GoneNode:
    """A node of the map that the list no longer names, and what a person answered."""

    id: UUID
    node_id: UUID
    name: str
    country: str | None
    address: str | None
    choice: GoneAnswer


def load_page(import_id: UUID, part: str, number: int) -> list[dict[str, Any]]:
    """The rows of one page of a part of the preview; none beyond the last."""
    entries = db.session.scalar(
        select(ImportPage.entries).where(
            ImportPage.import_id == import_id,
            ImportPage.part == part,
            ImportPage.number == number,
        )
    )
    return entries or []


def list_faults(import_id: UUID, *, is_problem: bool, kind: str | None, number: int) -> list[Fault]:
    """One page of problems (or remarks), those of most rows first.

    Args:
        kind: our field, `row` or `other`; None for all.
    """
    which = [ImportFault.import_id == import_id, ImportFault.is_problem.is_(is_problem)]
    if kind is not None:
        which.append(ImportFault.kind == kind)
    statement = _faults().where(*which).order_by(ImportFault.place)
    if kind is None:  # places run on from 1, so a page is found by its first place
        statement = statement.where(ImportFault.place > (number - 1) * PAGE)
    else:
        statement = statement.offset((number - 1) * PAGE)
    return [_fault(row) for row in db.session.execute(statement.limit(PAGE))]


def list_faults_by_id(import_id: UUID, ids: Collection[UUID]) -> list[Fault]:
    """Faults of an import by their ids, in the order shown."""
    statement = _faults().where(ImportFault.import_id == import_id, ImportFault.id.in_(ids))
    return [_fault(row) for row in db.session.execute(statement.order_by(ImportFault.place))]


def get_fault(import_id: UUID, fault_id: UUID) -> Fault:
    """One problem of an import, or NotFound."""
    found = list_faults_by_id(import_id, [fault_id])
    if not found:
        raise NotFound()
    return found[0]


def list_guessed_values(import_id: UUID, kinds: Collection[str], *, limit: int) -> list[Fault]:
    """Remarks on values of these fields that were not taken as they stand, most rows first."""
    statement = _faults().where(
        ImportFault.import_id == import_id,
        ImportFault.is_problem.is_(False),
        ImportFault.kind.in_(kinds),
        ImportFault.value.is_not(None),
    )
    rows = db.session.execute(statement.order_by(ImportFault.place).limit(limit))
    return [_fault(row) for row in rows]


def list_rows_of_fault(fault_id: UUID, *, after: int) -> list[FaultyRow]:
    """The next 50 rows with a problem, behind the row `after`."""
    rows = db.session.execute(
        select(ImportFaultRow.row, ImportFaultRow.cells)
        .where(ImportFaultRow.fault_id == fault_id, ImportFaultRow.row > after)
        .order_by(ImportFaultRow.row)
        .limit(PAGE)
    )
    return [FaultyRow(row.row, tuple(row.cells)) for row in rows]


def iter_faulty_rows(
    import_id: UUID, *, limit: int
) -> Iterator[tuple[str, tuple[int, tuple[str, ...]], UUID]]:
    """Table, (row, cells) and fault of what problems keep out, by table and row."""
    rows = db.session.execute(
        select(
            ImportFaultRow.table_key,
            ImportFaultRow.row,
            ImportFaultRow.cells,
            ImportFaultRow.fault_id,
        )
        .where(ImportFaultRow.import_id == import_id)
        .order_by(ImportFaultRow.table_key, ImportFaultRow.row, ImportFaultRow.fault_id)
        .limit(limit)
    )
    for row in rows:
        yield row.table_key, (row.row, tuple(row.cells)), row.fault_id


def list_all_faults(import_id: UUID, *, limit: int) -> list[Fault]:
    """Problems and remarks, problems first."""
    statement = _faults().where(ImportFault.import_id == import_id)
    ordered = statement.order_by(ImportFault.is_problem.desc(), ImportFault.place).limit(limit)
    return [_fault(row) for row in db.session.execute(ordered)]


def as_problem(fault: Fault, row: int | None) -> RowProblem:
    """A fault at one of its rows."""
    where = (fault.file, fault.sheet, row, fault.column, fault.value)
    return RowProblem(*where, fault.problem, fault.advice)


def _faults() -> Select[*tuple[Any, ...]]:
    return select(
        ImportFault.id,
        ImportFault.is_problem,
        ImportFault.kind,
        ImportFault.table_key,
        ImportFault.file,
        ImportFault.sheet,
        ImportFault.column,
        ImportFault.value,
        ImportFault.problem,
        ImportFault.advice,
        ImportFault.suggestion,
        ImportFault.row_count,
        ImportFault.first_rows,
    )


def _fault(row: Row[Any]) -> Fault:
    return Fault(**{**row._mapping, "first_rows": tuple(row.first_rows)})


def list_gone(import_id: UUID, *, number: int) -> list[GoneNode]:
    """One page of the nodes that the list no longer names."""
    rows = db.session.execute(
        select(
            ImportGone.id,
            ImportGone.node_id,
            ValueChainNode.name,
            ValueChainNode.country,
            ValueChainNode.address,
            ImportGone.choice,
        )
        .join(ValueChainNode, ValueChainNode.id == ImportGone.node_id)
        .where(ImportGone.import_id == import_id, ImportGone.place > (number - 1) * PAGE)
        .order_by(ImportGone.place)
        .limit(PAGE)
    )
    return [GoneNode(**row._mapping) for row in rows]


def count_gone(import_id: UUID) -> dict[GoneAnswer, int]:
    """The number of missing places by answer."""
    rows = db.session.execute(
        select(ImportGone.choice, func.count())
        .where(ImportGone.import_id == import_id)
        .group_by(ImportGone.choice)
    )
    counted = {choice: count for choice, count in rows}
    return {answer: counted.get(answer, 0) for answer in GoneAnswer}


def load_gone_answers(import_id: UUID) -> Mapping[UUID, Row[*tuple[Any, ...]]]:
    """Node that the list no longer names -> the answer of a person, with author and time."""
    answered = db.session.execute(
        select(
            ImportGone.node_id,
            ImportGone.choice,
            ImportGone.answered_at,
            ImportGone.answered_by_id,
        ).where(ImportGone.import_id == import_id, ImportGone.answered_at.is_not(None))
    ).all()
    return {row.node_id: row for row in answered}


def list_gone_by_id(import_id: UUID, ids: Collection[UUID]) -> Sequence[ImportGone]:
    """Questions for nodes that the list no longer names, by their ids, in the order shown."""
    return db.session.scalars(
        select(ImportGone)
        .where(ImportGone.import_id == import_id, ImportGone.id.in_(ids))
        .order_by(ImportGone.place)
    ).all()


def list_gone_open(import_id: UUID) -> Sequence[UUID]:
    """The nodes without an answer, in the order shown."""
    statement = _select_gone_nodes(import_id, GoneAnswer.ASK)
    return db.session.scalars(statement.order_by(ImportGone.place)).all()


def load_gone_to_archive(import_id: UUID) -> frozenset[UUID]:
    """The nodes that a person answered to archive."""
    return frozenset(db.session.scalars(_select_gone_nodes(import_id, GoneAnswer.ARCHIVE)))


def _select_gone_nodes(import_id: UUID, choice: GoneAnswer) -> Select[UUID]:
    return select(ImportGone.node_id).where(
        ImportGone.import_id == import_id, ImportGone.choice == choice
    )


def count_used(user_id: UUID | None) -> Used:
    """The lists and corrections of the acting organisation, or of imports that a person began."""
    wanted = select(MapImport.files, MapImport.corrections)
    if user_id is not None:
        wanted = wanted.where(MapImport.created_by_id == user_id)
    return used_by_lists(part for row in db.session.execute(wanted) for part in row)


def names_bytes(organisation_id: UUID, sha256: str) -> ColumnElement[bool]:
    """Whether an import of an organisation keeps a file of these bytes."""
    kept = or_(holds(MapImport.files, sha256), holds(MapImport.corrections, sha256))
    return (MapImport.organisation_id == organisation_id) & kept
