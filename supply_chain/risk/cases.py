"""Single risk cases as JSON ("Risk JSON" of docs/commands.md): reading, validation, scoring.

A case is one issue at one imagined node: no peers, nothing known from the other cases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from supply_chain.reference.release import Reference
from supply_chain.reference.types import ReferenceObservation
from supply_chain.risk.case_parts import ControlLine, StateLine
from supply_chain.risk.case_rules import PARTS, FactorLine, read_factors
from supply_chain.risk.context import age_in_months, known_of
from supply_chain.risk.evidence import (
    STATES,
    Asked,
    ControlsSeen,
    Evidence,
    Judgements,
    NotApplicable,
    States,
    controls_of,
    factor_table,
    facts_of,
    judgement_of,
    observations_from,
)
from supply_chain.risk.factors import Observations
from supply_chain.risk.method import METHOD
from supply_chain.risk.pairs import Inputs, PairScores, score_pairs
from supply_chain.risk.problems import Checker, Problem
from supply_chain.risk.rm2.method import ISSUE_INDEX
from supply_chain.risk.scoring import RISK_BANDS, SEVERITY_BANDS, contributions, severity_band
from supply_chain.vocabulary import Issue

TRAITS = ("scale", "scope", "irremediability")


@dataclass(frozen=True)
class Case:
    """One case without faults."""

    id: str
    issue: int  # position in Issue
    country: str | None
    commodity: str | None
    severity: tuple[float | None, float | None, float | None]
    factors: tuple[FactorLine, ...]
    controls: tuple[ControlLine, ...]
    states: tuple[StateLine, ...]


def read_cases(document: Any, reference: Reference) -> tuple[list[Case], list[Problem]]:
    """Read the cases of a JSON document and every problem in it.

    Cases with a problem are left out; a caller that finds problems scores nothing.
    """
    whole = Checker(None)
    if not isinstance(document, list):
        whole.note("", "The file must hold a list of cases.")
        return [], whole.problems
    cases, problems = [], whole.problems
    seen: set[str] = set()
    for at, raw in whole.items(document, "cases"):
        given = raw.get("id")
        check = Checker(given if isinstance(given, str) else None)
        if not isinstance(given, str) or not given:
            check.note(f"{at}.id", "A case needs an id, a text that is not empty.")
        elif given in seen:
            check.note("id", f"The case {given!r} stands more than once.")
        else:
            seen.add(given)
        case = _read_case(raw, reference, check)
        problems += check.problems
        if case and not check.problems:
            cases.append(case)
    return cases, problems


def _read_case(raw: Mapping[str, Any], reference: Reference, check: Checker) -> Case | None:
    issue = raw.get("issue")
    known = check.known(issue, "issue", "issue", ISSUE_INDEX)
    country, commodity = raw.get("country"), raw.get("commodity")
    if country is not None:
        check.known(country, "country", "country (ISO 3166-1 alpha-2)", reference.countries)
    if commodity is not None:
        check.known(commodity, "commodity", "commodity", reference.commodities)
    severity = _read_severity(raw.get("severity"), check)
    factors = read_factors(raw.get("factors"), check)
    controls = PARTS.controls(raw.get("controls"), check)
    if not known:
        return None
    states = PARTS.states(raw.get("state"), ISSUE_INDEX[str(issue)], check)
    return Case(
        str(raw.get("id")),
        ISSUE_INDEX[str(issue)],
        country,
        commodity,
        severity,
        tuple(factors),
        tuple(controls),
        tuple(states),
    )


def _read_severity(raw: Any, check: Checker) -> tuple[float | None, float | None, float | None]:
    if raw is None:
        return None, None, None
    if not isinstance(raw, Mapping):
        check.note("severity", "Give an object with scale, scope and irremediability, or null.")
        return None, None, None
    scale, scope, lasting = (
        check.number(raw.get(trait), f"severity.{trait}", low=1, high=5) for trait in TRAITS
    )
    return scale, scope, lasting


def score_cases(cases: Sequence[Case], reference: Reference) -> list[dict[str, Any]]:
    """Scores of cases in their order, in the shape of the answer file.

    Ages of reference data count to the day of the release, so equal input gives equal output.
    """
    if not cases:
        return []
    count = len(cases)
    evidence = _evidence(cases)
    observations = _observations(cases, reference)
    factors = factor_table(
        observations,
        evidence,
        online=np.zeros(count, dtype=np.bool_),
        peer_group=np.full(count, -1),
    )
    inputs = Inputs(
        factors=factors.rows(0, count),
        judgement=judgement_of(evidence.judgements, count),
        facts=facts_of(evidence.states, count),
        controls=controls_of(evidence.controls, count),
    )
    scores = score_pairs(inputs)
    parts = contributions(scores.group_score)
    return [_answer(case, row, scores, parts[row, case.issue]) for row, case in enumerate(cases)]


def _observations(cases: Sequence[Case], reference: Reference) -> Observations:
    rows: list[tuple[int, str, float | None, str, float, float | None, int | None]] = []
    for row, case in enumerate(cases):
        for line in case.factors:
            for seen in line.observations:
                kind = METHOD.source_types[seen.source_type]
                rows.append((row, line.factor, seen.value, kind, seen.age_months, None, None))
        listed = {line.factor for line in case.factors}
        commodities = (case.commodity,) if case.commodity else ()
        for known in known_of(reference, case.country, None, commodities):
            if known.factor not in listed:
                age = _age(known, reference)
                rows.append((row, known.factor, known.value, known.source_type, age, None, None))
    return observations_from(rows)


def _age(known: ReferenceObservation, reference: Reference) -> float:
    return 0.0 if known.ageless else max(0.0, age_in_months(known.as_of, reference.as_of))


def _evidence(cases: Sequence[Case]) -> Evidence:
    lines = [(row, line) for row, case in enumerate(cases) for line in case.factors]
    said = [(row, line) for row, line in lines if line.not_applicable]
    asked = [(row, line) for row, line in lines if not line.not_applicable]
    controls = [(row, line) for row, case in enumerate(cases) for line in case.controls]
    states = [(row, line) for row, case in enumerate(cases) for line in case.states]
    return Evidence(
        asked=Asked(_ints(row for row, _ in asked), _ints(_factor(line) for _, line in asked)),
        not_applicable=NotApplicable(
            _ints(row for row, _ in said),
            _ints(_factor(line) for _, line in said),
            np.array([line.approved for _, line in said], dtype=np.bool_),
        ),
        states=States(
            node=_ints(row for row, _ in states),
            issue=_ints(line.issue for _, line in states),
            state=_ints(STATES.index(line.state) for _, line in states),
            found_by=_ints(line.found_by for _, line in states),
            months=np.array([line.months for _, line in states], dtype=np.float64),
        ),
        controls=ControlsSeen(
            node=_ints(row for row, _ in controls),
            control=_ints(line.control for _, line in controls),
            coverage=_floats(line.coverage for _, line in controls),
            evidence=_floats(line.evidence for _, line in controls),
            design=_floats(line.design for _, line in controls),
            verified_months=np.zeros(len(controls)),  # `evidence` is already lowered
        ),
        judgements=Judgements(
            node=np.arange(len(cases)),
            issue=_ints(case.issue for case in cases),
            scale=_floats(case.severity[0] for case in cases),
            scope=_floats(case.severity[1] for case in cases),
            irremediability=_floats(case.severity[2] for case in cases),
            vulnerable=np.zeros(len(cases), dtype=np.bool_),  # `scale` already holds the added 1
        ),
    )


def _factor(line: FactorLine) -> int:
    return METHOD.factor_index[line.factor]


def _ints(values: Any) -> Any:
    return np.array(list(values), dtype=np.int64)


def _floats(values: Any) -> Any:
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def _answer(case: Case, row: int, scores: PairScores, parts: Any) -> dict[str, Any]:
    at = row, case.issue
    beta = METHOD.beta[case.issue]
    return {
        "id": case.id,
        "issue": list(Issue)[case.issue].value,
        "group_scores": {
            group: float(scores.group_score[row, g]) if scores.group_applies[row, g] else None
            for g, group in enumerate(METHOD.groups)
        },
        "confidence": float(scores.confidence[at]),
        "likelihood": float(scores.likelihood[at]),
        "severity": float(scores.severity[at]),
        "severity_band": SEVERITY_BANDS[severity_band(scores.severity[at])].value,
        "index": float(scores.index[at]),
        "band": RISK_BANDS[scores.band[at]].value,
        "insufficient_evidence": bool(scores.insufficient_evidence[at]),
        "residual_likelihood": float(scores.residual_likelihood[at]),
        "residual_severity": float(scores.residual_severity[at]),
        "residual_index": float(scores.residual_index[at]),
        "residual_band": RISK_BANDS[scores.residual_band[at]].value,
        "contributions": [
            {"group": group, "beta": float(beta[g]), "contribution": float(parts[g])}
            for g, group in enumerate(METHOD.groups)
        ],
    }
