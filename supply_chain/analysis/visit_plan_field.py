"""Expected information gain at each node of an assessed map, with its reasons (docs/method.md).

To learn, `V_i = f_i * sum over issues of (S / 5)^2 * (L_high - L_low)`: a wide range at a severe
issue can be settled by more information, in either direction. The bounds are those of section 3.9
after controls. Here `f_i = (1 + share) / 2` with the part of the input of the business that passes
the node: all of the input doubles the weight of a node, and a small flow is no reason to neglect it
(UNGP 24: severity comes first, not volume). To find harm, `V_i = sum of (S / 5)^2 * L_res` over
severe issues: no child is harmed less because we buy less. [policy]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from supply_chain.analysis.flow import FlowMap
from supply_chain.analysis.visit_plan import Field, StepKind
from supply_chain.risk.rm2.map_assessment import Assessment
from supply_chain.risk.rm2.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.points import clipped
from supply_chain.risk.rm2.points import likelihood as likelihood_of
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.rm2.severity import SEVERITY_BANDS
from supply_chain.vocabulary import Issue, SeverityBand

ISSUES = tuple(Issue)
QUESTIONNAIRE, VISIT = 0, 1
_COLUMNS = (
    *("severity", "country", "points", "points_low", "points_high", "residual_points"),
    *("residual_likelihood", "residual_index", "residual_low", "residual_high"),
)
_SEVERE = SEVERITY_BANDS.index(SeverityBand.SEVERE)


class Aim(StrEnum):
    """Aim of a plan."""

    LEARN = "learn"  # to know more where much is at stake and little is known
    FIND = "find"  # to find severe harm where it is likely


class Spread(StrEnum):
    """Spread of a plan over regions."""

    NONE = "none"
    SOME = "some"
    WIDE = "wide"


HALF_AFTER = {Spread.NONE: np.inf, Spread.SOME: 6.0, Spread.WIDE: 2.0}
"""Visits to the weightiest node after which the next in the same region counts half. [policy]"""


@dataclass(frozen=True)
class Reason:
    """Reason for a node in a plan: the issue with most weight there, and the evidence on it."""

    issue: Issue
    severity: float  # S, 1-5
    index: float  # RI after controls, 0-100
    low: float  # its range
    high: float
    grade: str  # of the evidence, A to E
    flow: float  # part of the input of the business that passes here, 0-1


@dataclass(frozen=True)
class Stakes:
    """Stakes at the nodes of a map without its unknown origins; rows as in the map."""

    value: Floats  # (nodes,) V
    terms: Floats  # (nodes, 16) what each issue adds to V / f
    flow: Floats  # (nodes,) part of the input of the business, 0-1
    country_risk: Floats  # (nodes,) mean points of the country line over the issues
    severity: Floats  # (nodes, 16)
    index: Floats  # (nodes, 16) residual, with its range
    low: Floats
    high: Floats
    grade: Ints  # (nodes, 16) position in GRADES

    def reason(self, row: int) -> Reason:
        """The issue that adds most to the weight of a node; of equals the first."""
        at = int(self.terms[row].argmax())
        return Reason(
            issue=ISSUES[at],
            severity=float(self.severity[row, at]),
            index=float(self.index[row, at]),
            low=float(self.low[row, at]),
            high=float(self.high[row, at]),
            grade=GRADES[self.grade[row, at]],
            flow=float(self.flow[row]),
        )

    def largest_volume_first(self) -> Ints:
        """Rows by the part of the input, of equals the first row first: the usual way."""
        return np.argsort(-self.flow, kind="stable")

    def highest_country_risk_first(self) -> Ints:
        """Rows by country risk, of equals by volume: the other usual way."""
        return np.lexsort((np.arange(len(self.flow)), -self.flow, -self.country_risk))


def stakes_of(assessment: Assessment, count: int, aim: Aim) -> Stakes:
    """Stakes at the first `count` nodes, those that are no unknown origins."""
    kept = slice(0, count)
    columns = {name: assessment.scores.of_nodes(name)[kept] for name in _COLUMNS}
    severity, flow = columns["severity"], volume_of(assessment)[kept]
    if aim is Aim.LEARN:
        part, weight = _width(columns), (1 + flow) / 2
    else:
        is_severe = assessment.severity_band[kept] >= _SEVERE
        part, weight = columns["residual_likelihood"] * is_severe, np.ones(len(flow))
    terms = (severity / 5) ** 2 * part
    terms[~assessment.scored[kept]] = 0.0
    return Stakes(
        value=weight * terms.sum(axis=1),
        terms=terms,
        flow=flow,
        country_risk=columns["country"].mean(axis=1),
        severity=severity,
        index=columns["residual_index"],
        low=columns["residual_low"],
        high=columns["residual_high"],
        grade=assessment.scores.of_nodes("grade")[kept].astype(np.int64),
    )


def _width(columns: Mapping[str, Floats]) -> Floats:
    """Width of the range of the likelihood after controls, 0-1."""
    taken = columns["residual_points"] - columns["points"]
    low, high = (
        likelihood_of(clipped(columns[end] + taken)) for end in ("points_low", "points_high")
    )
    return np.asarray(high - low)


def volume_of(assessment: Assessment) -> Floats:
    """(nodes,) part of the input of the business that passes each node; circles at most 1."""
    flow = FlowMap.build(assessment.chain, assessment.network.plan)
    passed = np.zeros(len(flow))
    for volume in flow.travel(flow.start_of_business()):
        passed += volume
    return np.minimum(passed, 1.0)


def step_kinds(
    *,
    questionnaires: int | None,
    visits: int | None,
    cost_questionnaire: float = 0.0,
    cost_visit: float = 0.0,
) -> tuple[StepKind, StepKind]:
    """The two kinds, at their places QUESTIONNAIRE and VISIT.

    They teach what the method says of a fresh source of that kind (3.2): answers without evidence
    .30, unannounced site work .80. Both at one node leave `(1 - .30) * (1 - .80)` unknown (3.3).
    """
    by_source = [
        float(METHOD.reliability[METHOD.source_index[source]])
        for source in ("supplier_answer", "site_work")
    ]
    return (
        StepKind("questionnaire", by_source[0], questionnaires, cost_questionnaire),
        StepKind("visit", by_source[1], visits, cost_visit),
    )


def field_of(stakes: Stakes, regions: Sequence[str], open_: Bools, spread: Spread) -> Field:
    """Possible information gains by node.

    Args:
        regions: the region of each node; nodes of one name teach partly the same.
        open_: (nodes, 2) whether a questionnaire and a visit are possible.
    """
    region = np.unique(np.array(regions, dtype=np.str_), return_inverse=True)[1]
    visit = float(METHOD.reliability[METHOD.source_index["site_work"]])
    top = float(stakes.value.max(initial=0.0)) * visit
    half = HALF_AFTER[spread] * top if top > 0 else np.inf
    return Field(stakes.value, region.astype(np.int64), open_, half)
