"""A person's own second factor: set-up, replacement, removal, new recovery codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import must_have_factor
from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.accounts.second_factor.models import RecoveryCode, SecondFactor
from ddplatform.accounts.second_factor.queries import find_factor_for_change, has_factor
from ddplatform.accounts.second_factor.services.codes import new_codes, step_of
from ddplatform.accounts.second_factor.services.notices import Change, tell
from ddplatform.accounts.second_factor.services.secrets import read_offer, seal_secret
from ddplatform.accounts.sessions import services as sessions
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.tenancy import across_tenants, acting_in
from ddplatform.languages import gettext

NO_STEP = -1
"""Before the first code of an app was used."""


def set_up_factor(user: User, *, offer: str, code: str, at: datetime) -> list[str]:
    """Let an authenticator app count once a code shows that it has the secret.

    Where there is a factor, this one takes its place. Every session of the person ends.

    Returns:
        The recovery codes, which cannot be read again.

    Raises:
        Invalid: the page was open too long, or the code is not one of this app.
    """
    secret = read_offer(offer, user.id, at=at)
    if secret is None:
        raise Invalid(
            fields={
                "code": gettext(
                    "This page was open too long. Open it again, and scan the code that it shows."
                )
            }
        )
    step = step_of(secret, "".join(code.split()), after=NO_STEP, at=at)
    if step is None:
        raise Invalid(
            fields={
                "code": gettext(
                    "This is not the code that the app shows now. Enter the newest one; if it is "
                    "refused again, check the clock of your phone."
                )
            }
        )
    factor, sealed = find_factor_for_change(user.id), seal_secret(secret, user.id)
    is_new = factor is None
    if factor is None:
        db.session.add(
            SecondFactor(user_id=user.id, sealed_secret=sealed, last_step=step, confirmed_at=at)
        )
    else:
        factor.sealed_secret, factor.last_step, factor.confirmed_at = sealed, step, at
    shown = _replace_codes(user.id, at=at)
    sessions.end_all_sessions(user.id)
    _record(
        "second_factor:set_up" if is_new else "second_factor:replace",
        user,
        Change.SET_UP if is_new else Change.REPLACED,
        at=at,
    )
    return shown


def renew_codes(user: User, *, at: datetime) -> list[str]:
    """Ten new recovery codes; the earlier ones are void.

    Raises:
        Conflict: there is no second factor that they could stand in for.
    """
    _require_factor(user.id)
    shown = _replace_codes(user.id, at=at)
    _record("second_factor:renew_codes", user, Change.CODES, at=at)
    return shown


def remove_factor(user: User, *, at: datetime) -> None:
    """Remove the own second factor with its recovery codes; every session of the person ends.

    Raises:
        Conflict: there is none, or an organisation asks for one in the role of this person.
    """
    _require_factor(user.id)
    with across_tenants():
        is_asked_for = must_have_factor(user.id, today=at.date())
    if is_asked_for:
        raise Conflict(
            gettext("Your organisation asks for a second factor in your role."),
            gettext("You can replace it by another app, but not remove it."),
        )
    drop_factor(user.id)
    _record("second_factor:remove", user, Change.REMOVED, at=at)


def drop_factor(user_id: UUID) -> None:
    """Delete a factor and its recovery codes, and end every session of the person."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    sessions.end_all_sessions(user_id)


def _require_factor(user_id: UUID) -> None:
    if not has_factor(user_id):
        raise Conflict(
            gettext("There is no second factor."), gettext("It was removed already, or never set.")
        )


def _replace_codes(user_id: UUID, *, at: datetime) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    rows, shown = new_codes(user_id, at=at)
    db.session.add_all(rows)
    return shown


def _record(action: str, user: User, change: Change, *, at: datetime) -> None:
    log = installation_log(at=at)
    with acting_in(log.id):
        act = Act(system_identity(log.id), at)
        tell(user, change, act=act)
        audit.record(action, user, act=act)
