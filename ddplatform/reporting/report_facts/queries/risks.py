"""Risk records of a report: the register (counts and first rows) and figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ddplatform.accounts.organisations.models import Membership
from ddplatform.due_diligence.findings.models import Finding
from ddplatform.infrastructure.db import db
from ddplatform.reporting.report_facts.queries.scope import Scope
from ddplatform.risk.runs.models import IndicatorValue, SalienceNote
from ddplatform.risk.runs.queries.rows import load_register
from ddplatform.risk.runs.queries.scores import RiskScore, list_at
from supply_chain.risk.register import Register
from supply_chain.risk.rm2.method import METHOD_VERSION as RM2
from supply_chain.risk.rm2.severity import RISK_BANDS as RM2_RISK_BANDS
from supply_chain.risk.rm2.severity import SEVERITY_BANDS as RM2_SEVERITY_BANDS
from supply_chain.risk.scoring import RISK_BANDS, SEVERITY_BANDS
from supply_chain.vocabulary import Issue, RiskBand

RISKS_LISTED = 500
"""A report lists at most so many risks, in salience order; its heat map counts all."""
FACTORS_LISTED = 4_000
LIKELIHOOD_STEPS = 5


@dataclass(frozen=True)
class Risks:
    """The register of a run: full counts, its first rows, and details of these."""

    cells: Sequence[dict[str, Any]]
    bands: Mapping[RiskBand, int]
    scores: Sequence[RiskScore]
    findings: Mapping[tuple[Any, Issue], Any]
    """(node, issue) -> the newest finding with its state and the role of its owner."""
    involvement: Mapping[tuple[Any, Issue], str | None]


def load_risks(scope: Scope) -> Risks | None:
    """The register of the run that holds; None while not assessed."""
    if scope.run is None or scope.release is None:
        return None
    register = load_register(scope.run.id)
    count = min(RISKS_LISTED, len(register))
    return Risks(
        cells=_cells(scope),
        bands=Counter(RISK_BANDS[band] for band in register.residual_band.tolist()),
        scores=list_at(scope.run.id, range(count)),
        findings=_findings(scope),
        involvement=_involvement(scope),
    )


def _cells(scope: Scope) -> list[dict[str, Any]]:
    """The register counted for the heat map of its method."""
    assert scope.run is not None
    register = load_register(scope.run.id)
    if scope.run.method_version == RM2:
        return _cells_by_band(register)
    severities = zip(register.severity_band.tolist(), register.heat_cell.tolist(), strict=True)
    cells = Counter((SEVERITY_BANDS[band].value, cell % 10) for band, cell in severities)
    return [
        {
            "severity_band": severity,
            "likelihood": round((at - 0.5) / LIKELIHOOD_STEPS, 2),
            "count": count,
        }
        for (severity, at), count in sorted(cells.items())
    ]


def _cells_by_band(register: Register) -> list[dict[str, Any]]:
    """The whole register counted by severity band and residual band."""
    pairs = zip(register.severity_band.tolist(), register.residual_band.tolist(), strict=True)
    counts = Counter(pairs)
    return [
        {
            "severity_band": RM2_SEVERITY_BANDS[severity].value,
            "band": RM2_RISK_BANDS[band].value,
            "count": count,
        }
        for (severity, band), count in sorted(counts.items())
    ]


def _findings(scope: Scope) -> dict[tuple[Any, Issue], Any]:
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


def load_indicator_values(scope: Scope, countries: Sequence[str]) -> Sequence[Any]:
    """Country figures of the release that scores under RM-1.0 rest on; under RM-2.0 none."""
    if scope.release is None or scope.run is None or scope.run.method_version == RM2:
        return ()
    return db.session.execute(
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
