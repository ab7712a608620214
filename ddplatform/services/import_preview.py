"""What the preview of an import shows: counts, samples and every problem, as plain values."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from supply_chain.drafts import LinkDraft, MapDraft, NodeDraft
from supply_chain.map_compare import FieldChange, MapChanges

SAMPLE = 100
PROBLEMS_KEPT = 5_000


def preview_of(draft: MapDraft, changes: MapChanges) -> tuple[dict[str, Any], dict[str, Any]]:
    """Counts of everything, and what to show of it (100 of each kind, up to 5,000 problems)."""
    counts = {
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
    preview = {
        "new": _nodes(changes.new_nodes),
        "changed": [
            {**_node(change.before), "fields": _fields(change.fields)}
            for change in changes.changed_nodes[:SAMPLE]
        ],
        "unchanged": _nodes(changes.unchanged_nodes),
        "gone": _nodes(changes.gone_nodes),
        "links_new": _links(changes.new_links),
        "links_changed": [
            {**_link(change.before), "fields": _fields(change.fields)}
            for change in changes.changed_links[:SAMPLE]
        ],
        "links_gone": _links(changes.gone_links),
        "problems": [asdict(problem) for problem in draft.problems[:PROBLEMS_KEPT]],
        "notes": [asdict(note) for note in draft.notes[:PROBLEMS_KEPT]],
        "guesses": {
            key: [asdict(guess) for guess in table.guesses]
            for tables in (draft.mapping.nodes, draft.mapping.links)
            for key, table in tables.items()
        },
    }
    return counts, preview


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


def _links(links: Sequence[LinkDraft]) -> list[dict[str, Any]]:
    return [_link(link) for link in links[:SAMPLE]]


def _link(link: LinkDraft) -> dict[str, Any]:
    return {
        "supplier": link.supplier,
        "buyer": link.buyer,
        "commodity": link.commodity,
        "share": link.share,
    }


def _fields(changes: Sequence[FieldChange]) -> list[dict[str, Any]]:
    return [
        {"field": change.field, "before": _text(change.before), "after": _text(change.after)}
        for change in changes
    ]


def _text(value: object) -> str | None:
    if value in (None, ()):
        return None
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(getattr(value, "value", value))
