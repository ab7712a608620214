"""Several ids in one cell: "V1004, V1005", "V1/V2", "V1; V2", "V1 V2"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_PARTED = re.compile(r"[\s,;/|&+、，；،؛]+")
_LETTERS, _DIGITS = re.compile(r"[^\W\d_]+"), re.compile(r"\d+")
_MOST_SHAPES = 20


class IdShapes:
    """Shapes of the ids of a list: "V1004" is letters and digits, "0012-A" another shape."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids = frozenset(filter(None, ids))
        shapes = {shape_of(one) for one in self._ids if any(map(str.isdigit, one))}
        # Ids of many shapes have none.
        self._shapes = shapes if len(shapes) <= _MOST_SHAPES else set()

    def split(self, text: str) -> tuple[str, ...]:
        """The ids of a cell, empty where it is no list of ids: each part must have their shape."""
        if text in self._ids:
            return (text,)
        parts = tuple(dict.fromkeys(part for part in _PARTED.split(text) if part))
        is_list = all(part in self._ids or shape_of(part) in self._shapes for part in parts)
        return parts if parts and is_list else ()


@lru_cache(maxsize=16_384)
def shape_of(text: str) -> str:
    """Letters as A, digits as 9: "V1004" and "v7" are both "A9"."""
    return _DIGITS.sub("9", _LETTERS.sub("A", text))
