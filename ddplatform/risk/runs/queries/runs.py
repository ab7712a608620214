"""Assessment runs: the current one of a map, and its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import User
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import required
from ddplatform.infrastructure.together import Question, ask
from ddplatform.risk.runs.models import (
    AssessmentRun,
    ReferenceRelease,
    RiskAssessment,
    WholeBecause,
)
from ddplatform.value_chain.mapping.models import ValueChain


@dataclass(frozen=True)
class RunHead:
    """The heading above scores: their day, map, method and data."""

    id: UUID
    chain_id: UUID
    chain_name: str
    chain_version: int
    map_version: int
    """Version of the map now; above `chain_version` it changed since."""
    cause: str
    method_version: str
    parameters_sha256: str
    release_number: int
    release_name: str
    as_of: date
    node_count: int
    summary: dict[str, Any]
    created_at: datetime
    created_by: str | None
    step: int
    """The number of incremental runs since the whole map was assessed, including this one."""
    whole_at: datetime
    whole_because: WholeBecause
    """When the whole map was assessed last, and why the whole of it."""

    @property
    def is_stale(self) -> bool:
        """Whether the map changed since it was scored."""
        return self.map_version > self.chain_version


def has_run(run_id: UUID) -> bool:
    """Whether this run stands: it does exactly when all of its scores do."""
    return db.session.scalar(select(AssessmentRun.id).where(AssessmentRun.id == run_id)) is not None


def count_scores(run_id: UUID) -> int:
    """The number of nodes of a run with written scores, whether the run was stored or not."""
    found = select(func.count()).where(RiskAssessment.run_id == run_id)
    return db.session.scalar(found) or 0


def count_known_scores(ids: Sequence[UUID]) -> int:
    """The number of existing ones among these rows of scores."""
    found = select(func.count()).where(RiskAssessment.id.in_(ids))
    return db.session.scalar(found) or 0


def find_version(run_id: UUID) -> int | None:
    """The version of the map that a run assessed."""
    return db.session.scalar(select(AssessmentRun.chain_version).where(AssessmentRun.id == run_id))


def find_current_run(chain_id: UUID) -> AssessmentRun | None:
    """The run that a map points to, or None before the first."""
    return db.session.scalar(
        select(AssessmentRun)
        .join(ValueChain, ValueChain.current_run_id == AssessmentRun.id)
        .where(ValueChain.id == chain_id)
    )


def find_current_head(chain_id: UUID) -> RunHead | None:
    """The heading of the current run of a map, or None before the first."""
    return ask(select_current_head(chain_id))


def select_current_head(chain_id: UUID) -> Question[RunHead | None]:
    """Asks for the same."""
    statement = _select_heads().where(ValueChain.id == chain_id)
    return Question((statement,), lambda rows: next(map(_head_of, rows), None))


@dataclass(frozen=True)
class MapHead:
    """A map, and what pages say of its current run; None before the first."""

    id: UUID
    name: str
    head: RunHead | None

    @property
    def is_assessed(self) -> bool:
        """Whether it has been assessed at all."""
        return self.head is not None


def get_map_head(chain_id: UUID) -> MapHead:
    """A map with its current run, or NotFound."""
    return required(next(iter(_list_heads(ValueChain.id == chain_id)), None))


def list_map_heads() -> Sequence[MapHead]:
    """The maps of the acting organisation with their current runs, by name; one statement."""
    return _list_heads()


def _list_heads(*which: ColumnElement[bool]) -> list[MapHead]:
    rows = db.session.execute(
        _select_heads().where(*which).order_by(ValueChain.name, ValueChain.id)
    )
    return [MapHead(row.chain_id, row.chain_name, _head_of(row)) for row in rows]


def _head_of(row: Any) -> RunHead | None:
    return RunHead(**row._mapping) if row.id else None


def _select_heads() -> Select[*tuple[Any, ...]]:
    """Maps with their current runs."""
    whole = aliased(AssessmentRun)
    return (
        select(
            AssessmentRun.id,
            ValueChain.id.label("chain_id"),
            ValueChain.name.label("chain_name"),
            AssessmentRun.chain_version,
            ValueChain.version.label("map_version"),
            AssessmentRun.cause,
            AssessmentRun.method_version,
            AssessmentRun.parameters_sha256,
            ReferenceRelease.number.label("release_number"),
            ReferenceRelease.name.label("release_name"),
            AssessmentRun.as_of,
            AssessmentRun.node_count,
            AssessmentRun.summary,
            AssessmentRun.created_at,
            User.name.label("created_by"),
            AssessmentRun.step,
            whole.created_at.label("whole_at"),
            whole.whole_because,
        )
        .select_from(ValueChain)
        .outerjoin(AssessmentRun, AssessmentRun.id == ValueChain.current_run_id)
        .outerjoin(whole, whole.id == func.coalesce(AssessmentRun.base_run_id, AssessmentRun.id))
        .outerjoin(ReferenceRelease, ReferenceRelease.id == AssessmentRun.release_id)
        .outerjoin(User, User.id == AssessmentRun.created_by_id)
    )


def list_maps_to_renew(today: date) -> Sequence[UUID]:
    """The maps whose current run is of an earlier day and rests on a whole one."""
    return db.session.scalars(
        select(ValueChain.id)
        .join(AssessmentRun, AssessmentRun.id == ValueChain.current_run_id)
        .where(AssessmentRun.base_run_id.is_not(None), AssessmentRun.as_of < today)
        .order_by(ValueChain.id)
    ).all()


def find_run_before(chain_id: UUID, moment: datetime) -> UUID | None:
    """The newest run of a map that was there before a moment."""
    return db.session.scalar(
        select(AssessmentRun.id)
        .where(AssessmentRun.chain_id == chain_id, AssessmentRun.created_at < moment)
        .order_by(AssessmentRun.created_at.desc(), AssessmentRun.id)
        .limit(1)
    )
