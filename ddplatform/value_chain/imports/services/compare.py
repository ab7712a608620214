"""Comparison of a list with its map, for the preview and for its application."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ddplatform.value_chain.graph.queries.drafts import MapDrafts
from ddplatform.value_chain.imports.queries import list_applied_headings, load_listed
from ddplatform.value_chain.mapping.models import MapImport
from ddplatform.value_chain.matching_imports.services.imports import follow_merges
from supply_chain.intake.columns import find_header_row, unique_header
from supply_chain.intake.compare import MapChanges, NodeChange, compare
from supply_chain.intake.drafts import MapDraft
from supply_chain.intake.sheets import Table
from supply_chain.intake.succession import ALIKE_HEADINGS, Recognised, likeness, recognise
from supply_chain.intake.wishes import LinkKey, hold_back


@dataclass(frozen=True)
class Comparison:
    """The effect of an import on a map, and the version of the map that was compared."""

    known: MapDrafts
    draft: MapDraft
    changes: MapChanges
    recognised: tuple[Recognised, ...]
    version: int
    sources: tuple[NodeChange, ...] = ()
    """Records that were merged into others, with changed values in the list."""
    still: frozenset[str] = frozenset()
    """Ids of the nodes that the list names through a merged record."""
    flows: tuple[LinkKey, ...] = ()
    """Links that the list calls confirmed and the map does not: probable until approved."""
    origins: tuple[str, ...] = ()
    """Nodes that the list calls origins and the map does not."""


def compare_with_map(
    row: MapImport, known: MapDrafts, draft: MapDraft, *, version: int
) -> Comparison:
    """Compare by ids; in a list that follows an earlier one, recognise moves and new names.

    What was merged before is read as the node that stands for it, and told where it changed.
    """
    read = follow_merges(row.chain_id, draft, known_ids=known.node_keys, archived=known.archived)
    draft = read.draft
    listed = load_listed(row.follows_id) if row.follows_id else None
    recognised: tuple[Recognised, ...] = ()
    if listed is not None:
        apart = frozenset((pair[0], pair[1]) for pair in row.apart)
        draft, recognised = recognise(known.nodes, draft, listed=listed - read.still, apart=apart)
    held = hold_back(known.nodes, known.links, draft)
    changes = compare(
        known.nodes, held.draft, existing_links=known.links, listed=listed, still=read.still
    )
    return Comparison(
        known,
        held.draft,
        changes,
        recognised,
        version,
        read.changes,
        read.still,
        held.flows,
        held.origins,
    )


def headings_of(tables: Sequence[Table]) -> list[str]:
    """The names of all columns of all tables."""
    return [name for table in tables for name in unique_header(table, find_header_row(table)[0])]


def guess_earlier(chain_id: UUID, headings: Sequence[str]) -> UUID | None:
    """The newest applied import of this map whose columns are much the same; None for no such."""
    for import_id, others in list_applied_headings(chain_id):
        if likeness(headings, others) >= ALIKE_HEADINGS:
            return import_id
    return None
