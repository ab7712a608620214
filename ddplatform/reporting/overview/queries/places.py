"""Counts of the nodes of each map by country, tier and band, and of those asked so far.

Country, tier and band of a node change with the version of its map or with its current run, so
what was counted for both is kept: a large map is counted once, not at each look. Progress
of questionnaires changes at any time; it is read only for the nodes that were asked.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Protocol
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.infrastructure.db import db, is_writing
from ddplatform.risk.supplier_figures.models import SupplierFigures
from ddplatform.risk.supplier_figures.queries import Measures, shown_measure
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChainNode
from supply_chain.vocabulary import RiskBand

KEPT = 200

Place = tuple[str | None, int | None, RiskBand | None]
_Key = tuple[UUID, int, UUID | None]
_kept: OrderedDict[_Key, Counter[Place]] = OrderedDict()
_lock = Lock()


class Counted(Protocol):
    """A map at a version, with its current run."""

    @property
    def id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def run_id(self) -> UUID | None: ...


@dataclass(frozen=True)
class PlaceCount:
    """The number of a map's nodes in one country and tier, in one band, asked so far."""

    chain_id: UUID
    country: str | None
    tier: int | None
    band: RiskBand | None
    questionnaire: str | None
    """State of the questionnaire that was sent last; None: never asked."""
    nodes: int


def count_places(chains: Collection[Counted], today: date) -> tuple[Sequence[PlaceCount], Measures]:
    """Standing nodes of these maps by country, tier, band and questionnaire; how they respond."""
    standing = _standing(chains)
    asked, measures = _asked([chain.id for chain in chains], today)
    found = []
    for chain in chains:
        by_state = asked[chain.id]
        never = standing[chain.id].copy()
        for (place, state), nodes in by_state.items():
            never[place] -= nodes
            found.append(PlaceCount(chain.id, *place, state, nodes))
        found += [PlaceCount(chain.id, *place, None, nodes) for place, nodes in (+never).items()]
    return found, measures


def _standing(chains: Collection[Counted]) -> Mapping[UUID, Counter[Place]]:
    keys: dict[UUID, _Key] = {chain.id: (chain.id, chain.version, chain.run_id) for chain in chains}
    with _lock:
        known = (
            {} if is_writing() else {id_: _kept[key] for id_, key in keys.items() if key in _kept}
        )
    missing = [id_ for id_ in keys if id_ not in known]
    counted = _count(missing) if missing else {}
    with _lock:
        for id_ in () if is_writing() else missing:
            _kept[keys[id_]] = counted[id_]
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return {**known, **counted}


def _count(chain_ids: Sequence[UUID]) -> dict[UUID, Counter[Place]]:
    rows = db.session.execute(
        select(
            ValueChainNode.chain_id,
            ValueChainNode.country,
            NodeSummary.tier,
            NodeSummary.band,
            func.count(),
        )
        .outerjoin(NodeSummary, NodeSummary.node_id == ValueChainNode.id)
        .where(ValueChainNode.chain_id.in_(chain_ids), ValueChainNode.archived_at.is_(None))
        .group_by(
            ValueChainNode.chain_id, ValueChainNode.country, NodeSummary.tier, NodeSummary.band
        )
    ).all()
    found: dict[UUID, Counter[Place]] = {chain_id: Counter() for chain_id in chain_ids}
    for chain_id, country, tier, band, nodes in rows:
        found[chain_id][country, tier, band] = nodes
    return found


def _asked(
    chain_ids: Sequence[UUID], today: date
) -> tuple[Mapping[UUID, Counter[tuple[Place, str]]], Measures]:
    """The nodes that were ever asked, by map, place and state of their questionnaire.

    Responses of their suppliers are included, so that both cost one statement. Each map is named:
    the index of those that were asked begins with it, as all of their indexes.
    """
    measure, has_figures = shown_measure(today), SupplierFigures.id.is_not(None)
    columns = (
        NodeSummary.chain_id,
        ValueChainNode.country,
        NodeSummary.tier,
        NodeSummary.band,
        NodeSummary.questionnaire_status,
    )
    rows = db.session.execute(
        select(*columns, measure.label("measure"), has_figures.label("has"), func.count())
        .join(ValueChainNode, ValueChainNode.id == NodeSummary.node_id)
        .outerjoin(SupplierFigures, SupplierFigures.node_id == NodeSummary.node_id)
        .where(
            NodeSummary.chain_id.in_(chain_ids),
            NodeSummary.questionnaire_status.is_not(None),
            ValueChainNode.archived_at.is_(None),
        )
        .group_by(*columns, measure, has_figures)
    ).all()
    found: defaultdict[UUID, Counter[tuple[Place, str]]] = defaultdict(Counter)
    values, waiting = [], 0
    for chain_id, country, tier, band, state, value, has, nodes in rows:
        found[chain_id][(country, tier, band), str(state)] += nodes
        if value is not None:
            values += [value] * nodes
        elif has:
            waiting += nodes
    return found, Measures(sorted(values), waiting)
