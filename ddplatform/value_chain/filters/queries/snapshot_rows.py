"""Rows of a map that meet a set of filters, found in the columns of its snapshot.

There is no query and no key is made, so that a view under such a filter takes about as long on a
large map as on a small one. All other filters are queried from the database (`filters`), and both
ways select the same nodes.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ddplatform.infrastructure.db import db, is_writing
from ddplatform.value_chain.graph.queries.columns import BANDS
from ddplatform.value_chain.graph.queries.runs import runs
from ddplatform.value_chain.graph.queries.snapshots import Ints, MapSnapshot, load_snapshot
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.graph.columns import NODE_KINDS
from supply_chain.graph.graph import UNREACHED
from supply_chain.graph.stored_columns import CodedColumn
from supply_chain.risk.method import Bools
from supply_chain.search.node_filter import NO_TIER, NOT_KNOWN, NodeFilter
from supply_chain.vocabulary import Issue, RiskBand

NO_COUNTRY = "~"
"""The substitute for an unknown country where nodes are ordered by country."""
OF_MAP = ("country", "kind", "sector", "commodity", "unknown_origin")
"""Filters of what belongs to a version of a map."""
OF_RUN = ("tier", "band", "issue")
"""Filters of what a run writes for every node: tiers and bands."""
NOTHING = NodeFilter()


def find_in_columns(chain: ValueChain, version: int, wanted: NodeFilter) -> Ints | None:
    """The matching rows, rising; None where the database has to be queried.

    It has to be for what moves without the map, and for tiers and bands while the map is newer
    than its run: those of nodes that changed meanwhile are told by their summaries alone.

    Args:
        version: of the snapshot whose rows are asked for.
    """
    is_first_issue = wanted.issue is not None and not wanted.band
    rest = replace(wanted, **{name: getattr(NOTHING, name) for name in (*OF_MAP, *OF_RUN)})
    if is_writing() or is_first_issue or rest != NOTHING:
        return None
    snapshot = load_snapshot(chain)
    is_of_run = wanted.tier is not None or bool(wanted.band)
    if snapshot.version != version or (is_of_run and not _is_settled(snapshot, chain)):
        return None
    found = np.ones(len(snapshot.keys), dtype=np.bool_)
    for part in (*_of_map(snapshot, wanted), *_of_run(snapshot, wanted)):
        found &= part
    return np.flatnonzero(found)


def _is_settled(snapshot: MapSnapshot, chain: ValueChain) -> bool:
    """Whether the run of the map assessed this very version, and so wrote all its summaries."""
    run_id = chain.current_run_id
    if run_id is None:
        return False
    version = snapshot.made.of("version of run", lambda: runs().find_version(run_id))
    return version == snapshot.version


def _of_map(snapshot: MapSnapshot, wanted: NodeFilter) -> Iterator[Bools]:
    nodes = snapshot.graph.nodes
    sectors, goods = nodes.sector, nodes.commodities
    assert isinstance(sectors, CodedColumn)
    assert isinstance(goods, CodedColumn)
    if wanted.country:
        code = "" if wanted.country in (NOT_KNOWN, NO_COUNTRY) else wanted.country
        yield _is_one(snapshot.country, [code == one for one in snapshot.countries])
    if wanted.kind is not None:
        yield nodes.kind == NODE_KINDS.index(wanted.kind)
    if wanted.sector:
        ref = None if wanted.sector == NOT_KNOWN else wanted.sector
        yield _is_one(sectors.codes, [ref == one for one in sectors.table])
    if wanted.commodity:
        yield _is_one(goods.codes, [_holds(refs, wanted.commodity) for refs in goods.table])
    if wanted.unknown_origin:
        yield ~np.isnan(snapshot.missing)


def _of_run(snapshot: MapSnapshot, wanted: NodeFilter) -> Iterator[Bools]:
    if wanted.tier is not None:
        yield snapshot.graph.tiers == (UNREACHED if wanted.tier == NO_TIER else wanted.tier)
    if wanted.band:
        band = None if wanted.band == NOT_KNOWN else RiskBand(wanted.band)
        bands = snapshot.band
        if wanted.issue is not None:
            bands = snapshot.band_by_issue[:, list(Issue).index(wanted.issue)]
        yield bands == BANDS.index(band)


def _is_one(codes: NDArray[np.integer[Any]], fits: Sequence[bool]) -> Bools:
    """Whether the word of each code is one that fits."""
    found: Bools = np.array(fits, dtype=np.bool_)[codes]
    return found


def _holds(refs: Sequence[str], wanted: str) -> bool:
    """Whether a word is among these, as the database finds it in their JSON.

    SQLite takes small letters and large ones for the same there.
    """
    if wanted == NOT_KNOWN:
        return not refs
    text, word = json.dumps(list(refs)), json.dumps(wanted)
    if db.engine.dialect.name == "sqlite":
        text, word = text.lower(), word.lower()
    return word in text
