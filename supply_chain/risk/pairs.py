"""Score of every (node, issue) pair: the one core behind single cases and whole maps."""

from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np

from supply_chain.risk import scoring
from supply_chain.risk.factors import FactorRows
from supply_chain.risk.method import METHOD, Bools, Floats, Ints

SEC01 = METHOD.factor_index["SEC-01"]


@dataclass(frozen=True)
class Inputs:
    """Inputs for a run of nodes."""

    factors: FactorRows
    judgement: scoring.Judgement  # NaN where not judged
    facts: scoring.Facts
    controls: scoring.Controls


@dataclass(frozen=True)
class PairScores:
    """Scores of a run of nodes, columns in the order of `Issue`; nothing is rounded."""

    group_score: Floats  # (nodes, 5) G
    group_applies: Bools  # (nodes, 5)
    modelled: Floats  # (nodes, 16) L before facts
    likelihood: Floats  # L
    confidence: Floats  # C
    scale: Floats  # a, b, c as used
    scope: Floats
    irremediability: Floats
    severity: Floats  # S
    index: Floats  # RI
    band: Ints  # position in scoring.RISK_BANDS, after the guard rail
    insufficient_evidence: Bools
    residual_likelihood: Floats
    residual_severity: Floats
    residual_index: Floats
    residual_band: Ints


class Ranked(Protocol):
    """Inputs of the salience order from a score (section 12), arrays (nodes, 16)."""

    @property
    def severity(self) -> Floats: ...
    @property
    def residual_likelihood(self) -> Floats: ...
    @property
    def scope(self) -> Floats: ...
    @property
    def confidence(self) -> Floats: ...
    @property
    def irremediability(self) -> Floats: ...


def score_pairs(inputs: Inputs) -> PairScores:
    """Sections 3.6 to 9 of RM-1.0 for all issues of all nodes given."""
    groups = scoring.group_scores(inputs.factors)
    confidence = scoring.confidence(groups)
    modelled = scoring.likelihood(groups.score)
    likelihood = np.maximum(modelled, inputs.facts.rule)
    given = inputs.judgement
    used = scoring.judge(
        given.scale, given.scope, given.irremediability, inputs.factors.adjusted[:, SEC01]
    )
    severity = scoring.severity(used)
    evidence = scoring.capped_evidence(inputs.controls, inputs.facts)
    relief = scoring.relief(inputs.controls, evidence, used)
    residual = np.maximum(inputs.facts.rule, likelihood * relief.factor)
    index = scoring.risk_index(severity, likelihood)
    residual_index = scoring.risk_index(relief.severity, residual)
    thin = scoring.insufficient(severity, confidence)
    still_thin = scoring.insufficient(relief.severity, confidence)
    return PairScores(
        group_score=groups.score,
        group_applies=groups.applies,
        modelled=modelled,
        likelihood=likelihood,
        confidence=confidence,
        scale=used.scale,
        scope=used.scope,
        irremediability=used.irremediability,
        severity=severity,
        index=index,
        band=scoring.risk_band(index, thin),
        insufficient_evidence=thin,
        residual_likelihood=residual,
        residual_severity=relief.severity,
        residual_index=residual_index,
        residual_band=scoring.risk_band(residual_index, still_thin),
    )


def join_scores(parts: list[PairScores]) -> PairScores:
    """Scores of several runs of nodes, one after the other."""
    return PairScores(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(PairScores)}
    )
