"""Actions in the view of the supplier in charge: no finding, no score."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select

from ddplatform.accounts.organisations.models import Organisation
from ddplatform.core.due_diligence.vocabulary import ActionState
from ddplatform.due_diligence.findings.models import MitigationAction
from ddplatform.due_diligence.findings.queries import UNDONE_ACTIONS
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.one_row import get_row
from ddplatform.infrastructure.tenancy import current_organisation

SHOWN = 200


@dataclass(frozen=True)
class AskedAction:
    """One action that a buyer agreed with the acting organisation."""

    id: UUID
    requester_name: str
    node_name: str
    title: str
    description: str
    success_measure: str
    status: ActionState
    due_on: date
    verified_at: datetime | None
    row_version: int

    def is_late(self, today: date) -> bool:
        """Whether its day has passed and nobody has reported it done."""
        return self.status in UNDONE_ACTIONS and self.due_on < today


def _asked() -> Select[UUID, str, str, str, str, str, ActionState, date, datetime | None, int]:
    return (
        select(
            MitigationAction.id,
            Organisation.name,
            MitigationAction.node_name,
            MitigationAction.title,
            MitigationAction.description,
            MitigationAction.success_measure,
            MitigationAction.status,
            MitigationAction.due_on,
            MitigationAction.verified_at,
            MitigationAction.row_version,
        )
        .join(Organisation, Organisation.id == MitigationAction.organisation_id)
        # No isolation (tenancy.py does that): these are the actions the organisation carries out.
        .where(MitigationAction.respondent_organisation_id == current_organisation())
    )


def list_asked_actions() -> Sequence[AskedAction]:
    """The actions the acting organisation carries out for its buyers, the next one due first."""
    rows = db.session.execute(
        _asked().order_by(MitigationAction.due_on, MitigationAction.id).limit(SHOWN)
    ).all()
    return [AskedAction(*row) for row in rows]


def get_asked_action(action_id: UUID) -> AskedAction:
    """One of them, or NotFound."""
    row = get_row(_asked().where(MitigationAction.id == action_id))
    return AskedAction(*row)
