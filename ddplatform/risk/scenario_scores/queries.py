"""Current scores of a map: the starting point of every what-if on it.

They are computed once for a version of the map and its evidence on a day, and cached in the
process; those of a large map are also stored beside its snapshot, where every process maps them,
so that no page has to assess the map.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.bulk import many_objects
from ddplatform.infrastructure.db import db, is_writing
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.facts.queries.evidence import load_evidence
from ddplatform.value_chain.graph.queries.columns import basis
from ddplatform.value_chain.graph.queries.graph import load_with_keys
from ddplatform.value_chain.graph.queries.memory import keep, recall
from ddplatform.value_chain.graph.queries.snapshots import (
    find_part,
    find_snapshot,
    load_snapshot,
    place_of,
    stands_on_disk,
)
from ddplatform.value_chain.history.queries.on_day import rows_of
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from supply_chain.analysis.what_if import score_map
from supply_chain.graph.graph import ValueChain as Graph
from supply_chain.reference.release import load_reference
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.map_scores import ScoredMap
from supply_chain.risk.rm2.map_assessment import with_origins

MANY_NODES = 10_000
"""Nodes above which no page assesses a map: with as many unknown origins it takes a page .7 s of
processor time, and more in the proportion of the nodes."""
KIND = "scores"
"""The prefix of the names of their parts."""
KEPT, KEPT_LARGE = 4, 1
LARGE, TOO_LARGE = 50_000, 300_000
"""Places of a map: of larger ones fewer scores are kept in a process, some 1.2 KB a place."""


@dataclass(frozen=True)
class KnownMap:
    """A map as it stands with all that is known of its nodes on a day."""

    graph: Graph
    rows: Mapping[UUID, int]  # the row of each node in the graph
    evidence: Evidence
    as_of: date
    version: int | None = None
    """Of the map, where it was read as what is committed."""


@dataclass(frozen=True)
class Begin:
    """A map with its current scores: the starting point of every what-if on it."""

    known: KnownMap
    scores: ScoredMap


Key = tuple[UUID, UUID, int, date]
_begun: OrderedDict[Key, Begin] = OrderedDict()


def load_known_map(chain_id: UUID, as_of: date) -> KnownMap:
    """A map and its evidence, read and not changed."""
    graph, keys = load_with_keys(chain_id)
    rows = rows_of(keys)
    return KnownMap(graph, rows, load_evidence(chain_id, rows, as_of), as_of)


@many_objects()
def find_begin(chain: ValueChain, as_of: date) -> Begin | None:
    """The current scores of a map; None: a large one, not scored yet with its newest evidence."""
    if not _is_large(chain):
        return load_begin(chain, as_of)
    begins = f"{KIND}-{as_of.isoformat()}"
    is_there = adapters().snapshots.has(place_of(chain.id, chain.version), begins)
    # Without either nobody scored it today, whatever is known of it: that is not read then.
    if _remembered(chain, as_of, chain.version) is None and not is_there:
        return None
    return _found(chain, _known(chain, as_of))


@many_objects()
def load_begin(chain: ValueChain, as_of: date) -> Begin:
    """The current scores of a map, computed if necessary."""
    known = _known(chain, as_of)
    found = _found(chain, known)
    if found is None:
        scores = score_map(known.graph, known.evidence, reference=load_reference(), as_of=as_of)
        found = _keep_in_process(chain, Begin(known, scores))
    _keep_beside(chain, found)
    return found


def _is_large(chain: ValueChain) -> bool:
    snapshot = find_snapshot(chain)
    if snapshot is not None:
        return len(snapshot.keys) > MANY_NODES
    standing = select(ValueChainNode.id).where(
        ValueChainNode.chain_id == chain.id, ValueChainNode.archived_at.is_(None)
    )
    many = standing.limit(MANY_NODES + 1).subquery()
    return (db.session.scalar(select(func.count()).select_from(many)) or 0) > MANY_NODES


def _known(chain: ValueChain, as_of: date) -> KnownMap:
    """The map, once a version in a process, and what is known of it now."""
    kept = _remembered(chain, as_of, chain.version)
    if kept is not None:
        evidence = load_evidence(chain.id, kept.known.rows, as_of)
        return replace(kept.known, evidence=evidence)
    if is_writing():
        return load_known_map(chain.id, as_of)
    snapshot = load_snapshot(chain)
    rows = rows_of(snapshot.keys)
    evidence = load_evidence(chain.id, rows, as_of)
    return KnownMap(snapshot.graph, rows, evidence, as_of, snapshot.version)


def _found(chain: ValueChain, known: KnownMap) -> Begin | None:
    """The scores with today's evidence, from this process or from disk."""
    if known.version is None:
        return None
    kept = _remembered(chain, known.as_of, known.version)
    if kept is not None and kept.known.evidence.equals(known.evidence):
        return kept
    part = find_part(place_of(chain.id, known.version), _part(known))
    if part is None:
        return None
    reference = load_reference()
    whole = with_origins(known.graph, reference)
    scores = ScoredMap.from_arrays(
        part.arrays,
        base=known.graph,
        chain=whole,
        priorities=known.evidence.priorities,
        reference=reference,
        as_of=known.as_of,
    )
    return _keep_in_process(chain, Begin(known, scores))


def _remembered(chain: ValueChain, as_of: date, version: int) -> Begin | None:
    return recall(_begun, (current_organisation(), chain.id, version, as_of))


def _keep_in_process(chain: ValueChain, begin: Begin) -> Begin:
    known, places = begin.known, len(begin.scores.chain)
    if known.version is not None and not is_writing() and places <= TOO_LARGE:
        key = (current_organisation(), chain.id, known.version, known.as_of)
        keep(_begun, key, begin, KEPT if places <= LARGE else KEPT_LARGE)
    return begin


def _keep_beside(chain: ValueChain, begin: Begin) -> None:
    """Beside the snapshot of a large map, also where that was cleared: pages wait for it there."""
    known = begin.known
    if known.version != chain.version or is_writing() or len(known.graph) <= MANY_NODES:
        return
    place, part = place_of(chain.id, chain.version), _part(known)
    if find_part(place, part) is None and stands_on_disk(chain):
        adapters().snapshots.keep(place, part, begin.scores.arrays(), basis())


def _part(known: KnownMap) -> str:
    """The name of the part: by the day, and by all that is known."""
    return f"{KIND}-{known.as_of.isoformat()}-{known.evidence.digest()}"
