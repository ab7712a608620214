"""Risk assessment of a whole value chain (RM-2.0).

`assess` adds suppliers of unknown origin, scores every (node, issue) pair, propagates risk along
the links and ranks what is open. Arrays are (nodes, issues) with the rows of `Assessment.chain`;
pairs that are not scored hold NaN, or -1 in columns of positions.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supply_chain.graph.columns import NODE_KINDS, LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.graph.unknown_origins import KnownFlow, with_unknown_origins
from supply_chain.reference.release import Reference
from supply_chain.risk.assessment import scored_pairs
from supply_chain.risk.context import online_nodes, primary_sectors
from supply_chain.risk.evidence import Evidence, Priorities
from supply_chain.risk.plan import Plan
from supply_chain.risk.rm2.chain_parameters import CHAIN
from supply_chain.risk.rm2.incremental import Flow
from supply_chain.risk.rm2.map_scores import (
    MapScores,
    ScoreRows,
    join_rows,
    origin_rows,
    score_nodes,
)
from supply_chain.risk.rm2.method import METHOD, METHOD_VERSION, Bools, Floats, Ints
from supply_chain.risk.rm2.network import Network, make_network, plan_of_flows
from supply_chain.risk.rm2.origins import UnknownOrigin, unknown_origin
from supply_chain.risk.rm2.reference import PublicData, public_data
from supply_chain.risk.rm2.salience import OpenRisks, find_out_ranks, salience_ranks, urgency_of
from supply_chain.risk.rm2.severity import severity_band
from supply_chain.risk.rm2.shares import Links, join_links
from supply_chain.risk.salience import INVOLVEMENTS, Involvement, places
from supply_chain.vocabulary import Issue, NodeKind

Goods = tuple[str, ...]
PARAMETERS_SHA256 = hashlib.sha256(
    f"{METHOD.parameters_sha256} {CHAIN.sha256}".encode()
).hexdigest()
"""Of the checksums of both files of parameters, in hexadecimal with a space between."""
_BLANK = {"f": np.nan, "b": False}  # by kind of column; positions have -1
_GHOST = NODE_KINDS.index(NodeKind.UNKNOWN_ORIGIN)


@dataclass(frozen=True)
class Assessment:
    """Scores of all pairs of a map, as of a day, with the method that made them."""

    as_of: date
    chain: ValueChain  # the map with its unknown origins
    scores: MapScores
    scored: Bools  # False: a node confirmed closed, without an open impact on the issue
    network: Network
    flow: Flow  # how risk travels, in plan order
    severity_band: Ints  # position in SEVERITY_BANDS
    salience_rank: Ints  # 1 first; -1 not ranked
    find_out_rank: Ints  # 1 first; 0 known well enough, -1 not ranked
    urgency: NDArray[np.int8]  # as judged (`salience.urgency_of`); 0 not scored
    method_version: str = METHOD_VERSION
    parameters_sha256: str = PARAMETERS_SHA256

    def column(self, name: str) -> NDArray[Any]:
        """A column of the scores; where not scored NaN, -1 in positions, False in marks."""
        values = self.scores.of_nodes(name)
        return np.where(self.scored, values, _BLANK.get(values.dtype.kind, -1))

    @cached_property
    def exposure(self) -> Floats:
        """E."""
        return self.network.plan.from_plan(self.flow.exposed[: self.network.nodes])

    @cached_property
    def free(self) -> Floats:
        """1 - LAM, the chance that a node is linked to no risk."""
        return self.network.plan.from_plan(self.flow.free[: self.network.nodes])

    @property
    def linkage(self) -> Floats:
        """LAM."""
        return np.subtract(1, self.free)

    @cached_property
    def severity_chain(self) -> Floats:
        """S_chain; NaN where nothing upstream is scored either."""
        reached = self.network.plan.from_plan(self.flow.upstream)
        return np.where(reached > 0, reached, np.nan)

    @property
    def reported(self) -> dict[str, float]:
        """Buyers whose shares add to more than 1, and that sum (section 11.1)."""
        return {self.chain.nodes.ids[row]: total for row, total in self.network.reported.items()}


def assess(
    chain: ValueChain,
    evidence: Evidence,
    *,
    reference: Reference,
    as_of: date,
    known_flows: Mapping[str, KnownFlow] | None = None,
) -> Assessment:
    """Score every node and issue of a map and say how risk reaches its buyers.

    Args:
        chain: the map as it is.
        evidence: rows of nodes are those of `chain`; ages are those on `as_of`.
        reference: which sectors are primary production or reach people online.
        known_flows: buyer id -> what is known of its missing flow (section 11.4).

    Raises:
        ValueError: a factor cannot be "not applicable" (section 3.8).
    """
    whole = with_origins(chain, reference, known_flows=known_flows)
    origins = _Origins(public_data())
    scores = _scored(chain.nodes, evidence, reference)
    rows = np.arange(len(whole))
    scores = _with_origins(scores, whole, rows, whole.nodes, origins, reference)
    links = _links(whole, origins)
    network = make_network(len(whole), links, origins.table)
    return _propagated(whole, evidence, scores, network, as_of)


def _propagated(
    whole: ValueChain, evidence: Evidence, scores: MapScores, network: Network, as_of: date
) -> Assessment:
    plan, scored = network.plan, scored_pairs(whole.nodes, evidence)
    own = plan.to_plan(np.where(scored, scores.of_nodes("residual_likelihood"), 0.0))
    severity = np.where(scored, scores.of_nodes("severity"), 0.0)
    ranks, find_out, urgency = _ranks(whole.nodes, evidence, scored, scores)
    return Assessment(
        as_of=as_of,
        chain=whole,
        scores=scores,
        scored=scored,
        network=network,
        flow=Flow.of(network, own, plan.to_plan(severity)),
        severity_band=np.where(scored, severity_band(severity), -1),
        salience_rank=ranks,
        find_out_rank=find_out,
        urgency=urgency,
    )


def with_origins(
    chain: ValueChain, reference: Reference, *, known_flows: Mapping[str, KnownFlow] | None = None
) -> ValueChain:
    """A map with its unknown origins (section 11.4)."""
    return with_unknown_origins(
        chain, primary_sectors=beginnings(reference), known_flows=known_flows
    )


def beginnings(reference: Reference) -> frozenset[str]:
    """Sectors whose nodes need no input to be mapped: primary production, and services."""
    return primary_sectors(reference) | _services(public_data())


def network_of(whole: ValueChain) -> Network:
    """The network of a map with its unknown origins, as `assess` makes it."""
    origins = _Origins(public_data())
    is_known = np.array([country is not None for country in whole.nodes.country], dtype=np.bool_)
    for goods in _goods_of_ghosts(whole, np.flatnonzero((whole.nodes.kind == _GHOST) & ~is_known)):
        origins.row(goods)  # first, as in `assess`
    links = _links(whole, origins)
    return make_network(len(whole), links, origins.table)


def plan_of(whole: ValueChain) -> Plan:
    """The plan of the network of a map with its unknown origins."""
    links = whole.links
    nobody, unknown = np.zeros(len(links), dtype=np.int64), np.zeros((1, len(Issue)))
    of_links = Links(links.buyer, links.supplier, links.share, links.flow, nobody)
    return plan_of_flows(len(whole), join_links(len(whole), of_links, unknown))


def unknown_likelihood(whole: ValueChain, rows: Ints) -> Floats:
    """(rows, issues) U of nodes of which no likelihood is known (section 11.8).

    By what is known of their goods, else of those of a buyer.
    """
    origins = _Origins(public_data())
    at = [origins.row(goods) for goods in _goods_of_ghosts(whole, rows)]
    return origins.table[at]


def _services(data: PublicData) -> frozenset[str]:
    """Sectors that deliver a service without physical input (section 11.4)."""
    classes = {data.classes.index(name) for name in CHAIN.service_classes}
    return frozenset(sector for sector, class_ in data.sector_class.items() if class_ in classes)


class _Origins:
    """Estimates of unknown origins by the goods of a flow, each once, in the order asked."""

    def __init__(self, data: PublicData) -> None:
        self._known = data.commodity_class
        self._rows: dict[Goods, int] = {}  # by known goods
        self._asked: dict[Goods, int] = {}  # by goods as they were given
        self.estimates: list[UnknownOrigin] = []

    def row(self, goods: Goods) -> int:
        """Row of the estimate of some goods; those the data lack count as not known."""
        if goods not in self._asked:
            known = tuple(sorted({good for good in goods if good in self._known}))
            if known not in self._rows:
                self._rows[known] = len(self.estimates)
                self.estimates.append(_worst([unknown_origin(good) for good in known or (None,)]))
            self._asked[goods] = self._rows[known]
        return self._asked[goods]

    @property
    def table(self) -> Floats:
        """(rows, issues) U."""
        return np.array([one.likelihood for one in self.estimates]).reshape(-1, len(Issue))


def _worst(estimates: Sequence[UnknownOrigin]) -> UnknownOrigin:
    """Of several goods the worst counts for each issue: one does not dilute another."""
    if len(estimates) == 1:
        return estimates[0]
    return UnknownOrigin(
        *(
            np.max([getattr(one, name) for one in estimates], axis=0)
            for name in ("likelihood", "points", "low", "high")
        )
    )


def _with_origins(
    scores: MapScores,
    whole: ValueChain,
    rows: Ints,
    nodes: NodeColumns,
    origins: _Origins,
    reference: Reference,
) -> MapScores:
    """Scores of some nodes of a map, where unknown origins have their estimates.

    Of an origin whose country is known the place is scored, as of any node.

    Args:
        scores: of the first of `rows`; the others are unknown origins that were added.
        nodes: of `rows`.
    """
    is_known = np.array([country is not None for country in nodes.country], dtype=np.bool_)
    is_ghost, added = nodes.kind == _GHOST, np.arange(len(rows)) >= len(scores.row_of)
    row_of = np.append(scores.row_of, np.zeros(int(added.sum()), dtype=np.int64))
    parts: list[ScoreRows] = [scores.rows]
    if len(placed := np.flatnonzero(added & is_known)):
        of_places = _scored(nodes.take(placed), Evidence(), reference)
        row_of[placed] = len(scores.rows) + of_places.row_of
        parts.append(of_places.rows)
    if len(ghosts := np.flatnonzero(is_ghost & ~is_known)):
        estimates = [origins.row(goods) for goods in _goods_of_ghosts(whole, rows[ghosts])]
        row_of[ghosts] = sum(map(len, parts)) + np.array(estimates)
        parts.append(origin_rows(origins.estimates))
    return scores if len(parts) == 1 else MapScores(join_rows(parts), row_of)


def score_some(
    chain: ValueChain,
    nodes: NodeColumns,
    rows: Ints,
    evidence: Evidence,
    *,
    reference: Reference,
) -> MapScores:
    """The scores of some nodes of a map, as `assess` gives them.

    Args:
        chain: the map without its unknown origins; of it only links and goods count.
        nodes: the nodes of `rows` as they are. evidence: of them, in their order.
    """
    scores = _scored(nodes, evidence, reference)
    return _with_origins(scores, chain, rows, nodes, _Origins(public_data()), reference)


def _scored(nodes: NodeColumns, evidence: Evidence, reference: Reference) -> MapScores:
    return score_nodes(
        nodes,
        evidence,
        data=public_data(),
        primary_sectors=primary_sectors(reference),
        online=online_nodes(nodes, reference),
    )


def _goods_of_ghosts(whole: ValueChain, ghosts: Ints) -> list[Goods]:
    """Known goods of unknown origins; else those of their buyers."""
    nodes, links = whole.nodes, whole.links
    buyer_of = dict(zip(links.supplier.tolist(), links.buyer.tolist(), strict=True))
    of_buyer = (buyer_of.get(at) for at in ghosts.tolist())
    return [
        nodes.commodities[at] or (() if buyer is None else tuple(nodes.commodities[buyer]))
        for at, buyer in zip(ghosts.tolist(), of_buyer, strict=True)
    ]


def _links(whole: ValueChain, origins: _Origins) -> Links:
    links: LinkColumns = whole.links
    nodes = whole.nodes
    goods = (
        (good,) if good else tuple(nodes.commodities[supplier])
        for good, supplier in zip(links.commodity, links.supplier.tolist(), strict=True)
    )
    origin = np.fromiter(map(origins.row, goods), dtype=np.int64, count=len(links))
    return Links(links.buyer, links.supplier, links.share, links.flow, origin)


def open_risks(evidence: Evidence, scored: Bools, scores: MapScores, *, by_id: Ints) -> OpenRisks:
    """Keys of the salience order for the scored pairs, by node, then by issue (section 12).

    Args:
        by_id: (nodes,) place of each node id by code point.
    """
    node, issue = np.nonzero(scored)
    return risks_of((node, issue), evidence.priorities, scores, by_id=by_id)


def risks_of(
    pairs: tuple[Ints, Ints], given: Priorities, scores: MapScores, *, by_id: Ints
) -> OpenRisks:
    """The same of any scored pairs, given by their nodes and issues."""
    node, issue = pairs
    at, judged = (scores.row_of[node], issue), given.of_pairs(node, issue)
    linked = INVOLVEMENTS.index(Involvement.LINKED)
    return OpenRisks(
        node=by_id[node],
        issue=_BY_CODE[issue],
        emergency=judged.emergency,
        delay=judged.delay == 1,
        residual_index=scores.rows.residual_index[at],
        severity=scores.rows.severity[at],
        index_high=scores.rows.index_high[at],
        involvement=np.where(judged.involvement < 0, linked, judged.involvement),
    )


_BY_CODE = places([code.value for code in Issue])


def _ranks(
    nodes: NodeColumns, evidence: Evidence, scored: Bools, scores: MapScores
) -> tuple[Ints, Ints, NDArray[np.int8]]:
    """Salience order, find-out list and urgency of all scored pairs (section 12)."""
    node, issue = np.nonzero(scored)
    risks = open_risks(evidence, scored, scores, by_id=places(nodes.ids))
    first, row = salience_ranks(risks), scores.row_of[node]
    ranks, find_out = (np.full(scored.shape, -1, dtype=np.int64) for _ in range(2))
    ranks[node, issue] = first
    find_out[node, issue] = find_out_ranks(risks, scores.rows.grade[row, issue], first)
    urgency = np.zeros(scored.shape, dtype=np.int8)
    urgency[node, issue] = urgency_of(risks)
    return ranks, find_out, urgency
