"""What reporting registers with earlier packages: each feature for itself."""

from collections.abc import Callable

from ddplatform.reporting import jobs

FEATURES: tuple[Callable[[], None], ...] = (jobs.register,)


def register() -> None:
    """Fill the registries of earlier packages."""
    for feature in FEATURES:
        feature()
