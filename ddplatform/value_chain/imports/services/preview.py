"""Preview of an import: counts, and its rows in pages, as plain values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, islice
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.value_chain.imports.models import ImportPage
from ddplatform.value_chain.imports.services.compare import Comparison
from ddplatform.value_chain.matching_imports.services.imports import PossibleDuplicate
from supply_chain.intake.compare import FieldChange, MapChanges, NodeChange
from supply_chain.intake.drafts import LinkDraft, MapDraft, NodeDraft
from supply_chain.intake.mapping_json import columns_as_json
from supply_chain.intake.succession import Recognised, is_moved, is_renamed
from supply_chain.intake.words import squeeze

PAGE = 50
NAME = frozenset({"name"})
PLACE = frozenset({"country", "region", "address", "latitude", "longitude"})
Entry = dict[str, Any]


def counts_of(
    draft: MapDraft, changes: MapChanges, sources: Sequence[NodeChange]
) -> dict[str, int]:
    """The number of changes of an import, and of those with problems.

    Args:
        sources: merged records with changed values in the list.
    """
    return {
        "rows": draft.rows,
        "skipped": draft.skipped,
        "new": len(changes.new_nodes),
        "changed": len(changes.changed_nodes) + len(sources),
        "moved": sum(map(is_moved, changes.changed_nodes)),
        "renamed": sum(map(is_renamed, changes.changed_nodes)),
        "unchanged": len(changes.unchanged_nodes),
        "gone": len(changes.gone_nodes),
        "links_new": len(changes.new_links),
        "links_changed": len(changes.changed_links),
        "links_unchanged": len(changes.unchanged_links),
        "links_gone": len(changes.gone_links),
        "problems": len(draft.problems),
        "notes": len(draft.notes),
    }


def columns_shown(draft: MapDraft) -> dict[str, Any]:
    """The columns of each table with what was guessed of them, for the page of columns."""
    return {"columns": columns_as_json(draft.mapping)}


def keep_pages(
    import_id: UUID, comparison: Comparison, doubles: Sequence[PossibleDuplicate] = ()
) -> None:
    """Keep all rows of a preview in pages of 50; those of an earlier reading go."""
    db.session.execute(
        delete(ImportPage)
        .where(ImportPage.import_id == import_id)
        .execution_options(synchronize_session=False)
    )
    parts = {**_parts(comparison), "doubles": _doubles(comparison, doubles)}
    insert_rows(
        ImportPage,
        [
            {"import_id": import_id, "part": part, "number": number, "entries": entries}
            for part, rows in parts.items()
            for number, entries in enumerate(_pages(iter(rows)), start=1)
        ],
    )


def _pages(rows: Iterator[Entry]) -> Iterator[list[Entry]]:
    while page := list(islice(rows, PAGE)):
        yield page


def _parts(comparison: Comparison) -> dict[str, Iterable[Entry]]:
    changes = comparison.changes
    names = {node.id: node.name for node in (*comparison.known.nodes, *comparison.draft.nodes)}
    reasons = {one.known_id: one for one in comparison.recognised}
    changed = changes.changed_nodes
    return {
        "new": map(_node, changes.new_nodes),
        "changed": chain(_changes(changed, reasons), _sources(comparison.sources)),
        "moved": _changes(filter(is_moved, changed), reasons, PLACE),
        "renamed": _changes(filter(is_renamed, changed), reasons, NAME),
        "unchanged": map(_node, changes.unchanged_nodes),
        "links_new": _links(changes.new_links, names),
        "links_changed": (
            {**_link(change.before, names), "fields": _fields(change.fields)}
            for change in changes.changed_links
        ),
        "links_gone": _links(changes.gone_links, names),
    }


def _doubles(comparison: Comparison, doubles: Sequence[PossibleDuplicate]) -> Iterator[Entry]:
    """New rows beside the nodes of the map that they may be, with the reasons."""
    new = {node.id: node for node in comparison.changes.new_nodes}
    for pair in doubles:
        yield {
            **_node(new[pair.new_id]),
            "known": str(comparison.known.node_keys.get(pair.known_ref, "")),
            "known_name": pair.known_name,
            "score": pair.score,
            "reasons": list(pair.reasons),
            "decided": pair.decided,
        }


def _node(node: NodeDraft) -> Entry:
    return {
        "id": node.id,
        "name": node.name,
        "kind": node.kind.value,
        "country": node.country,
        "address": node.address,
    }


def _changes(
    changes: Iterable[NodeChange],
    recognised: Mapping[str, Recognised],
    shown: frozenset[str] | None = None,
) -> Iterator[Entry]:
    """Changed nodes; of a recognised one also the evidence and its id in the list.

    Args:
        shown: the fields that matter here; of the others only their number is told.
    """
    for change in changes:
        fields = [one for one in change.fields if shown is None or _matters(one, shown)]
        entry = {**_node(change.before), "fields": _fields(fields)}
        one = recognised.get(change.before.id)
        known = {"by": one.reason, "drafted": one.drafted_id} if one else {}
        yield entry | known | {"others": len(change.fields) - len(fields)}


def _sources(changes: Iterable[NodeChange]) -> Iterator[Entry]:
    """Changed records that were merged before; they are asked about again."""
    return (
        {**_node(one.before), "fields": _fields(one.fields), "others": 0, "is_merged": True}
        for one in changes
    )


def _matters(change: FieldChange, shown: frozenset[str]) -> bool:
    """Whether a field differs in more than the way it is written."""
    is_same = squeeze(str(change.before or "")) == squeeze(str(change.after or ""))
    return change.field in shown and not is_same


def _links(links: Sequence[LinkDraft], names: Mapping[str, str]) -> Iterator[Entry]:
    return (_link(link, names) for link in links)


def _link(link: LinkDraft, names: Mapping[str, str]) -> Entry:
    return {
        "supplier": names.get(link.supplier, link.supplier),
        "buyer": names.get(link.buyer, link.buyer),
        "commodity": link.commodity,
        "share": link.share,
    }


def _fields(changes: Sequence[FieldChange]) -> list[Entry]:
    return [
        {
            "field": change.field,
            "before": _text(change.field, change.before),
            "after": _text(change.field, change.after),
        }
        for change in changes
    ]


def _text(field: str, value: Any) -> str | None:
    """A value in words; None where nothing is stated."""
    if value in (None, ()):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if field == "share":
        return f"{value * 100:g} %"
    return str(value.value).replace("_", " ") if isinstance(value, StrEnum) else str(value)
