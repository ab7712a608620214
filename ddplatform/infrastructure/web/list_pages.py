"""Paging of long lists: the address of the next page, with the position encoded in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import request

T = TypeVar("T")


def going_on(**place: object) -> str:
    """This list with its filters, going on from a place, such as `before=...`."""
    shown = {name: value for name, value in request.args.items() if value}
    return f"{request.path}?{urlencode({**shown, **place})}"


def write_place(value: object, key: UUID) -> str:
    """A row's place in a list that is ordered by a value and then by the key."""
    return f"{value.isoformat() if isinstance(value, date) else value}_{key}"


def read_place(text: str, read: Callable[[str], T]) -> tuple[T, UUID] | None:
    """The inverse of `write_place`; None, the beginning of the list, for anything else."""
    value, _, key = text.partition("_")
    try:
        return read(value), UUID(key)
    except ValueError:
        return None


@dataclass(frozen=True)
class Paging:
    """The rows of a list that a page shows, as the macro `paging` takes them."""

    first: int
    last: int
    total: int
    previous_href: str | None
    next_href: str | None
