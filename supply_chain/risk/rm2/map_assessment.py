"""The risk of a whole value chain in one go (RM-2.0).

`assess` adds suppliers of unknown origin, scores every (node, issue) pair, sends risk along the
links and ranks what is open. Arrays are (nodes, issues) with the rows of `Assessment.chain`;
pairs that are not scored hold NaN, or -1 in columns of positions.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supply_chain.chain_columns import NODE_KINDS, LinkColumns, NodeColumns
from supply_chain.graph import ValueChain
from supply_chain.reference import Reference
from supply_chain.risk.assessment import scored_pairs
from supply_chain.risk.context import online_nodes, primary_sectors
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.rm2.chain_parameters import CHAIN
from supply_chain.risk.rm2.map_events import EventRows
from supply_chain.risk.rm2.map_scores import (
    MapScores,
    ScoreRows,
    join_rows,
    origin_rows,
    score_nodes,
)
from supply_chain.risk.rm2.method import METHOD, METHOD_VERSION, Bools, Floats, Ints
from supply_chain.risk.rm2.network import Network, make_network
from supply_chain.risk.rm2.origins import UnknownOrigin, unknown_origin
from supply_chain.risk.rm2.propagation import exposure, linkage, severity_upstream
from supply_chain.risk.rm2.reference import PublicData, public_data
from supply_chain.risk.rm2.salience import OpenRisks, find_out_ranks, salience_ranks
from supply_chain.risk.rm2.severity import severity_band
from supply_chain.risk.rm2.shares import Links
from supply_chain.risk.salience import INVOLVEMENTS, Involvement, places
from supply_chain.unknown_origins import KnownFlow, with_unknown_origins
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
    exposure: Floats  # E
    linkage: Floats  # LAM
    severity_chain: Floats  # S_chain
    severity_band: Ints  # position in SEVERITY_BANDS
    salience_rank: Ints  # 1 first; -1 not ranked
    find_out_rank: Ints  # 1 first; 0 known well enough, -1 not ranked
    method_version: str = METHOD_VERSION
    parameters_sha256: str = PARAMETERS_SHA256

    def column(self, name: str) -> NDArray[Any]:
        """A column of the scores; where not scored NaN, -1 in positions, False in marks."""
        values = self.scores.of_nodes(name)
        return np.where(self.scored, values, _BLANK.get(values.dtype.kind, -1))

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
    events: EventRows | None = None,
    known_flows: Mapping[str, KnownFlow] | None = None,
) -> Assessment:
    """Score every node and issue of a map and say how risk reaches its buyers.

    Args:
        chain: the map as it is.
        evidence: rows of nodes are those of `chain`; ages are those on `as_of`.
        reference: which sectors are primary production or reach people online.
        events: what reaches nodes of `chain` in their surroundings.
        known_flows: buyer id -> what is known of its missing flow (section 11.4).

    Raises:
        ValueError: a factor cannot be "not applicable" (section 3.8).
    """
    data, primary = public_data(), primary_sectors(reference)
    whole = with_unknown_origins(
        chain, primary_sectors=primary | _services(data), known_flows=known_flows
    )
    origins = _Origins(data)
    scores = score_nodes(
        chain.nodes,
        evidence,
        events=events or EventRows(),
        data=data,
        primary_sectors=primary,
        online=online_nodes(chain.nodes, reference),
    )
    scores = _with_origins(scores, chain, whole, origins)
    links = _links(whole, origins)
    network = make_network(len(whole), links, origins.table)
    return _propagated(whole, evidence, scores, network, as_of)


def _propagated(
    whole: ValueChain, evidence: Evidence, scores: MapScores, network: Network, as_of: date
) -> Assessment:
    plan, scored = network.plan, scored_pairs(whole.nodes, evidence)
    own = plan.to_plan(np.where(scored, scores.of_nodes("residual_likelihood"), 0.0))
    severity = np.where(scored, scores.of_nodes("severity"), 0.0)
    exposed = exposure(network, own)
    reached = plan.from_plan(severity_upstream(network, plan.to_plan(severity), exposed))
    ranks, find_out = _ranks(whole.nodes, evidence, scored, scores)
    return Assessment(
        as_of=as_of,
        chain=whole,
        scores=scores,
        scored=scored,
        network=network,
        exposure=plan.from_plan(exposed),
        linkage=plan.from_plan(linkage(network, own)),
        severity_chain=np.where(reached > 0, reached, np.nan),
        severity_band=np.where(scored, severity_band(severity), -1),
        salience_rank=ranks,
        find_out_rank=find_out,
    )


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
    scores: MapScores, chain: ValueChain, whole: ValueChain, origins: _Origins
) -> MapScores:
    """The scores of the map, with those of nodes of unknown origin behind and between them."""
    nodes, links = whole.nodes, whole.links
    ghosts = np.flatnonzero(nodes.kind == _GHOST)
    if not len(ghosts):
        return scores
    buyer_of = dict(zip(links.supplier.tolist(), links.buyer.tolist(), strict=True))
    goods = [nodes.commodities[at] or _of_buyer(nodes, buyer_of.get(at)) for at in ghosts.tolist()]
    row = np.array([origins.row(of_ghost) for of_ghost in goods])
    row_of = np.append(scores.row_of, np.zeros(len(whole) - len(chain), dtype=np.int64))
    row_of[ghosts] = len(scores.rows) + row
    parts: list[ScoreRows] = [scores.rows, origin_rows(origins.estimates)]
    return MapScores(join_rows(parts), row_of)


def _of_buyer(nodes: NodeColumns, buyer: int | None) -> Goods:
    return () if buyer is None else tuple(nodes.commodities[buyer])


def _links(whole: ValueChain, origins: _Origins) -> Links:
    links: LinkColumns = whole.links
    nodes = whole.nodes
    goods = (
        (good,) if good else tuple(nodes.commodities[supplier])
        for good, supplier in zip(links.commodity, links.supplier.tolist(), strict=True)
    )
    origin = np.fromiter(map(origins.row, goods), dtype=np.int64, count=len(links))
    return Links(links.buyer, links.supplier, links.share, links.flow, origin)


def _ranks(
    nodes: NodeColumns, evidence: Evidence, scored: Bools, scores: MapScores
) -> tuple[Ints, Ints]:
    """Salience order and find-out list of all scored pairs (section 12)."""
    node, issue = np.nonzero(scored)
    row = scores.row_of[node]
    judged = evidence.priorities.of_pairs(node, issue)
    linked = INVOLVEMENTS.index(Involvement.LINKED)
    risks = OpenRisks(
        node=places(nodes.ids)[node],
        issue=places([code.value for code in Issue])[issue],
        emergency=judged.emergency,
        delay=judged.delay == 1,
        residual_index=scores.rows.residual_index[row, issue],
        severity=scores.rows.severity[row, issue],
        index_high=scores.rows.index_high[row, issue],
        involvement=np.where(judged.involvement < 0, linked, judged.involvement),
    )
    first = salience_ranks(risks)
    ranks, find_out = (np.full(scored.shape, -1, dtype=np.int64) for _ in range(2))
    ranks[node, issue] = first
    find_out[node, issue] = find_out_ranks(risks, scores.rows.grade[row, issue], first)
    return ranks, find_out
