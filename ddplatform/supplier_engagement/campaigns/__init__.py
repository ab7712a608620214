"""Many suppliers asked in one go, in waves and with reminders."""
