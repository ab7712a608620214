"""Evidence on the nodes of a map as input of RM-2.0 (sections 3.5 to 3.9, 7.1, 8 and 9).

Factors, source types, controls and states have the same ids as in RM-1.0, whose columns the
database layer fills. Factors that RM-2.0 does not score (CTY-02, SEC-01 and others) are left out.
"""

from dataclasses import dataclass

import numpy as np

from supply_chain.risk.evidence import STATES, Evidence, Judgements, NotApplicable
from supply_chain.risk.factors import Observations as Rm1Observations
from supply_chain.risk.method import METHOD as RM1
from supply_chain.risk.observations import join_observations
from supply_chain.risk.rm2.adjustments import Bounds, bounds_of
from supply_chain.risk.rm2.controls import Controls, reverified
from supply_chain.risk.rm2.evidence import FactorTable
from supply_chain.risk.rm2.facts import Facts, StateRows, facts_of
from supply_chain.risk.rm2.map_events import EventRows
from supply_chain.risk.rm2.method import FACTORS, ISSUES, METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.observations import (
    Observations,
    combine,
    silence,
)
from supply_chain.risk.rm2.severity import Judgement, judge, raised_scale

NOT_SCORED = -1


def _places(ids: tuple[str, ...], index: dict[str, int]) -> Ints:
    return np.array([index.get(ref, NOT_SCORED) for ref in ids], dtype=np.int64)


_FACTOR = _places(RM1.factors, dict(METHOD.factor_index))
_SOURCE_TYPE = _places(RM1.source_types, dict(METHOD.source_index))
_CONTROL = _places(RM1.controls, dict(METHOD.control_index))
_CONTEXT = np.array([ref.startswith(("CTY", "SEC")) for ref in METHOD.factors])


@dataclass(frozen=True)
class MapEvidence:
    """All evidence on the nodes of a map, row by row."""

    factors: FactorTable
    facts: Facts
    controls: Controls
    judgement: Judgement
    events: EventRows
    bounds: Bounds

    def rows(self, start: int, stop: int) -> "MapEvidence":
        """Evidence on the nodes `start` to `stop` (without `stop`)."""
        run, facts = slice(start, stop), self.facts
        open_ = (facts.impact_node >= start) & (facts.impact_node < stop)
        given, controls = self.judgement, self.controls
        return MapEvidence(
            factors=self.factors,
            facts=Facts(
                facts.least[run],
                facts.added[run],
                facts.impact_node[open_] - start,
                facts.impact_issue[open_],
                facts.impact_found_by[open_],
            ),
            controls=Controls(controls.coverage[run], controls.evidence[run], controls.design[run]),
            judgement=Judgement(
                given.scale[run],
                given.scope[run],
                given.irremediability[run],
                given.scope_known[run],
            ),
            events=self.events.of_nodes(np.arange(start, stop)),
            bounds=self.bounds.rows(start, stop),
        )


def evidence_of(evidence: Evidence, nodes: Ints, online: Bools) -> MapEvidence:
    """Evidence on some nodes of a map, whose rows in `evidence` are counted from 0.

    Args:
        nodes: (nodes,) rows in the map.
        online: (nodes,) ONL applies by the kind or sector of the node.

    Raises:
        ValueError: a factor cannot be "not applicable" (section 3.8).
    """
    count = len(online)
    return MapEvidence(
        factors=_factors(evidence, nodes, online),
        facts=_facts(evidence, count),
        controls=_controls(evidence, count),
        judgement=_judgement(evidence.judgements, count),
        events=evidence.events,
        bounds=bounds_of(evidence.adjustments, count),
    )


def touched(evidence: Evidence, count: int) -> Bools:
    """(nodes,) whether there is evidence on a node beside its context."""
    known = np.zeros(count, dtype=np.bool_)
    for part in (
        evidence.observations,
        evidence.asked,
        evidence.blank,
        evidence.silent,
        evidence.not_applicable,
        evidence.states,
        evidence.controls,
        evidence.judgements,
        evidence.events,
        evidence.adjustments,
    ):
        known[part.node] = True
    return known


def _factors(evidence: Evidence, nodes: Ints, online: Bools) -> FactorTable:
    observations = observations_of(evidence.observations)
    cells = combine(join_observations(observations, silence(evidence.silent.node)))
    dropped = _dropped(evidence.not_applicable, nodes, cells.cell)
    asked = _FACTOR[evidence.asked.factor]
    asked_cells = evidence.asked.node[asked >= 0] * FACTORS + asked[asked >= 0]
    known = _FACTOR[evidence.blank.factor] >= 0
    blank = np.unique(evidence.blank.node[known] * FACTORS + _FACTOR[evidence.blank.factor[known]])
    spoken = np.setdiff1d(np.concatenate([cells.cell, asked_cells, blank]), dropped)
    factor = spoken % FACTORS
    is_online = (factor >= METHOD.online.start) & (factor < METHOD.online.stop)
    applies = online.copy()
    applies[spoken[is_online] // FACTORS] = True
    return FactorTable(cells, blank=blank, dropped=dropped, online=applies)


def observations_of(given: Rm1Observations) -> Observations:
    """Observations of factors and by sources that RM-2.0 scores; rows keep their order."""
    factor, source_type = _FACTOR[given.factor], _SOURCE_TYPE[given.source_type]
    rows = np.flatnonzero((factor >= 0) & (source_type >= 0))
    return Observations(
        node=given.node[rows],
        factor=factor[rows],
        value=given.value[rows],
        source_type=source_type[rows],
        age_months=given.age_months[rows],
        quality=given.quality[rows],
        source=given.source[rows],
    )


def _dropped(said: NotApplicable, nodes: Ints, observed: Ints) -> Ints:
    """Cells that a second person approved as not applicable, rising."""
    factor = _FACTOR[said.factor]
    rows = np.flatnonzero((factor >= 0) & said.approved)
    cell = said.node[rows] * FACTORS + factor[rows]
    wrong = _CONTEXT[factor[rows]] | np.isin(cell, observed)
    if wrong.any():
        at = int(rows[np.flatnonzero(wrong)[0]])
        raise ValueError(
            f"Factor {RM1.factors[said.factor[at]]} of node {nodes[said.node[at]]} cannot be 'not "
            "applicable': it belongs to the place or the activity, or it has an observation."
        )
    return np.unique(cell)


def _facts(evidence: Evidence, count: int) -> Facts:
    states = evidence.states
    found = np.where(states.found_by < 0, NOT_SCORED, _CONTROL[states.found_by])
    rows = StateRows(
        node=states.node,
        issue=states.issue,
        state=tuple(STATES[at] for at in states.state.tolist()),
        found_by=found.astype(np.int64),
        months=states.months,
    )
    return facts_of(rows, count)


def _controls(evidence: Evidence, count: int) -> Controls:
    seen = evidence.controls
    control = _CONTROL[seen.control]
    rows = np.flatnonzero(control >= 0)
    shape, at = (count, len(METHOD.controls)), (seen.node[rows], control[rows])
    # Never verified is not re-verified either.
    months = np.nan_to_num(seen.verified_months[rows], nan=np.inf)
    coverage, level, design = np.zeros(shape), np.zeros(shape), np.ones(shape)
    coverage[at] = np.nan_to_num(seen.coverage[rows])
    level[at] = reverified(np.nan_to_num(seen.evidence[rows]), months)
    design[at] = np.nan_to_num(seen.design[rows], nan=1.0)
    return Controls(coverage, level, design)


def _judgement(given: Judgements, count: int) -> Judgement:
    at = (given.node, given.issue)

    def table(values: Floats) -> Floats:
        whole = np.full((count, ISSUES), np.nan)
        whole[at] = values
        return whole

    vulnerable = np.zeros((count, ISSUES), dtype=np.bool_)
    vulnerable[at] = given.vulnerable
    scale = raised_scale(table(given.scale), vulnerable)
    people = np.full((count, ISSUES), np.nan)
    return judge(scale, table(given.scope), table(given.irremediability), people)
