"""A person's own second factor: set-up, replacement, removal, new recovery codes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from ddplatform.accounts.notices.services import Change, tell
from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import must_have_factor
from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.accounts.passkeys.models import Passkey
from ddplatform.accounts.passkeys.queries import list_passkeys
from ddplatform.accounts.second_factor.models import RecoveryCode, SecondFactor
from ddplatform.accounts.second_factor.queries import find_factor_for_change, has_factor
from ddplatform.accounts.second_factor.services.codes import Fit, fit_of, new_codes
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
    fit = fit_of(secret, "".join(code.split()), after=NO_STEP, clock_behind=0, at=at)
    if fit is None:
        raise Invalid(
            fields={
                "code": gettext(
                    "This is not the code that the app shows now. Enter the newest one; if it is "
                    "refused again, check the clock of your phone."
                )
            }
        )
    is_new = _keep_factor(user.id, secret, fit, at=at)
    shown = replace_codes(user.id, at=at)
    sessions.end_all_sessions(user.id)
    record_change(
        "second_factor:set_up" if is_new else "second_factor:replace",
        user,
        Change.SET_UP if is_new else Change.REPLACED,
        at=at,
    )
    return shown


def _keep_factor(user_id: UUID, secret: str, fit: Fit, *, at: datetime) -> bool:
    """Keep the app, in place of an earlier one; whether there was none."""
    factor, is_new = find_factor_for_change(user_id), False
    if factor is None:
        factor, is_new = SecondFactor(user_id=user_id), True
        db.session.add(factor)
    factor.sealed_secret, factor.confirmed_at = seal_secret(secret, user_id), at
    factor.last_step, factor.clock_behind = fit.step, fit.clock_behind
    return is_new


def renew_codes(user: User, *, at: datetime) -> list[str]:
    """Ten new recovery codes; the earlier ones are void.

    Raises:
        Conflict: there is no second factor that they could stand in for.
    """
    _require_factor(user.id)
    shown = replace_codes(user.id, at=at)
    record_change("second_factor:renew_codes", user, Change.CODES, at=at)
    return shown


def remove_factor(user: User, *, at: datetime) -> None:
    """Remove the own app; with the last factor the recovery codes go too. Every session ends.

    Raises:
        Conflict: there is none, or it is the last factor and an organisation asks for one in the
            role of this person.
    """
    factor = find_factor_for_change(user.id)
    if factor is None:
        raise _no_factor()
    remove_one(user, factor, at=at)
    record_change("second_factor:remove", user, Change.REMOVED, at=at)


def remove_one(user: User, factor: SecondFactor | Passkey, *, at: datetime) -> None:
    """Remove an app or a passkey; with the last factor the recovery codes go too.

    Every session of the person ends.

    Raises:
        Conflict: it is the last factor, and an organisation asks for one in the person's role.
    """
    _require_other_factor(user, factor, at=at)
    db.session.delete(factor)
    db.session.flush()
    if not has_factor(user.id):
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    sessions.end_all_sessions(user.id)


def _require_other_factor(user: User, removed: SecondFactor | Passkey, *, at: datetime) -> None:
    factors = [find_factor_for_change(user.id), *list_passkeys(user.id)]
    if any(factor is not None and factor is not removed for factor in factors):
        return
    with across_tenants():
        is_asked_for = must_have_factor(user.id, today=at.date())
    if is_asked_for:
        raise Conflict(
            gettext("Your organisation asks for a second factor in your role."),
            gettext("You can add another one and then remove this one."),
        )


def require_factor_of_maker(*, act: Act) -> None:
    """Ask for a factor of one's own before a program or a phone may act for a person.

    A program is asked for none, so that of its maker stands for both. What the provider of an
    organisation stated at a sign-in ends with that session and does not count here.

    Raises:
        Conflict: an organisation asks for a second factor in the person's role, and there is none.
    """
    assert act.by.user_id is not None, "a person lets programs in"
    with across_tenants():
        is_asked_for = must_have_factor(act.by.user_id, today=act.at.date())
    if is_asked_for and not has_factor(act.by.user_id):
        raise Conflict(
            gettext("Your organisation asks for a second factor in your role."),
            gettext("Set one up on the page of your account first."),
        )


def drop_factors(user_id: UUID) -> None:
    """Delete app, passkeys and recovery codes, and end every session of the person."""
    for kind in (RecoveryCode, SecondFactor, Passkey):
        db.session.execute(delete(kind).where(kind.user_id == user_id))
    sessions.end_all_sessions(user_id)


def _require_factor(user_id: UUID) -> None:
    if not has_factor(user_id):
        raise _no_factor()


def _no_factor() -> Conflict:
    return Conflict(
        gettext("There is no second factor."), gettext("It was removed already, or never set.")
    )


def replace_codes(user_id: UUID, *, at: datetime) -> list[str]:
    """Ten recovery codes in place of those that the person had, as they are shown once."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    rows, shown = new_codes(user_id, at=at)
    db.session.add_all(rows)
    return shown


def record_change(action: str, user: User, change: Change, *, at: datetime) -> None:
    """Enter a change of the own factors in the log, and queue the mail about it."""
    log = installation_log(at=at)
    with acting_in(log.id):
        act = Act(system_identity(log.id), at)
        tell(user, change, act=act)
        audit.record(action, user, act=act)
