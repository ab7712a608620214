"""Webhooks: programs of an organisation are told of changes."""
