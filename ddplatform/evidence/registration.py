"""Registrations of evidence with earlier packages, one function per feature."""

from collections.abc import Callable

from ddplatform.evidence import jobs

FEATURES: tuple[Callable[[], None], ...] = (jobs.register,)
