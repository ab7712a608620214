"""What the preview of an import shows: counts, samples and every problem, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from supply_chain.drafts import LinkDraft, MapDraft, NodeDraft
from supply_chain.map_compare import FieldChange, MapChanges

SAMPLE = 100
PROBLEMS_KEPT = 5_000


def counts_of(draft: MapDraft, changes: MapChanges) -> dict[str, int]:
    """How much an import would change, and how much of it has problems."""
    return {
        "rows": draft.rows,
        "skipped": draft.skipped,
        "new": len(changes.new_nodes),
        "changed": len(changes.changed_nodes),
        "unchanged": len(changes.unchanged_nodes),
        "gone": len(changes.gone_nodes),
        "links_new": len(changes.new_links),
        "links_changed": len(changes.changed_links),
        "links_unchanged": len(changes.unchanged_links),
        "links_gone": len(changes.gone_links),
        "problems": len(draft.problems),
        "notes": len(draft.notes),
    }


def preview_of(draft: MapDraft, changes: MapChanges, known: Sequence[NodeDraft]) -> dict[str, Any]:
    """What to show of an import: 100 of each kind, up to 5,000 problems.

    Args:
        known: what stands in the map, so that links show names.
    """
    tables = {**draft.mapping.nodes, **draft.mapping.links}
    names = {node.id: node.name for node in (*known, *draft.nodes)}
    return {
        "new": _nodes(changes.new_nodes),
        "changed": [
            {**_node(change.before), "fields": _fields(change.fields)}
            for change in changes.changed_nodes[:SAMPLE]
        ],
        "unchanged": _nodes(changes.unchanged_nodes),
        "gone": _nodes(changes.gone_nodes),
        "links_new": _links(changes.new_links, names),
        "links_changed": [
            {**_link(change.before, names), "fields": _fields(change.fields)}
            for change in changes.changed_links[:SAMPLE]
        ],
        "links_gone": _links(changes.gone_links, names),
        "problems": [asdict(problem) for problem in draft.problems[:PROBLEMS_KEPT]],
        "notes": [asdict(note) for note in draft.notes[:PROBLEMS_KEPT]],
        "guesses": {
            key: [asdict(guess) for guess in table.guesses] for key, table in tables.items()
        },
        "headers": {key: list(table.header) for key, table in tables.items()},
    }


def _nodes(nodes: Sequence[NodeDraft]) -> list[dict[str, Any]]:
    return [_node(node) for node in nodes[:SAMPLE]]


def _node(node: NodeDraft) -> dict[str, Any]:
    return {
        "id": node.id,
        "name": node.name,
        "kind": node.kind.value,
        "country": node.country,
        "address": node.address,
    }


def _links(links: Sequence[LinkDraft], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [_link(link, names) for link in links[:SAMPLE]]


def _link(link: LinkDraft, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "supplier": names.get(link.supplier, link.supplier),
        "buyer": names.get(link.buyer, link.buyer),
        "commodity": link.commodity,
        "share": link.share,
    }


def _fields(changes: Sequence[FieldChange]) -> list[dict[str, Any]]:
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
