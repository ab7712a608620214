"""Matching for imports: merged records, and likely duplicates of new rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from ddplatform.infrastructure.bulk import many_objects
from ddplatform.value_chain.graph.queries.drafts import load_source_drafts
from ddplatform.value_chain.matching.queries.records import load_decisions, record_of
from ddplatform.value_chain.merging.queries.merges import load_merged_contents, load_merged_refs
from supply_chain.intake.compare import NodeChange, compare
from supply_chain.intake.drafts import LinkDraft, MapDraft, NodeDraft
from supply_chain.matching.matcher import find_between, find_within
from supply_chain.matching.pairs import Decision, Pair
from supply_chain.matching.record_content import content_hash, pair_key
from supply_chain.matching.records import Record
from supply_chain.vocabulary import NodeKind


@dataclass(frozen=True)
class PossibleDuplicate:
    """A new row of an import that may be a node of the map, or another row of the list.

    `decided` is what was decided on these two contents before: True the same, None nothing yet;
    what was said to be different is left out.
    """

    new_id: str
    known_ref: str
    known_name: str
    score: float
    suggestion: Decision
    reasons: tuple[str, ...]
    decided: bool | None


@dataclass(frozen=True)
class Asked:
    """The data needed to compare new rows with a map, without the database."""

    new: tuple[NodeDraft, ...]
    known: tuple[NodeDraft, ...]
    decided: Mapping[tuple[str, str], bool]
    sources: Mapping[str, NodeDraft] = field(default_factory=dict)
    """Records that were merged before, by external id."""
    into: Mapping[str, str] = field(default_factory=dict)
    """External id of each of them -> that of the node which stands for it."""


def ask_for(chain_id: UUID, new: tuple[NodeDraft, ...], known: tuple[NodeDraft, ...]) -> Asked:
    """Load what new rows are held against: the map, what was merged, what was decided."""
    sources = load_source_drafts(chain_id)
    return Asked(new, known, load_decisions(), sources, load_merged_refs(chain_id))


@dataclass(frozen=True)
class Followed:
    """A list with merged records read as the nodes that stand for them."""

    draft: MapDraft
    changes: tuple[NodeChange, ...] = ()
    """Merged records with changed values in the list."""
    still: frozenset[str] = frozenset()
    """Ids of the nodes that the list names through a merged record."""


def follow_merges(
    chain_id: UUID,
    draft: MapDraft,
    *,
    known_ids: Collection[str],
    archived: Collection[str] = frozenset(),
) -> Followed:
    """The same draft with merged records read as the node that stands for them.

    A row that a person merged before (by its id, or by a content that is still the same) is not
    new: it is left out, and its links are those of the node that stays. If that one had left the
    map, it comes back as the row says.

    Args:
        known_ids: external ids of all nodes of the map, so that only new rows are compared.
        archived: those of the nodes that left the map.
    """
    names = load_merged_refs(chain_id)
    if not names:
        return Followed(draft)
    sources = load_source_drafts(chain_id)
    changes = _changes(sources, draft)
    contents = dict(load_merged_contents(chain_id))
    contents |= {content_hash(record_of(node)): ref for ref, node in sources.items()}
    into = dict(names)
    for node in draft.nodes:
        ref = contents.get(content_hash(record_of(node)))
        if ref is not None and node.id not in known_ids:
            into[node.id] = names.get(ref, ref)
    nodes = [node for node in draft.nodes if node.id not in into]
    named = {node.id for node in nodes}
    through = {into[node.id]: node for node in reversed(draft.nodes) if node.id in into}
    nodes += [
        replace(node, id=ref)
        for ref, node in through.items()
        if ref in archived and ref not in named
    ]
    read = replace(
        draft,
        nodes=tuple(_operated(node, into) for node in nodes),
        links=_links(draft.links, into),
    )
    return Followed(read, changes, frozenset(through))


def _changes(sources: Mapping[str, NodeDraft], draft: MapDraft) -> tuple[NodeChange, ...]:
    """The new values of a list for records that were merged, field by field."""
    rows = tuple(replace(node, operated_by=None) for node in draft.nodes if node.id in sources)
    return compare(tuple(sources.values()), replace(draft, nodes=rows, links=())).changed_nodes


def _operated(node: NodeDraft, into: Mapping[str, str]) -> NodeDraft:
    operator = into.get(node.operated_by or "", node.operated_by)
    return node if operator == node.operated_by else replace(node, operated_by=operator)


def _links(links: Sequence[LinkDraft], into: Mapping[str, str]) -> tuple[LinkDraft, ...]:
    """Links by the ids that stand; of links that say the same now, known shares add up."""
    found = {link.key: link for link in links if not {link.supplier, link.buyer} & into.keys()}
    for link in links:
        supplier, buyer = into.get(link.supplier, link.supplier), into.get(link.buyer, link.buyer)
        moved = replace(link, supplier=supplier, buyer=buyer)
        if moved == link or supplier == buyer:
            continue  # nobody supplies itself
        known = found.get(moved.key)
        if known is not None:
            shares = [share for share in (known.share, moved.share) if share is not None]
            moved = replace(known, share=min(1.0, sum(shares)) if shares else None)
        found[moved.key] = moved
    return tuple(found.values())


@many_objects()
def find_doubles(asked: Asked) -> list[PossibleDuplicate]:
    """New rows that may stand in the map already, or twice in the list, the likeliest first.

    Unknown origins are left out: two of them are never one supplier because of their words.
    """
    new, known = _records(asked.new), _records(asked.known)
    known = {**_records(asked.sources.values()), **known}
    every = {**known, **new}
    likely = [
        *find_between(list(new.values()), list(known.values())),
        *find_within(list(new.values())),
    ]
    told: set[tuple[str, str]] = set()
    found = []
    for pair in sorted(likely, key=lambda one: -one.score):
        contents = (content_hash(every[key]) for key in (pair.left_id, pair.right_id))
        is_same = asked.decided.get(pair_key(*contents))
        stands = asked.into.get(pair.right_id, pair.right_id)
        if is_same is False or (pair.left_id, stands) in told:
            continue
        told.add((pair.left_id, stands))
        found.append(
            PossibleDuplicate(
                new_id=pair.left_id,
                known_ref=stands,
                known_name=every[stands].name if stands in every else every[pair.right_id].name,
                score=pair.score,
                suggestion=pair.decision,
                reasons=(*_merged(pair, every, stands), *pair.reasons),
                decided=is_same,
            )
        )
    return found


def _merged(pair: Pair, every: Mapping[str, Record], stands: str) -> tuple[str, ...]:
    if stands == pair.right_id:
        return ()
    return (f"like “{every[pair.right_id].name}”, which was merged into it",)


def _records(nodes: Iterable[NodeDraft]) -> dict[str, Record]:
    return {n.id: record_of(n) for n in nodes if n.kind is not NodeKind.UNKNOWN_ORIGIN}
