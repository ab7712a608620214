"""Registration of overdue keys with the metrics."""

from datetime import datetime

from flask import current_app

from ddplatform.infrastructure.health.metrics import GAUGES, Gauge
from ddplatform.operations.keys.schedule import count_overdue


def _overdue(now: datetime) -> float:
    return count_overdue(current_app.extensions["settings"], now)


def register() -> None:
    """Tell how many keys and secrets are older than their period."""
    meaning = "Keys and secrets older than their period, or whose rotation has not ended"
    GAUGES.add("overdue_keys", Gauge(meaning, _overdue))
