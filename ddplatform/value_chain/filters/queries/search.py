"""Search over the nodes of one map or of all: names, ids and places, as people type them.

A name is found in any script of the query or the record: by letters, and by consonants where one
of the two is not in Latin letters.

Each map has an index beside its snapshot, one for each version: a cache that is read from the
database again where it is missing or damaged. No change of a node has to update it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.snapshot_files import Snapshot, SnapshotPlace
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db, is_writing
from ddplatform.infrastructure.text_search import Found, Part
from ddplatform.value_chain.graph.queries.snapshots import place_of
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChain, ValueChainNode
from supply_chain.graph.stored_columns import KeyColumn
from supply_chain.search.names import CANDIDATES, SHORTEST, SearchIndex, plain
from supply_chain.search.scripts import ScriptIndex, find_like
from supply_chain.vocabulary import NodeKind, RiskBand

PART = "search"
ROWS = 10_000
LAYOUT = {"search": 3}
"""Raise it when texts or runs are made in another way, so that no old index is read."""
_Hit = tuple[float, str, UUID]
"""The difference, the plain text and the key of a node: the most similar sorts first."""


@dataclass(frozen=True)
class FoundNode:
    """A node found by the search over all maps."""

    id: UUID
    name: str
    kind: NodeKind
    country: str | None
    region: str | None
    address: str | None
    external_ref: str
    external_ids: Mapping[str, Any]
    chain_name: str
    band: RiskBand | None


@dataclass(frozen=True)
class MapWords:
    """The words of each node of a map; `version` is the one after they were read."""

    version: int
    keys: Sequence[UUID]
    texts: Sequence[str]


@dataclass(frozen=True)
class Meant:
    """The nodes that a person means by an id or a name that was typed."""

    nodes: Sequence[FoundNode]
    are_called_so: bool
    """False where they are only like what was typed: then nobody is taken without asking."""

    @property
    def one(self) -> UUID | None:
        """The node, where nobody else can be meant."""
        return self.nodes[0].id if self.are_called_so and len(self.nodes) == 1 else None


def find_meant(chain_id: UUID, words: str, *, limit: int = 6) -> Meant:
    """The nodes of a map that words mean: by id, name, part of a name; else similar names.

    Three statements at most where somebody is called so, those of `search_nodes` else.
    """
    words = words.strip()
    if not words:
        return Meant((), are_called_so=False)
    of_map = ValueChainNode.chain_id == chain_id
    called = (
        _found(limit, of_map, ValueChainNode.external_ref == words)
        or _found(limit, of_map, func.lower(ValueChainNode.name) == words.lower())
        or _found(limit, of_map, _holds(words))
    )
    if called:
        return Meant(called, are_called_so=True)
    return Meant(search_nodes(words, chain_id=chain_id, limit=limit), are_called_so=False)


def search_nodes(q: str, *, chain_id: UUID | None = None, limit: int = 20) -> Sequence[FoundNode]:
    """Nodes of a map, or of all, like the text, the likest first; nothing for an empty text.

    One statement for the maps and one for what was found; two more for a map whose index is not
    there yet.
    """
    typed = q.strip()
    if len(plain(typed)) < SHORTEST:
        # Text too short for a similarity search is looked up unchanged.
        of_map = [] if chain_id is None else [ValueChainNode.chain_id == chain_id]
        return _found(limit, *of_map, _holds(typed)) if typed else []
    return _in_order(_hits(typed, chain_id, limit)[:limit])


def find_nodes_by_text(q: str, part: Part) -> Found[FoundNode]:
    """A part of the nodes of all maps that `search_nodes` finds, and how many there are.

    Of each map at most `CANDIDATES` are like the text by its letters and as many by its
    consonants. Statements as there, one more for what is short.
    """
    typed = q.strip()
    if len(plain(typed)) < SHORTEST:
        if not typed:
            return Found([], 0)
        total = db.session.scalar(_count_of(_holds(typed))) or 0
        return Found(_found(part.size, _holds(typed), offset=part.first), total)
    hits = _hits(typed)
    nodes = _in_order(hits[part.first : part.first + part.size])
    return Found(nodes, len(hits), is_capped=len(hits) >= CANDIDATES)


def _hits(typed: str, chain_id: UUID | None = None, limit: int | None = None) -> list[_Hit]:
    """Of a map or of each its nodes like the text, at most `limit` of one."""
    hits: list[_Hit] = []
    maps = select(ValueChain).order_by(ValueChain.id)
    for chain in db.session.scalars(
        maps if chain_id is None else maps.where(ValueChain.id == chain_id)
    ).all():
        arrays: dict[str, Any] = dict(_index_of(chain).arrays)
        keys = KeyColumn(arrays["key"])
        found = find_like(arrays, typed)[:limit]
        hits += [(-hit.likeness, hit.text, keys[hit.row]) for hit in found]
    return sorted(hits)


def _in_order(hits: Sequence[_Hit]) -> Sequence[FoundNode]:
    order = {key: place for place, (_, _, key) in enumerate(hits)}
    nodes = _found(len(order), ValueChainNode.id.in_(order)) if order else []
    return sorted(nodes, key=lambda node: order[node.id])


def _holds(words: str) -> ColumnElement[bool]:
    return ValueChainNode.name.icontains(words, autoescape=True)


def _count_of(condition: ColumnElement[bool]) -> Select[int]:
    return (
        select(func.count())
        .select_from(ValueChainNode)
        .where(ValueChainNode.archived_at.is_(None), condition)
    )


def _found(limit: int, *conditions: ColumnElement[bool], offset: int = 0) -> list[FoundNode]:
    statement = _found_columns().where(*conditions).limit(limit).offset(offset)
    rows = db.session.execute(statement).all()
    return [FoundNode(**row._mapping) for row in rows]


def _found_columns() -> Select[*tuple[Any, ...]]:
    """The columns in search results of the active nodes, by name."""
    return (
        select(
            ValueChainNode.id,
            ValueChainNode.name,
            ValueChainNode.kind,
            ValueChainNode.country,
            ValueChainNode.region,
            ValueChainNode.address,
            ValueChainNode.external_ref,
            ValueChainNode.external_ids,
            ValueChain.name.label("chain_name"),
            NodeSummary.band,
        )
        .join(ValueChain, ValueChain.id == ValueChainNode.chain_id)
        .outerjoin(NodeSummary, NodeSummary.node_id == ValueChainNode.id)
        .where(ValueChainNode.archived_at.is_(None))
        .order_by(ValueChainNode.name, ValueChainNode.id)
    )


def _index_of(chain: ValueChain) -> Snapshot:
    """The index of a map as it stands; kept where the map did not change while it was read."""
    place = place_of(chain.id, chain.version)
    # Also while writing: what changed meanwhile is of a version that nobody has kept yet.
    found = find_index(place)
    if found is not None:
        return found
    words = read_words(chain.id)
    made = index_part(words)
    if words.version == place.version and not is_writing():
        adapters().snapshots.keep(place, PART, made.arrays, made.facts)
    return made


def find_index(place: SnapshotPlace) -> Snapshot | None:
    """The index of a version of a map, if it is there, whole and of this make."""
    found = adapters().snapshots.open(place, PART)
    return found if found is not None and found.facts == LAYOUT else None


@many_objects()
def read_words(chain_id: UUID) -> MapWords:
    """The searchable words of the active nodes of a map; two statements."""
    node = ValueChainNode
    rows = db.session.execute(
        select(node.id, node.name, node.region, node.address, node.external_ref, node.external_ids)
        .where(node.chain_id == chain_id, node.archived_at.is_(None))
        .order_by(node.id),
        execution_options={"yield_per": ROWS},
    )
    keys, texts = [], []
    for key, *words, ids in rows:
        keys.append(key)
        texts.append(" ".join(map(str, filter(None, (*words, *ids.values())))))
    version = db.session.scalars(select(ValueChain.version).where(ValueChain.id == chain_id)).one()
    return MapWords(version, keys, texts)


@many_objects()
def index_part(words: MapWords) -> Snapshot:
    """The index as arrays. Takes time and no database."""
    index = SearchIndex.arrays([plain(text) for text in words.texts])
    scripts = ScriptIndex.arrays(words.texts)
    return Snapshot(LAYOUT, {**index, **scripts, "key": KeyColumn.of(words.keys).halves})
