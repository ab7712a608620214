"""The search over the nodes of all maps: names, ids and places, as people type them.

Each map has an index beside its snapshot, one for each version: a cache that is read from the
database again where it is missing or damaged. No change of a node has to keep it up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from ddplatform.adapters.installed import adapters
from ddplatform.adapters.snapshot_files import Snapshot, SnapshotPlace
from ddplatform.bulk import many_objects
from ddplatform.db import db, is_writing
from ddplatform.models.value_chain import ValueChain, ValueChainNode
from ddplatform.queries.map_snapshots import place_of
from ddplatform.queries.node_lists import FoundNode, found_columns
from supply_chain.kept_columns import KeyColumn
from supply_chain.name_search import SHORTEST, SearchIndex, plain

PART = "search"
ROWS = 10_000
LAYOUT = {"search": 2}
"""Raise it when texts or runs are made in another way, so that no old index is read."""


@dataclass(frozen=True)
class MapWords:
    """The words of each node of a map; `version` is the one after they were read."""

    version: int
    keys: Sequence[UUID]
    texts: Sequence[str]


def search_nodes(q: str, *, limit: int = 20) -> Sequence[FoundNode]:
    """Nodes of all maps like the text, the likest first; nothing for an empty text.

    One statement for the maps and one for what was found; two more for a map whose index is not
    there yet.
    """
    typed = q.strip()
    if len(plain(typed)) < SHORTEST:
        return _by_letters(typed, limit) if typed else []
    hits: list[tuple[float, str, UUID]] = []
    for chain in db.session.scalars(select(ValueChain).order_by(ValueChain.id)).all():
        arrays: dict[str, Any] = dict(_index_of(chain).arrays)
        keys = KeyColumn(arrays["key"])
        found = SearchIndex.of(arrays).find(typed)[:limit]
        hits += [(-hit.likeness, hit.text, keys[hit.row]) for hit in found]
    order = {key: place for place, (_, _, key) in enumerate(sorted(hits)[:limit])}
    nodes = _found(ValueChainNode.id.in_(order), limit) if order else []
    return sorted(nodes, key=lambda node: order[node.id])


def _by_letters(typed: str, limit: int) -> Sequence[FoundNode]:
    """What is too short to be like anything is looked for as it stands."""
    return _found(ValueChainNode.name.icontains(typed, autoescape=True), limit)


def _found(condition: ColumnElement[bool], limit: int) -> list[FoundNode]:
    rows = db.session.execute(found_columns().where(condition).limit(limit)).all()
    return [FoundNode(**row._mapping) for row in rows]


def _index_of(chain: ValueChain) -> Snapshot:
    """The index of a map as it stands; kept where the map did not change while it was read."""
    place = place_of(chain.id, chain.version)
    found = None if is_writing() else find_index(place)
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
    """What the standing nodes of a map are found by; two statements."""
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
    return Snapshot(LAYOUT, {**index, "key": KeyColumn.of(words.keys).halves})
