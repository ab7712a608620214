"""The register under RM-2.0 as tables: every risk that is asked for, with its range and lines."""

from collections.abc import Iterable

from ddplatform.queries.risk_runs import RunHead
from ddplatform.queries.risk_scores import RiskScore
from ddplatform.reports.content import Cell, Column, Kind, Table
from ddplatform.risk.register.queries import Asked
from ddplatform.risk.register.views import TABS, filter_words
from ddplatform.web.risk.ranges import issue_title
from supply_chain.risk.rm2.map_scores import LINES

MOST = 20_000
"""Risks of one file; what is left out is said in it."""
LINE_TITLES = (
    *("Base", "Country", "Activity", "Listing", "Evidence on site", "Limit"),
    *("Set by people", "Cases"),
)
_COLUMNS = (
    Column("position", "Position", kind=Kind.NUMBER),
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
        Column(key, f"Points: {title}", kind=Kind.SCORE)
        for key, title in zip(LINES, LINE_TITLES, strict=True)
    ),
    Column("points", "Points", kind=Kind.SCORE),
    Column("remark", "Remark", missing=""),
)


def as_tables(
    head: RunHead, asked: Asked, total: int, risks: Iterable[RiskScore]
) -> tuple[Table, ...]:
    """The risks, and on what they rest.

    Args:
        total: how many are asked for; `risks` may be fewer.
    """
    rows = tuple(map(_row, risks))
    about: tuple[tuple[Cell, ...], ...] = (
        ("map", head.chain_name),
        ("map version", head.chain_version),
        ("as of", head.as_of.isoformat()),
        ("method", head.method_version),
        ("parameters, SHA-256", head.parameters_sha256),
        ("reference data", head.release_name),
        ("run", str(head.id)),
        ("list", TABS[asked.view]),
        ("filter", ", ".join(filter_words(asked.wanted)) or "none"),
        ("risks that match", total),
        ("risks in this file", len(rows)),
        ("meaning", "an index for ordering work, no probability and no verdict about a supplier"),
    )
    return (
        Table("risks", "Risks", _COLUMNS, rows, "No risk matches."),
        Table("about", "About", (Column("what", "What"), Column("value", "Value", 3)), about),
    )


def _row(risk: RiskScore) -> tuple[Cell, ...]:
    known = risk.known
    assert known is not None, "a run under RM-2.0 keeps ranges"
    remarks = ["not enough evidence"] if risk.insufficient_evidence else []
    remarks += ["self-disclosed, in remedy"] if risk.status else []
    return (
        risk.salience_rank,
        risk.node_name,
        risk.node_ref,
        risk.country,
        risk.tier,
        issue_title(risk.issue),
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
        "; ".join(remarks) or None,
    )
