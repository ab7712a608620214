"""Columns of words and keys as plain arrays, for storage in files and memory mapping.

A mapped column reads an entry when it is requested: nothing is made for the others.
"""

import json
from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Generic, TypeVar, overload
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value")
Arrays = dict[str, NDArray[np.generic]]
Kept = Mapping[str, NDArray[np.generic]]
_ODD = np.uint64(0x9E3779B97F4A7C15)  # of the golden ratio: its multiples spread evenly


class Column(Sequence[Value], Generic[Value]):
    """A read-only sequence; a part of it is a plain tuple."""

    @abstractmethod
    def at(self, row: int) -> Value:
        """The entry of a row from 0 on."""

    @overload
    def __getitem__(self, row: int) -> Value: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[Value, ...]: ...
    def __getitem__(self, row: int | slice) -> Value | tuple[Value, ...]:
        if isinstance(row, slice):
            return tuple(map(self.at, range(*row.indices(len(self)))))
        place = row + len(self) if row < 0 else row
        if not 0 <= place < len(self):
            raise IndexError(f"There is no row {row} among {len(self)}.")
        return self.at(place)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


class TextColumn(Column[str]):
    """Texts as UTF-8, one after the other, and where each ends."""

    def __init__(self, content: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self._content, self._ends = content, ends

    @classmethod
    def arrays(cls, name: str, texts: Iterable[str]) -> Arrays:
        """The arrays of a column by name."""
        parts = [text.encode("utf-8", "surrogatepass") for text in texts]
        ends = np.fromiter(accumulate(map(len, parts)), dtype=np.int64, count=len(parts))
        return {
            f"{name}_text": np.frombuffer(b"".join(parts), dtype=np.uint8),
            f"{name}_ends": ends,
        }

    @classmethod
    def of(cls, name: str, kept: Kept) -> "TextColumn":
        """The column of these arrays."""
        content: Any = kept[f"{name}_text"]
        ends: Any = kept[f"{name}_ends"]
        return cls(content, ends)

    @property
    def raw(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """All texts as UTF-8, one after the other, and where each ends."""
        return self._content, self._ends

    def __len__(self) -> int:
        return len(self._ends)

    def at(self, row: int) -> str:
        """The text of a row from 0 on."""
        start = self._ends[row - 1] if row else 0
        return self._content[start : self._ends[row]].tobytes().decode("utf-8", "surrogatepass")

    def coded(self, rows: NDArray[np.int64]) -> list[bytes]:
        """The texts of some rows as UTF-8; of many faster than one by one."""
        ends = self._ends[rows].tolist()
        starts = np.where(rows > 0, self._ends[rows - 1], 0).tolist()
        content = self._content
        return [content[start:end].tobytes() for start, end in zip(starts, ends, strict=True)]

    def __iter__(self) -> Iterator[str]:
        content, start = self._content.tobytes(), 0
        for end in self._ends.tolist():
            yield content[start:end].decode("utf-8", "surrogatepass")
            start = end


class CodedColumn(Column[Value]):
    """Words of a small table: each entry is a position in it."""

    def __init__(self, codes: NDArray[np.int32], table: Sequence[Value]) -> None:
        self.codes, self.table = codes, tuple(table)

    @classmethod
    def arrays(cls, name: str, values: Iterable[Value]) -> Arrays:
        """The arrays of a column by name: codes, and the table as JSON.

        Args:
            values: texts, None, or tuples of texts.
        """
        place: dict[Value, int] = {}
        codes = [place.setdefault(value, len(place)) for value in values]
        return {
            f"{name}_code": np.array(codes, dtype=np.int32),
            **TextColumn.arrays(name, (json.dumps(value) for value in place)),
        }

    @classmethod
    def of(cls, name: str, kept: Kept) -> "CodedColumn[Any]":
        """The column of these arrays."""
        words = (json.loads(text) for text in TextColumn.of(name, kept))
        table = [tuple(word) if isinstance(word, list) else word for word in words]
        codes: Any = kept[f"{name}_code"]
        return CodedColumn(codes, table)

    def __len__(self) -> int:
        return len(self.codes)

    def at(self, row: int) -> Value:
        """The word of a row from 0 on."""
        word: Value = self.table[int(self.codes[row])]
        return word

    def __iter__(self) -> Iterator[Value]:
        return map(self.table.__getitem__, self.codes.tolist())


class PutColumn(Column[Value]):
    """Another column with other entries in few rows; nothing is copied."""

    _under: Sequence[Value]
    _entries: Mapping[int, Value]

    def __init__(self, under: Sequence[Value], entries: Mapping[int, Value]) -> None:
        self._under, self._entries = under, entries
        if isinstance(under, PutColumn):
            self._under, self._entries = under._under, {**under._entries, **entries}

    def __len__(self) -> int:
        return len(self._under)

    def at(self, row: int) -> Value:
        """The entry of a row from 0 on."""
        return self._entries[row] if row in self._entries else self._under[row]


class KeyColumn(Column[UUID]):
    """UUIDs as (rows, 2) halves, most significant first."""

    def __init__(self, halves: NDArray[np.uint64]) -> None:
        self.halves = halves

    @classmethod
    def of(cls, keys: Iterable[UUID]) -> "KeyColumn":
        """The column of these keys."""
        content = b"".join(key.bytes for key in keys)
        return cls(np.frombuffer(content, dtype=">u8").astype(np.uint64).reshape(-1, 2))

    def __len__(self) -> int:
        return len(self.halves)

    def at(self, row: int) -> UUID:
        """The key of a row from 0 on."""
        high, low = self.halves[row].tolist()
        return UUID(int=high << 64 | low)

    def __iter__(self) -> Iterator[UUID]:
        return (UUID(int=high << 64 | low) for high, low in self.halves.tolist())

    def digits(self, rows: NDArray[np.int64]) -> list[str]:
        """The keys of some rows as 32 hexadecimal digits; of many faster than one by one."""
        text = self.halves[rows].astype(">u8").tobytes().hex()
        return [text[at : at + 32] for at in range(0, len(text), 32)]

    def rising(self) -> NDArray[np.int64]:
        """The rows in the order of their keys."""
        return np.lexsort((self.halves[:, 1], self.halves[:, 0]))


class RowOfKey(Mapping[UUID, int]):
    """The row of each key, found by halving: nothing is made when the column is opened."""

    def __init__(self, keys: KeyColumn, rising: NDArray[np.int64]) -> None:
        """`rising` is what `keys.rising` gave."""
        self._keys, self._rising = keys, rising

    def __getitem__(self, key: UUID) -> int:
        place = bisect_left(self._rising, key, key=lambda row: self._keys.at(int(row)))
        if place < len(self._rising):
            row = int(self._rising[place])
            if self._keys.at(row) == key:
                return row
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._keys)

    def rows(self, halves: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The row of each of many keys, -1 for one that is not there."""
        if not len(self._keys) or not len(halves):
            return np.full(len(halves), -1, dtype=np.int64)
        mine, last = self._keys.halves, len(self._keys) - 1
        low = np.zeros(len(halves), dtype=np.int64)
        high = np.full(len(halves), len(mine), dtype=np.int64)
        for _ in range(len(mine).bit_length()):
            middle = (low + high) // 2
            there = mine[self._rising[np.minimum(middle, last)]]
            before = (there[:, 0] < halves[:, 0]) | (
                (there[:, 0] == halves[:, 0]) & (there[:, 1] < halves[:, 1])
            )
            before &= low < high
            low, high = np.where(before, middle + 1, low), np.where(before, high, middle)
        row: NDArray[np.int64] = self._rising[np.minimum(low, last)]
        return np.where((mine[row] == halves).all(axis=1), row, -1)


def rows_of(keys: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The row of each of many keys, -1 for one that is not there; no order of `keys` is known.

    Args:
        keys, wanted: (rows, 2) halves; all `keys` are different.
    """
    mixed = _mixed(keys)
    order = np.argsort(mixed)
    mixed = mixed[order]
    if not len(keys) or (mixed[1:] == mixed[:-1]).any():
        whole = KeyColumn(keys)
        return RowOfKey(whole, whole.rising()).rows(wanted)
    row = order[_places(mixed, _mixed(wanted))]
    other = np.take(keys[:, 0], row) != wanted[:, 0]
    other |= np.take(keys[:, 1], row) != wanted[:, 1]
    row[other] = -1
    return row


def _mixed(halves: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One number for each key: different for random keys and for keys that only count up."""
    mixed: NDArray[np.uint64] = halves[:, 0] ^ halves[:, 1] * _ODD
    return mixed


def _places(rising: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The first place with at least the wanted number, else the last one; all are random numbers.

    Their first bits give their position within a step or two: a third of the time of halving.
    """
    last = len(rising) - 1
    bits = len(rising).bit_length() + 2
    kept = np.uint64(64 - bits)
    starts = np.zeros(2**bits + 1, dtype=np.int64)
    head = (rising >> kept).astype(np.int64)
    np.cumsum(np.bincount(head, minlength=2**bits), out=starts[1:])
    place: NDArray[np.int64] = np.minimum(np.take(starts, (wanted >> kept).astype(np.int64)), last)
    before = np.flatnonzero(np.take(rising, place) < wanted)
    while len(before := before[place[before] < last]):
        place[before] += 1
        before = before[np.take(rising, place[before]) < wanted[before]]
    return place
