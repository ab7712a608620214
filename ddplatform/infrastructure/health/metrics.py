"""Metrics for operators, in the text form of Prometheus.

Requests are counted in each web process by method and class of status alone: what is looked at,
and by whom, is nobody's business here. The rest is read when it is asked for.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from flask import Flask, Response, current_app, g, request

from ddplatform import __version__
from ddplatform.config import METRICS_OFF, Settings
from ddplatform.infrastructure.health import lazy
from ddplatform.infrastructure.health.queries import count_jobs, find_oldest_due
from ddplatform.infrastructure.registry import Registry

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

PREFIX: Final = "ddplatform_"
BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True)
class Gauge:
    """A figure of a later package: its meaning, and how it is read; None: there is none yet."""

    meaning: str
    read: Callable[[datetime], float | None]


GAUGES: Registry[Gauge] = Registry("metrics")
"""Name without prefix, with its unit -> gauge."""


def register(app: Flask, settings: Settings) -> None:
    """Count requests, where the setting METRICS switches metrics on."""
    if settings.metrics == METRICS_OFF:
        return
    registry = lazy.prometheus_client.CollectorRegistry()
    seconds = lazy.prometheus_client.Histogram(
        f"{PREFIX}request_seconds",
        "Time to answer requests of this process",
        ("method", "status"),
        registry=registry,
        buckets=BUCKETS,
    )
    registry.register(_Read(app))
    app.extensions["metrics"] = registry

    def begin() -> None:
        g.begun_at = time.perf_counter()

    def count(response: Response) -> Response:
        if "begun_at" in g:
            method = request.method if request.method in {"GET", "POST"} else "other"
            status = f"{response.status_code // 100}xx"
            seconds.labels(method, status).observe(time.perf_counter() - g.begun_at)
        return response

    app.before_request(begin)
    app.after_request(count)


def render() -> str:
    """All metrics of now. Raises KeyError where metrics are switched off."""
    text: bytes = lazy.prometheus_client.generate_latest(current_app.extensions["metrics"])
    return text.decode()


class _Read:
    """Figures that are read when they are asked for."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def describe(self) -> list["Metric"]:
        """Nothing: the database is not asked while the application starts."""
        return []

    def collect(self) -> Iterator["Metric"]:
        now = datetime.now(UTC)
        yield _gauge("info", "Version of the platform", 1, version=__version__)
        jobs = _gauge_of("jobs", "Jobs by state", "state")
        for state, count in count_jobs().items():
            jobs.add_metric([state], count)
        yield jobs
        due = find_oldest_due(now)
        waited = (now - due).total_seconds() if due else 0
        yield _gauge("oldest_due_job_seconds", "How long the oldest due job waits", waited)
        free = shutil.disk_usage(self._app.instance_path).free
        yield _gauge("free_disk_bytes", "Free space where the instance folder lies", free)
        for name, gauge in GAUGES.items():
            value = gauge.read(now)
            if value is not None:
                yield _gauge(name, gauge.meaning, value)


def _gauge(name: str, meaning: str, value: float, **labels: str) -> "Metric":
    metric = _gauge_of(name, meaning, *labels)
    metric.add_metric(list(labels.values()), value)
    return cast("Metric", metric)


def _gauge_of(name: str, meaning: str, *labels: str) -> Any:
    core = lazy.prometheus_client.metrics_core
    return core.GaugeMetricFamily(f"{PREFIX}{name}", meaning, labels=labels)
