"""What accounts registers with earlier packages: each feature for itself."""

from collections.abc import Callable

FEATURES: tuple[Callable[[], None], ...] = ()


def register() -> None:
    """Fill the registries of earlier packages."""
    for feature in FEATURES:
        feature()
