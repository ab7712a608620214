"""Webhooks: programs of an organisation are notified of changes."""
