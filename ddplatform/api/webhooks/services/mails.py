"""The mail to whom a webhook acts for, when it is paused."""

from uuid import UUID

from ddplatform.accounts.organisations.queries import (
    get_organisation,
    is_member,
    language_to_write_in,
    list_addresses,
)
from ddplatform.api.webhooks.models import Pause, Webhook
from ddplatform.api.webhooks.queries import find_webhook
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.languages import gettext, speaking

TELL = "webhook:tell"


def tell_paused(webhook: Webhook, *, act: Act) -> None:
    """Queue the mail, unless the person has left the organisation."""
    if is_member(webhook.acts_for_id):
        jobs.enqueue(TELL, {"webhook_id": str(webhook.id)}, act=act)


def send_paused(webhook_id: UUID) -> None:
    """Send the mail, in the language of the person; none where it goes on or is removed."""
    webhook = find_webhook(webhook_id)
    if webhook is None or webhook.paused_because is None:
        return
    organisation = get_organisation(current_organisation())
    page = f"{adapters().base_url}/o/{organisation.slug}/settings/webhooks"
    for email in list_addresses([webhook.acts_for_id]):
        with speaking(language_to_write_in(email, "")):
            lines = [
                _why(webhook, webhook.paused_because),
                gettext("Events of the meantime are sent once an administrator resumes it:"),
                page,
            ]
            subject = gettext("Webhook paused: %(name)s", name=webhook.name)
        adapters().mailer.send(Mail(email, subject, "\n\n".join(lines) + "\n"))


def _why(webhook: Webhook, why: Pause) -> str:
    if why is Pause.RIGHTS:
        return gettext(
            "The webhook “%(name)s” is paused: your role may no longer manage it or read its "
            "events.",
            name=webhook.name,
        )
    return gettext(
        "The webhook “%(name)s” is paused: its URL has accepted no event for three days.",
        name=webhook.name,
    )
