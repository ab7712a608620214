"""What a plan tells, in one form for commands and files."""

from collections.abc import Sequence
from typing import Any

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.risk.assessment_plan.models import VisitPlan, VisitPlanStep
from ddplatform.risk.assessment_plan.queries.plans import PlanRow, StepRow
from ddplatform.risk.assessment_plan.queries.words import (
    AIMS,
    KINDS,
    SPREADS,
    budget,
    guarantee,
    reason,
)
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.rm2.method import METHOD_VERSION

Plan = PlanRow | VisitPlan
Lines = Sequence[StepRow] | Sequence[VisitPlanStep]
"""Of a plan that is kept, or of one that was only worked out."""


def document_of(plan: Plan, map_name: str, lines: Lines) -> dict[str, Any]:
    """The plan as one JSON document; numbers unrounded, gains as parts of all there is to learn."""
    return {
        "plan": plan.name,
        "basis": {
            "map_name": map_name,
            "map_version": plan.chain_version,
            "as_of": plan.as_of.isoformat(),
            "method_version": METHOD_VERSION,
        },
        "aim": plan.aim,
        "spread": plan.spread,
        "budget": budget(plan),
        "guarantee": guarantee(plan),
        "at_least": plan.at_least,
        "gain_of_each_way": {way: steps[-1] if steps else 0 for way, steps in plan.curves.items()},
        "lines": [
            {
                "place": line.place,
                "kind": line.kind.value,
                "node": line.node_ref,
                "name": line.node_name,
                "country": line.country,
                "region": line.region,
                "gain": line.gain,
                "issue": line.issue,
                "index": line.index,
                "index_low": line.low,
                "index_high": line.high,
                "grade": line.grade,
                "reason": reason(line),
            }
            for line in lines
        ],
    }


def as_tables(plan: Plan, map_name: str, lines: Lines) -> tuple[Table, ...]:
    """The plan as tables: its lines with their reasons, and on what it rests."""
    return (
        Table("lines", "Lines", _COLUMNS, tuple(map(_row, lines)), "No lines."),
        _about(plan, map_name),
    )


_COLUMNS = (
    Column("place", "No.", kind=Kind.NUMBER),
    Column("what", "What"),
    Column("node", "Where", 3),
    Column("node_id", "Where: id"),
    Column("country", "Country", kind=Kind.COUNTRY, missing="not known"),
    Column("region", "Region", missing="not known"),
    Column("gain", "Gain", kind=Kind.SHARE),
    Column("issue", "Issue", 2),
    Column("index", "Residual risk", kind=Kind.INDEX),
    Column("index_low", "Range from", kind=Kind.INDEX),
    Column("index_high", "Range to", kind=Kind.INDEX),
    Column("grade", "Evidence"),
    Column("why", "Why", 5),
)


def _row(line: StepRow | VisitPlanStep) -> tuple[Cell, ...]:
    return (
        line.place,
        KINDS[line.kind],
        line.node_name,
        line.node_ref,
        line.country,
        line.region,
        line.gain,
        ISSUE_NAMES[line.issue],
        line.index,
        line.low,
        line.high,
        line.grade,
        reason(line),
    )


def _about(plan: Plan, map_name: str) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = (
        ("plan", plan.name),
        ("what for", AIMS[plan.aim]),
        ("budget", budget(plan)),
        ("spread over regions", SPREADS[plan.spread]),
        ("guarantee", guarantee(plan)),
        ("map", map_name),
        ("map version", plan.chain_version),
        ("known on", plan.as_of.isoformat()),
        ("method", METHOD_VERSION),
        ("gain", "parts of all there is to learn; an index for ordering work, no probability"),
    )
    return Table("about", "About", (Column("what", "What"), Column("value", "Value", 3)), rows)
