"""Operation of an installation: backups, keys, retention, metrics."""
