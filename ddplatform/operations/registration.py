"""Registrations of operations with earlier packages, one function per feature."""

from collections.abc import Callable

from ddplatform.operations import jobs
from ddplatform.operations.backup import registration as backup

FEATURES: tuple[Callable[[], None], ...] = (jobs.register, backup.register)
