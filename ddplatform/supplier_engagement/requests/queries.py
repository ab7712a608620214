"""Questionnaires that fit nodes, and the links by which they are sent.

The match follows from the map and from accepted answers.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select

from ddplatform.accounts.organisations.models import Invitation
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.supplier_engagement.library.models import (
    Assignment,
    Questionnaire,
    QuestionnaireVersion,
)
from ddplatform.supplier_engagement.library.queries import TO_REVIEW, WAITING
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.value_chain.mapping.models import ValueChainNode
from questionnaires import Answerer, KnownPlace, Proposal, propose
from supply_chain.reference.release import load_reference

ROLE_PATH = "/data/A/SAQ_A01"


def propose_questionnaires(
    node_ids: Sequence[UUID], *, today: date
) -> Mapping[UUID, Sequence[Proposal]]:
    """The questionnaires that fit each node, with the reason, in three statements at most."""
    accepted, under_way = _answered(node_ids)
    roles = _roles(node_ids)
    rows = db.session.execute(
        select(
            ValueChainNode.id,
            ValueChainNode.kind,
            ValueChainNode.sector_ref,
            ValueChainNode.commodity_refs,
        ).where(ValueChainNode.id.in_(node_ids))
    )
    reference = load_reference()
    found = {}
    for node_id, kind, sector_ref, commodity_refs in rows:
        sector = reference.sectors.get(sector_ref or "")
        goods = [
            reference.commodities[ref] for ref in commodity_refs if ref in reference.commodities
        ]
        known = KnownPlace(
            kind=kind.value,
            division=sector.isic_division if sector else "",
            sector=sector.name if sector else "",
            goods={good.activity: good.name for good in goods},
            role=roles.get(node_id, ""),
            accepted=accepted[node_id],
            open=under_way[node_id],
        )
        found[node_id] = propose(known, today=today)
    return found


def _answered(
    node_ids: Sequence[UUID],
) -> tuple[Mapping[UUID, dict[str, date]], Mapping[UUID, set[str]]]:
    """Node -> the day on which each questionnaire was accepted last, and those under way."""
    accepted: Mapping[UUID, dict[str, date]] = defaultdict(dict)
    under_way: Mapping[UUID, set[str]] = defaultdict(set)
    rows = db.session.execute(
        select(
            Assignment.node_id,
            Questionnaire.ref,
            Assignment.status,
            func.max(Assignment.decided_at),
        )
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(
            Assignment.organisation_id == current_organisation(),
            Assignment.node_id.in_(node_ids),
            Assignment.status.in_((State.ACCEPTED, *WAITING, *TO_REVIEW)),
        )
        .group_by(Assignment.node_id, Questionnaire.ref, Assignment.status)
    )
    for node_id, ref, status, decided_at in rows:
        if status is not State.ACCEPTED:
            under_way[node_id].add(ref)
        elif decided_at is not None:
            accepted[node_id][ref] = decided_at.date()
    return accepted, under_way


def _roles(node_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Node -> its newest accepted answer to SAQ-A01."""
    rows = db.session.execute(
        select(Assignment.node_id, Answer.raw)
        .join(ResponseRow, ResponseRow.assignment_id == Assignment.id)
        .join(Answer, Answer.response_id == ResponseRow.id)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Assignment.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(
            Assignment.organisation_id == current_organisation(),
            Assignment.node_id.in_(node_ids),
            Assignment.status == State.ACCEPTED,
            Questionnaire.ref == "SAQ",
            Answer.path == ROLE_PATH,
        )
        .order_by(Assignment.decided_at, ResponseRow.round)
    )
    return {node_id: raw for node_id, raw in rows}


def find_newest_status(nodes: Sequence[UUID]) -> str | None:
    """The state of the questionnaire that was sent last to one of some nodes."""
    status = db.session.scalar(
        select(Assignment.status)
        .where(Assignment.node_id.in_(nodes), Assignment.answered_by == Answerer.SUPPLIER)
        .order_by(Assignment.sent_at.desc(), Assignment.id.desc())
        .limit(1)
    )
    return status.value if status is not None else None


# ---- links -----------------------------------------------------------------------------------


def find_unused_link(assignment_id: UUID, *, for_change: bool = False) -> Invitation | None:
    """The link to a questionnaire that nobody used yet.

    Args:
        for_change: it is held until the end of the unit of work and read anew; ask before you
            change it.
    """
    statement = _select_unused(assignment_id)
    return db.session.scalar(held(statement) if for_change else statement)


def list_unused_links(assignment_id: UUID) -> Sequence[Invitation]:
    """All links to a questionnaire that nobody used yet."""
    return db.session.scalars(_select_unused(assignment_id)).all()


def _select_unused(assignment_id: UUID) -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.assignment_id == assignment_id, Invitation.used_at.is_(None)
    )


def list_unused_links_of(assignment_ids: Sequence[UUID]) -> Sequence[Invitation]:
    """The links to these questionnaires that nobody used yet, read anew."""
    return db.session.scalars(
        select(Invitation)
        .where(among(Invitation.assignment_id, assignment_ids), Invitation.used_at.is_(None))
        .execution_options(populate_existing=True)
    ).all()
