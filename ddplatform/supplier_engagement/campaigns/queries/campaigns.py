"""Queries of campaigns: targets, outstanding work, lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_one
from ddplatform.infrastructure.registry import Registry
from ddplatform.supplier_engagement.campaigns.models import Campaign, CampaignTarget, LeftOut
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.value_chain.filters.queries.filters import joined
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChainNode

PAGE_SIZE = 50
ANSWERED = (
    *(State.SUBMITTED, State.UNDER_REVIEW, State.ESCALATED),
    *(State.RETURNED, State.ACCEPTED),
)


class Plan(Protocol):
    """A plan that names nodes to ask."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def chain_id(self) -> UUID: ...


@dataclass(frozen=True)
class PlanSource:
    """The interface of campaigns to plans: nodes to ask, and notes of what was sent."""

    get: Callable[[UUID], Plan]
    """A plan, or NotFound."""
    list_nodes: Callable[[UUID, UUID], Sequence[UUID]]
    """By map and plan: the nodes on the map that are still to be asked."""
    note_sent: Callable[[UUID, Mapping[str, UUID]], object]
    """By plan: stable id of a node -> the assignment that it was sent; part of the sending."""


ASSESSMENT_PLAN: Final = "assessment_plan"
PLANS: Registry[PlanSource] = Registry("plans that name whom to ask")
"""Under `ASSESSMENT_PLAN`."""


@dataclass(frozen=True)
class Place:
    """A supplier that may be asked; the riskiest come first."""

    id: UUID
    name: str
    contact_email: str | None
    is_archived: bool


@dataclass(frozen=True)
class CampaignRow:
    """A campaign in the list, with how far it is."""

    id: UUID
    name: str
    due_on: date
    created_at: datetime
    started_at: datetime | None
    stopped_at: datetime | None
    planned: int
    sent: int
    answered: int
    accepted: int


@dataclass(frozen=True)
class TargetRow:
    """One line of a campaign."""

    id: UUID
    place: int
    node_id: UUID
    node_name: str
    country: str | None
    tier: int | None
    contact_email: str | None
    ref: str
    title: str
    reason: str
    left_out: LeftOut | None
    send_on: date | None
    assignment_id: UUID | None
    status: State | None
    mail_refusal: str | None


@dataclass(frozen=True)
class TargetPage:
    """A page of lines; `after` is the place of the last one where there are more."""

    rows: Sequence[TargetRow]
    after: int | None


def get_campaign(campaign_id: UUID, *, for_change: bool = False) -> Campaign:
    """A campaign, or NotFound."""
    statement = select(Campaign).where(Campaign.id == campaign_id)
    return get_one(statement, for_change=for_change)


def list_places(chain_id: UUID, keys: Sequence[UUID]) -> Sequence[Place]:
    """These nodes of a map, the riskiest first."""
    node = ValueChainNode
    rows = db.session.execute(
        joined(select(node.id, node.name, node.contact_email, node.archived_at))
        .where(node.chain_id == chain_id, among(node.id, keys))
        .order_by(NodeSummary.rank_order, NodeSummary.node_id)
    )
    return [Place(row.id, row.name, row.contact_email, row.archived_at is not None) for row in rows]


def list_campaigns(*, after: tuple[datetime, UUID] | None = None) -> Sequence[CampaignRow]:
    """The campaigns, newest first, one more than a page where there are more; three statements."""
    statement = select(Campaign).order_by(Campaign.created_at.desc(), Campaign.id.desc())
    if after is not None:
        statement = statement.where(tuple_(Campaign.created_at, Campaign.id) < tuple_(*after))
    found = db.session.scalars(statement.limit(PAGE_SIZE + 1)).all()
    keys = [row.id for row in found]
    planned, states = _planned(keys), _states(keys)
    return [_row(row, planned.get(row.id, 0), states.get(row.id, {})) for row in found]


def _row(row: Campaign, planned: int, states: Mapping[State, int]) -> CampaignRow:
    return CampaignRow(
        id=row.id,
        name=row.name,
        due_on=row.due_on,
        created_at=row.created_at,
        started_at=row.started_at,
        stopped_at=row.stopped_at,
        planned=planned,
        sent=sum(states.values()),
        answered=sum(states.get(state, 0) for state in ANSWERED),
        accepted=states.get(State.ACCEPTED, 0),
    )


def _planned(keys: Sequence[UUID]) -> Mapping[UUID, int]:
    target = CampaignTarget
    rows = db.session.execute(
        select(target.campaign_id, func.count())
        .where(target.campaign_id.in_(keys), target.left_out.is_(None))
        .group_by(target.campaign_id)
    )
    return {key: count for key, count in rows}


def _states(keys: Sequence[UUID]) -> Mapping[UUID, dict[State, int]]:
    rows = db.session.execute(
        select(Assignment.campaign_id, Assignment.status, func.count())
        .where(Assignment.campaign_id.in_(keys))
        .group_by(Assignment.campaign_id, Assignment.status)
    )
    found: dict[UUID, dict[State, int]] = {key: {} for key in keys}
    for key, status, count in rows:
        if key is not None:
            found[key][status] = count
    return found


def list_targets(
    campaign_id: UUID,
    *,
    left_out: bool | None = None,
    after: int | None = None,
    limit: int | None = PAGE_SIZE,
) -> TargetPage:
    """A page of the lines of a campaign in their order; `limit` None: all of them."""
    conditions = [CampaignTarget.campaign_id == campaign_id]
    if left_out is not None:
        is_out = CampaignTarget.left_out.is_not(None)
        conditions.append(is_out if left_out else CampaignTarget.left_out.is_(None))
    if after is not None:
        conditions.append(CampaignTarget.place > after)
    statement = _target_columns().where(*conditions).order_by(CampaignTarget.place)
    found = db.session.execute(statement.limit(limit + 1) if limit else statement).all()
    rows = [TargetRow(**row._mapping) for row in found[:limit]]
    return TargetPage(rows, rows[-1].place if limit and len(found) > limit else None)


def _target_columns() -> Any:
    target, node = CampaignTarget, ValueChainNode
    return (
        select(
            *(target.id, target.place, target.node_id, node.name.label("node_name")),
            *(node.country, NodeSummary.tier, node.contact_email),
            *(Questionnaire.ref, Questionnaire.title, target.reason, target.left_out),
            *(target.send_on, target.assignment_id, Assignment.status, Assignment.mail_refusal),
        )
        .join(node, node.id == target.node_id)
        .join(NodeSummary, NodeSummary.node_id == node.id)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == target.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .outerjoin(Assignment, Assignment.id == target.assignment_id)
    )


@dataclass(frozen=True)
class TargetCounts:
    """Counts of lines by questionnaire, and of excluded lines by reason."""

    modules: Mapping[str, int]
    left_out: Mapping[LeftOut, int]
    nodes: int
    """Suppliers that are asked something."""

    @property
    def total(self) -> int:
        """Questionnaires that are sent or will be."""
        return sum(self.modules.values())


def count_targets(campaign_id: UUID) -> TargetCounts:
    """The counts of a campaign before sending; two statements."""
    target = CampaignTarget
    rows = db.session.execute(
        select(Questionnaire.title, target.left_out, func.count())
        .join(QuestionnaireVersion, QuestionnaireVersion.id == target.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(target.campaign_id == campaign_id)
        .group_by(Questionnaire.title, target.left_out)
        .order_by(Questionnaire.title)
    )
    titles: dict[str, int] = {}
    left: dict[LeftOut, int] = {}
    for title, why, count in rows:
        if why is None:
            titles[title] = titles.get(title, 0) + count
        else:
            left[why] = left.get(why, 0) + count
    nodes = db.session.scalar(
        select(func.count(func.distinct(target.node_id))).where(
            target.campaign_id == campaign_id, target.left_out.is_(None)
        )
    )
    return TargetCounts(titles, left, nodes or 0)


# ---- what is left to do ----------------------------------------------------------------------


def to_send(campaign_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """The conditions for lines of a campaign not sent yet."""
    return (
        CampaignTarget.campaign_id == campaign_id,
        CampaignTarget.assignment_id.is_(None),
        CampaignTarget.left_out.is_(None),
    )


def list_to_send(campaign_id: UUID, *, today: date, limit: int) -> Sequence[CampaignTarget]:
    """The next lines whose day has come."""
    return db.session.scalars(
        select(CampaignTarget)
        .where(*to_send(campaign_id), CampaignTarget.send_on <= today)
        .order_by(CampaignTarget.place)
        .limit(limit)
        .execution_options(populate_existing=True)
    ).all()


def list_places_to_send(campaign_id: UUID) -> Sequence[int]:
    """The places of all lines that were not sent yet, in their order."""
    return db.session.scalars(
        select(CampaignTarget.place).where(*to_send(campaign_id)).order_by(CampaignTarget.place)
    ).all()


def list_lines_to_choose(campaign_id: UUID, line_ids: Sequence[UUID]) -> Sequence[CampaignTarget]:
    """Those of these lines of a campaign that a person may leave out or take in again."""
    return db.session.scalars(
        select(CampaignTarget).where(
            CampaignTarget.campaign_id == campaign_id,
            CampaignTarget.id.in_(line_ids),
            CampaignTarget.left_out.is_(None) | (CampaignTarget.left_out == LeftOut.BY_HAND),
        )
    ).all()


def find_nodes(node_ids: Sequence[UUID]) -> Mapping[UUID, ValueChainNode]:
    """These nodes by key, read anew."""
    rows = db.session.scalars(
        select(ValueChainNode)
        .where(among(ValueChainNode.id, node_ids))
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def list_mailed(assignment_ids: Sequence[UUID]) -> Sequence[Assignment]:
    """The assignments of a batch of mails, read anew."""
    return db.session.scalars(
        select(Assignment)
        .where(among(Assignment.id, assignment_ids))
        .execution_options(populate_existing=True)
    ).all()


def list_to_mail(campaign_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Assignment]:
    """The next assignments whose invitation did not go out yet, in the order of their keys."""
    statement = select(Assignment).where(
        Assignment.campaign_id == campaign_id,
        Assignment.mailed_at.is_(None),
        Assignment.mail_refusal.is_(None),
        Assignment.status == State.SENT,
        Assignment.respondent_organisation_id.is_(None),
    )
    if after is not None:
        statement = statement.where(Assignment.id > after)
    ordered = statement.order_by(Assignment.id).limit(limit)
    return db.session.scalars(ordered.execution_options(populate_existing=True)).all()


def count_sending(campaign_id: UUID, *, today: date) -> tuple[int, int]:
    """The number of due lines already sent, and their total."""
    of_today = (
        CampaignTarget.campaign_id == campaign_id,
        CampaignTarget.left_out.is_(None),
        CampaignTarget.send_on <= today,
    )
    done, total = db.session.execute(
        select(func.count(CampaignTarget.assignment_id), func.count()).where(*of_today)
    ).one()
    return done, total


def list_going_on(today: date) -> Sequence[Campaign]:
    """Campaigns that were started, not stopped, and have something left to send or to mail."""
    left = select(CampaignTarget.id).where(
        CampaignTarget.campaign_id == Campaign.id,
        CampaignTarget.assignment_id.is_(None),
        CampaignTarget.left_out.is_(None),
        CampaignTarget.send_on <= today,
    )
    unmailed = select(Assignment.id).where(
        Assignment.campaign_id == Campaign.id,
        Assignment.mailed_at.is_(None),
        Assignment.mail_refusal.is_(None),
        Assignment.status == State.SENT,
        Assignment.respondent_organisation_id.is_(None),
    )
    return db.session.scalars(
        select(Campaign)
        .where(
            Campaign.started_at.is_not(None),
            Campaign.stopped_at.is_(None),
            left.exists() | unmailed.exists(),
        )
        .order_by(Campaign.created_at, Campaign.id)
    ).all()
