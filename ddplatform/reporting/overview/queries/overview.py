"""The state of due diligence, counted in a handful of statements for maps of any size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from ddplatform.audit.models import AuditEvent, Outcome
from ddplatform.core.due_diligence.suppression import Shown
from ddplatform.due_diligence.actions.queries.actions import (
    ActionCounts,
    ActionFilter,
    ActionRow,
    count_work,
    list_actions,
)
from ddplatform.due_diligence.remedy.queries.cases import count_cases_by_stage
from ddplatform.infrastructure.db import db
from ddplatform.reporting.overview.queries.places import PlaceCount, count_places
from ddplatform.reporting.reports.queries import Sealing, count_sealed
from ddplatform.risk.approvals.queries.requests import count_for
from ddplatform.risk.reassessment.queries.tasks import OpenTasks, load_open_tasks
from ddplatform.risk.register.queries.first import FirstRows, load_first
from ddplatform.risk.register.queries.moves import Moves, Since, load_moves
from ddplatform.risk.register.queries.register import MapRun
from ddplatform.risk.runs.models import AssessmentRun
from ddplatform.risk.supplier_figures.queries import Measures
from ddplatform.value_chain.approvals.queries.parts import Decider
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.risk.rm2.method import METHOD_VERSION

OVERDUE_SHOWN = 5
QUARTER = timedelta(days=92)
CHANGES_SHOWN = 6
AWAY = timedelta(hours=12)
"""A pause of this length begins a new visit."""
LONGEST_LOOK_BACK = timedelta(days=30)
NOT_SHOWN = ("access:%", "session:%", "report:export", "audit:%", "report:freeze")
"""Events that change nothing for the reader of the overview."""


@dataclass(frozen=True)
class ChainState:
    """A map and its current assessment; `summary` is empty before the first."""

    id: UUID
    name: str
    version: int
    run_id: UUID | None
    run_version: int | None
    as_of: date | None
    method_version: str | None
    before_run_id: UUID | None
    """The run of a quarter ago, or the first one since; None: nothing to compare with."""
    before_as_of: date | None
    summary: Mapping[str, Any]

    @property
    def is_assessed(self) -> bool:
        """Whether there is an assessment at all."""
        return self.as_of is not None

    @property
    def is_stale(self) -> bool:
        """Whether the map changed since it was scored."""
        return self.run_version is not None and self.run_version < self.version


@dataclass(frozen=True)
class Change:
    """One kind of change since the last visit: how often, and when last."""

    action: str
    times: int
    last_at: datetime


@dataclass(frozen=True)
class Changes:
    """Changes by others since this person's last visit."""

    since: datetime
    rows: Sequence[Change]


@dataclass(frozen=True)
class Overview:
    """Everything the page shows."""

    chains: Sequence[ChainState]
    places: Sequence[PlaceCount]
    first: FirstRows
    """Priorities for action and for inquiry, over the maps that are scored by RM-2.0."""
    moves: Moves | None
    """Places with changed risk since a quarter ago; None: no map has such an earlier assessment."""
    work: ActionCounts
    overdue: Sequence[ActionRow]
    to_look_at: OpenTasks
    cases: Shown
    """All remediation cases, from the suppressed query."""
    sealed: Sealing
    responses: Measures
    """Supplier responses, as the buyer may read them today."""
    changes: Changes
    approvals: int
    """Requests of others that wait for this person's approval."""


def load_overview(*, user_id: UUID, decider: Decider | None = None, now: datetime) -> Overview:
    """The overview of the acting organisation, in some thirteen statements.

    Args:
        decider: the same person where the role may approve.
    """
    cases = count_cases_by_stage(on=now.date()).total
    today, chains = now.date(), list_chain_states(now.date())
    places, responses = count_places(chains, today)
    return Overview(
        chains=chains,
        places=places,
        first=load_first(_runs_of(chains)),
        moves=moves_of(chains),
        work=count_work(today),
        overdue=list_actions(ActionFilter(overdue_on=today), limit=OVERDUE_SHOWN),
        to_look_at=load_open_tasks(today),
        cases=cases,
        sealed=count_sealed(),
        responses=responses,
        changes=list_changes(user_id=user_id, now=now),
        approvals=count_for(decider, today=today),
    )


def _runs_of(chains: Sequence[ChainState]) -> list[MapRun]:
    return [
        MapRun(chain.id, chain.name, chain.run_id)
        for chain in chains
        if chain.run_id is not None and chain.method_version == METHOD_VERSION
    ]


def moves_of(chains: Sequence[ChainState]) -> Moves | None:
    """Places with changed risk since the earlier run of each map; None: no map has one."""
    maps = [
        Since(MapRun(chain.id, chain.name, chain.run_id), chain.before_run_id, chain.before_as_of)
        for chain in chains
        if chain.run_id and chain.before_run_id and chain.before_as_of
    ]
    return load_moves(maps) if maps else None


def list_chain_states(today: date) -> Sequence[ChainState]:
    """All maps with their current assessments, by name."""
    before = aliased(AssessmentRun)
    rows = db.session.execute(
        select(
            ValueChain.id,
            ValueChain.name,
            ValueChain.version,
            ValueChain.current_run_id.label("run_id"),
            AssessmentRun.chain_version.label("run_version"),
            AssessmentRun.as_of,
            AssessmentRun.method_version,
            before.id.label("before_run_id"),
            before.as_of.label("before_as_of"),
            AssessmentRun.summary,
        )
        .outerjoin(AssessmentRun, AssessmentRun.id == ValueChain.current_run_id)
        .outerjoin(before, before.id == _run_before(today - QUARTER))
        .order_by(ValueChain.name, ValueChain.id)
    ).all()
    return [ChainState(**{**row._mapping, "summary": row.summary or {}}) for row in rows]


def _run_before(day: date) -> ColumnElement[UUID | None]:
    """The newest run as of a day or before it, otherwise the first one since; an earlier day's."""
    run = aliased(AssessmentRun)
    same = (
        select(run.id)
        .where(
            run.chain_id == ValueChain.id,
            run.method_version == METHOD_VERSION,
            run.as_of < AssessmentRun.as_of,
            AssessmentRun.method_version == METHOD_VERSION,
        )
        .limit(1)
        .correlate(ValueChain, AssessmentRun)
    )
    old = same.where(run.as_of <= day).order_by(run.as_of.desc(), run.created_at.desc())
    first = same.order_by(run.as_of, run.created_at.desc())
    return func.coalesce(old.scalar_subquery(), first.scalar_subquery())


def list_changes(*, user_id: UUID, now: datetime) -> Changes:
    """Changes by others since the person's last visit, by kind, the newest first.

    The last visit is the last thing the person did that left an event, a pause ago; without one,
    the last 30 days are shown.
    """
    last_own = db.session.scalar(
        select(func.max(AuditEvent.at)).where(
            AuditEvent.actor_id == user_id, AuditEvent.at < now - AWAY
        )
    )
    since = max(last_own or now - LONGEST_LOOK_BACK, now - LONGEST_LOOK_BACK)
    rows = db.session.execute(
        select(AuditEvent.action, func.count(), func.max(AuditEvent.at).label("last_at"))
        .where(
            AuditEvent.at > since,
            AuditEvent.is_restricted.is_(False),
            AuditEvent.outcome == Outcome.DONE,
            or_(AuditEvent.actor_id.is_(None), AuditEvent.actor_id != user_id),
            *(AuditEvent.action.not_like(kind) for kind in NOT_SHOWN),
        )
        .group_by(AuditEvent.action)
        .order_by(func.max(AuditEvent.at).desc(), AuditEvent.action)
        .limit(CHANGES_SHOWN)
    ).all()
    return Changes(since, [Change(*row) for row in rows])
