"""Passkeys of a person: added, removed, and used as a second factor."""

from datetime import datetime
from uuid import UUID

from ddplatform.accounts.limits import services as rate_limits
from ddplatform.accounts.notices.services import Change
from ddplatform.accounts.organisations.models import User
from ddplatform.accounts.passkeys.models import Passkey
from ddplatform.accounts.passkeys.queries import (
    find_passkey_for_change,
    is_registered,
    list_passkeys,
)
from ddplatform.accounts.passkeys.services.ceremonies import (
    ask_for_proof,
    check_signature,
    has_host_for_passkeys,
    read_answer,
    read_registration,
)
from ddplatform.accounts.passkeys.services.challenges import Purpose, made_at
from ddplatform.accounts.second_factor.queries import has_factor
from ddplatform.accounts.second_factor.services.codes import CODE
from ddplatform.accounts.second_factor.services.own_factor import (
    record_change,
    remove_one,
    replace_codes,
)
from ddplatform.accounts.sessions import services as sessions
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.languages import gettext

MOST = 10
"""Passkeys of one person."""


def add_passkey(user: User, *, name: str, answer: str, at: datetime) -> list[str]:
    """Let a passkey that a browser made count. Every session of the person ends.

    Returns:
        Recovery codes where this is the first second factor; they cannot be read again.

    Raises:
        Invalid: the answer does not hold, is too old, was used before, or there are ten already.
    """
    made = read_registration(answer, user.id, at=at)
    if made is None or is_registered(made.credential_id):
        raise Invalid(
            fields={
                "name": gettext(
                    "The browser's answer was not accepted, or this page was open too long. Add "
                    "the passkey once more."
                )
            }
        )
    if len(list_passkeys(user.id)) >= MOST:
        raise Invalid(
            fields={
                "name": gettext(
                    "You have %(most)s passkeys, the most there can be. Remove one first.",
                    most=MOST,
                )
            }
        )
    is_first = not has_factor(user.id)
    passkey = Passkey(
        user_id=user.id,
        name=name.strip(),
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        added_at=at,
    )
    db.session.add(passkey)
    codes = replace_codes(user.id, at=at) if is_first else []
    sessions.end_all_sessions(user.id)
    record_change("passkey:add", user, Change.PASSKEY_ADDED, at=at)
    return codes


def remove_passkey(user: User, passkey: Passkey, *, at: datetime) -> None:
    """Remove a passkey; with the last factor the recovery codes go too. Every session ends.

    Raises:
        Conflict: it is the last factor, and an organisation asks for one in the person's role.
    """
    remove_one(user, passkey, at=at)
    record_change("passkey:remove", user, Change.PASSKEY_REMOVED, at=at)


def proof_asked_of(user_id: UUID, *, at: datetime) -> str | None:
    """What the browser of a person is asked to prove a passkey; None where there is none to ask."""
    passkeys = list_passkeys(user_id)
    if not passkeys or not has_host_for_passkeys():
        return None
    return ask_for_proof(user_id, passkeys, at=at)


def use_passkey(user_id: UUID, text: str, *, at: datetime) -> bool:
    """Whether a browser proved a passkey of this person; an answer counts once.

    Raises:
        TooMany: too many codes and passkeys were tried for this person.
    """
    rate_limits.count_try(CODE, str(user_id), at=at)
    answer = read_answer(text)
    if answer is None:
        return False
    asked_at = made_at(answer.challenge, user_id, Purpose.PROVE, at=at)
    passkey = find_passkey_for_change(user_id, answer.credential_id)
    if asked_at is None or passkey is None:
        return False
    if passkey.last_used_at is not None and asked_at <= passkey.last_used_at:
        return False
    sign_count = check_signature(answer, passkey)
    if sign_count is None:
        return False
    passkey.sign_count, passkey.last_used_at = sign_count, at
    return True
