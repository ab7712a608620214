"""Limits on guesses of passwords: failures are counted, never successes."""
