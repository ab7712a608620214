"""Changes of a map by an import: new, changed field by field, unchanged, gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from supply_chain.graph.home_places import is_same_home
from supply_chain.intake.drafts import LinkDraft, MapDraft, NodeDraft

# Where no column states them, these hold a default that must not overwrite known values.
_DEFAULTED = ("kind", "own_operation")
_PLACE = frozenset({"latitude", "longitude"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that would change; attributes and external ids are named `attributes.workers`."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A known node with its proposed changes, and its resulting values."""

    before: NodeDraft
    after: NodeDraft
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A known link with its proposed changes, and its resulting values."""

    before: LinkDraft
    after: LinkDraft
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class MapChanges:
    """All differences between a map and a draft.

    `gone_*` are known but not in the draft. That alone is no reason to delete: a list may be
    a part of the map. Own operations are never gone, nor is what a link of the draft names.
    """

    new_nodes: tuple[NodeDraft, ...]
    changed_nodes: tuple[NodeChange, ...]
    unchanged_nodes: tuple[NodeDraft, ...]
    gone_nodes: tuple[NodeDraft, ...]
    new_links: tuple[LinkDraft, ...]
    changed_links: tuple[LinkChange, ...]
    unchanged_links: tuple[LinkDraft, ...]
    gone_links: tuple[LinkDraft, ...]


def compare(
    existing: Sequence[NodeDraft],
    draft: MapDraft,
    *,
    existing_links: Sequence[LinkDraft] = (),
    listed: frozenset[str] | None = None,
    still: frozenset[str] = frozenset(),
) -> MapChanges:
    """Compare a map with a draft by node id and by link key.

    What a file leaves empty is "not stated" and changes nothing: missing data never erases.

    Args:
        listed: ids that an earlier list of the same kind named: only they can be gone, and links
            from them. None: whatever the map has and the draft lacks is gone.
        still: ids that the file names by another id, so that they are not gone.
    """
    known = {node.id: node for node in existing}
    named = _named(draft) | still
    skipped = _unstated(draft)
    pairs = [(known[node.id], node) for node in draft.nodes if node.id in known]
    changes = [_node_change(before, after, skipped) for before, after in pairs]
    known_links = {link.key: link for link in existing_links}
    # A key is made of five values each time it is asked for: once is enough for a long list.
    drafted_links = {link.key: link for link in draft.links}
    link_changes = [
        _link_change(known_links[key], link)
        for key, link in drafted_links.items()
        if key in known_links
    ]
    gone = tuple(
        node
        for node in existing
        if node.id not in named and not node.own_operation and (listed is None or node.id in listed)
    )
    gone_ids = frozenset(node.id for node in gone)
    return MapChanges(
        new_nodes=tuple(node for node in draft.nodes if node.id not in known),
        changed_nodes=tuple(change for change in changes if change.fields),
        unchanged_nodes=tuple(change.before for change in changes if not change.fields),
        gone_nodes=gone,
        new_links=tuple(x for key, x in drafted_links.items() if key not in known_links),
        changed_links=tuple(change for change in link_changes if change.fields),
        unchanged_links=tuple(change.before for change in link_changes if not change.fields),
        gone_links=tuple(
            link
            for key, link in known_links.items()
            if key not in drafted_links and _may_be_gone(link, gone_ids, draft, listed)
        ),
    )


def _named(draft: MapDraft) -> set[str]:
    ends = {end for link in draft.links for end in (link.supplier, link.buyer)}
    return {node.id for node in draft.nodes} | ends


def _may_be_gone(
    link: LinkDraft, gone: frozenset[str], draft: MapDraft, listed: frozenset[str] | None
) -> bool:
    """A list without links says nothing on those between suppliers that stay."""
    if link.supplier in gone or link.buyer in gone:
        return True
    return bool(draft.links) and (listed is None or link.supplier in listed)


def _unstated(draft: MapDraft) -> frozenset[str]:
    """Defaulted fields that no table has a column for; JSON states every field."""
    tables = draft.mapping.nodes.values()
    if not tables:
        return frozenset()
    return frozenset(f for f in _DEFAULTED if not any(f in table.columns for table in tables))


def _node_change(before: NodeDraft, after: NodeDraft, skipped: frozenset[str]) -> NodeChange:
    changes: list[FieldChange] = []
    merged: dict[str, object] = {}
    skipped |= _PLACE if is_same_home(before, after) else frozenset()
    for field in fields(NodeDraft):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if isinstance(old, Mapping):
            changes += _key_changes(field.name, old, new)
            merged[field.name] = {**old, **new}
        elif new not in (None, ()) and new != old and field.name not in skipped:
            changes.append(FieldChange(field.name, old, new))
            merged[field.name] = new
    return NodeChange(before, replace(before, **merged), tuple(changes))  # type: ignore[arg-type]


def _key_changes(
    group: str, old: Mapping[str, object], new: Mapping[str, object]
) -> list[FieldChange]:
    return [
        FieldChange(f"{group}.{key}", old.get(key), value)
        for key, value in new.items()
        if old.get(key) != value
    ]


def _link_change(before: LinkDraft, after: LinkDraft) -> LinkChange:
    stated = {
        field.name: getattr(after, field.name)
        for field in fields(LinkDraft)
        if getattr(after, field.name) not in (None, getattr(before, field.name))
    }
    changes = [FieldChange(name, getattr(before, name), new) for name, new in stated.items()]
    return LinkChange(before, replace(before, **stated), tuple(changes))
