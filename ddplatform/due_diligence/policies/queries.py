"""Policies: list, one version with its checklist, what holds on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from ddplatform.accounts.organisations.models import User
from ddplatform.due_diligence.policies.models import (
    Policy,
    PolicyAnswer,
    PolicyCheck,
    PolicyState,
    PolicyVersion,
)
from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.one_row import get_one

POLICIES_SHOWN = 200


@dataclass(frozen=True)
class PolicyRow:
    """A version of a policy as the list shows it.

    Attributes:
        met, answered: criteria of the checklist answered yes, and answered at all.
    """

    id: UUID
    policy_id: UUID
    title: str
    number: int
    state: PolicyState
    languages: list[str]
    public_url: str | None
    review_on: date
    approved_on: date | None
    met: int
    answered: int


@dataclass(frozen=True)
class StandingPolicy:
    """An approved version that holds on a day, with the criteria that it meets.

    Attributes:
        met: answered yes. shown: of them, those with a document.
    """

    title: str
    number: int
    approved_on: date
    is_public: bool
    met: frozenset[str]
    shown: frozenset[str]


@dataclass(frozen=True)
class People:
    """Names of those who last changed and who approved a version."""

    changed_by: str
    approved_by: str | None


def list_policies() -> Sequence[PolicyRow]:
    """The approved version and the draft of each policy by title; at most 200."""
    return _list_rows(PolicyVersion.state != PolicyState.REPLACED)


def list_versions(policy_id: UUID) -> Sequence[PolicyRow]:
    """All versions of a policy, the newest first."""
    return _list_rows(PolicyVersion.policy_id == policy_id)


def _list_rows(wanted: object) -> Sequence[PolicyRow]:
    answered = func.count(PolicyCheck.answer)
    met = func.count(PolicyCheck.id).filter(PolicyCheck.answer == PolicyAnswer.YES)
    columns = (
        PolicyVersion.id,
        PolicyVersion.policy_id,
        PolicyVersion.title,
        PolicyVersion.number,
        PolicyVersion.state,
        PolicyVersion.public_url,
        PolicyVersion.review_on,
        PolicyVersion.approved_on,
    )
    counted = (
        select(PolicyCheck.version_id, met.label("met"), answered.label("answered"))
        .group_by(PolicyCheck.version_id)
        .subquery()
    )
    rows = db.session.execute(
        select(*columns, PolicyVersion.languages, counted.c.met, counted.c.answered)
        .join(counted, counted.c.version_id == PolicyVersion.id)
        .where(wanted)  # type: ignore[arg-type]
        .order_by(PolicyVersion.title, PolicyVersion.policy_id, PolicyVersion.number.desc())
        .limit(POLICIES_SHOWN)
    ).all()
    return [PolicyRow(**row._mapping) for row in rows]


def get_version(version_id: UUID, *, for_change: bool = False) -> PolicyVersion:
    """A version of a policy, or NotFound."""
    statement = select(PolicyVersion).where(PolicyVersion.id == version_id)
    return get_one(statement, for_change=for_change)


def get_policy(policy_id: UUID) -> Policy:
    """A policy held until the end of the unit of work, or NotFound."""
    return get_one(select(Policy).where(Policy.id == policy_id), for_change=True)


def get_open_version(version_id: UUID) -> PolicyVersion:
    """A version that documents may be added to: a draft; else NotFound."""
    version = get_version(version_id)
    if version.state is not PolicyState.DRAFT:
        raise NotFound()
    return version


def get_check(check_id: UUID, *, for_change: bool = False) -> PolicyCheck:
    """A criterion of a version, or NotFound."""
    statement = select(PolicyCheck).where(PolicyCheck.id == check_id)
    return get_one(statement, for_change=for_change)


def get_open_check(check_id: UUID) -> PolicyCheck:
    """A criterion of a draft, that documents may be added to; else NotFound."""
    check = get_check(check_id)
    get_open_version(check.version_id)
    return check


def list_checks(version_id: UUID) -> Sequence[PolicyCheck]:
    """The checklist of a version, in its order."""
    return db.session.scalars(
        select(PolicyCheck).where(PolicyCheck.version_id == version_id).order_by(PolicyCheck.item)
    ).all()


def list_documents(
    target_ids: Sequence[UUID], *, with_restricted: bool
) -> dict[UUID, list[Evidence]]:
    """The documents in use attached to each of these rows, oldest first."""
    rows = db.session.execute(
        select(EvidenceLink.target_id, Evidence)
        .join(Evidence, Evidence.id == EvidenceLink.evidence_id)
        .where(EvidenceLink.target_id.in_(target_ids), Evidence.withdrawn_at.is_(None))
        .order_by(EvidenceLink.created_at, EvidenceLink.id)
    ).all()
    found: dict[UUID, list[Evidence]] = {key: [] for key in target_ids}
    for target_id, document in rows:
        if with_restricted or document.confidentiality == "normal":
            found[target_id].append(document)
    return found


def find_version(policy_id: UUID, state: PolicyState) -> PolicyVersion | None:
    """The one version of a policy that is a draft, or that is approved."""
    wanted = (PolicyVersion.policy_id == policy_id, PolicyVersion.state == state)
    return db.session.scalars(select(PolicyVersion).where(*wanted)).one_or_none()


def count_versions(policy_id: UUID) -> int:
    """How many versions a policy has."""
    wanted = select(func.count()).select_from(PolicyVersion)
    return db.session.scalar(wanted.where(PolicyVersion.policy_id == policy_id)) or 0


def name_people(version_id: UUID) -> People:
    """Who last changed and who approved a version."""
    author, approver = aliased(User), aliased(User)
    row = db.session.execute(
        select(author.name, approver.name)
        .select_from(PolicyVersion)
        .join(author, author.id == PolicyVersion.changed_by_id)
        .outerjoin(approver, approver.id == PolicyVersion.approved_by_id)
        .where(PolicyVersion.id == version_id)
    ).one()
    return People(row[0], row[1])


def load_standing(as_of: date) -> list[StandingPolicy]:
    """The version of each policy that holds on a day: approved by then, its review not late."""
    rows = db.session.scalars(
        select(PolicyVersion)
        .where(PolicyVersion.approved_on <= as_of)
        .order_by(PolicyVersion.approved_on, PolicyVersion.number)
    ).all()
    newest = {row.policy_id: row for row in rows}
    standing = [row for row in newest.values() if row.review_on >= as_of]
    checks = _list_met([row.id for row in standing])
    documents = list_documents([check.id for check in checks], with_restricted=True)
    return [
        StandingPolicy(
            title=row.title,
            number=row.number,
            approved_on=row.approved_on or as_of,
            is_public=bool(row.public_url and row.languages),
            met=frozenset(one.item for one in checks if one.version_id == row.id),
            shown=frozenset(
                one.item for one in checks if one.version_id == row.id and documents[one.id]
            ),
        )
        for row in standing
    ]


def _list_met(version_ids: Sequence[UUID]) -> Sequence[PolicyCheck]:
    if not version_ids:
        return ()
    return db.session.scalars(
        select(PolicyCheck).where(
            PolicyCheck.version_id.in_(version_ids), PolicyCheck.answer == PolicyAnswer.YES
        )
    ).all()
