"""Registrations of the interface for programs with earlier packages."""

from ddplatform.api import jobs


def register() -> None:
    """Fill the registries of earlier packages."""
    jobs.register()
