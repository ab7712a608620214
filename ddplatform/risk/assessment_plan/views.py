"""Words of the pages, files and commands of a plan: reasons, claims, tables and its curve."""

from collections.abc import Mapping
from itertools import zip_longest
from math import floor
from typing import Any

from ddplatform.documents.content import Cell, Column, Kind, Table
from ddplatform.documents.drawings.charts import Series
from ddplatform.documents.words import country_words
from ddplatform.languages import gettext, lazy_gettext, ngettext
from ddplatform.risk.assessment_plan.models import StepKind, VisitPlan, VisitPlanStep
from ddplatform.risk.assessment_plan.queries.plans import Lines, Plan, PlanRow, StepRow
from ddplatform.risk.words.plans import AIMS, SPREADS, could_be
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.rm2.method import METHOD_VERSION

KINDS: Mapping[StepKind, str] = {
    StepKind.VISIT: lazy_gettext("Visit"),
    StepKind.QUESTIONNAIRE: lazy_gettext("Questionnaire"),
}
WAYS: Mapping[str, str] = {
    "ours": lazy_gettext("this plan"),
    "volume": lazy_gettext("volume first"),
    "country": lazy_gettext("country first"),
}
MOST_COLUMNS = 60
LITTLE = 0.01


def reason(step: StepRow | VisitPlanStep) -> str:
    """Two sentences or three: what could be here, how well it is known, how much passes, where."""
    said = {"risk": _could_be(step), "flow": _flow(step.flow)}
    where = step.region or (country_words(step.country) if step.country else "")
    if not where:
        return gettext("%(risk)s. %(flow)s.", **said)
    if step.nth_in_region == 1:
        return gettext(
            "%(risk)s. %(flow)s; the first step of the plan in %(place)s.", **said, place=where
        )
    return gettext(
        "%(risk)s. %(flow)s; step %(number)s of the plan in %(place)s.",
        **said,
        number=step.nth_in_region,
        place=where,
    )


def _could_be(step: StepRow | VisitPlanStep) -> str:
    return could_be(step.issue, step.grade, step.index, step.low, step.high)


def _flow(flow: float) -> str:
    if not flow:
        return gettext("No part of your input is stated to pass here")
    if flow < LITTLE:
        return gettext("Less than %(share)s %% of your input passes here", share=1)
    return gettext("%(share)s %% of your input passes here", share=f"{100 * flow:.0f}")


def budget(plan: PlanRow | VisitPlan) -> str:
    """The budget of a plan in words."""
    parts = [f"{plan.amount:,} {plan.currency} ({_costs(plan)})"] if plan.amount is not None else []
    if plan.visits:
        number = plan.visits
        parts.append(
            ngettext(
                "at most %(number)s visit",
                "at most %(number)s visits",
                number,
                number=f"{number:,}",
            )
        )
    if plan.questionnaires:
        number = plan.questionnaires
        parts.append(
            ngettext(
                "at most %(number)s questionnaire",
                "at most %(number)s questionnaires",
                number,
                number=f"{number:,}",
            )
        )
    return ", ".join(parts)


def _costs(plan: PlanRow | VisitPlan) -> str:
    costs = []
    if plan.cost_visit:
        costs.append(gettext("a visit %(cost)s", cost=f"{plan.cost_visit:,}"))
    if plan.cost_questionnaire:
        costs.append(gettext("a questionnaire %(cost)s", cost=f"{plan.cost_questionnaire:,}"))
    return ", ".join(costs)


def guarantee(plan: PlanRow | VisitPlan) -> str:
    """The proven guarantee of the plan: never more than its kind of budget permits."""
    if plan.amount is not None:
        rule = gettext("(1 − 1/e) / 2, about %(share)s %%,", share=32)
    elif plan.visits and plan.questionnaires:
        rule = gettext("one half")
    else:
        rule = gettext("1 − 1/e, about %(share)s %%,", share=63)
    return gettext(
        "Taking the largest gain first always reaches %(rule)s of what the best possible plan "
        "reaches. This very plan reaches at least %(share)s %%.",
        rule=rule,
        share=floor(round(100 * plan.at_least, 6)),
    )


def curve(plan: PlanRow) -> tuple[list[Series], list[str]]:
    """Cumulative gain after each step, ours and the two usual ways, in % of all there is."""
    columns = list(zip_longest(*(plan.curves.get(way, []) for way in WAYS)))
    places = _thinned(len(columns))
    series: list[Series] = [
        {
            "label": str(label),
            "values": [None if (v := columns[at][row]) is None else 100 * v for at in places],
        }
        for row, label in enumerate(WAYS.values())
    ]
    return series, [str(at + 1) for at in places]


def _thinned(count: int) -> list[int]:
    if count <= MOST_COLUMNS:
        return list(range(count))
    step = -(-count // MOST_COLUMNS)
    return sorted({*range(0, count, step), count - 1})


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
        str(KINDS[line.kind]),
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
        ("what for", str(AIMS[plan.aim])),
        ("budget", budget(plan)),
        ("spread over regions", str(SPREADS[plan.spread])),
        ("guarantee", guarantee(plan)),
        ("map", map_name),
        ("map version", plan.chain_version),
        ("known on", plan.as_of.isoformat()),
        ("method", METHOD_VERSION),
        ("gain", "parts of all there is to learn; an index for ordering work, no probability"),
    )
    return Table("about", "About", (Column("what", "What"), Column("value", "Value", 3)), rows)
