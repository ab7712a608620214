"""Safeguarding officers of the acting organisation, and proposals about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from ddplatform.accounts.officers.models import OfficerProposal, ProposalKind, ProposalStatus
from ddplatform.accounts.organisations.models import Membership, User
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.one_row import required

OPEN = (ProposalStatus.PROPOSED, ProposalStatus.AGREED)


@dataclass(frozen=True)
class ProposalRow:
    """An open proposal with the names of those who took part in it."""

    id: UUID
    kind: ProposalKind
    status: ProposalStatus
    email: str
    name: str
    user_id: UUID | None
    proposed_at: datetime
    proposed_by_id: UUID | None
    proposed_by: str | None
    """None: the operator of the platform."""
    agreed_by: str | None
    effective_at: datetime | None


def list_officers(*, today: date) -> Sequence[tuple[UUID, str]]:
    """The safeguarding officers of the acting organisation whose access runs, by name."""
    rows = db.session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.role == RoleId.SAFEGUARDING_OFFICER,
            User.is_active,
            or_(Membership.access_until.is_(None), Membership.access_until >= today),
        )
        .order_by(User.name, User.id)
    ).all()
    return [(row[0], row[1]) for row in rows]


def has_officer(*, today: date) -> bool:
    """Whether somebody in the acting organisation would read what is told about a child."""
    return bool(list_officers(today=today))


def list_open_proposals() -> Sequence[ProposalRow]:
    """The proposals of the acting organisation that have not ended, oldest first."""
    proposer, agreer = aliased(User), aliased(User)
    rows = db.session.execute(
        select(
            OfficerProposal.id,
            OfficerProposal.kind,
            OfficerProposal.status,
            OfficerProposal.email,
            OfficerProposal.name,
            OfficerProposal.user_id,
            OfficerProposal.proposed_at,
            OfficerProposal.proposed_by_id,
            proposer.name,
            agreer.name,
            OfficerProposal.effective_at,
        )
        .outerjoin(proposer, proposer.id == OfficerProposal.proposed_by_id)
        .outerjoin(agreer, agreer.id == OfficerProposal.agreed_by_id)
        .where(OfficerProposal.status.in_(OPEN))
        .order_by(OfficerProposal.proposed_at, OfficerProposal.id)
    ).all()
    return [ProposalRow(*row) for row in rows]


def get_proposal(proposal_id: UUID) -> OfficerProposal:
    """The proposal, or NotFound."""
    return required(db.session.get(OfficerProposal, proposal_id))


def hold_proposal(proposal_id: UUID) -> OfficerProposal:
    """The same, read anew; nobody else changes it meanwhile."""
    return required(
        db.session.scalar(held(select(OfficerProposal)).where(OfficerProposal.id == proposal_id))
    )


def find_membership(user_id: UUID) -> Membership | None:
    """The person's membership of the acting organisation; None: no member."""
    return db.session.scalar(select(Membership).where(Membership.user_id == user_id))


def find_address(user_id: UUID | None) -> str | None:
    """The e-mail address of an account; None where there is none."""
    return db.session.scalar(select(User.email).where(User.id == user_id)) if user_id else None
