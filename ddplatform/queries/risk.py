"""The risk register: the scores of one run in salience order, filtered, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from ddplatform.db import db
from ddplatform.models.risk import RiskAssessment
from ddplatform.models.value_chain import ValueChain
from supply_chain.vocabulary import Issue, RiskBand, SeverityBand

PAGE_SIZE = 50
COUNT_CAP = 1000


@dataclass(frozen=True)
class RiskFilter:
    """Which risks to list; empty means all. `cell` is severity row times 10 plus step."""

    issue: Issue | None = None
    severity: SeverityBand | None = None
    residual: RiskBand | None = None
    country: str = ""
    tier: int | None = None
    cell: int | None = None
    insufficient: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filtered out."""
        return self == RiskFilter()


@dataclass(frozen=True)
class RiskRow:
    """One risk as a list shows it; `node_id` is None for an unknown origin."""

    node_id: UUID | None
    node_ref: str
    node_name: str
    country: str | None
    tier: int | None
    issue: Issue
    severity: float
    severity_band: SeverityBand
    residual_likelihood: float
    residual_index: float
    residual_band: RiskBand
    confidence: float
    insufficient_evidence: bool
    exposure: float
    salience_rank: int
    status: str | None


@dataclass(frozen=True)
class RiskPage:
    """One page; `before` and `after` are ranks to page from, None where there is nothing more."""

    rows: Sequence[RiskRow]
    before: int | None
    after: int | None
    total: int
    """At most 1,001: one more than is counted."""


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
    known_total: int | None = None,
    limit: int = PAGE_SIZE,
) -> RiskPage:
    """One page of the register in salience order.

    Args:
        after, before: the rank behind or ahead of which the page lies; neither is the first page.
        known_total: how many risks there are without a filter, so that they are not counted.
    """
    conditions = list(_conditions(run_id, wanted))
    rank = RiskAssessment.salience_rank
    backwards = before is not None and after is None
    statement = select(*_columns()).where(*conditions)
    if after is not None:
        statement = statement.where(rank > after)
    elif before is not None:
        statement = statement.where(rank < before)
    found = db.session.execute(
        statement.order_by(rank.desc() if backwards else rank).limit(limit + 1)
    ).all()
    more = len(found) > limit
    rows = [RiskRow(**row._mapping) for row in found[:limit]]
    if backwards:
        rows.reverse()
    has_before = more if backwards else after is not None
    has_after = True if backwards else more
    return RiskPage(
        rows=rows,
        before=rows[0].salience_rank if rows and has_before else None,
        after=rows[-1].salience_rank if rows and has_after else None,
        total=known_total if known_total is not None and wanted.is_empty else _count(conditions),
    )


def list_risks_of_node(run_id: UUID, node_id: UUID) -> Sequence[RiskRow]:
    """The risks of one node, at most one for each issue, in salience order."""
    rows = db.session.execute(
        select(*_columns())
        .where(RiskAssessment.run_id == run_id, RiskAssessment.node_id == node_id)
        .order_by(RiskAssessment.salience_rank)
    ).all()
    return [RiskRow(**row._mapping) for row in rows]


def find_risk(run_id: UUID, node_id: UUID, issue: Issue) -> RiskAssessment | None:
    """The whole score of one (node, issue) in a run."""
    return db.session.scalar(
        select(RiskAssessment).where(
            RiskAssessment.run_id == run_id,
            RiskAssessment.node_id == node_id,
            RiskAssessment.issue == issue,
        )
    )


def list_residuals(run_id: UUID, issue: Issue) -> dict[str, float]:
    """Node ref -> L_res of one issue, over a whole run, unknown origins too."""
    rows = db.session.execute(
        select(RiskAssessment.node_ref, RiskAssessment.residual_likelihood).where(
            RiskAssessment.run_id == run_id, RiskAssessment.issue == issue
        )
    ).all()
    return {row.node_ref: row.residual_likelihood for row in rows}


def _columns() -> tuple[ColumnElement[object], ...]:
    table = RiskAssessment.__table__.c
    return tuple(table[name] for name in RiskRow.__dataclass_fields__)


def _conditions(run_id: UUID, wanted: RiskFilter) -> Iterator[ColumnElement[bool]]:
    yield RiskAssessment.run_id == run_id
    if wanted.issue is not None:
        yield RiskAssessment.issue == wanted.issue
    if wanted.severity is not None:
        yield RiskAssessment.severity_band == wanted.severity
    if wanted.residual is not None:
        yield RiskAssessment.residual_band == wanted.residual
    if wanted.country:
        yield RiskAssessment.country == wanted.country
    if wanted.tier is not None:
        yield RiskAssessment.tier == wanted.tier
    if wanted.cell is not None:
        yield RiskAssessment.heat_cell == wanted.cell
    if wanted.insufficient:
        yield RiskAssessment.insufficient_evidence.is_(True)


def _count(conditions: Sequence[ColumnElement[bool]]) -> int:
    capped = select(RiskAssessment.id).where(*conditions).limit(COUNT_CAP + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(capped)) or 0
