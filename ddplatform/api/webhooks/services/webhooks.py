"""Webhooks: made, resumed, removed, paused."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from ddplatform.api.webhooks.catalogue import SCOPES, Subject
from ddplatform.api.webhooks.messages import secret_text
from ddplatform.api.webhooks.models import Pause, Webhook
from ddplatform.api.webhooks.queries import (
    count_webhooks,
    find_identity,
    find_log_size,
    list_webhooks_for_change,
)
from ddplatform.api.webhooks.services import mails
from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.policy import allows
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.sealing import (
    SealBroken,
    open_with_any,
    resealed,
    seal_bytes,
)
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.languages import gettext

SEND, TEST = "webhook:send", "webhook:test"
MOST = 10
SECRET_BYTES = 32
PACE = timedelta(minutes=1)
"""How often an organisation with webhooks looks for something to send."""
_BOUND = b"webhook.sealed_secret|"


def add_webhook(
    name: str, url: str, subjects: Collection[Subject], *, act: Act
) -> tuple[Webhook, str]:
    """Make a webhook that tells of changes from now on; returns it with its secret, shown once.

    Raises:
        Invalid: an address that the operator does not allow, no subject, or one that the role of
            its maker may not read.
        Conflict: the organisation has ten webhooks.
    """
    faults = {}
    if not adapters().webhooks.allows(url):
        faults["url"] = gettext("Enter a URL that begins with https:// and names an allowed host.")
    if not subjects or any(one not in subjects_for(act.by) for one in subjects):
        faults["subjects"] = gettext("Choose events that your role may read.")
    if faults:
        raise Invalid(fields=faults)
    if count_webhooks() >= MOST:
        raise Conflict(
            gettext("There are %(most)s webhooks already, the maximum.", most=MOST),
            gettext("Remove one that is no longer used."),
        )
    assert act.by.user_id is not None, "a person makes a webhook"
    key, secret = uuid4(), secrets.token_bytes(SECRET_BYTES)
    webhook = Webhook(
        id=key,
        name=name.strip(),
        url=url,
        subjects=sorted(one.value for one in subjects),
        sealed_secret=seal_bytes(adapters().keys.webhook(), secret, bound=_BOUND + key.bytes),
        acts_for_id=act.by.user_id,
        created_at=act.at,
        sequence=find_log_size(),
        next_try_at=act.at,
    )
    db.session.add(webhook)
    db.session.flush()  # the event names it
    audit.record(
        "webhook:add", webhook, act=act, name=webhook.name, url=url, subjects=webhook.subjects
    )
    look_again(act.at, act.by.organisation_id)
    return webhook, secret_text(secret)


def subjects_for(by: Identity) -> tuple[Subject, ...]:
    """The subjects that a person may choose: those that their role may read."""
    return tuple(subject for subject, scope in SCOPES.items() if by.has(scope))


def remove_webhook(webhook: Webhook, *, act: Act) -> None:
    """Remove a webhook for good, with what waits for it."""
    audit.record("webhook:remove", webhook, act=act, name=webhook.name, url=webhook.url)
    db.session.delete(webhook)


def resume_webhook(webhook: Webhook, *, act: Act) -> None:
    """Send again, with what waited meanwhile; from now on it acts for who resumes it.

    Raises:
        Conflict: it is not paused, or the role of the person may not read its events.
    """
    if webhook.paused_at is None:
        raise Conflict(gettext("This webhook is not paused."))
    assert act.by.user_id is not None, "a person resumes a webhook"
    if not _may(act.by, webhook, act.at):
        raise Conflict(gettext("Your role may not read the events of this webhook."))
    webhook.paused_at = webhook.paused_because = webhook.failing_since = None
    webhook.failures = 0
    webhook.acts_for_id, webhook.next_try_at = act.by.user_id, act.at
    audit.record("webhook:resume", webhook, act=act, name=webhook.name)
    look_again(act.at, act.by.organisation_id)


def ask_test(webhook: Webhook, *, act: Act) -> Job:
    """Queue a message that tells of nothing; the page shows how it was answered."""
    key = f"{TEST}:{webhook.id}"
    return jobs.enqueue_once(TEST, {"webhook_id": str(webhook.id)}, unique_key=key, act=act)


def pause_webhook(webhook: Webhook, why: Pause, *, at: datetime) -> None:
    """Stop sending until somebody resumes it, and tell the person it acts for."""
    act = Act(system_identity(webhook.organisation_id), at)
    webhook.paused_at, webhook.paused_because = at, why
    audit.record("webhook:pause", webhook, act=act, name=webhook.name, reason=why.value)
    mails.tell_paused(webhook, act=act)


def is_backed(webhook: Webhook, at: datetime) -> bool:
    """Whether the person it acts for still has the rights that it needs."""
    person = find_identity(webhook.acts_for_id)
    return person is not None and _may(person, webhook, at)


def _may(person: Identity, webhook: Webhook, at: datetime) -> bool:
    scopes: Sequence[Permission] = [SCOPES[Subject(one)] for one in webhook.subjects]
    needed = (Permission.API_TOKEN_MANAGE, *scopes)
    return all(allows(person, one, on=at.date()) for one in needed)


def open_secret(webhook: Webhook) -> bytes | None:
    """The secret by which a webhook signs; None where it was sealed with another key."""
    bound = _BOUND + webhook.id.bytes
    try:
        return open_with_any(adapters().keys.webhooks(), webhook.sealed_secret, bound=bound)
    except SealBroken:
        return None


def reseal_secrets(keys: Sequence[bytes]) -> int:
    """Seal the secrets of the acting organisation's webhooks with the first of these keys.

    Returns:
        How many another key had sealed; one that none of them opens stays as it is.
    """
    changed = 0
    for webhook in list_webhooks_for_change():
        made = resealed(keys, webhook.sealed_secret, bound=_BOUND + webhook.id.bytes)
        webhook.sealed_secret = made or webhook.sealed_secret
        changed += made is not None
    return changed


def look_again(at: datetime, organisation_id: UUID) -> None:
    """Queue the next look for something to send."""
    act = Act(system_identity(organisation_id), at)
    jobs.enqueue(SEND, {}, act=act, run_after=at + PACE, unique_key=f"{SEND}:next")
