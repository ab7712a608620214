"""Cache of computed answers about maps: the newest few, in the process."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")
Key = TypeVar("Key")
Kept = TypeVar("Kept")
MOST = 40
_lock = Lock()


@dataclass
class Memory:
    """The newest few answers about something that never changes."""

    most: int = MOST
    _kept: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer to a question, worked out the first time; two at once may both do it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: T = self._kept[key]
                return found
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return made


def recall(kept: OrderedDict[Key, Kept], key: Key) -> Kept | None:
    """The value that this process caches under a key."""
    with _lock:
        return kept.get(key)


def keep(kept: OrderedDict[Key, Kept], key: Key, value: Kept, most: int) -> None:
    """Put a value into a memory of this process that holds the newest few."""
    with _lock:
        kept[key] = value
        kept.move_to_end(key)
        while len(kept) > most:
            kept.popitem(last=False)
