"""Delivery of events: in order, at least once, with no transaction open while it sends."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from ddplatform.api.blueprint import PREFIX
from ddplatform.api.webhooks.catalogue import types_of
from ddplatform.api.webhooks.messages import Message, message_of, message_of_test, sign
from ddplatform.api.webhooks.models import Pause, Webhook
from ddplatform.api.webhooks.queries import (
    find_webhook_for_change,
    get_webhook,
    has_active_webhook,
    list_due_webhooks,
    list_events_after,
    load_owners,
)
from ddplatform.api.webhooks.services.webhooks import (
    is_backed,
    look_again,
    open_secret,
    pause_webhook,
)
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.webhook_sender import Answer, Fault
from ddplatform.infrastructure.jobs.context import Unit

BATCH: Final = 100
"""Most events of one webhook between two units of work; as many may be sent again."""
BATCH_S: Final = 60.0
RUN_S: Final = 120.0
LEASE: Final = timedelta(minutes=5)
"""No other worker sends for a webhook so long; more than a run with its last batch can take."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
PAUSED_AFTER: Final = timedelta(days=3)


@dataclass(frozen=True)
class Batch:
    """What waits for a webhook, read before anything is sent."""

    webhook_id: UUID
    url: str
    secret: bytes | None
    """None: it was sealed with another key than that of this installation."""
    messages: tuple[tuple[int, Message], ...]
    """With the sequence of each."""


@dataclass(frozen=True)
class Sent:
    """How far a batch came."""

    many: int
    sequence: int | None
    """Of the last event that was taken."""
    refused: Answer | None


def send_due(*, look: Unit, unit: Unit, act: Act) -> Mapping[str, int]:
    """Send what waits for the webhooks of the organisation whose time has come."""
    if not adapters().webhooks.is_on:
        return {"sent": 0}
    with look():
        is_needed = has_active_webhook()
        waiting = [one.id for one in list_due_webhooks(act.at) if _has_work(one, act.at)]
    ends, sent = time.monotonic() + RUN_S, 0
    for webhook_id in waiting:
        if time.monotonic() > ends:
            break
        with unit():
            batch = _take(webhook_id, act.at)
        if batch is not None:
            done = _send(batch, act.at)
            with unit():
                _note(batch.webhook_id, done, act.at)
            sent += done.many
    if is_needed:
        with unit():
            look_again(act.at, act.by.organisation_id)
    return {"sent": sent}


def send_test(webhook_id: UUID, job_id: UUID, *, look: Unit, unit: Unit, act: Act) -> None:
    """Send a message that tells of nothing, and keep how it was answered."""
    with look():
        webhook = get_webhook(webhook_id)
        url, secret = webhook.url, open_secret(webhook)
    message = message_of_test(job_id, organisation_id=act.by.organisation_id, at=act.at)
    answer = _post(url, message, secret, act.at)
    with unit():
        kept = find_webhook_for_change(webhook_id)
        if kept is not None:
            kept.tested_at = act.at
            kept.test_fault, kept.test_status = answer.fault, answer.status


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: a minute, doubled up to six hours."""
    return min(FIRST_WAIT * (1 << min(failures - 1, 20)), LONGEST_WAIT)


def _has_work(webhook: Webhook, at: datetime) -> bool:
    actions = types_of(webhook.subjects)
    is_behind = bool(list_events_after(webhook.sequence, actions.keys(), limit=1))
    return is_behind or not is_backed(webhook, at)


def _take(webhook_id: UUID, at: datetime) -> Batch | None:
    """Reserve a webhook for this worker and read what waits for it; None: nothing to send."""
    webhook = find_webhook_for_change(webhook_id)
    if webhook is None or webhook.paused_at is not None or webhook.next_try_at > at:
        return None
    if not is_backed(webhook, at):
        pause_webhook(webhook, Pause.RIGHTS, at=at)
        return None
    types = types_of(webhook.subjects)
    entries = list_events_after(webhook.sequence, types.keys(), limit=BATCH)
    owners, api = load_owners(entries), adapters().base_url + PREFIX
    webhook.next_try_at = at + LEASE
    key = webhook.organisation_id
    messages = [
        (one.sequence, message_of(one, types[one.action], owners, organisation_id=key, api=api))
        for one in entries
    ]
    return Batch(webhook.id, webhook.url, open_secret(webhook), tuple(messages))


def _send(batch: Batch, at: datetime) -> Sent:
    ends, many, sequence = time.monotonic() + BATCH_S, 0, None
    for number, message in batch.messages:
        if time.monotonic() > ends:
            break
        answer = _post(batch.url, message, batch.secret, at)
        if answer.fault is not None:
            return Sent(many, sequence, answer)
        many, sequence = many + 1, number
    return Sent(many, sequence, None)


def _post(url: str, message: Message, secret: bytes | None, at: datetime) -> Answer:
    if secret is None:
        return Answer(Fault.SECRET)
    return adapters().webhooks.post(url, message.body, sign(message, secret, at=at))


def _note(webhook_id: UUID, done: Sent, at: datetime) -> None:
    """Keep how far a webhook came, and when it is tried next."""
    webhook = find_webhook_for_change(webhook_id)
    if webhook is None:
        return
    webhook.next_try_at = at
    if done.sequence is not None:
        webhook.sequence = max(webhook.sequence, done.sequence)
        webhook.last_success_at = at
        webhook.delivered += done.many
        webhook.failing_since, webhook.failures = None, 0
    if done.refused is None:
        return
    webhook.last_fault, webhook.last_status = done.refused.fault, done.refused.status
    webhook.failing_since = webhook.failing_since or at
    webhook.failures += 1
    webhook.next_try_at = at + wait_after(webhook.failures)
    if at - webhook.failing_since >= PAUSED_AFTER and webhook.paused_at is None:
        pause_webhook(webhook, Pause.FAILING, at=at)
