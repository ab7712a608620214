"""Risk assessment of a whole value chain (RM-1.0).

`assess` adds ghosts, joins reference data with evidence, scores every (node, issue) pair, sends
risk along the links and ranks what is open. All arrays of an `Assessment` are (nodes, 16) unless
said otherwise, rows in the order of `Assessment.chain`, columns in the order of
`supply_chain.vocabulary.Issue`; pairs that are not scored hold NaN, or -1 in columns of positions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from supply_chain.graph.columns import FLOWS, LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.graph.unknown_origins import KnownFlow, with_unknown_origins
from supply_chain.reference.release import Reference
from supply_chain.risk.context import (
    online_nodes,
    peer_groups,
    primary_sectors,
    reference_observations,
)
from supply_chain.risk.evidence import (
    STATES,
    Evidence,
    Priorities,
    State,
    controls_of,
    factor_table,
    facts_of,
    judgement_of,
)
from supply_chain.risk.factors import FactorTable, Observations, rounded
from supply_chain.risk.method import METHOD, METHOD_VERSION, Bools, Floats, Ints
from supply_chain.risk.observations import join_observations
from supply_chain.risk.pairs import Inputs, PairScores, Ranked, join_scores, score_pairs
from supply_chain.risk.plan import Plan, make_plan
from supply_chain.risk.propagation import (
    exposure,
    linkage,
    origin_contributions,
    severity_upstream,
)
from supply_chain.risk.salience import INVOLVEMENTS, Involvement, Risks, places, salience_ranks
from supply_chain.risk.scoring import (
    ISSUES,
    Controls,
    Facts,
    Judgement,
    contributions,
    severity_band,
)
from supply_chain.vocabulary import Issue

RUN = 8_192  # nodes scored at a time


@dataclass(frozen=True)
class Known:
    """Everything that went into an assessment, for explanations; rows as in its chain."""

    observations: Observations  # of nodes and reference data, by rising cell
    factors: FactorTable
    judgement: Judgement
    facts: Facts
    controls: Controls

    def inputs(self, start: int, stop: int) -> Inputs:
        """Inputs of the nodes `start` to `stop` (without `stop`)."""
        run = slice(start, stop)
        judged, facts, controls = self.judgement, self.facts, self.controls
        return Inputs(
            factors=self.factors.rows(start, stop),
            judgement=Judgement(judged.scale[run], judged.scope[run], judged.irremediability[run]),
            facts=Facts(facts.rule[run], facts.confirmed[run], facts.found_by[run]),
            controls=Controls(
                controls.listed[run],
                controls.coverage[run],
                controls.evidence[run],
                controls.design[run],
            ),
        )


@dataclass(frozen=True)
class Assessment:
    """Scores of all pairs of a map, as of a day, with the method that made them."""

    as_of: date
    reference: Reference  # the release that was used
    chain: ValueChain  # the map with its ghosts
    plan: Plan
    known: Known
    scored: Bools  # False: a node confirmed closed, without an open impact on the issue
    scores: PairScores
    severity_band: Ints  # position in scoring.SEVERITY_BANDS
    exposure: Floats  # E
    linkage: Floats  # LAM
    severity_chain: Floats  # S_chain, NaN where nothing upstream is scored either
    salience_rank: Ints  # 1 first; -1 not ranked
    method_version: str = METHOD_VERSION
    parameters_sha256: str = METHOD.parameters_sha256

    @cached_property
    def contributions(self) -> Floats:
        """Contribution of each factor group to the modelled L, (nodes, 16, 5)."""
        return contributions(self.scores.group_score)

    @property
    def scaled(self) -> dict[str, float]:
        """Buyers whose shares add to more than 1, and that sum (11.1)."""
        return {self.chain.nodes.ids[row]: total for row, total in self.plan.scaled.items()}

    def origins(self, node: str, issue: Issue) -> list[tuple[str, float]]:
        """Origins of E of a pair: (origin, contribution) above 0, highest first (11.1)."""
        residual = np.nan_to_num(self.scores.residual_likelihood[:, list(Issue).index(issue)])
        parts = origin_contributions(self.plan, residual, self.chain.rows[node])
        return ranked_origins(self.chain.nodes.ids, parts)


def ranked_origins(ids: Sequence[str], parts: Floats) -> list[tuple[str, float]]:
    """Contributions above 0, highest first as compared after rounding, then by id."""
    found = [(ids[row], float(parts[row])) for row in np.flatnonzero(parts > 0).tolist()]
    return sorted(found, key=lambda item: (-round(item[1], METHOD.policy.decimals), item[0]))


def assess(
    chain: ValueChain,
    evidence: Evidence,
    *,
    reference: Reference,
    as_of: date,
    known_flows: dict[str, KnownFlow] | None = None,
) -> Assessment:
    """Score every node and issue of a map and say how risk reaches its buyers.

    Args:
        chain: the map as it is; ghosts are added here.
        evidence: rows of nodes are those of `chain`; ages are those on `as_of`.
        reference: release to use; what it learned after `as_of` is left out.
        known_flows: buyer id -> what is known of its missing flow (11.3).

    Raises:
        ValueError: a factor is "not applicable" that may not be (3.5), or a value is impossible.
    """
    whole = with_unknown_origins(
        chain, primary_sectors=primary_sectors(reference), known_flows=known_flows
    )
    known = join_known(whole.nodes, evidence, reference, as_of)
    scored = scored_pairs(whole.nodes, evidence)
    scores = score_known(known, scored)
    plan = chain_plan(whole)
    residual = plan.to_plan(np.nan_to_num(scores.residual_likelihood))
    exposed = exposure(plan, residual)
    upstream = severity_upstream(plan, plan.to_plan(np.nan_to_num(scores.severity)), exposed)
    reached = plan.from_plan(upstream)
    bands = np.where(scored, severity_band(np.nan_to_num(scores.severity)), -1)
    return Assessment(
        as_of=as_of,
        reference=reference,
        chain=whole,
        plan=plan,
        known=known,
        scored=scored,
        scores=scores,
        severity_band=bands,
        exposure=plan.from_plan(exposed),
        linkage=plan.from_plan(linkage(plan, residual)),
        severity_chain=np.where(reached > 0, reached, np.nan),
        salience_rank=rank_risks(whole.nodes, evidence, scored, scores),
    )


def chain_plan(chain: ValueChain) -> Plan:
    """Plan of a map with its links as they are."""
    links: LinkColumns = chain.links
    flow = np.array([METHOD.policy.flow[kind] for kind in FLOWS])[links.flow]
    return make_plan(len(chain), links.buyer, links.supplier, links.share, flow)


def join_known(nodes: NodeColumns, evidence: Evidence, reference: Reference, as_of: date) -> Known:
    """Reference data and evidence of some nodes, whose peers must be among them (3.7)."""
    count = len(nodes)
    joined = join_observations(
        evidence.observations, reference_observations(nodes, reference, as_of)
    )
    joined = joined.take(np.argsort(joined.cell, kind="stable"))
    factors = factor_table(
        joined,
        evidence,
        online=online_nodes(nodes, reference),
        peer_group=peer_groups(nodes),
    )
    return Known(
        observations=joined,
        factors=factors,
        judgement=judgement_of(evidence.judgements, count),
        facts=facts_of(evidence.states, count),
        controls=controls_of(evidence.controls, count),
    )


def scored_pairs(nodes: NodeColumns, evidence: Evidence) -> Bools:
    """A closed node carries no new risk; what is open there, an allegation too, still counts."""
    scored = np.repeat(~nodes.closed[:, None], ISSUES, axis=1)
    states = evidence.states
    open_ = np.isin(states.state, [STATES.index(State.CONFIRMED), STATES.index(State.CREDIBLE)])
    scored[states.node[open_], states.issue[open_]] = True
    return scored


def score_known(known: Known, scored: Bools) -> PairScores:
    """The scores of nodes with all evidence on them; blank where a pair is not scored."""
    count = len(scored)
    runs = [(start, min(start + RUN, count)) for start in range(0, max(count, 1), RUN)]
    scores = join_scores([score_pairs(known.inputs(start, stop)) for start, stop in runs])
    blank = ~scored
    if blank.any():
        for values in vars(scores).values():
            if values.shape == scored.shape and values.dtype != np.bool_:
                values[blank] = np.nan if values.dtype == np.float64 else -1
        scores.insufficient_evidence[blank] = False
    return scores


def rank_risks(nodes: NodeColumns, evidence: Evidence, scored: Bools, scores: Ranked) -> Ints:
    """(nodes, 16) salience rank, 1 first; -1 where a pair is not scored (section 12)."""
    ranks = np.full(scored.shape, -1, dtype=np.int64)
    risks = open_risks(evidence, scored, scores, by_id=places(nodes.ids))
    ranks[np.nonzero(scored)] = salience_ranks(risks)
    return ranks


def open_risks(evidence: Evidence, scored: Bools, scores: Ranked, *, by_id: Ints) -> Risks:
    """Keys of the salience order for the scored pairs, by node, then by issue (section 12).

    Args:
        by_id: (nodes,) place of each node id by code point.
    """
    node, issue = np.nonzero(scored)
    return risks_of((node, issue), evidence.priorities, scores, by_id=by_id)


def risks_of(pairs: tuple[Ints, Ints], given: Priorities, scores: Ranked, *, by_id: Ints) -> Risks:
    """The same of any scored pairs, given by their nodes and issues."""
    node, issue = pairs
    judged = given.of_pairs(node, issue)
    lasting = rounded(scores.irremediability[node, issue])
    late = lasting >= METHOD.policy.delay_from_irremediability
    linked = INVOLVEMENTS.index(Involvement.LINKED)
    by_code = places([code.value for code in Issue])
    return Risks(
        node=by_id[node],
        issue=by_code[issue],
        emergency=judged.emergency,
        delay=np.where(judged.delay < 0, late, judged.delay == 1),
        severity=scores.severity[node, issue],
        residual=scores.residual_likelihood[node, issue],
        scope=scores.scope[node, issue],
        confidence=scores.confidence[node, issue],
        involvement=np.where(judged.involvement < 0, linked, judged.involvement),
    )
