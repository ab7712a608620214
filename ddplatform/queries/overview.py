"""Where due diligence stands: counted in a handful of statements, however large the maps are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from ddplatform.db import db
from ddplatform.duediligence.suppression import Shown
from ddplatform.models.audit import AuditEvent, Outcome
from ddplatform.models.risk import AssessmentRun
from ddplatform.models.value_chain import ValueChain
from ddplatform.queries.actions import (
    ActionCounts,
    ActionFilter,
    ActionRow,
    count_work,
    list_actions,
)
from ddplatform.queries.overview_places import PlaceCount, count_places
from ddplatform.queries.reassessment import OpenTasks, load_open_tasks
from ddplatform.queries.remedy import count_cases_by_stage
from ddplatform.queries.reports import Sealing, count_sealed

OVERDUE_SHOWN = 5
CHANGES_SHOWN = 6
AWAY = timedelta(hours=12)
"""A pause of this length begins a new visit."""
LONGEST_LOOK_BACK = timedelta(days=30)
NOT_TOLD = ("access:refuse", "session:%", "report:export", "audit:%", "report:freeze")
"""Events that change nothing for the reader of the overview."""


@dataclass(frozen=True)
class ChainState:
    """A map and what its current assessment says; `summary` is empty before the first."""

    id: UUID
    name: str
    version: int
    run_id: UUID | None
    run_version: int | None
    as_of: date | None
    method_version: str | None
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
    """What others did since this person was here last."""

    since: datetime
    rows: Sequence[Change]


@dataclass(frozen=True)
class Overview:
    """Everything the page shows."""

    chains: Sequence[ChainState]
    places: Sequence[PlaceCount]
    work: ActionCounts
    overdue: Sequence[ActionRow]
    to_look_at: OpenTasks
    cases: Shown
    """All remediation cases, as the suppressed query tells them."""
    sealed: Sealing
    changes: Changes


def load_overview(*, user_id: UUID, now: datetime) -> Overview:
    """The overview of the acting organisation, in ten statements at most."""
    _, cases = count_cases_by_stage()
    today, chains = now.date(), list_chain_states()
    return Overview(
        chains=chains,
        places=count_places(chains),
        work=count_work(today),
        overdue=list_actions(ActionFilter(overdue_on=today), limit=OVERDUE_SHOWN),
        to_look_at=load_open_tasks(today),
        cases=cases,
        sealed=count_sealed(),
        changes=list_changes(user_id=user_id, now=now),
    )


def list_chain_states() -> Sequence[ChainState]:
    """All maps with their current assessments, by name."""
    rows = db.session.execute(
        select(
            ValueChain.id,
            ValueChain.name,
            ValueChain.version,
            ValueChain.current_run_id,
            AssessmentRun.chain_version,
            AssessmentRun.as_of,
            AssessmentRun.method_version,
            AssessmentRun.summary,
        )
        .outerjoin(AssessmentRun, AssessmentRun.id == ValueChain.current_run_id)
        .order_by(ValueChain.name, ValueChain.id)
    ).all()
    return [ChainState(*row[:-1], summary=row.summary or {}) for row in rows]


def list_changes(*, user_id: UUID, now: datetime) -> Changes:
    """What others did since the person's last visit, by kind, the newest first.

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
            *(AuditEvent.action.not_like(kind) for kind in NOT_TOLD),
        )
        .group_by(AuditEvent.action)
        .order_by(func.max(AuditEvent.at).desc(), AuditEvent.action)
        .limit(CHANGES_SHOWN)
    ).all()
    return Changes(since, [Change(*row) for row in rows])
