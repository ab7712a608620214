"""Risks of a node on its page: ranges under RM-2.0, scores under RM-1.0."""

from collections.abc import Sequence

from ddplatform.risk.runs.queries.runs import RunHead
from ddplatform.risk.runs.queries.scores import RiskScore
from ddplatform.risk.words import codes
from ddplatform.risk.words.ranges import rows_of
from ddplatform.value_chain.node_page.views import CardPart, Place


def parts_of(risks: Sequence[RiskScore], head: RunHead | None) -> list[CardPart]:
    """The parts of the card.

    Args:
        head: of the run that the scores come from; None: the map is not assessed.
    """
    ranges = rows_of(risks)
    if not ranges:
        shown = {"rows": risks, "head": head, "words": codes}
        return [CardPart(Place.MAIN, "risk/detail/_node_scores.html", shown)]
    known = {"rows": ranges, "head": head}
    return [
        CardPart(Place.MAIN, "risk/detail/_node_ranges.html", known, style="css/risk.css"),
        CardPart(Place.HEADLINE, "risk/detail/_node_headline.html", known),
    ]
