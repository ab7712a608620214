"""Removal of the sample company: its rows, its people, its files."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from ddplatform.accounts.organisations.models import (
    Invitation,
    Membership,
    Organisation,
    User,
    UserSession,
)
from ddplatform.accounts.organisations.services.organisations import (
    acting_for_installation,
    installation_log,
)
from ddplatform.accounts.passkeys.models import Passkey
from ddplatform.accounts.second_factor.models import RecoveryCode, SecondFactor
from ddplatform.accounts.single_sign_on.models import ProviderIdentity
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import Base, db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.tenancy import (
    SharedOnRelease,
    TenantScoped,
    across_tenants,
    erasing,
)
from ddplatform.languages import gettext

DROP_FILES = "sample:drop_files"


def remove_sample(*, at: datetime) -> None:
    """Take out every sample organisation with all that hangs on it; real data stay.

    The log of the installation records it; the logs of the sample go with the sample. The files
    go in a job, so that they stay as long as the rows that name them.

    Raises:
        Conflict: there is no sample.
    """
    organisations = _sample_organisations()
    if not organisations:
        raise Conflict(gettext("There is no sample data here."), gettext("It was removed already."))
    with across_tenants():
        people = _people_of(organisations)
    for model in _models():
        for organisation_id in organisations:
            _erase(model, organisation_id)
    log = installation_log(at=at)
    _remove_people(people, log.id)
    for table in (Job, Organisation):
        column = Job.organisation_id if table is Job else Organisation.id
        _delete(delete(table).where(column.in_(organisations)))
    db.session.expunge_all()
    with acting_for_installation(at=at) as act:
        audit.record("sample:remove", None, act=act, organisations=len(organisations))
        ids = [str(organisation_id) for organisation_id in organisations]
        jobs.enqueue(DROP_FILES, {"organisation_ids": ids}, act=act)


def drop_files(payload: Mapping[str, Any]) -> None:
    """Remove the folders of organisations that are gone, and the list of sample sign-ins."""
    for organisation_id in payload["organisation_ids"]:
        adapters().files.drop_tenant(UUID(organisation_id))
        adapters().snapshots.drop_tenant(UUID(organisation_id))
    adapters().sample_sign_ins.unlink(missing_ok=True)


def _sample_organisations() -> Sequence[UUID]:
    return db.session.scalars(
        select(Organisation.id).where(Organisation.is_sample).order_by(Organisation.id)
    ).all()


def _people_of(organisations: Sequence[UUID]) -> Sequence[UUID]:
    """Those who belong to sample organisations and to no other."""
    elsewhere = select(Membership.user_id).where(Membership.organisation_id.not_in(organisations))
    return db.session.scalars(
        select(Membership.user_id)
        .where(Membership.organisation_id.in_(organisations), Membership.user_id.not_in(elsewhere))
        .distinct()
    ).all()


def _models() -> Iterator[type[TenantScoped]]:
    """Every model of a tenant, those that point to others first."""
    of_table = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    for table in reversed(Base.metadata.sorted_tables):
        if issubclass(of_table[table], TenantScoped):
            yield of_table[table]


def _erase(model: type[TenantScoped], organisation_id: UUID) -> None:
    # Named here because rows that are merely shared with a sample organisation are not its own.
    statement = delete(model).where(model.organisation_id == organisation_id)
    if issubclass(model, SharedOnRelease):
        # What a respondent has not released is hidden from its keeper, but goes with the keeper.
        with across_tenants():
            _delete(statement)
        return
    with erasing(organisation_id):
        _delete(statement)


def _remove_people(people: Sequence[UUID], log_id: UUID) -> None:
    with erasing(log_id):
        _delete(delete(Invitation).where(Invitation.user_id.in_(people)))
    for table in (UserSession, RecoveryCode, SecondFactor, Passkey, ProviderIdentity):
        _delete(delete(table).where(table.user_id.in_(people)))
    _delete(delete(User).where(User.id.in_(people)))


def _delete(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})
