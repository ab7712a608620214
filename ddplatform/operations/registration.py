"""Registrations of operations with earlier packages, one function per feature."""

from collections.abc import Callable

from ddplatform.operations import jobs
from ddplatform.operations.backup import registration as backup
from ddplatform.operations.keys import registration as keys

FEATURES: tuple[Callable[[], None], ...] = (jobs.register, backup.register, keys.register)
