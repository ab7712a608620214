"""Keeps Python's search for unused objects away from what stays loaded to the end of a run."""

import gc

ALLOCATIONS = 50_000
"""New objects after which the youngest are searched; Python's own 700 suit small programs."""


def pytest_configure() -> None:
    """Collecting the tests imports everything and leaves nothing unused."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on only what the tests themselves make is searched."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, 20, 20)
    gc.enable()
