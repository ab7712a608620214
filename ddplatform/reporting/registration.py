"""Registrations of reporting with earlier packages, one function per feature."""

from collections.abc import Callable

from ddplatform.reporting import jobs
from ddplatform.reporting.reports import registration as reports

FEATURES: tuple[Callable[[], None], ...] = (reports.register, jobs.register)
