"""Score of (node, issue) pairs as a sum that can be shown line by line (section 3.10).

All arrays are float64 of (nodes, issues) unless they say otherwise.
"""

from dataclasses import dataclass

import numpy as np

from supply_chain.risk.rm2.adjustments import Bounds
from supply_chain.risk.rm2.context import (
    Activities,
    Place,
    Prior,
    exposure,
    prior,
    vulnerability,
)
from supply_chain.risk.rm2.controls import Controls, capped, relief, remedy
from supply_chain.risk.rm2.evidence import Events, FactorRows, evidence_points, slopes
from supply_chain.risk.rm2.facts import Facts, floor_for_controls, with_facts
from supply_chain.risk.rm2.method import METHOD, Bools, Floats, Ints
from supply_chain.risk.rm2.points import clipped, likelihood
from supply_chain.risk.rm2.ranges import completeness, grade, spread
from supply_chain.risk.rm2.severity import (
    Band,
    Judgement,
    Severity,
    risk_index,
    severities,
    severity_points,
    shown_band,
)


@dataclass(frozen=True)
class Inputs:
    """Inputs for a run of nodes."""

    place: Place
    activities: Activities
    listing: Floats  # points of section 5.3
    factors: FactorRows
    events: Events
    judgement: Judgement
    facts: Facts
    controls: Controls
    bounds: Bounds  # to which people hold P


@dataclass(frozen=True)
class Lines:
    """Parts of P that every pair has, in points; the items of the evidence are summed up."""

    prior: Prior
    listing: Floats
    evidence: Floats  # all counted items
    limit: Floats  # what keeping P in 0..100 takes or gives
    judged: Floats  # what people raised or lowered
    fact: Floats


@dataclass(frozen=True)
class Estimate:
    """Likelihood of harm before severity."""

    vulnerability: Floats  # V, 0-1
    exposure: Floats  # X, 0-1
    lines: Lines
    points: Floats  # P after the facts, 0-100
    low: Floats
    high: Floats
    residual: Floats  # P_res after the controls
    completeness: Floats  # C, 0-1
    grade: Ints  # position in GRADES


@dataclass(frozen=True)
class PairScores:
    """Scores of (node, issue) pairs."""

    estimate: Estimate
    judgement: Judgement  # a, b, c as used
    likelihood: Floats  # L, 0-1
    residual_likelihood: Floats
    severity: Severity
    index: Floats  # RI, 0-100
    index_low: Floats
    index_high: Floats
    band: Band
    residual_index: Floats
    residual_low: Floats  # the range, moved by what controls take (section 7.4)
    residual_high: Floats
    residual_band: Band


def estimate(inputs: Inputs) -> Estimate:
    """P with its lines, its range and its rest after controls (sections 3 to 6, 8 and 9).

    An adjustment by people moves no end of the range, unless P then lies beyond it: an opinion
    adds no information.
    """
    rows = inputs.factors
    v = vulnerability(inputs.place, rows.seen(METHOD.indicators))
    x = exposure(inputs.activities, rows.seen(METHOD.traits))
    prior_, slopes_ = prior(v.value, x), slopes(rows)
    evidence = evidence_points(slopes_, inputs.events)
    total = prior_.points + inputs.listing + evidence
    modelled = clipped(total)
    before = inputs.bounds.hold(modelled)
    points = with_facts(before, inputs.facts)
    range_ = spread(v, inputs.activities.known, rows, slopes_)
    left = clipped(points - relief(capped(inputs.controls, inputs.facts)))
    complete = completeness(rows)
    return Estimate(
        vulnerability=v.value,
        exposure=x,
        lines=Lines(
            prior=prior_,
            listing=inputs.listing,
            evidence=evidence,
            limit=modelled - total,
            judged=before - modelled,
            fact=points - before,
        ),
        points=points,
        low=with_facts(np.minimum(before, clipped(modelled - range_.down)), inputs.facts),
        high=with_facts(np.maximum(before, clipped(modelled + range_.up)), inputs.facts),
        residual=np.maximum(floor_for_controls(before, inputs.facts), left),
        completeness=complete,
        grade=grade(complete, rows, v, _context_known(inputs)),
    )


def _context_known(inputs: Inputs) -> Bools:
    return inputs.place.known & inputs.activities.known


def score_pairs(inputs: Inputs) -> PairScores:
    """Score every issue of a run of nodes (sections 3 to 9)."""
    found = estimate(inputs)
    severity = severities(inputs.judgement, remedy(capped(inputs.controls, inputs.facts)))
    index = risk_index(found.points, severity.value)
    low = found.low + severity_points(severity.low)
    high = found.high + severity_points(severity.high)
    residual = risk_index(found.residual, severity.residual)
    eased = severity_points(severity.residual) - severity_points(severity.value)
    moved = found.residual - found.points + eased
    residual_high = np.maximum(residual, clipped(high + moved))
    return PairScores(
        estimate=found,
        judgement=inputs.judgement,
        likelihood=likelihood(found.points),
        residual_likelihood=likelihood(found.residual),
        severity=severity,
        index=index,
        index_low=clipped(low),
        index_high=clipped(high),
        band=shown_band(index, clipped(high)),
        residual_index=residual,
        residual_low=np.minimum(residual, clipped(low + moved)),
        residual_high=residual_high,
        residual_band=shown_band(residual, residual_high),
    )
