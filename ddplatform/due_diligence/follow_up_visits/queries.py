"""Sealed follow-up visits of a remediation case, and the form that they answer."""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import select

from ddplatform.due_diligence.remedy.models import FollowUpVisit, RemediationCase
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.errors import NotFound
from questionnaires import Plan, list_shipped, plan, shipped_form

VISIT_FORM = "REM"


def newest_version() -> str:
    """The version of the form that a new visit answers."""
    return [one.version for one in list_shipped() if one.ref == VISIT_FORM][-1]


@cache
def visit_plan(version: str) -> Plan:
    """The planned form of a version, which never changes; planned once in each process."""
    return plan(shipped_form(VISIT_FORM, version))


def list_visits(case_id: UUID) -> Sequence[FollowUpVisit]:
    """The visits of a case by their number, one that is still being written last."""
    return db.session.scalars(
        select(FollowUpVisit).where(FollowUpVisit.case_id == case_id).order_by(FollowUpVisit.number)
    ).all()


def get_visit(case_id: UUID, visit_id: UUID) -> FollowUpVisit:
    """A recorded visit of the case, or NotFound."""
    found = db.session.get(FollowUpVisit, visit_id)
    if found is None or found.case_id != case_id or found.recorded_at is None:
        raise NotFound()
    return found


def hold_visits(case_id: UUID) -> Sequence[FollowUpVisit]:
    """The same as `list_visits`, read anew; nobody else adds or changes one meanwhile."""
    db.session.execute(
        select(RemediationCase.id).where(RemediationCase.id == case_id).with_for_update()
    )
    return db.session.scalars(
        held(select(FollowUpVisit))
        .where(FollowUpVisit.case_id == case_id)
        .order_by(FollowUpVisit.number)
    ).all()
