"""New passwords: checked against the names around a person, hashed and kept."""

from collections.abc import Collection
from urllib.parse import urlsplit

from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.organisations.queries import list_membership_facts
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.passwords import (
    hash_password,
    is_outdated,
    password_problem,
)
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import across_tenants


def set_password(user: User, password: str, *, names: Collection[str] = ()) -> None:
    """Keep a new password of a person; whoever calls it records the event.

    Args:
        names: of organisations that the person is about to join; those joined are found here.

    Raises:
        Invalid: the password breaks a rule.
    """
    with across_tenants():
        joined = [found.organisation for found in list_membership_facts(user.id)]
    known = [name for one in joined for name in (one.name, one.slug)]
    problem = new_password_problem(password, names=[user.name, user.email, *known, *names])
    if problem is not None:
        raise Invalid(fields={"password": problem})
    user.password_hash = hash_password(password)


def renew_hash(user: User, password: str) -> bool:
    """Hash the password that was just proven anew where the parameters have changed since.

    Returns:
        Whether it was; whoever calls it says so in the event of the sign-in.
    """
    if user.password_hash is None or not is_outdated(user.password_hash):
        return False
    user.password_hash = hash_password(password)
    return True


def new_password_problem(password: str, *, names: Collection[str]) -> str | None:
    """The reason for refusing a new password, with the remedy; None if it is fine.

    The address of this installation is no secret either (ASVS 5.0, 6.1.2 and 6.2.11).
    """
    host = urlsplit(adapters().base_url).hostname or ""
    return password_problem(password, context=[*names, host])
