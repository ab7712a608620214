"""Job handlers by name: every domain registers its own (rule 4)."""

from collections.abc import Mapping

from ddplatform.infrastructure.jobs.context import Handler
from ddplatform.infrastructure.registry import Registry

HANDLERS: Registry[Handler] = Registry("jobs")
"""Name of a job -> its handler. Names are stored in the database, so none ever changes."""


def register_jobs(jobs: Mapping[str, Handler]) -> None:
    """Register the work of a domain, by the names of its jobs."""
    for name, handler in jobs.items():
        HANDLERS.add(name, handler)


def list_periodic() -> list[tuple[str, int]]:
    """Names of the jobs that come by themselves, with the seconds between two runs."""
    return [
        (name, handler.every_s) for name, handler in HANDLERS.items() if handler.every_s is not None
    ]


def title_of(name: str) -> str:
    """The title of a job on its progress page; empty where it has none of its own.

    Jobs of an earlier version that nobody does any more have none either.
    """
    return next((handler.title for key, handler in HANDLERS.items() if key == name), "")
