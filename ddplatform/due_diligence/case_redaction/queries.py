"""All rows of a case that hold a sealed text."""

from collections.abc import Sequence

from sqlalchemy import select

from ddplatform.due_diligence.remedy.models import CaseCriterion, RemediationCase
from ddplatform.infrastructure.db import db


def list_judgements(case: RemediationCase) -> Sequence[CaseCriterion]:
    """Every judgement of a closure criterion, also those that a newer one replaced."""
    return db.session.scalars(
        select(CaseCriterion)
        .where(CaseCriterion.case_id == case.id)
        .order_by(CaseCriterion.judged_at, CaseCriterion.id)
    ).all()
