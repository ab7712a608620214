"""What an earlier package asks later ones is answered once the application is made."""

import sys

from ddplatform import factory
from ddplatform.infrastructure.registry import Registry
from ddplatform.registration import register


def registries() -> dict[str, Registry[object]]:
    """Name -> registry, of all modules that the application is made of."""
    assert factory, "it imports them"
    return {
        f"{module.__name__}.{name}": value
        for module in list(sys.modules.values())
        if module.__name__.startswith("ddplatform.")
        for name, value in vars(module).items()
        if isinstance(value, Registry)
    }


def test_every_registry_is_filled() -> None:
    register()

    found = registries()

    assert found
    assert [name for name, registry in found.items() if not registry.items()] == []
