"""Registries, filled by later packages at start-up for the use of earlier ones."""

from collections.abc import Iterator
from typing import Generic, TypeVar

Value = TypeVar("Value")


class NothingRegistered(RuntimeError):
    """A registry is read before the application is put together."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"Nothing is registered for {subject}: create the application first.")


class Registry(Generic[Value]):
    """Values of later packages under keys of their own, in the order in which they came.

    Args:
        subject: what is registered here, for the message of an error.
    """

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._values: dict[str, Value] = {}

    def add(self, key: str, value: Value) -> None:
        """Register a value. The same key again replaces it: an application can be made twice."""
        self._values[key] = value

    def get(self, key: str) -> Value:
        """The value under this key.

        Raises:
            NothingRegistered: no package has registered anything yet.
            KeyError: nothing is registered under this key.
        """
        self._refuse_nothing()
        return self._values[key]

    def __iter__(self) -> Iterator[Value]:
        self._refuse_nothing()
        return iter(tuple(self._values.values()))

    def items(self) -> tuple[tuple[str, Value], ...]:
        """Keys with their values.

        Raises:
            NothingRegistered: no package has registered anything yet.
        """
        self._refuse_nothing()
        return tuple(self._values.items())

    def _refuse_nothing(self) -> None:
        # An empty list would be read as "nothing hangs on this place", and it would be deleted.
        if not self._values:
            raise NothingRegistered(self._subject)
