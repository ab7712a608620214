"""Second factor: codes of an authenticator app, passkeys, and recovery codes."""
