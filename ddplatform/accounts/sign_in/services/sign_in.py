"""Sign-in by password, with equal answers for unknown people and wrong passwords."""

from datetime import datetime

from ddplatform.accounts.guesses.devices import KnownDevices
from ddplatform.accounts.guesses.services import (
    Guesser,
    count_failure,
    forgive_failures,
    hold_counters,
)
from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import get_user_by_email
from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.audit.models import Outcome
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.passwords import verify_password
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.languages import gettext


def sign_in(
    *, email: str, password: str, address: str, devices: KnownDevices, at: datetime
) -> User:
    """The user behind an address and a password.

    A second factor will be asked between this and the session; nothing else has to change.

    Args:
        address: of the connection.
        devices: what the browser brought of earlier sign-ins.

    Raises:
        Invalid: wrong, in words that do not reveal whether the account exists.
        TooMany: too many failures; nothing was looked at, so nothing is logged.
    """
    user = get_user_by_email(email)
    guesser = Guesser(email, address, devices.device_of(user))
    counters = hold_counters(guesser, at=at)
    fits = verify_password(password, user.password_hash if user else None)
    if user is None or not fits or not user.is_active:
        count_failure(counters, at=at)
        _log("session:refuse", user, at=at, outcome=Outcome.FAILED)
        raise Invalid(
            gettext("The e-mail address and the password do not belong together."),
            gettext("Check both, or ask for a link to set a new password."),
        )
    forgive_failures(counters)
    user.last_sign_in_at = at
    _log("session:start", user, at=at)
    return user


def _log(action: str, user: User | None, *, at: datetime, outcome: Outcome = Outcome.DONE) -> None:
    log = installation_log(at=at)
    with acting_in(log.id):
        audit.record(action, user, act=Act(system_identity(log.id), at), outcome=outcome)
