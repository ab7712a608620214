"""What the keys of the installation have sealed or wrapped, for changing these keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from ddplatform.accounts.organisations.queries import INSTALLATION_SLUG, find_organisation
from ddplatform.accounts.second_factor.models import SecondFactor
from ddplatform.audit.models import AuditEvent, AuditValue
from ddplatform.due_diligence.concerns.models import Concern
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.infrastructure.db import db, held
from ddplatform.infrastructure.tenancy import acting_in

KeyHolder = RemediationCase | Concern
KEY_HOLDERS: tuple[type[KeyHolder], ...] = (RemediationCase, Concern)


def list_for_rewrapping(model: type[KeyHolder], after: UUID | None, limit: int) -> Sequence[Any]:
    """The next rows of the acting organisation that were not erased, held for a change."""
    wanted = select(model).where(model.key_wrapped.is_not(None))
    if after is not None:
        wanted = wanted.where(model.id > after)
    return db.session.scalars(held(wanted.order_by(model.id).limit(limit))).all()


def list_factors_for_resealing(after: UUID | None, limit: int) -> Sequence[SecondFactor]:
    """The next authenticator apps of people, held for a change."""
    wanted = select(SecondFactor)
    if after is not None:
        wanted = wanted.where(SecondFactor.id > after)
    return db.session.scalars(held(wanted.order_by(SecondFactor.id).limit(limit))).all()


@dataclass(frozen=True)
class InstallationLog:
    """What the log of the installation tells of keys.

    `last`: action -> its newest event; `renewed`: setting -> when its secret was renewed last;
    `begun_at`: its first moment, None where it has not begun.
    """

    begun_at: datetime | None = None
    last: Mapping[str, datetime] = field(default_factory=dict)
    renewed: Mapping[str, datetime] = field(default_factory=dict)


def load_installation_log(renewal: str) -> InstallationLog:
    """The rotations and renewals that the log of the installation holds.

    Args:
        renewal: the action of an event whose value `setting` names what was renewed.
    """
    keeper = find_organisation(INSTALLATION_SLUG)
    if keeper is None:
        return InstallationLog()
    with acting_in(keeper.id):
        by_action = (
            select(AuditEvent.action, func.max(AuditEvent.at))
            .where(AuditEvent.action.startswith("keys:"))
            .group_by(AuditEvent.action)
        )
        renewals = (
            select(AuditValue.value, AuditEvent.at)
            .join(AuditEvent, AuditEvent.id == AuditValue.event_id)
            .where(AuditEvent.action == renewal, AuditValue.name == "setting")
            .order_by(AuditEvent.at)
        )
        last = {action: at for action, at in db.session.execute(by_action)}
        renewed = {value["after"]: at for value, at in db.session.execute(renewals)}
    return InstallationLog(keeper.created_at, last, renewed)
