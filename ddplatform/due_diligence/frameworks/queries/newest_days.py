"""Kinds of facts of which the newest day alone counts."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from ddplatform.accounts.organisations.models import Membership
from ddplatform.audit.models import AuditCheckpoint
from ddplatform.core.due_diligence.frameworks import Fact
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState
from ddplatform.due_diligence.governance.queries import select_days
from ddplatform.due_diligence.indicators.queries import select_outcome_day
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import end_of
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.infrastructure.together import Question, ask_together
from ddplatform.risk.runs.models import SeverityJudgement
from ddplatform.supplier_engagement.library.models import Assignment


def newest_moment(moment: Any, as_of: date, *which: Any) -> ColumnElement[datetime]:
    """The newest moment by the end of a day: what came later hides none of before."""
    by_then: ColumnElement[datetime] = func.max(moment).filter(moment < end_of(as_of), *which)
    return by_then


def list_newest_days(as_of: date) -> Iterator[Fact]:
    """Kinds of which the newest day alone counts, read by one statement."""
    answers = ask_together(
        {name: Question((one,), list) for name, one in _newest_days(as_of).items()}
    )
    for rows in answers.values():
        for kind, newest in rows[0]._mapping.items():
            if newest:
                on = newest.date() if isinstance(newest, datetime) else newest
                yield Fact(kind=kind, record=_RECORDS[kind], on=on)


_RECORDS = {
    "severity_rated": "judgements of severity",
    "questionnaire_accepted": "accepted answers",
    "board_reviewed": "board notes",
    "staff_trained": "trainings of staff",
    "outcome_measured": "values of outcome indicators",
    "responsibility_assigned": "role “Sustainability manager”",
    "audit_trail_verified": "signed head of the log",
}
"""Kind of fact -> what it rests on."""


def _newest_days(as_of: date) -> dict[str, Select[*tuple[Any, ...]]]:
    """Statements of one row each; a column is named after its kind of fact.

    A head of the log is signed only where the log continues the head that was signed before it.
    """
    accepted = (
        Assignment.status == QuestionnaireState.ACCEPTED,
        Assignment.organisation_id == current_organisation(),
    )
    managers = Membership.role.in_((RoleId.SUSTAINABILITY_MANAGER, RoleId.ADMIN_MANAGER))
    judged = newest_moment(SeverityJudgement.created_at, as_of).label("severity_rated")
    decided = newest_moment(Assignment.decided_at, as_of).label("questionnaire_accepted")
    since = func.min(Membership.created_at).label("responsibility_assigned")
    signed = newest_moment(AuditCheckpoint.signed_at, as_of).label("audit_trail_verified")
    return {
        "judgements": select(judged).select_from(SeverityJudgement),
        "questionnaires": select(decided).select_from(Assignment).where(*accepted),
        "governance": select_days(as_of),
        "indicators": select_outcome_day(as_of),
        "people": select(since).select_from(Membership).where(managers),
        "log": select(signed).select_from(AuditCheckpoint),
    }
