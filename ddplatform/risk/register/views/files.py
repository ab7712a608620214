"""Register under RM-2.0 as tables: every selected risk, with its range and lines."""

from collections.abc import Iterator
from datetime import date

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.risk.follow_up.queries import FollowUps
from ddplatform.risk.follow_up.views import step_words
from ddplatform.risk.register.queries.basis import Basis
from ddplatform.risk.register.queries.listed import ListedRisks
from ddplatform.risk.register.queries.register import Asked, MapRun
from ddplatform.risk.register.queries.trend import Trend
from ddplatform.risk.register.views.register import TABS, filter_words
from ddplatform.risk.runs.queries.scores import RiskScore
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.rm2.map_scores import LINES

LINE_TITLES = (
    *("Base", "Country", "Activity", "Listing", "Evidence on site", "Limit"),
    *("Set by people", "Cases"),
)
_COLUMNS = (
    Column("map", "Map", 2),
    Column("position", "Position in its map", kind=Kind.NUMBER),
    Column("place", "Place", 3),
    Column("place_id", "Place: id"),
    Column("country", "Country", kind=Kind.COUNTRY, missing="not known"),
    Column("tier", "Tier", kind=Kind.NUMBER, missing="not linked"),
    Column("issue", "Issue", 2),
    Column("band", "Band", kind=Kind.BAND),
    Column("index", "Residual risk", kind=Kind.INDEX),
    Column("low", "Lower end", kind=Kind.INDEX),
    Column("high", "Upper end", kind=Kind.INDEX),
    Column("grade", "Evidence grade"),
    Column("completeness", "How much is known", kind=Kind.SHARE),
    Column("before", "Before controls", kind=Kind.INDEX),
    Column("severity", "Severity, 1 to 5", kind=Kind.SCORE),
    Column("likelihood", "Residual likelihood", kind=Kind.SCORE),
    Column("exposure", "Exposure", kind=Kind.SCORE),
    *(
        Column(f"points_{line}", f"Points: {title}", kind=Kind.SCORE)
        for line, title in zip(LINES, LINE_TITLES, strict=True)
    ),
    Column("points", "Points", kind=Kind.SCORE),
    Column("owner", "Owner", 2, missing="unassigned"),
    Column("steps", "Open steps", 2, missing=""),
    Column("deferred_until", "Deferred until", kind=Kind.DATE, missing=""),
    Column("deferral", "Reason of the deferral", 2, missing=""),
    Column("then_on", "Compared with the assessment of", kind=Kind.DATE, missing=""),
    Column("then_index", "Residual risk then", kind=Kind.INDEX, missing=""),
    Column("then_band", "Band then", kind=Kind.BAND, missing=""),
    Column("remark", "Remark", missing=""),
)


def as_tables(basis: Basis, asked: Asked, listed: ListedRisks, *, today: date) -> tuple[Table, ...]:
    """The risks, and their basis."""
    found, trend = listed.follow_ups, listed.trend
    rows = tuple(_row(of, risk, found, trend) for of, risk in listed.risks)
    about: tuple[tuple[Cell, ...], ...] = (
        *_runs(basis),
        ("compared with", trend.day.isoformat() if trend else "no past day"),
        ("list", str(TABS[asked.view])),
        ("filter", ", ".join(filter_words(asked.wanted, asked.follow, found)) or "none"),
        ("owners and open steps as of", today.isoformat()),
        ("risks that match", listed.total),
        ("risks in this file", len(rows)),
        ("meaning", "an index for ordering work, no probability and no verdict about a supplier"),
    )
    return (
        Table("risks", "Risks", _COLUMNS, rows, "No risk matches."),
        Table("about", "About", (Column("what", "What"), Column("value", "Value", 3)), about),
    )


def _runs(basis: Basis) -> Iterator[tuple[Cell, ...]]:
    for head in basis.heads:
        yield "map", head.chain_name
        yield "map version", head.chain_version
        yield "as of", head.as_of.isoformat()
        yield "method", head.method_version
        yield "parameters, SHA-256", head.parameters_sha256
        yield "reference data", head.release_name
        yield "run", str(head.id)
    for name in basis.left_out:
        yield "map that RM-2.0 has not scored: left out", name


def _row(of: MapRun, risk: RiskScore, found: FollowUps, trend: Trend | None) -> tuple[Cell, ...]:
    known = risk.known
    assert known is not None, "a run under RM-2.0 keeps ranges"
    remarks = ["not enough evidence"] if risk.insufficient_evidence else []
    remarks += ["self-disclosed, in remedy"] if risk.status else []
    return (
        of.name,
        risk.salience_rank,
        risk.node_name,
        risk.node_ref,
        risk.country,
        risk.tier,
        ISSUE_NAMES[risk.issue],
        risk.residual_band.value,
        risk.residual_index,
        known.residual_low,
        known.residual_high,
        known.grade,
        known.completeness,
        risk.index,
        risk.severity,
        risk.residual_likelihood,
        risk.exposure,
        *(known.lines[line] for line in LINES),
        known.points,
        *_followed(risk, found),
        *_then(of, risk, trend),
        "; ".join(remarks) or None,
    )


def _then(of: MapRun, risk: RiskScore, trend: Trend | None) -> tuple[Cell, ...]:
    """The day of the earlier run, and the index and the band of the risk in it."""
    then = trend.then_of(of, risk.salience_rank - 1) if trend else None
    return (then.as_of.isoformat(), then.index, then.band.value) if then else (None, None, None)


def _followed(risk: RiskScore, found: FollowUps) -> tuple[Cell, ...]:
    """Owner, open steps, until when it is deferred and why."""
    if risk.node_id is None:
        return None, None, None, None
    one = found.of(risk.node_id, risk.issue)
    return (
        one.owner.name if one.owner else None,
        ", ".join(step_words(one)) or None,
        one.deferral.review_on.isoformat() if one.deferral else None,
        one.deferral.reason if one.deferral else None,
    )
