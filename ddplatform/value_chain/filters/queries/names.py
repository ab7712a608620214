"""Nodes of a map with a text in their names, read from its snapshot where available."""

from uuid import UUID

from ddplatform.infrastructure.db import db
from ddplatform.value_chain.graph.queries.snapshots import Ints, MapSnapshot, find_snapshot
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.graph.stored_columns import TextColumn
from supply_chain.search.texts import NameTexts


def find_named(chain_id: UUID, text: str, *, most: int) -> tuple[MapSnapshot, Ints] | None:
    """The map as it stands and the rows with a text in their names, up to `most` + 1.

    None where the database has to be asked: no snapshot is there yet (a list never waits for
    one), or the letters are not those that both compare in one way.
    """
    if not text.isascii() or db.engine.dialect.name != "sqlite":
        return None
    chain = db.session.get(ValueChain, chain_id)
    snapshot = find_snapshot(chain) if chain is not None else None
    if snapshot is None:
        return None
    return snapshot, snapshot.made.of("names", lambda: _texts(snapshot)).holding(text, most=most)


def _texts(snapshot: MapSnapshot) -> NameTexts:
    assert isinstance(snapshot.names, TextColumn)
    return NameTexts.of(snapshot.names)
