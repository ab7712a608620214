"""Erasure of a person, of a remediation case and of a concern; the log still verifies."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, update

from ddplatform.accounts.organisations.models import Invitation, Membership, User
from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.accounts.organisations.services.people import remove_person
from ddplatform.accounts.second_factor.services.own_factor import drop_factors
from ddplatform.accounts.sessions.services import end_all_sessions
from ddplatform.accounts.single_sign_on.services.identities import drop_identities
from ddplatform.audit.models import AuditValue
from ddplatform.audit.services import log as audit
from ddplatform.due_diligence.concerns.models import Concern
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.infrastructure.access.accounts import accounts
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.tenancy import across_tenants, acting_in, erasing
from ddplatform.operations.personal_data.erasure_list import ErasedKind, Erasure, add_to_list
from ddplatform.operations.personal_data.queries import (
    ERASED_DOMAIN,
    find_case,
    find_case_by_id,
    find_concern_by_id,
    find_user,
    list_invitations_of,
    list_memberships_of,
    list_values_about,
    list_values_with,
)
from ddplatform.risk.supplier_figures.models import FigureQuestion
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.offline.models import AnswerIntake
from ddplatform.supplier_engagement.returned_books.models import ReturnedBook

ERASED_NAME = "Erased person"
NAMES: tuple[Any, ...] = (
    FigureQuestion.asked_by_name,
    FigureQuestion.answered_by_name,
    ReturnedBook.brought_by,
    AnswerIntake.brought_by,
)
"""Columns with the name of a person as it was then, for readers of another organisation."""


@dataclass(frozen=True)
class Receipt:
    """The receipt of an erasure, for who asked for it; `erased` counts what was taken out."""

    number: UUID
    kind: ErasedKind
    id: UUID
    at: datetime
    erased: dict[str, int]


def erase_person(user: User, *, at: datetime, listed_in: Path, force: bool = False) -> Receipt:
    """Take out of every organisation what tells who an account was.

    The account stays as a row without name, address and password, since others' records name its
    id. Values that the log keeps of events about it are deleted with their salts, so that its
    commitments reveal nothing and the log still verifies. A second time changes nothing.

    Args:
        listed_in: the list of erasures.
        force: also where an organisation loses its last administrator: a replay, whose backup
            does not know the one who came after.

    Raises:
        Conflict: the last administrator or safeguarding officer of an organisation.
    """
    log_id = installation_log(at=at).id
    with across_tenants():
        memberships = list_memberships_of(user.id)
        invitations = list_invitations_of(user)
    targets = [str(row.id) for row in (user, *memberships, *invitations)]
    counts = {"memberships": len(memberships), "invitations": len(invitations)}
    counts["sessions"] = end_all_sessions(user.id)
    drop_factors(user.id)
    drop_identities(user.id)
    for membership in memberships:
        _leave(membership, at=at, force=force)
    counts["values_in_logs"] = counts["names_elsewhere"] = 0
    for organisation_id in accounts().list_organisation_ids():
        with acting_in(organisation_id):
            counts["values_in_logs"] += _delete_values(targets, user.email)
            counts["names_elsewhere"] += _replace_names(user)
        with erasing(organisation_id):
            here = [row.id for row in invitations if row.organisation_id == organisation_id]
            _delete(delete(Invitation).where(Invitation.id.in_(here)))
    is_new = not user.email.endswith(f"@{ERASED_DOMAIN}")
    if is_new:
        _anonymise(user)
        with acting_in(log_id):
            audit.record("person:erase", user, act=Act(system_identity(log_id), at))
    # Before the unit of work is kept, and after all that could refuse it.
    add_to_list(listed_in, [Erasure(ErasedKind.PERSON, user.id, None, at)])
    return Receipt(uuid4(), ErasedKind.PERSON, user.id, at, counts)


def erase_case(case: RemediationCase, *, at: datetime, listed_in: Path) -> Receipt:
    """Destroy the data key of a case: nothing that was told about the child can be read again,
    here or in any copy of the database. Steps, days and counts stay. A second time changes nothing.
    """
    organisation_id = case.organisation_id
    is_new = case.key_wrapped is not None
    case.key_wrapped = None
    if is_new:
        act = Act(system_identity(organisation_id), at)
        audit.record("case:erase", case, act=act, restricted=True)
    add_to_list(listed_in, [Erasure(ErasedKind.CASE, case.id, organisation_id, at)])
    return Receipt(uuid4(), ErasedKind.CASE, case.id, at, {"keys": int(is_new)})


def erase_concern(concern: Concern, *, at: datetime, listed_in: Path) -> Receipt:
    """Destroy the data key of a concern: nobody reads again what was written, also not by the code.

    States, days and counts stay. A second time changes nothing.
    """
    organisation_id = concern.organisation_id
    is_new = concern.key_wrapped is not None
    concern.key_wrapped = None
    if is_new:
        act = Act(system_identity(organisation_id), at)
        audit.record("concern:erase", concern, act=act, restricted=True)
    add_to_list(listed_in, [Erasure(ErasedKind.CONCERN, concern.id, organisation_id, at)])
    return Receipt(uuid4(), ErasedKind.CONCERN, concern.id, at, {"keys": int(is_new)})


def get_case_to_erase(code: str) -> RemediationCase:
    """The case of the acting organisation with this code.

    Raises:
        NotFound: there is none.
    """
    case = find_case(code)
    if case is None:
        raise NotFound(f"There is no remediation case “{code}”.", "Check organisation and code.")
    return case


def replay(erasures: Sequence[Erasure], *, at: datetime, listed_in: Path) -> list[Receipt]:
    """Erase again what a restored backup has brought back."""
    receipts = []
    for erasure in erasures:
        if erasure.kind is ErasedKind.PERSON:
            user = find_user(erasure.id)
            if user is not None:
                receipts.append(erase_person(user, at=at, listed_in=listed_in, force=True))
        elif erasure.organisation_id in accounts().list_organisation_ids():
            assert erasure.organisation_id is not None
            with acting_in(erasure.organisation_id):
                receipts += _replay_here(erasure, at=at, listed_in=listed_in)
    return receipts


def _replay_here(erasure: Erasure, *, at: datetime, listed_in: Path) -> list[Receipt]:
    if erasure.kind is ErasedKind.CONCERN:
        concern = find_concern_by_id(erasure.id)
        return [erase_concern(concern, at=at, listed_in=listed_in)] if concern else []
    case = find_case_by_id(erasure.id)
    return [erase_case(case, at=at, listed_in=listed_in)] if case else []


def _leave(membership: Membership, *, at: datetime, force: bool) -> None:
    with _as_system(membership.organisation_id, at) as act:
        if force:
            audit.record("person:remove", membership, act=act, role=membership.role)
            db.session.delete(membership)
        else:
            remove_person(membership, act=act)


@contextmanager
def _as_system(organisation_id: UUID, at: datetime) -> Iterator[Act]:
    with acting_in(organisation_id):
        yield Act(system_identity(organisation_id), at)


def _delete_values(targets: Sequence[str], email: str) -> int:
    """Those of events about the account, and those that hold its address."""
    ids = {row.id for row in list_values_about(targets)} | set(list_values_with(email))
    _delete(delete(AuditValue).where(AuditValue.id.in_(ids)))
    return len(ids)


def _replace_names(user: User) -> int:
    """Names of then, and the address to which a questionnaire was sent."""
    changes: list[tuple[Any, str, str]] = [(column, user.name, ERASED_NAME) for column in NAMES]
    changes.append((Assignment.invited_email, user.email, _address_of(user)))
    return sum(
        _delete(update(column.class_).where(column == old).values({column.key: new}))
        for column, old, new in changes
        if old not in (ERASED_NAME, new)
    )


def _anonymise(user: User) -> None:
    user.email, user.name = _address_of(user), ERASED_NAME
    user.password_hash, user.is_active, user.last_sign_in_at = None, False, None
    user.language, user.theme = "", ""


def _address_of(user: User) -> str:
    return f"{user.id.hex}@{ERASED_DOMAIN}"


def _delete(statement: Any) -> int:
    done = db.session.execute(statement, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]
