"""Profile of one node: all its issues in the order of work (RM-2.0 sections 7.5 and 12)."""

from dataclasses import dataclass

import numpy as np

from supply_chain.graph.columns import NodeColumns
from supply_chain.reference.release import Reference
from supply_chain.risk.evidence import Evidence
from supply_chain.risk.rm2.method import ISSUES
from supply_chain.risk.rm2.salience import OpenRisks, salience_ranks
from supply_chain.risk.rm2.scoring import PairScores
from supply_chain.risk.rm2.subject import Figures, figures_of, subject_of
from supply_chain.risk.salience import INVOLVEMENTS, Involvement, places
from supply_chain.vocabulary import Issue, RiskBand


@dataclass(frozen=True)
class IssueScore:
    """One issue of a node."""

    issue: Issue
    figures: Figures
    is_emergency: bool  # judged: a child is known to be in danger now


@dataclass(frozen=True)
class Profile:
    """The issues of a node; the first is its headline."""

    scores: tuple[IssueScore, ...]

    @property
    def headline(self) -> IssueScore:
        """The first risk of the node."""
        return self.scores[0]

    def others(self, *bands: RiskBand) -> int:
        """Number of issues beside the headline in one of these bands."""
        return sum(one.figures.band in bands for one in self.scores[1:])


def profile_of(
    nodes: NodeColumns,
    evidence: Evidence,
    row: int,
    *,
    reference: Reference,
) -> Profile:
    """Score all issues at one node of a map; arguments as in `subject_of`."""
    issues = tuple(Issue)
    found = subject_of(nodes, evidence, row, issues[0], reference=reference)
    scores = found.scores
    risks = _risks(evidence.of_nodes(np.array([row], dtype=np.int64)), scores)
    order = np.argsort(salience_ranks(risks)).tolist()
    return Profile(
        tuple(
            IssueScore(issues[at], figures_of(scores, 0, at), bool(risks.emergency[at]))
            for at in order
        )
    )


def _risks(evidence: Evidence, scores: PairScores) -> OpenRisks:
    node, issue = np.zeros(ISSUES, dtype=np.int64), np.arange(ISSUES)
    judged = evidence.priorities.of_pairs(node, issue)
    linked = INVOLVEMENTS.index(Involvement.LINKED)
    return OpenRisks(
        node=node,
        issue=places([code.value for code in Issue]),
        emergency=judged.emergency,
        delay=judged.delay == 1,
        residual_index=scores.residual_index[0],
        severity=scores.severity.value[0],
        index_high=scores.index_high[0],
        involvement=np.where(judged.involvement < 0, linked, judged.involvement),
    )
