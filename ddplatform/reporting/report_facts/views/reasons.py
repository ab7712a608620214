"""Reasons of the scores of a report: their lines and ranges under RM-2.0, public figures."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ddplatform.reporting.report_facts.views.words import country_word
from ddplatform.risk.runs.queries.scores import Known, RiskScore
from ddplatform.risk.words.figures import GRADES
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.country_profile import country_profile

REASONED = 10
"""The maximum number of risks with figures, the most salient first."""
FIGURES = 3
LEAST = 0.5  # points; smaller lines are not told
LINES = {
    "base": "for the issue as everywhere",
    "country": "for the country",
    "activity": "for the activity",
    "listing": "for a listing of the good",
    "evidence": "for evidence on the place",
    "judged": "as people judged it",
    "fact": "for cases and allegations",
}


def range_of(known: Known) -> str:
    """The likely range of the residual index, whole points."""
    low, high = round(known.residual_low), round(known.residual_high)
    return str(low) if low == high else f"{low} to {high}"


def reasons_of(risk: RiskScore, known: Known) -> Iterator[str]:
    """The reasons of a score: its lines, its range, its severity."""
    told = [
        f"{points:+.1f} {LINES[line]}".replace("-", "−")
        for line, points in known.lines.items()
        if line in LINES and abs(points) >= LEAST
    ]
    if told:
        yield f"Points: {', '.join(told)}."
    taken = known.points - known.residual_points
    if taken >= LEAST:
        yield f"Controls take {taken:.1f} points off."
    yield (
        f"The likely range is {range_of(known)}; evidence grade {known.grade}, "
        f"{GRADES[known.grade][0].lower()}."
    )
    yield (
        f"Severity: scale {risk.scale:g}, scope {risk.scope:g}, "
        f"hard to undo {risk.irremediability:g} (each 1 to 5)."
    )


def figures_of(countries: Sequence[str], most: int) -> list[dict[str, Any]]:
    """Public figures that the scores rest on, each with source and year.

    Args:
        countries: those of the nodes. most: the maximum number of figures.
    """
    found = [
        {
            "ref": one.factor,
            "title": one.name,
            "subject": country_word(country),
            "country": country,
            "value": one.score,
            "source": one.source.source
            if one.is_observed
            else f"{one.source.source}, estimated by {one.source.estimated_by}",
            "year": None if one.source.year is None else str(one.source.year),
        }
        for country in countries
        for one in country_profile(country).indicators
    ]
    return sorted(found, key=lambda one: (one["ref"], one["country"]))[:most]


def add_country_figures(
    risks: Sequence[dict[str, Any]],
    nodes: Sequence[Mapping[str, Any]],
    factors: Sequence[Mapping[str, Any]],
) -> None:
    """Add to the reasons of the first risks the figures of their country that weigh most.

    Args:
        risks, nodes, factors: lists of the facts of a report (docs/report-facts.md).
    """
    country_of = {node["id"]: node["country"] for node in nodes}
    figures: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for factor in factors:
        if factor["value"]:
            figures[factor["country"]].append(factor)
    for risk in sorted(risks, key=lambda one: int(one["rank"]))[:REASONED]:
        heaviest = sorted(figures[country_of.get(risk["node"]) or ""], key=_by_weight)[:FIGURES]
        if heaviest:
            words = "; ".join(map(_words, heaviest))
            risk["reasons"].append(f"Figures of {heaviest[0]['subject']}, 1 the worst: {words}.")


def _by_weight(factor: Mapping[str, Any]) -> tuple[float, str]:
    at = METHOD.factor_index.get(factor["ref"])
    weight = float(METHOD.weight[at]) if at is not None else 1.0  # RM-2.0 has figures of its own
    return -weight * factor["value"], factor["ref"]


def _words(factor: Mapping[str, Any]) -> str:
    year = factor["year"] or "year not given"
    return f"{factor['title']} {factor['value']:.2f} ({factor['source']}, {year})"
