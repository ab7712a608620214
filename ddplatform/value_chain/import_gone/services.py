"""Places missing from the next list: a question for each, never a deletion."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, delete, update

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.languages import gettext
from ddplatform.value_chain.import_steps.queries.since import load_undo
from ddplatform.value_chain.imports.models import GoneAnswer, ImportGone
from ddplatform.value_chain.imports.queries import (
    get_import_for_change,
    list_gone_by_id,
    list_gone_open,
    load_gone_answers,
)
from ddplatform.value_chain.mapping.models import (
    ImportStatus,
    MapImport,
    SupplyLink,
    ValueChainNode,
)
from ddplatform.value_chain.mapping.queries.maps import get_chain_for_change, list_rows
from ddplatform.value_chain.mapping.services.changes import finish_import

CHUNK = 500
Part = TypeVar("Part", ValueChainNode, SupplyLink)
OPEN_TO_ANSWERS = (ImportStatus.PREVIEWED, ImportStatus.APPLIED)


def keep_gone(import_id: UUID, node_ids: Sequence[UUID]) -> None:
    """Ask about these nodes; answers that were given before a list was read again stay.

    Args:
        node_ids: in the order in which they are shown.
    """
    before = load_gone_answers(import_id)
    db.session.execute(
        delete(ImportGone)
        .where(ImportGone.import_id == import_id)
        .execution_options(synchronize_session=False)
    )
    rows = []
    for place, node_id in enumerate(node_ids, start=1):
        given = before.get(node_id)
        rows.append(
            {
                "import_id": import_id,
                "node_id": node_id,
                "place": place,
                "choice": given.choice if given else GoneAnswer.ASK,
                "answered_at": given.answered_at if given else None,
                "answered_by_id": given.answered_by_id if given else None,
            }
        )
    insert_rows(ImportGone, rows)


def answer_gone(import_id: UUID, answers: Mapping[UUID, GoneAnswer], *, act: Act) -> int:
    """Say what becomes of single nodes; returns how many answers are others than before.

    Before the list is applied an answer waits for it; afterwards `archive` is done at once.

    Raises:
        Conflict: the import is neither previewed nor applied, or a node is archived already.
    """
    row = _open_import(import_id)
    asked = list_gone_by_id(row.id, answers)
    changed = [one for one in asked if one.choice is not answers[one.id]]
    if any(one.choice is GoneAnswer.ARCHIVE for one in changed) and _is_applied(row):
        raise Conflict(
            gettext("One of these sites is archived already."),
            gettext("Restore it on its own page."),
        )
    archived = [one.node_id for one in changed if answers[one.id] is GoneAnswer.ARCHIVE]
    for one in changed:
        one.choice, one.answered_at, one.answered_by_id = answers[one.id], act.at, act.by.user_id
    if changed:
        _finish(row, archived, len(changed), act=act)
    return len(changed)


def answer_all_open(import_id: UUID, answer: GoneAnswer, *, act: Act) -> int:
    """Give one answer to every node that has none yet; returns how many there were."""
    row = _open_import(import_id)
    node_ids = list_gone_open(row.id)
    if answer is GoneAnswer.ASK or not node_ids:
        return 0
    db.session.execute(
        update(ImportGone)
        .where(ImportGone.import_id == row.id, ImportGone.choice == GoneAnswer.ASK)
        .values(choice=answer, answered_at=act.at, answered_by_id=act.by.user_id)
        .execution_options(synchronize_session=False)
    )
    archived = node_ids if answer is GoneAnswer.ARCHIVE else ()
    _finish(row, archived, len(node_ids), act=act)
    return len(node_ids)


def _open_import(import_id: UUID) -> MapImport:
    row = get_import_for_change(import_id)
    if row.status not in OPEN_TO_ANSWERS:
        raise Conflict(
            gettext("This list does not take decisions now."),
            gettext("Wait until it has been read or imported."),
        )
    return row


def _is_applied(row: MapImport) -> bool:
    return row.status is ImportStatus.APPLIED


def _finish(row: MapImport, archived: Sequence[UUID], answers: int, *, act: Act) -> None:
    if archived and _is_applied(row):
        chain = get_chain_for_change(row.chain_id)
        db.session.flush()  # the tiers are made from what stands
        _keep_for_undo(row, *archive_nodes(archived, act=act))
        db.session.flush()
        finish_import(chain, "map_import:answer-gone", cause=row, act=act)
    audit.record("map_import:answer-gone", row, act=act, answers=answers)


def _keep_for_undo(row: MapImport, nodes: Sequence[UUID], links: Sequence[UUID]) -> None:
    """Store nodes archived by an answer after the import, so that its undo restores them."""
    known = load_undo(row)
    more = {"nodes_gone": nodes, "links_gone": links}
    row.undo = {
        **known,
        **{name: [*known.get(name, ()), *map(str, keys)] for name, keys in more.items()},
    }


def archive_nodes(node_ids: Iterable[UUID], *, act: Act) -> tuple[list[UUID], list[UUID]]:
    """Archive nodes and the links at them; returns the ids of those that stood until now."""
    nodes, links = list(node_ids), list[UUID]()
    gone_nodes: list[UUID] = []
    for start in range(0, len(nodes), CHUNK):
        part = nodes[start : start + CHUNK]
        ends = SupplyLink.supplier_id.in_(part) | SupplyLink.buyer_id.in_(part)
        gone_nodes += _archive(ValueChainNode, ValueChainNode.id.in_(part), act=act)
        links += _archive(SupplyLink, ends, act=act)
    return gone_nodes, links


def archive_links(link_ids: Sequence[UUID], *, act: Act) -> list[UUID]:
    """Archive links; returns the ids of those that stood until now."""
    found: list[UUID] = []
    for start in range(0, len(link_ids), CHUNK):
        part = link_ids[start : start + CHUNK]
        found += _archive(SupplyLink, SupplyLink.id.in_(part), act=act)
    return found


def _archive(model: type[Part], which: ColumnElement[bool], *, act: Act) -> list[UUID]:
    standing = list_rows(model, which, model.archived_at.is_(None))
    for one in standing:
        one.archived_at, one.archived_by_id = act.at, act.by.user_id
    return [one.id for one in standing]
