"""Facts of a report about risk: the register, its heat map, the method and its sources."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from ddplatform.accounts.organisations.models import Membership
from ddplatform.core.due_diligence.vocabulary import RiskState
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.infrastructure.access.roles import ROLES
from ddplatform.infrastructure.db import db
from ddplatform.reporting.report_facts.queries import ranges as report_ranges
from ddplatform.reporting.report_facts.queries.scope import Scope
from ddplatform.risk.runs.models import IndicatorValue, SalienceNote
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.scores import RiskScore, list_at
from supply_chain.reference.release import load_reference
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.method import METHOD, METHOD_VERSION
from supply_chain.risk.rm2.method import METHOD_VERSION as RM2
from supply_chain.risk.scoring import RISK_BANDS, SEVERITY_BANDS
from supply_chain.vocabulary import Issue, RiskBand

RISKS_LISTED = 500
"""A report lists at most so many risks, in salience order; its heat map counts all."""
FACTORS_LISTED = 4_000
LIKELIHOOD_STEPS = 5
GROUP_WORDS = {
    "CTY": "Conditions in the country",
    "SEC": "Conditions of the sector and the goods",
    "WRK": "Conditions at the work place",
    "COM": "Conditions in the community",
    "ONL": "Conditions online",
}


def spaced(word: str | None) -> str | None:
    """A word of a vocabulary as people write it: `directly_linked` -> "directly linked"."""
    return word.replace("_", " ") if word else None


def country_word(code: str | None) -> str | None:
    """What a country is called; an unknown code stays as it is."""
    country = load_reference().countries.get(code or "")
    return country.short_name if country else code


def load_risk_facts(scope: Scope) -> dict[str, Any]:
    """`risks`, `risk_counts`, `risk_cells`, `method` and `reference`; null while not assessed."""
    if scope.run is None or scope.release is None:
        return {
            "risks": None,
            "risk_counts": None,
            "risk_cells": None,
            "method": {"version": METHOD_VERSION, "parameters_sha256": METHOD.parameters_sha256},
            "reference": None,
        }
    cells, bands = _cells(scope)
    rows = _rows(scope)
    return {
        "risks": rows,
        "risk_counts": {
            "scored": sum(bands.values()),
            **{band.value: bands.get(band, 0) for band in reversed(RiskBand)},
            "listed": len(rows),
        },
        "risk_cells": cells,
        "method": {
            "version": scope.run.method_version,
            "parameters_sha256": scope.run.parameters_sha256,
        },
        "reference": {"release": scope.release.name, "as_of": scope.release.as_of.isoformat()},
    }


def _cells(scope: Scope) -> tuple[list[dict[str, Any]], Mapping[RiskBand, int]]:
    """The register counted for the heat map of its method, and by residual band."""
    assert scope.run is not None
    register = load_register(scope.run.id)
    bands = Counter(RISK_BANDS[band] for band in register.residual_band.tolist())
    if scope.run.method_version == RM2:
        return report_ranges.cells_of(register), bands
    severities = zip(register.severity_band.tolist(), register.heat_cell.tolist(), strict=True)
    cells = Counter((SEVERITY_BANDS[band].value, cell % 10) for band, cell in severities)
    return [
        {
            "severity_band": severity,
            "likelihood": round((at - 0.5) / LIKELIHOOD_STEPS, 2),
            "count": count,
        }
        for (severity, at), count in sorted(cells.items())
    ], bands


def _rows(scope: Scope) -> list[dict[str, Any]]:
    assert scope.run is not None
    count = min(RISKS_LISTED, len(load_register(scope.run.id)))
    found = list_at(scope.run.id, range(count))
    findings, involvement = _findings(scope), _involvement(scope)
    return [_row(one, findings, involvement, scope=scope) for one in found]


def _findings(scope: Scope) -> dict[tuple[Any, Issue], Any]:
    """(node, issue) -> the newest finding with its state and the role of its owner."""
    rows = db.session.execute(
        select(
            Finding.id,
            Finding.node_id,
            Finding.issue,
            Finding.status,
            Membership.role,
        )
        .outerjoin(Membership, Membership.user_id == Finding.owner_id)
        .where(Finding.created_at < scope.end)
        .order_by(Finding.created_at, Finding.id)
    ).all()
    return {(row.node_id, row.issue): row for row in rows}


def _involvement(scope: Scope) -> dict[tuple[Any, Issue], str | None]:
    rows = db.session.execute(
        select(SalienceNote.node_id, SalienceNote.issue, SalienceNote.involvement)
        .where(SalienceNote.created_at < scope.end)
        .order_by(SalienceNote.created_at, SalienceNote.id)
    ).all()
    return {(row.node_id, row.issue): row.involvement for row in rows}


def _row(
    one: RiskScore,
    findings: dict[tuple[Any, Issue], Any],
    involvement: dict[tuple[Any, Issue], str | None],
    *,
    scope: Scope,
) -> dict[str, Any]:
    place = (one.node_id, one.issue)
    finding = findings.get(place)
    is_kept = finding is None or not scope.was_changed(finding.id)
    return {
        "rank": one.salience_rank,
        "issue": one.issue.value,
        "issue_title": ISSUE_NAMES[one.issue],
        "node": one.node_ref,
        "node_id": str(one.node_id) if one.node_id else None,
        "node_name": one.node_name,
        "severity": one.severity,
        "severity_band": spaced(one.severity_band.value),
        "likelihood": one.residual_likelihood,
        "inherent_index": one.index,
        "residual_index": one.residual_index,
        "band": one.residual_band.value,
        "confidence": one.known_share,
        "grade": one.grade,
        "range": report_ranges.range_of(one.known) if one.known else None,
        "involvement": spaced(involvement.get(place)),
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
    """What the score rests on, the strongest part first."""
    on_record = ["A finding is on record for this place and issue."] if finding else []
    if one.known is not None:
        return [*report_ranges.reasons_of(one, one.known), *on_record]
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


def load_factor_facts(scope: Scope, countries: Sequence[str]) -> list[dict[str, Any]] | None:
    """Country figures that the scores rest on, each with source and year; None: not assessed."""
    if scope.release is None or scope.run is None:
        return None
    if scope.run.method_version == RM2:
        return report_ranges.figures_of(countries, FACTORS_LISTED)
    rows = db.session.execute(
        select(
            IndicatorValue.factor,
            IndicatorValue.indicator,
            IndicatorValue.country,
            IndicatorValue.value,
            IndicatorValue.source,
            IndicatorValue.year,
        )
        .where(
            IndicatorValue.release_id == scope.release.id,
            IndicatorValue.country.in_(countries),
            IndicatorValue.commodity_ref.is_(None),
        )
        .order_by(IndicatorValue.factor, IndicatorValue.country, IndicatorValue.id)
        .limit(FACTORS_LISTED)
    ).all()
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
