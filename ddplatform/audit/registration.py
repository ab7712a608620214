"""Registrations of the log with earlier packages, one function per feature."""

from collections.abc import Callable

from ddplatform.audit import jobs

FEATURES: tuple[Callable[[], None], ...] = (jobs.register,)


def register() -> None:
    """Fill the registries of earlier packages."""
    for feature in FEATURES:
        feature()
