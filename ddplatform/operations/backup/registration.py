"""Registration of the age of the last backup with the metrics."""

from datetime import datetime

from ddplatform.infrastructure.access.accounts import accounts
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.health.metrics import GAUGES, Gauge
from ddplatform.infrastructure.tenancy import acting_in
from ddplatform.operations.backup.queries import find_last_backup_at


def _age_of_last_backup(now: datetime) -> float | None:
    try:
        log_id = accounts().installation_organisation_id()
    except NotFound:
        return None  # nobody has signed in yet
    with acting_in(log_id):
        made = find_last_backup_at()
    return (now - made).total_seconds() if made else None


def register() -> None:
    """Tell how old the newest backup is; there is no figure before the first one."""
    meaning = "Age of the newest backup that was made here"
    GAUGES.add("backup_age_seconds", Gauge(meaning, _age_of_last_backup))
