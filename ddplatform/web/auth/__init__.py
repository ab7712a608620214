"""Sign in, sign out, reset a password, accept an invitation."""
