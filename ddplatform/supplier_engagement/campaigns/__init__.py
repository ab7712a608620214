"""Campaigns: bulk requests to suppliers, in waves and with reminders."""
