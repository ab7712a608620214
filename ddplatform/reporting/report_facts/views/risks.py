"""Facts of a report about risk: the register, its heat map, the method and its sources."""

from collections.abc import Sequence
from typing import Any

from ddplatform.core.due_diligence.vocabulary import RiskState
from ddplatform.infrastructure.access.roles import ROLES
from ddplatform.reporting.report_facts.queries.risks import FACTORS_LISTED, Risks
from ddplatform.reporting.report_facts.queries.scope import Scope
from ddplatform.reporting.report_facts.views.reasons import figures_of, range_of, reasons_of
from ddplatform.reporting.report_facts.views.words import country_word, spaced
from ddplatform.risk.runs.queries.scores import RiskScore
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.method import METHOD, METHOD_VERSION
from supply_chain.risk.rm2.method import METHOD_VERSION as RM2
from supply_chain.vocabulary import RiskBand

GROUP_WORDS = {
    "CTY": "Conditions in the country",
    "SEC": "Conditions of the sector and the goods",
    "WRK": "Conditions at the work place",
    "COM": "Conditions in the community",
    "ONL": "Conditions online",
}


def risk_facts(scope: Scope, risks: Risks | None) -> dict[str, Any]:
    """`risks`, `risk_counts`, `risk_cells`, `method` and `reference`; null while not assessed."""
    if risks is None or scope.run is None or scope.release is None:
        return {
            "risks": None,
            "risk_counts": None,
            "risk_cells": None,
            "method": {"version": METHOD_VERSION, "parameters_sha256": METHOD.parameters_sha256},
            "reference": None,
        }
    rows = [_row(one, risks, scope=scope) for one in risks.scores]
    return {
        "risks": rows,
        "risk_counts": {
            "scored": sum(risks.bands.values()),
            **{band.value: risks.bands.get(band, 0) for band in reversed(RiskBand)},
            "listed": len(rows),
        },
        "risk_cells": list(risks.cells),
        "method": {
            "version": scope.run.method_version,
            "parameters_sha256": scope.run.parameters_sha256,
        },
        "reference": {"release": scope.release.name, "as_of": scope.release.as_of.isoformat()},
    }


def _row(one: RiskScore, risks: Risks, *, scope: Scope) -> dict[str, Any]:
    place = (one.node_id, one.issue)
    finding = risks.findings.get(place)
    is_kept = finding is None or not scope.was_changed(finding.id)
    return {
        "rank": one.salience_rank,
        "issue": one.issue.value,
        "issue_title": ISSUE_NAMES[one.issue],
        "node": one.node_ref,
        "node_id": str(one.node_id) if one.node_id else None,
        "node_name": one.node_name,
        "country": one.country,
        "tier": one.tier,
        "severity": one.severity,
        "severity_band": spaced(one.severity_band.value),
        "likelihood": one.residual_likelihood,
        "inherent_index": one.index,
        "residual_index": one.residual_index,
        "band": one.residual_band.value,
        "confidence": one.known_share,
        "grade": one.grade,
        "range": range_of(one.known) if one.known else None,
        "involvement": spaced(risks.involvement.get(place)),
        "owner": _role(finding) if is_kept else None,
        "state": _state(finding) if is_kept else None,
        "reasons": _reasons(one, finding),
    }


def _state(finding: Any) -> str:
    state: RiskState = finding.status if finding else RiskState.ASSESSED
    return state.value.replace("_", " ")


def _role(finding: Any) -> str | None:
    """The role of the owner: a report names no person."""
    return ROLES[finding.role].title if finding is not None and finding.role else None


def _reasons(one: RiskScore, finding: Any) -> list[str]:
    """The drivers of the score, the strongest part first."""
    on_record = ["A finding is on record for this place and issue."] if finding else []
    if one.known is not None:
        return [*reasons_of(one, one.known), *on_record]
    parts = sorted(
        zip(METHOD.groups, one.contributions, strict=True), key=lambda part: -(part[1] or 0.0)
    )
    reasons = [
        f"{GROUP_WORDS[group]} add {part:.2f} to the likelihood."
        for group, part in parts[:3]
        if part
    ]
    reasons.append(
        f"Severity: scale {one.scale:g}, scope {one.scope:g}, "
        f"hard to undo {one.irremediability:g} (each 1 to 5)."
    )
    if one.insufficient_evidence:
        reasons.append(f"Little is known here: confidence {one.confidence:.2f}.")
    return [*reasons, *on_record]


def factor_facts(
    scope: Scope, countries: Sequence[str], rows: Sequence[Any]
) -> list[dict[str, Any]] | None:
    """Country figures that the scores rest on, each with source and year; None: not assessed.

    Args:
        rows: the figures of the release, for scores under RM-1.0.
    """
    if scope.release is None or scope.run is None:
        return None
    if scope.run.method_version == RM2:
        return figures_of(countries, FACTORS_LISTED)
    return [
        {
            "ref": row.factor,
            "title": METHOD.factor_names[METHOD.factor_index[row.factor]],
            "subject": country_word(row.country),
            "country": row.country,
            "value": row.value,
            "source": row.source,
            "year": None if row.year is None else str(row.year),
        }
        for row in rows
    ]
