"""Scores of a map as the JSON of `flask risk assess` (docs/commands.md)."""

from typing import Any

from ddplatform.risk.assessment.services.maps import Assessed
from ddplatform.risk.runs.queries.scores import IN_REMEDY
from supply_chain.reference.release import load_reference
from supply_chain.risk.assessment import Assessment
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.map_answers import ScoredMap, headlines, pair_answers
from supply_chain.risk.rm2.map_assessment import Assessment as Rm2Assessment
from supply_chain.risk.scoring import RISK_BANDS
from supply_chain.risk.stored_run import stored_run
from supply_chain.vocabulary import Issue

GROUPS, ISSUES = METHOD.groups, tuple(Issue)


def document_of(assessed: Assessed) -> dict[str, Any]:
    """All scored pairs by node, then issue; unknown origins are nodes like any other."""
    result = assessed.assessment
    scores = (
        _by_rm2(assessed, result)
        if isinstance(result, Rm2Assessment)
        else _by_rm1(assessed, result)
    )
    return {
        "run": str(assessed.run_id),
        "as_of": result.as_of.isoformat(),
        "release": load_reference().release,
        "method_version": result.method_version,
        "parameters_sha256": result.parameters_sha256,
        **scores,
        "scaled": stored_run(result).over_one,
    }


def _by_rm2(assessed: Assessed, result: Rm2Assessment) -> dict[str, Any]:
    loaded = assessed.loaded
    scored = ScoredMap(
        found=result,
        nodes=loaded.graph.nodes,
        evidence=loaded.evidence,
        reference=load_reference(),
    )
    rows = result.chain.rows
    in_remedy = {(row, issue.value) for row, issue in loaded.self_disclosed}
    return {
        "assessments": [
            {
                **pair,
                "status": IN_REMEDY if (rows[pair["node"]], pair["issue"]) in in_remedy else None,
            }
            for pair in pair_answers(scored)
        ],
        "nodes": list(headlines(result)),
    }


def _by_rm1(assessed: Assessed, result: Assessment) -> dict[str, Any]:
    return {
        "assessments": [
            _pair(result, row, column, (row, issue) in assessed.loaded.self_disclosed)
            for row in range(len(result.chain))
            for column, issue in enumerate(ISSUES)
            if result.scored[row, column]
        ],
    }


def _pair(result: Assessment, row: int, column: int, in_remedy: bool) -> dict[str, Any]:
    scores, at = result.scores, (row, column)
    return {
        "node": result.chain.nodes.ids[row],
        "issue": ISSUES[column].value,
        "likelihood": float(scores.likelihood[at]),
        "severity": float(scores.severity[at]),
        "index": float(scores.index[at]),
        "band": RISK_BANDS[scores.band[at]].value,
        "confidence": float(scores.confidence[at]),
        "insufficient_evidence": bool(scores.insufficient_evidence[at]),
        "residual_likelihood": float(scores.residual_likelihood[at]),
        "residual_severity": float(scores.residual_severity[at]),
        "residual_index": float(scores.residual_index[at]),
        "residual_band": RISK_BANDS[scores.residual_band[at]].value,
        "exposure": float(result.exposure[at]),
        "linkage": float(result.linkage[at]),
        "severity_chain": float(result.severity_chain[at]),
        "salience_rank": int(result.salience_rank[at]),
        "status": IN_REMEDY if in_remedy else None,
        "contributions": [
            {
                "group": group,
                "beta": float(METHOD.beta[column, place]),
                "contribution": float(result.contributions[row, column, place]),
            }
            for place, group in enumerate(GROUPS)
        ],
    }
