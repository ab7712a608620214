"""Rotation of keys: online, and resumed by the same command where it was interrupted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update

from ddplatform.accounts.organisations.services.organisations import installation_log
from ddplatform.accounts.second_factor.services import secrets
from ddplatform.accounts.single_sign_on.queries import find_own_provider_for_change
from ddplatform.accounts.single_sign_on.services.providers import reseal
from ddplatform.audit.services import log as audit
from ddplatform.config import Settings, keep_new_secret
from ddplatform.due_diligence.remedy.services.seal import rewrapped_key
from ddplatform.infrastructure.access.accounts import accounts
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.keys import (
    CASE_MASTER,
    SECOND_FACTOR,
    SINGLE_SIGN_ON,
    WEBHOOK,
)
from ddplatform.infrastructure.db import db, unit_of_work
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.registry import Registry
from ddplatform.infrastructure.tenancy import acting_in, nobody
from ddplatform.operations.keys.queries import (
    KEY_HOLDERS,
    KeyHolder,
    list_factors_for_resealing,
    list_for_rewrapping,
)
from ddplatform.operations.keys.schedule import RENEWED

BATCH: Final = 200
"""Rows in one unit of work, so that nobody waits long for SQLite's write lock."""
Progress = Callable[[str, int, int], None]
SEALED_LATER: Registry[Callable[[Sequence[bytes]], int]] = Registry("what later packages seal")
"""Key -> seals what the acting organisation has under it with the first of these keys, and says
how many values another one had sealed."""


@dataclass(frozen=True)
class Rotated:
    """A key that was changed, with what this call did.

    `cases`: whose data keys are wrapped anew; `providers`, `factors`, `webhooks`: whose secrets are
    sealed anew.
    """

    key: str
    cases: int = 0
    providers: int = 0
    factors: int = 0
    webhooks: int = 0
    public_key: str = ""
    before: str = ""


def rotate_case_master(*, at: datetime, progress: Progress) -> Rotated:
    """Wrap every data key of a case or concern with a new master key; what is sealed stays.

    The old key opens what is not wrapped anew yet, and is destroyed once a whole pass finds
    nothing left. Interrupted, it goes on when it is called again.
    """
    keys = adapters().keys
    keys.begin_change(CASE_MASTER)
    new, *old = keys.case_masters()
    cases = 0
    if old:
        while (wrapped := _pass_over_cases(old[0], new, progress)) > 0:
            cases += wrapped
    _record("keys:rotate_case_master", at, cases=cases)
    keys.finish_change(CASE_MASTER)
    return Rotated("case-master", cases=cases)


def _pass_over_cases(old: bytes, new: bytes, progress: Progress) -> int:
    """Go over all cases and concerns of all organisations; the number that was wrapped anew."""
    wrapped = 0
    with nobody():
        with unit_of_work():
            organisations = accounts().list_organisation_ids()
        for number, organisation_id in enumerate(organisations):
            for model in KEY_HOLDERS:
                wrapped += _pass_over(model, organisation_id, old, new)
            progress("Organisations", number + 1, len(organisations))
    return wrapped


def _pass_over(model: type[KeyHolder], organisation_id: UUID, old: bytes, new: bytes) -> int:
    wrapped, after = 0, None
    while True:
        with unit_of_work(), acting_in(organisation_id):
            rows = list_for_rewrapping(model, after, BATCH)
            wrapped += sum(_rewrap(row, old=old, new=new) for row in rows)
        if len(rows) < BATCH:
            return wrapped
        after = rows[-1].id


def _rewrap(case: KeyHolder, *, old: bytes, new: bytes) -> bool:
    """Change the column alone: the version of the row stays, so that no edit of a person that
    was begun before is refused."""
    made = rewrapped_key(case, old=old, new=new)
    if made is None:
        return False
    model = type(case)
    here = (model.id == case.id, model.key_wrapped.is_not(None))
    statement = update(model).where(*here).values(key_wrapped=made)
    db.session.execute(statement, execution_options={"synchronize_session": False})
    return True


def rotate_single_sign_on_key(*, at: datetime) -> Rotated:
    """Seal the secrets of all providers with a new key; people go on signing in there.

    The old key is destroyed afterwards. Interrupted, it goes on when it is called again.
    """
    keys = adapters().keys
    keys.begin_change(SINGLE_SIGN_ON)
    accepted, sealed = keys.single_sign_on_keys(), 0
    with nobody():
        with unit_of_work():
            organisations = accounts().list_organisation_ids()
        for organisation_id in organisations:
            with unit_of_work(), acting_in(organisation_id):
                row = find_own_provider_for_change()
                sealed += row is not None and reseal(row, keys=accepted)
    _record("keys:rotate_single_sign_on", at, providers=sealed)
    keys.finish_change(SINGLE_SIGN_ON)
    return Rotated("single-sign-on", providers=sealed)


def rotate_second_factor_key(*, at: datetime, progress: Progress) -> Rotated:
    """Seal the secrets of all authenticator apps with a new key; their codes stay good.

    The old key is destroyed once a whole pass finds nothing left. A page of set-up and a question
    for a passkey that are open at this moment have to be opened again. Interrupted, it goes on
    when it is called again.
    """
    keys = adapters().keys
    keys.begin_change(SECOND_FACTOR)
    accepted, factors = keys.second_factors(), 0
    while (sealed := _pass_over_factors(accepted, progress)) > 0:
        factors += sealed
    _record("keys:rotate_second_factor", at, factors=factors)
    keys.finish_change(SECOND_FACTOR)
    return Rotated("second-factor", factors=factors)


def _pass_over_factors(keys: Sequence[bytes], progress: Progress) -> int:
    """Go over the apps of all people; the number that was sealed anew."""
    sealed = seen = 0
    after: UUID | None = None
    while True:
        with nobody(), unit_of_work():
            factors = list_factors_for_resealing(after, BATCH)
            sealed += sum(secrets.reseal(factor, keys=keys) for factor in factors)
            after = factors[-1].id if factors else None
        seen += len(factors)
        progress("Authenticator apps", seen, seen)
        if len(factors) < BATCH:
            return sealed


def rotate_webhook_key(*, at: datetime, progress: Progress) -> Rotated:
    """Seal the secrets of all webhooks with a new key; receivers know them as before.

    The old key is destroyed once a whole pass finds nothing left. Interrupted, it goes on when it
    is called again.
    """
    keys, reseal = adapters().keys, SEALED_LATER.get(WEBHOOK)
    keys.begin_change(WEBHOOK)
    accepted, webhooks = keys.webhooks(), 0
    while (sealed := _pass_over_organisations(reseal, accepted, progress)) > 0:
        webhooks += sealed
    _record("keys:rotate_webhook", at, webhooks=webhooks)
    keys.finish_change(WEBHOOK)
    return Rotated("webhook", webhooks=webhooks)


def _pass_over_organisations(
    reseal: Callable[[Sequence[bytes]], int], keys: Sequence[bytes], progress: Progress
) -> int:
    """Seal anew in each organisation, a unit of work for each; the number of values."""
    sealed = 0
    with nobody():
        with unit_of_work():
            organisations = accounts().list_organisation_ids()
        for number, organisation_id in enumerate(organisations):
            with unit_of_work(), acting_in(organisation_id):
                sealed += reseal(keys)
            progress("Organisations", number + 1, len(organisations))
    return sealed


def rotate_log_key(*, at: datetime) -> Rotated:
    """Sign the heads of the logs with a new key from now on.

    Every log is signed by the old key first. The new one is known, and named in an event that
    the next heads cover, before it signs; heads of before verify by the history of public keys.
    """
    keys = adapters().keys
    before = keys.log_signer().public_key.text()
    made = keys.prepare_log_signer().text()
    with nobody():
        with unit_of_work():
            organisations = accounts().list_organisation_ids()
        for organisation_id in organisations:
            with unit_of_work(), acting_in(organisation_id):
                audit.sign_checkpoint(at=at)
    _record("keys:rotate_log_key", at, public_key=(before, made))
    keys.change_log_signer()
    return Rotated("log-signing", public_key=made, before=before)


def rotate_session_secret(settings: Settings, *, at: datetime) -> Rotated:
    """Make a new secret for form tokens; open pages go on with the one before.

    Raises:
        Conflict: the secret comes from the environment, where this command reaches nothing.
    """
    if not keep_new_secret(settings):
        raise Conflict(
            "SECRET_KEY comes from the environment.",
            "Put the value of now into SECRET_KEY_FALLBACKS and a new one into SECRET_KEY (python "
            '-c "import secrets; print(secrets.token_urlsafe(48))"), then start the processes '
            "again; after a day take the fallback away.",
        )
    _record("keys:rotate_session_secret", at)
    return Rotated("session")


def note_renewal(setting: str, *, at: datetime) -> None:
    """Record that the operator put a new secret into a setting, from where its age counts."""
    _record(RENEWED, at, setting=setting)


def _record(action: str, at: datetime, **told: Any) -> None:
    with nobody(), unit_of_work():
        log_id = installation_log(at=at).id
        with acting_in(log_id):
            audit.record(action, None, act=Act(system_identity(log_id), at), **told)
