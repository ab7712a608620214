"""The curve of a plan as its page draws it; its words are those of `queries.visit_plan_words`."""

from collections.abc import Mapping
from itertools import zip_longest

from ddplatform.documents.drawings.charts import Series
from ddplatform.risk.assessment_plan.queries.plans import PlanRow
from ddplatform.risk.assessment_plan.queries.words import KINDS, budget, guarantee, reason

__all__ = ["KINDS", "WAYS", "budget", "curve", "guarantee", "reason"]

WAYS: Mapping[str, str] = {
    "ours": "this plan",
    "volume": "volume first",
    "country": "country first",
}
MOST_COLUMNS = 60


def curve(plan: PlanRow) -> tuple[list[Series], list[str]]:
    """Cumulative gain after each step, ours and the two usual ways, in % of all there is."""
    columns = list(zip_longest(*(plan.curves.get(way, []) for way in WAYS)))
    places = _thinned(len(columns))
    series: list[Series] = [
        {
            "label": label,
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
