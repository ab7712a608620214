"""Passkeys (WebAuthn) as a second factor."""
