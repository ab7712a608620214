"""Sign-in in two steps: a password, and a code where the person has a second factor.

Unknown people and wrong passwords get equal answers.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ddplatform.accounts.guesses.devices import KnownDevices
from ddplatform.accounts.guesses.services import (
    Guesser,
    count_failure,
    forgive_failures,
    hold_counters,
)
from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.limits.services import Limit
from ddplatform.accounts.notices.services import Change, tell
from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import get_user_by_email
from ddplatform.accounts.organisations.services.new_passwords import renew_hash
from ddplatform.accounts.organisations.services.organisations import (
    acting_for_installation,
    record_of_person,
)
from ddplatform.accounts.passkeys.services.own_passkeys import use_passkey
from ddplatform.accounts.second_factor.queries import has_factor
from ddplatform.accounts.second_factor.services.codes import Kind, use_code
from ddplatform.accounts.sessions.services import PASSWORD, PROVIDER
from ddplatform.audit.models import Outcome
from ddplatform.infrastructure.adapters.passwords import verify_password
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext

CONFIRMATION = Limit("confirmation of an account", 10, 3600)


@dataclass(frozen=True)
class Proof:
    """What proves a second factor: a code, or what a browser answered with a passkey."""

    code: str = ""
    passkey: str = ""


def sign_in(
    *, email: str, password: str, address: str, devices: KnownDevices, at: datetime
) -> User:
    """The user behind an address and a password; `sign_in_with_factor` follows a second factor.

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
        record_of_person("session:refuse", user, at=at, outcome=Outcome.FAILED)
        raise Invalid(
            gettext("The e-mail address and the password do not belong together."),
            gettext("Check both, or ask for a link to set a new password."),
        )
    forgive_failures(counters)
    renewed = _renewed(user, password)
    if has_factor(user.id):
        record_of_person("session:ask_code", user, at=at, **renewed)
        return user
    _come_in(user, devices, PASSWORD, at=at, **renewed)
    return user


def sign_in_by_provider(
    user: User, *, is_vouched: bool, devices: KnownDevices, at: datetime
) -> None:
    """The first step at the provider of an organisation; `sign_in_with_factor` follows a factor.

    Args:
        is_vouched: the second factor that the provider asked for stands for one of our own.
    """
    if has_factor(user.id) and not is_vouched:
        record_of_person("session:ask_code", user, at=at, way=PROVIDER)
        return
    factors = f"{PROVIDER} with a second factor there" if is_vouched else PROVIDER
    _come_in(user, devices, factors, at=at)


def sign_in_with_factor(
    user: User, proof: Proof, *, devices: KnownDevices, at: datetime, first_step: str = PASSWORD
) -> None:
    """The second step: a code of the person's app, a recovery code, or a passkey.

    Raises:
        Invalid: it does not fit, or was used before.
        TooMany: too many codes and passkeys were tried for this account.
    """
    factor = _require_factor(user, proof, refused_as="session:refuse_code", at=at)
    _come_in(user, devices, f"{first_step} and {factor}", at=at)


def confirm_identity(user: User, *, password: str, proof: Proof, at: datetime) -> None:
    """Prove again who is in front of a signed-in browser, before an act that asks for it.

    Raises:
        Invalid: the password is wrong, or the proof where there is a second factor.
        TooMany: too many tries for this account.
    """
    rate_limits.count_try(CONFIRMATION, str(user.id), at=at)
    if not verify_password(password, user.password_hash):
        record_of_person("session:refuse_confirmation", user, at=at, outcome=Outcome.FAILED)
        raise Invalid(fields={"password": gettext("This is not the password you use now.")})
    if has_factor(user.id):
        _require_factor(user, proof, refused_as="session:refuse_confirmation", at=at)
    record_of_person("session:confirm", user, at=at, **_renewed(user, password))


def _renewed(user: User, password: str) -> dict[str, Any]:
    """Renew an outdated hash of a proven password; what the event says of it."""
    return {"password_hash": "renewed"} if renew_hash(user, password) else {}


def _require_factor(user: User, proof: Proof, *, refused_as: str, at: datetime) -> str:
    if proof.passkey:
        if use_passkey(user.id, proof.passkey, at=at):
            return "passkey"
        refusal = gettext("Your passkey was not accepted. Try once more, or enter a code.")
    else:
        kind = use_code(user.id, proof.code, at=at)
        if kind is not None:
            if kind is Kind.RECOVERY:
                _tell(user, Change.RECOVERY, at=at)
            return "recovery code" if kind is Kind.RECOVERY else "code of the app"
        refusal = gettext(
            "This code is wrong or was used before. Wait for the next one of the app, or enter a "
            "recovery code."
        )
    record_of_person(refused_as, user, at=at, outcome=Outcome.FAILED)
    raise Invalid(fields={"code": refusal})


def _come_in(
    user: User, devices: KnownDevices, factors: str, *, at: datetime, **values: Any
) -> None:
    if user.last_sign_in_at is not None and devices.device_of(user) is None:
        _tell(user, Change.NEW_DEVICE, at=at)
    user.last_sign_in_at = at
    record_of_person("session:start", user, at=at, factors=factors, **values)


def _tell(user: User, change: Change, *, at: datetime) -> None:
    with acting_for_installation(at=at) as act:
        tell(user, change, act=act)
