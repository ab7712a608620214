"""How a webhook stands, in words."""

from dataclasses import dataclass
from datetime import datetime

from ddplatform.api.webhooks.catalogue import Subject
from ddplatform.api.webhooks.models import Pause
from ddplatform.api.webhooks.queries import WebhookRow
from ddplatform.api.webhooks.words import SUBJECT_LABELS
from ddplatform.infrastructure.adapters.webhook_sender import Fault
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _

FAULTS = {
    Fault.HOST: _("The operator does not allow its host."),
    Fault.CONNECTION: _("No connection came about."),
    Fault.CERTIFICATE: _("The certificate of its host is not trusted."),
    Fault.TIME: _("It did not answer in time."),
    Fault.REDIRECT: _("It sent on to another address, which is not followed."),
    Fault.SIZE: _("It answered with more than 4 KB."),
    Fault.SECRET: _("Its secret cannot be opened. Remove it and make a new one."),
}
PAUSES = {
    Pause.FAILING: _("Paused: its URL has accepted no event for three days."),
    Pause.RIGHTS: _("Paused: whom it acts for has left or may no longer do so."),
}


@dataclass(frozen=True)
class ShownWebhook:
    """A line of the page of webhooks."""

    row: WebhookRow
    subjects: str
    paused: str
    """Why it is paused; empty while it sends."""
    failing: str
    """Why the last event was not taken; empty while all are."""
    test: str
    """How the last test event was answered; empty before the first."""


def shown(row: WebhookRow) -> ShownWebhook:
    """A webhook with its state in words."""
    webhook = row.webhook
    is_failing = webhook.failing_since is not None and webhook.last_fault is not None
    return ShownWebhook(
        row,
        subjects=", ".join(str(SUBJECT_LABELS[Subject(one)]) for one in webhook.subjects),
        paused=str(PAUSES[webhook.paused_because]) if webhook.paused_because else "",
        failing=fault_in_words(webhook.last_fault, webhook.last_status) if is_failing else "",
        test=_test(webhook.tested_at, webhook.test_fault, webhook.test_status),
    )


def fault_in_words(fault: Fault | None, status: int | None) -> str:
    """Why an event was not taken."""
    if fault is None:
        return ""
    if fault is Fault.STATUS:
        return gettext("The receiver answered with status %(status)s.", status=status)
    return str(FAULTS[fault])


def _test(at: datetime | None, fault: Fault | None, status: int | None) -> str:
    if at is None:
        return ""
    return fault_in_words(fault, status) or gettext("The test event was accepted.")
