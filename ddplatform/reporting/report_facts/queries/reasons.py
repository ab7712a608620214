"""What the first risks of a report rest on in their country: each figure with source and year."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from supply_chain.risk.method import METHOD

REASONED = 10
"""So many risks are told with their figures, the most salient first."""
FIGURES = 3


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
