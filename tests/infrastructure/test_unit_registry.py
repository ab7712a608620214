"""What later packages register with earlier ones."""

import pytest

from ddplatform.infrastructure.registry import NothingRegistered, Registry


def test_values_come_in_the_order_in_which_they_were_registered() -> None:
    registry: Registry[int] = Registry("numbers")
    registry.add("b", 2)
    registry.add("a", 1)
    assert list(registry) == [2, 1]
    assert registry.items() == (("b", 2), ("a", 1))
    assert registry.get("a") == 1


def test_an_application_made_twice_registers_once() -> None:
    registry: Registry[int] = Registry("numbers")
    registry.add("a", 1)
    registry.add("a", 1)
    assert list(registry) == [1]


def test_an_empty_registry_is_never_read_as_nothing_there() -> None:
    registry: Registry[int] = Registry("what hangs on a place")
    for read in (lambda: list(registry), registry.items, lambda: registry.get("a")):
        with pytest.raises(NothingRegistered, match="what hangs on a place"):
            read()
