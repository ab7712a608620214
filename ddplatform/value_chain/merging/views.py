"""What the page of a supplier tells of merges and of likely duplicates."""

from dataclasses import dataclass

from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.matching.queries.pairs import PairRow, list_open_of
from ddplatform.value_chain.merging.queries.merges import SourceRecord, find_merge_of, list_sources


@dataclass(frozen=True)
class NodeSources:
    """The records a node was made of, pairs that wait for a decision, and where it went itself."""

    records: tuple[SourceRecord, ...]
    pairs: tuple[PairRow, ...]
    part_of: ValueChainNode | None
    merge_id: str | None


def sources_of(node: ValueChainNode) -> NodeSources:
    """Everything that matching knows of one node."""
    if node.archived_at is None:
        return NodeSources(tuple(list_sources(node.id)), tuple(list_open_of(node)), None, None)
    merge = find_merge_of(node.id)
    if merge is None:
        return NodeSources(tuple(list_sources(node.id)), (), None, None)
    records = tuple(list_sources(node.id))
    return NodeSources(records, (), get_node(merge.survivor_id), str(merge.id))
