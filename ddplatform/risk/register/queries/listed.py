"""All risks of a list, for its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ddplatform.risk.follow_up.queries import FollowUps, load_of_places
from ddplatform.risk.register.queries.register import Asked, MapRun, iterate_risks, list_maps
from ddplatform.risk.register.queries.trend import Trend, load_trend
from ddplatform.risk.runs.queries.scores import RiskScore

MOST = 20_000
"""Risks of one file; what is left out is said in it."""


@dataclass(frozen=True)
class ListedRisks:
    """The first `MOST` of the risks that are asked for, without ties."""

    total: int  # that are asked for
    risks: Sequence[tuple[MapRun, RiskScore]]
    follow_ups: FollowUps
    trend: Trend | None  # against a past day, where it is asked for


def load_listed(runs: Sequence[MapRun], asked: Asked, today: date) -> ListedRisks:
    """The risks with what is under way about them.

    Args:
        today: decides which actions are overdue and which deferrals are due.
    """
    maps = list_maps(runs, asked, today)
    risks = list(iterate_risks(maps, asked.view, most=MOST))
    return ListedRisks(
        total=sum(len(one.found) for one in maps),
        risks=risks,
        follow_ups=load_of_places((one.node_id for _, one in risks if one.node_id), today),
        trend=load_trend(maps, asked, asked.since) if asked.since else None,
    )
