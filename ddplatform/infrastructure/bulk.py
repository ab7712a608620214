"""Bulk reading and writing of rows."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from uuid import UUID, uuid4


@dataclass
class _Collector:
    """The number inside, and whether the collector worked before the first of them came."""

    inside: int = 0
    was_on: bool = False


_collector, _lock = _Collector(), Lock()


@contextmanager
def many_objects() -> Iterator[None]:
    """Python does not look for circles of garbage while very many plain values are made.

    Rows of a database hold no circles, but each hundred thousand of them makes the collector go
    through all that the process holds: about half of the time in which a map of 300,000 links is
    read. Several threads can be inside; the collector goes on when the last one has left.
    """
    with _lock:
        if _collector.inside == 0:
            _collector.was_on = gc.isenabled()
            gc.disable()
        _collector.inside += 1
    try:
        yield
    finally:
        with _lock:
            _collector.inside -= 1
            if _collector.inside == 0 and _collector.was_on:
                gc.enable()


def rising_keys(count: int) -> list[UUID]:
    """Keys for `count` new rows, each greater than the one before, at most 2**32 of them.

    The first 96 bits are random, so they are as good as any others; rows that stand side by side
    in a list then stand side by side in the indexes too, which keeps writing many of them quick.
    """
    first = uuid4().int >> 32 << 32
    return [UUID(int=first + place) for place in range(count)]
