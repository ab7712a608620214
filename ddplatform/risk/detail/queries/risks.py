"""Risk register: the scores of one run in salience order, filtered, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from sqlalchemy import select

from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.together import Question, ask
from ddplatform.risk.runs.models import RiskAssessment
from ddplatform.risk.runs.queries.rows import load_register, of_run, settled
from ddplatform.risk.runs.queries.scores import (
    RiskScore,
    ScoredRow,
    list_at,
    risk_of,
    risks_of,
    select_scores,
)
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.risk.register import RiskFilter
from supply_chain.vocabulary import Issue

PAGE_SIZE = 50
Made = TypeVar("Made")


@dataclass(frozen=True)
class RiskPage:
    """One page; `before` and `after` are ranks to page from, None where there is nothing more.

    `sites` counts the nodes of the map at which the risks stand.
    """

    rows: Sequence[RiskScore]
    before: int | None
    after: int | None
    total: int
    sites: int


@dataclass(frozen=True)
class ChainChoice:
    """A map that can be chosen, and whether it has been assessed."""

    id: UUID
    name: str
    is_assessed: bool


def list_chain_choices() -> Sequence[ChainChoice]:
    """The maps of the acting organisation, by name."""
    rows = db.session.execute(
        select(ValueChain.id, ValueChain.name, ValueChain.current_run_id).order_by(
            ValueChain.name, ValueChain.id
        )
    ).all()
    return [ChainChoice(row.id, row.name, row.current_run_id is not None) for row in rows]


def list_risks(
    run_id: UUID,
    wanted: RiskFilter,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> RiskPage:
    """One page of the register in salience order, two statements at most.

    Args:
        after, before: the rank behind or ahead of which the page lies; neither is the first page.
    """
    register = load_register(run_id)
    if wanted.is_empty:  # a page of all is read without going through all
        found, total, sites = None, len(register), register.sites
    else:
        found = register.matching(wanted)
        total, sites = len(found), register.count_sites(found)

    def row_of(position: int) -> int:
        return min(position, total) if found is None else int(np.searchsorted(found, position))

    if after is not None:
        start = row_of(after)
    elif before is not None:
        start = max(0, row_of(before - 1) - limit)
    else:
        start = 0
    page = range(start, min(start + limit, total))
    rows = list_at(run_id, page if found is None else found[start : start + limit].tolist())
    return RiskPage(
        rows=rows,
        before=rows[0].salience_rank if rows and start > 0 else None,
        after=rows[-1].salience_rank if rows and start + limit < total else None,
        total=total,
        sites=sites,
    )


def select_risks_of_node(run_id: UUID, node_id: UUID) -> Question[Sequence[RiskScore]]:
    """Asks for the risks of one node, at most one for each issue, in salience order."""
    return _select_row(run_id, node_id, lambda row: risks_of(row, run_id) if row else [])


def find_risk(run_id: UUID, node_id: UUID, issue: Issue) -> RiskScore | None:
    """The whole score of one (node, issue) in a run."""
    return ask(select_risk(run_id, node_id, issue))


def select_risk(run_id: UUID, node_id: UUID, issue: Issue) -> Question[RiskScore | None]:
    """Asks for the same."""
    return _select_row(run_id, node_id, lambda row: risk_of(row, issue, run_id) if row else None)


def _select_row(
    run_id: UUID, node_id: UUID, make: Callable[[ScoredRow | None], Made]
) -> Question[Made]:
    statement = select_scores().where(of_run(run_id), RiskAssessment.node_id == node_id)

    def made(rows: Sequence[Any]) -> Made:
        return make(settled(rows, "node_id").get(node_id))

    return Question((statement,), made)
