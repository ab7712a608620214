"""What there is to learn at each node of an assessed map, and why (docs/method.md).

`V_i = f_i * sum over issues of (S / 5)^2 * L_res * u`: severity counts more than likelihood, as in
the index; u is 1 - C where the aim is to learn what is not known, and 1 for severe issues where
the aim is to find harm. Where it is to learn, `f_i = (1 + share) / 2` with the part of the input
of the business that passes the node: all of the input doubles the weight of a node, and a small
flow is no reason to look away (UNGP 24: severity comes first, not volume). To find harm f_i is 1:
no child is harmed less because we buy less. [policy]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from supply_chain.analysis.flow import FlowMap
from supply_chain.analysis.visit_plan import Field, StepKind
from supply_chain.risk.assessment import Assessment
from supply_chain.risk.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.scoring import SEVERITY_BANDS
from supply_chain.vocabulary import Issue, SeverityBand

ISSUES = tuple(Issue)
QUESTIONNAIRE, VISIT = 0, 1
_SEVERE = SEVERITY_BANDS.index(SeverityBand.SEVERE)
_COUNTRY = METHOD.groups.index("CTY")


class Aim(StrEnum):
    """What a plan is for."""

    LEARN = "learn"  # to know more where much is at stake and little is known
    FIND = "find"  # to find severe harm where it is likely


class Spread(StrEnum):
    """How much a plan goes from region to region."""

    NONE = "none"
    SOME = "some"
    WIDE = "wide"


HALF_AFTER = {Spread.NONE: np.inf, Spread.SOME: 6.0, Spread.WIDE: 2.0}
"""Visits to the weightiest node after which the next in the same region counts half. [policy]"""


@dataclass(frozen=True)
class Reason:
    """Why a node stands in a plan: the issue that weighs most there, and what is known of it."""

    issue: Issue
    severity: float  # S, 1-5
    likelihood: float  # L_res, 0-1
    confidence: float  # C, 0-1
    flow: float  # part of the input of the business that passes here, 0-1


@dataclass(frozen=True)
class Stakes:
    """What is at stake at the nodes of a map without its unknown origins; rows as in the map."""

    value: Floats  # (nodes,) V
    terms: Floats  # (nodes, 16) what each issue adds to V / f
    flow: Floats  # (nodes,) part of the input of the business, 0-1
    country_risk: Floats  # (nodes,) G of the country factors
    severity: Floats  # (nodes, 16)
    likelihood: Floats
    confidence: Floats

    def reason(self, row: int) -> Reason:
        """The issue that adds most to the weight of a node; of equals the first."""
        at = int(self.terms[row].argmax())
        return Reason(
            issue=ISSUES[at],
            severity=float(self.severity[row, at]),
            likelihood=float(self.likelihood[row, at]),
            confidence=float(self.confidence[row, at]),
            flow=float(self.flow[row]),
        )

    def largest_volume_first(self) -> Ints:
        """Rows by the part of the input, of equals the first row first: the usual way."""
        return np.argsort(-self.flow, kind="stable")

    def highest_country_risk_first(self) -> Ints:
        """Rows by country risk, of equals by volume: the other usual way."""
        return np.lexsort((np.arange(len(self.flow)), -self.flow, -self.country_risk))


def stakes_of(assessment: Assessment, count: int, aim: Aim) -> Stakes:
    """What is at stake at the first `count` nodes, those that are no unknown origins."""
    scores, kept = assessment.scores, slice(0, count)
    severity = np.nan_to_num(scores.severity[kept])
    likelihood = np.nan_to_num(scores.residual_likelihood[kept])
    confidence = np.nan_to_num(scores.confidence[kept])
    flow = volume_of(assessment)[kept]
    if aim is Aim.LEARN:
        part, weight = 1 - confidence, (1 + flow) / 2
    else:
        part = (assessment.severity_band[kept] >= _SEVERE).astype(np.float64)
        weight = np.ones(len(flow))
    terms = (severity / 5) ** 2 * likelihood * part
    terms[~assessment.scored[kept]] = 0.0
    return Stakes(
        value=weight * terms.sum(axis=1),
        terms=terms,
        flow=flow,
        country_risk=np.nan_to_num(scores.group_score[kept, _COUNTRY]),
        severity=severity,
        likelihood=likelihood,
        confidence=confidence,
    )


def volume_of(assessment: Assessment) -> Floats:
    """(nodes,) part of the input of the business that passes each node; circles at most 1."""
    flow = FlowMap.build(assessment.chain, assessment.plan)
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
    """What can be learned where.

    Args:
        regions: the region of each node; nodes of one name teach partly the same.
        open_: (nodes, 2) whether a questionnaire and a visit are possible.
    """
    region = np.unique(np.array(regions, dtype=np.str_), return_inverse=True)[1]
    visit = float(METHOD.reliability[METHOD.source_index["site_work"]])
    top = float(stakes.value.max(initial=0.0)) * visit
    half = HALF_AFTER[spread] * top if top > 0 else np.inf
    return Field(stakes.value, region.astype(np.int64), open_, half)
