"""Explanation of the score of a (node, issue) pair, and of the changes that would lower it.

Everything is recomputed by the core that made the score, so explanation and score cannot differ.
"""

from dataclasses import dataclass, replace

import numpy as np

from supply_chain.reference.types import ReferenceObservation
from supply_chain.risk.assessment import Assessment
from supply_chain.risk.context import REFERENCE_DATA, known_of
from supply_chain.risk.factors import FACTORS, FactorRows
from supply_chain.risk.method import METHOD
from supply_chain.risk.pairs import Inputs, PairScores, score_pairs
from supply_chain.risk.scoring import Controls, Facts, Judgement, contributions
from supply_chain.vocabulary import Issue

BEST_QUALITY = 0.9  # what a fresh official figure has (3.2)
BEST_EVIDENCE = METHOD.policy.evidence_levels[-1]


@dataclass(frozen=True)
class SourcePart:
    """One observation behind a factor."""

    source_type: str
    value: float
    age_months: float
    reference: ReferenceObservation | None  # where it is from the reference data


@dataclass(frozen=True)
class FactorPart:
    """One factor of a group that the issue uses."""

    factor: str
    name: str
    score: float | None  # s, None where missing
    quality: float  # q
    prior: float  # m
    adjusted: float  # s'
    weight: float
    critical: bool
    share: float  # w s' as part of the group's sum, 0-1
    sources: tuple[SourcePart, ...]


@dataclass(frozen=True)
class GroupPart:
    """One factor group; `score` is None where the group does not apply."""

    group: str
    beta: float
    score: float | None
    contribution: float
    factors: tuple[FactorPart, ...]


@dataclass(frozen=True)
class Lowering:
    """Largest effect of one better datum (s = 0, q = .9) or control (cov = 1, e = .9)."""

    kind: str  # "factor" or "control"
    ref: str
    name: str
    residual_likelihood: float
    residual_index: float
    by: float  # how much the residual index falls


@dataclass(frozen=True)
class Explanation:
    """All parts of the score of one (node, issue) pair."""

    node: str
    issue: Issue
    groups: tuple[GroupPart, ...]
    missing: tuple[str, ...]  # factors without any observation
    not_applicable: tuple[str, ...]  # factors dropped for a reason that counts
    lowering: tuple[Lowering, ...]  # strongest first


def explain(assessment: Assessment, node: str, issue: Issue) -> Explanation:
    """Explain one pair.

    Raises:
        KeyError: no such node in the assessed map.
    """
    row, column = assessment.chain.rows[node], list(Issue).index(issue)
    inputs = assessment.known.inputs(row, row + 1)
    scores = score_pairs(inputs)
    groups = _groups(assessment, row, column, inputs, scores)
    used = [f for g in groups if g.beta > 0 for f in g.factors]
    dropped = [METHOD.factors[c - row * FACTORS] for c in assessment.known.factors.dropped
               if c // FACTORS == row]  # fmt: skip
    return Explanation(
        node=node,
        issue=issue,
        groups=groups,
        missing=tuple(f.factor for f in used if f.score is None),
        not_applicable=tuple(dropped),
        lowering=_lowering(inputs, scores, column, used),
    )


def _groups(
    assessment: Assessment, row: int, column: int, inputs: Inputs, scores: PairScores
) -> tuple[GroupPart, ...]:
    parts = contributions(scores.group_score)[0, column]
    found = []
    for position, group in enumerate(METHOD.groups):
        applies = bool(scores.group_applies[0, position])
        found.append(
            GroupPart(
                group=group,
                beta=float(METHOD.beta[column, position]),
                score=float(scores.group_score[0, position]) if applies else None,
                contribution=float(parts[position]),
                factors=_factors(assessment, row, position, inputs.factors),
            )
        )
    return tuple(found)


def _factors(
    assessment: Assessment, row: int, position: int, rows: FactorRows
) -> tuple[FactorPart, ...]:
    part = METHOD.group_slices[position]
    adjusted = rows.adjusted[0]
    columns = [f for f in range(part.start, part.stop) if rows.applies[0, f]]
    total = sum(METHOD.weight[f] * adjusted[f] for f in columns)
    return tuple(
        FactorPart(
            factor=METHOD.factors[f],
            name=METHOD.factor_names[f],
            score=None if np.isnan(rows.score[0, f]) else float(rows.score[0, f]),
            quality=float(rows.quality[0, f]),
            prior=float(rows.prior[0, f]),
            adjusted=float(adjusted[f]),
            weight=float(METHOD.weight[f]),
            critical=bool(METHOD.critical[f]),
            share=float(METHOD.weight[f] * adjusted[f] / total) if total else 0.0,
            sources=_sources(assessment, row * FACTORS + f),
        )
        for f in columns
    )


def _sources(assessment: Assessment, cell: int) -> tuple[SourcePart, ...]:
    seen, nodes, row = assessment.known.observations, assessment.chain.nodes, cell // FACTORS
    known = known_of(
        assessment.reference, nodes.country[row], nodes.sector[row], nodes.commodities[row]
    )
    by_factor = {observation.factor: observation for observation in known}
    factor = METHOD.factors[cell % FACTORS]
    low, high = np.searchsorted(seen.cell, [cell, cell + 1])
    return tuple(
        SourcePart(
            METHOD.source_types[seen.source_type[at]],
            float(seen.value[at]),
            float(seen.age_months[at]),
            by_factor[factor] if seen.source[at] == REFERENCE_DATA else None,
        )
        for at in range(low, high)
        if not np.isnan(seen.value[at])
    )


def _lowering(
    inputs: Inputs, scores: PairScores, column: int, used: list[FactorPart]
) -> tuple[Lowering, ...]:
    """Each change alone, all of them scored in one go as rows of their own."""
    factors = [METHOD.factor_index[f.factor] for f in used if f.score is None]
    controls = [int(c) for c in np.flatnonzero(METHOD.helps[:, column])]
    count = len(factors) + len(controls)
    score = np.repeat(inputs.factors.score, count, axis=0)
    quality = np.repeat(inputs.factors.quality, count, axis=0)
    prior = np.repeat(inputs.factors.prior, count, axis=0)
    told = np.arange(len(factors))
    score[told, factors], quality[told, factors] = 0.0, BEST_QUALITY
    rows = FactorRows(score, quality, prior, np.repeat(inputs.factors.applies, count, axis=0))
    better = _better(inputs.controls, len(factors), controls)
    after = score_pairs(replace(_repeated(inputs, count), factors=rows, controls=better))
    before = scores.residual_index[0, column]
    refs = [("factor", METHOD.factors[f], METHOD.factor_names[f]) for f in factors]
    refs += [("control", METHOD.controls[c], METHOD.control_names[c]) for c in controls]
    found = [
        Lowering(*ref, float(after.residual_likelihood[at, column]),
                 float(after.residual_index[at, column]),
                 float(before - after.residual_index[at, column]))
        for at, ref in enumerate(refs)
    ]  # fmt: skip
    helpful = [item for item in found if round(item.by, METHOD.policy.decimals) > 0]
    return tuple(sorted(helpful, key=lambda item: (-item.by, item.ref)))


def _better(given: Controls, before: int, controls: list[int]) -> Controls:
    """`before` rows as they are, then one row for each control at its best."""
    count = before + len(controls)
    listed = np.repeat(given.listed, count, axis=0)
    coverage = np.repeat(given.coverage, count, axis=0)
    evidence = np.repeat(given.evidence, count, axis=0)
    at = np.arange(before, count)
    listed[at, controls], coverage[at, controls], evidence[at, controls] = True, 1.0, BEST_EVIDENCE
    return Controls(listed, coverage, evidence, np.repeat(given.design, count, axis=0))


def _repeated(inputs: Inputs, count: int) -> Inputs:
    judged, facts = inputs.judgement, inputs.facts
    return Inputs(
        factors=inputs.factors,
        controls=inputs.controls,
        judgement=Judgement(
            np.repeat(judged.scale, count, axis=0),
            np.repeat(judged.scope, count, axis=0),
            np.repeat(judged.irremediability, count, axis=0),
        ),
        facts=Facts(
            np.repeat(facts.rule, count, axis=0),
            np.repeat(facts.confirmed, count, axis=0),
            np.repeat(facts.found_by, count, axis=0),
        ),
    )
