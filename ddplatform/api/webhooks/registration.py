"""Registration of the secrets of webhooks with the rotation of keys."""

from ddplatform.api.webhooks.services.webhooks import reseal_secrets
from ddplatform.infrastructure.adapters.keys import WEBHOOK
from ddplatform.operations.keys.services import SEALED_LATER


def register() -> None:
    """Let `flask keys rotate webhook` seal them anew."""
    SEALED_LATER.add(WEBHOOK, reseal_secrets)
