"""Registrations of evidence with earlier packages, one function per feature."""

from collections.abc import Callable

from ddplatform.evidence import jobs

FEATURES: tuple[Callable[[], None], ...] = (jobs.register,)


def register() -> None:
    """Fill the registries of earlier packages."""
    for feature in FEATURES:
        feature()
