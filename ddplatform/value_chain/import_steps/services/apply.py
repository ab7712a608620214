"""Application of an import to its map in one transaction: all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from ddplatform.audit.models import Outcome
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.bulk import many_objects, rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.value_chain.approvals.services.requests import end_settled
from ddplatform.value_chain.graph.queries.drafts import MapDrafts, load_drafts
from ddplatform.value_chain.graph.services.draft_rows import (
    Row,
    link_values,
    new_link_rows,
    new_node_rows,
    node_values,
)
from ddplatform.value_chain.history.queries.values import plain
from ddplatform.value_chain.import_activities.services import remember_answers
from ddplatform.value_chain.import_gone.services import (
    archive_links as archive_links_of_list,
)
from ddplatform.value_chain.import_gone.services import archive_nodes
from ddplatform.value_chain.import_steps.services.approvals import ask_of_import
from ddplatform.value_chain.imports.queries import (
    get_import,
    get_import_for_change,
    load_gone_to_archive,
)
from ddplatform.value_chain.imports.services.compare import Comparison, compare_with_map
from ddplatform.value_chain.imports.services.mapping import remember
from ddplatform.value_chain.imports.services.reading import Reading
from ddplatform.value_chain.mapping.models import (
    ImportStatus,
    MapImport,
    SupplyLink,
    ValueChain,
    ValueChainNode,
)
from ddplatform.value_chain.mapping.queries.maps import (
    get_chain,
    get_chain_for_change,
    list_rows_by_key,
)
from ddplatform.value_chain.mapping.services.changes import finish_import
from ddplatform.value_chain.matching_imports.services.sources import ask_again
from supply_chain.graph.labels import GROUP, TAGS
from supply_chain.intake.compare import LinkChange, NodeChange
from supply_chain.intake.drafts import NodeDraft


@dataclass
class Applied:
    """The effect of an import, enough for its undo: keys, and values before the change."""

    nodes_new: list[UUID] = field(default_factory=list)
    nodes_revived: dict[str, Row] = field(default_factory=dict)
    nodes_changed: dict[str, Row] = field(default_factory=dict)
    nodes_gone: list[UUID] = field(default_factory=list)
    links_new: list[UUID] = field(default_factory=list)
    links_changed: dict[str, Row] = field(default_factory=dict)
    links_gone: list[UUID] = field(default_factory=list)
    asked_again: list[UUID] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Whether nothing changed at all."""
        return not any(vars(self).values())

    def counts(self) -> dict[str, int]:
        """The number of each."""
        return {name: len(value) for name, value in vars(self).items()}

    def as_json(self) -> dict[str, Any]:
        """As it is kept on the import: new ones are known by their moment, so only the rest."""
        return {
            name: [str(key) for key in value] if isinstance(value, list) else value
            for name, value in vars(self).items()
            if name not in ("nodes_new", "links_new")
        }


@many_objects()
def compare_import(import_id: UUID, reading: Reading) -> Comparison | None:
    """The effect of an import, computed without a lock; None where there is nothing to do."""
    row = get_import(import_id)
    if row.status is not ImportStatus.APPLYING or reading.refusal is not None:
        return None
    chain = get_chain(row.chain_id)
    return compare_with_map(row, load_drafts(chain.id), reading.draft, version=chain.version)


@many_objects()
def apply_import(
    import_id: UUID,
    reading: Reading,
    compared: Comparison | None,
    *,
    archive_links: bool = False,
    act: Act,
) -> dict[str, int]:
    """Bring what was read into the map; all of it or nothing. Done twice it happens once.

    Args:
        compared: what `compare_import` said; done again where the map has changed since.
        archive_links: also archive links that the list no longer names.

    Returns:
        Counts of what changed; empty when the import was applied or cancelled before, or cannot
        be applied.
    """
    row = get_import_for_change(import_id)
    if row.status is not ImportStatus.APPLYING:
        return {}
    if reading.refusal is not None or (reading.draft.skipped and not row.skip_faulty):
        _keep_failure(row, reading.refusal or _FAULTY, act=act)
        return {}
    chain = get_chain_for_change(row.chain_id)
    if compared is None or compared.version != chain.version:
        known = load_drafts(chain.id)
        compared = compare_with_map(row, known, reading.draft, version=chain.version)
    done = _bring_in(chain, compared, at=act.at)
    _archive_answered(row, compared, done, archive_links=archive_links, act=act)
    asked = ask_of_import(chain, row, compared, act=act)
    if not done.is_empty():
        end_settled(chain.id, act=act)
        finish_import(chain, "map_import:apply", cause=row, act=act)
    _keep_result(row, chain, done, compared, asked, act=act)
    audit.record(
        "map_import:apply",
        row,
        act=act,
        chain=chain.id,
        files=[entry["name"] for entry in row.files],
        skipped=reading.draft.skipped,
        **dict[str, Any](done.counts()),
        **dict[str, Any](asked),
    )
    return {**done.counts(), **asked}


def _keep_failure(row: MapImport, refusal: dict[str, str], *, act: Act) -> None:
    row.status, row.refusal = ImportStatus.FAILED, refusal
    audit.record(
        "map_import:apply",
        row,
        act=act,
        outcome=Outcome.FAILED,
        chain=row.chain_id,
        refusal=refusal["code"],
    )


_FAULTY = {
    "code": "faulty_rows",
    "message": "Some rows have problems, so nothing was changed.",
    "advice": "Correct the rows, or choose to leave them out.",
}


def _bring_in(chain: ValueChain, compared: Comparison, *, at: datetime) -> Applied:
    done, known, changes = Applied(), compared.known, compared.changes
    keys = {**known.node_keys}
    fresh = [node for node in changes.new_nodes if node.id not in known.node_keys]
    keys.update(zip((node.id for node in fresh), rising_keys(len(fresh)), strict=True))
    rows = new_node_rows(fresh, keys, chain_id=chain.id, at=at)
    _revive([n for n in changes.new_nodes if n.id in known.archived], keys, done)
    db.session.flush()  # operators that come back must stand before what they operate
    insert_rows(ValueChainNode, rows)
    done.nodes_new = [row["id"] for row in rows]
    _change_nodes(changes.changed_nodes, keys, done)
    _change_sources(compared.sources, keys, done, at=at)
    link_rows = new_link_rows(changes.new_links, keys, chain_id=chain.id, at=at)
    insert_rows(SupplyLink, link_rows)
    done.links_new = [row["id"] for row in link_rows]
    _change_links(changes.changed_links, known, done)
    return done


def _archive_answered(
    row: MapImport, compared: Comparison, done: Applied, *, archive_links: bool, act: Act
) -> None:
    """Archive the parts that a person chose to archive, if they are still missing."""
    known, gone = compared.known, compared.changes.gone_nodes
    wanted = load_gone_to_archive(row.id)
    node_ids = [key for node in gone if (key := known.node_keys[node.id]) in wanted]
    if node_ids:
        db.session.flush()  # what the list changed stands before links are looked up
        done.nodes_gone, done.links_gone = archive_nodes(node_ids, act=act)
    if archive_links:
        links = [known.link_keys[link.key] for link in compared.changes.gone_links]
        db.session.flush()  # links of archived nodes are archived already
        done.links_gone += archive_links_of_list(links, act=act)


def _revive(drafts: Sequence[NodeDraft], keys: Mapping[str, UUID], done: Applied) -> None:
    by_key = {keys[draft.id]: draft for draft in drafts}
    for node in list_rows_by_key(ValueChainNode, by_key):
        done.nodes_revived[str(node.id)] = _set(node, _stated(by_key[node.id], keys)) | {
            "archived_by_id": plain(node.archived_by_id)
        }
        node.archived_at = node.archived_by_id = None


def _stated(draft: NodeDraft, keys: Mapping[str, UUID]) -> Row:
    """The columns of a draft; tags and group only where the list states them: they are ours."""
    ours = {TAGS: "tags", GROUP: "group_name"}
    unstated = {column for name, column in ours.items() if name not in draft.attributes}
    return {name: at for name, at in node_values(draft, keys).items() if name not in unstated}


def _change_nodes(changes: Sequence[NodeChange], keys: Mapping[str, UUID], done: Applied) -> None:
    by_key = {keys[change.before.id]: change.after for change in changes}
    for node in list_rows_by_key(ValueChainNode, by_key):
        done.nodes_changed[str(node.id)] = _set(node, node_values(by_key[node.id], keys))


def _change_sources(
    changes: Sequence[NodeChange], keys: Mapping[str, UUID], done: Applied, *, at: datetime
) -> None:
    """Give merged records the values of the list, and open their question again."""
    by_key = {keys[change.before.id]: change for change in changes}
    for node in list_rows_by_key(ValueChainNode, by_key):
        change = by_key[node.id]
        before, after = node_values(change.before, keys), node_values(change.after, keys)
        new = {name: value for name, value in after.items() if value != before[name]}
        if new.get("is_origin"):
            del new["is_origin"]  # of a record that a split may bring back, nobody approved it
        done.nodes_changed[str(node.id)] = _set(node, new)
    db.session.flush()  # the questions are asked about what stands now
    done.asked_again = ask_again(changes, keys, at=at)


def _change_links(changes: Sequence[LinkChange], known: MapDrafts, done: Applied) -> None:
    by_key = {known.link_keys[change.before.key]: change.after for change in changes}
    for link in list_rows_by_key(SupplyLink, by_key):
        done.links_changed[str(link.id)] = _set(link, link_values(by_key[link.id]))


def _set(row: ValueChainNode | SupplyLink, values: Row) -> Row:
    """Set the values that differ; returns the earlier ones as plain values."""
    before = {}
    for name, value in values.items():
        if getattr(row, name) != value:
            before[name] = plain(getattr(row, name))
            setattr(row, name, value)
    return before


def _keep_result(
    row: MapImport,
    chain: ValueChain,
    done: Applied,
    compared: Comparison,
    asked: Mapping[str, int],
    *,
    act: Act,
) -> None:
    row.status, row.applied_at, row.applied_by_id = ImportStatus.APPLIED, act.at, act.by.user_id
    row.chain_version = chain.version
    row.undo = done.as_json()
    row.listed = sorted({node.id for node in compared.draft.nodes} | compared.still)
    row.counts = {**row.counts, "applied": {**done.counts(), **asked}}
    remember(row, at=act.at)
    remember_answers(row, by_id=act.by.user_id, at=act.at)
