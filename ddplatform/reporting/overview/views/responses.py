"""The overview card of supplier responses."""

from collections.abc import Sequence
from dataclasses import dataclass

from ddplatform.reporting.overview.queries.overview import Overview
from ddplatform.risk.response.views.card import Swarm, swarm_of
from ddplatform.risk.response.views.words import LABELS
from supply_chain.risk.rm2.response import Label


@dataclass(frozen=True)
class Responses:
    """Supplier responses over all maps; never beside risk in one drawing."""

    labels: Sequence[tuple[str, str, int, float]]  # label, word, places, % of those measured
    swarm: Swarm
    measured: int
    waiting: int  # asked, and no figure yet
    not_asked: int


def responses_of(overview: Overview) -> Responses:
    """Places by the label of their response, the best first."""
    found = overview.responses
    counts, measured = found.by_label(), len(found.values)
    asked = sum(place.nodes for place in overview.places if place.questionnaire)
    places = sum(place.nodes for place in overview.places if place.tier != 0)
    return Responses(
        labels=[
            (
                label.value,
                str(LABELS[label]).capitalize(),
                counts[label],
                round(100 * counts[label] / measured, 1) if measured else 0.0,
            )
            for label in Label
        ],
        swarm=swarm_of(found.values),
        measured=measured,
        waiting=found.waiting,
        not_asked=max(0, places - max(asked, found.asked)),
    )
