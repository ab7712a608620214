"""Second factor: codes of an authenticator app, and recovery codes."""
