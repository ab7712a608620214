"""Webhooks: made and ended, sent, and mails about them."""
