"""Columns over records, and the overlap of the two sides of many pairs in one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.process import cpdist

from supply_chain.matching.grams import Floats, Ints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Flags = NDArray[np.bool_]
# A sign of a plain name: 26 letters and 10 digits.
SIGNS = 36


@dataclass(frozen=True)
class Texts:
    """One text a record; equal texts have equal codes, and 0 is the empty text."""

    texts: NDArray[np.object_]
    codes: Ints

    @property
    def given(self) -> Flags:
        """Whether a record states it."""
        found: Flags = self.codes > 0
        return found


def text_column(texts: Sequence[str], codes: dict[str, int] | None = None) -> Texts:
    """Texts as a column; columns made with one `codes` can be compared with each other."""
    known = {} if codes is None else codes
    known.setdefault("", 0)
    found = np.array([known.setdefault(text, len(known)) for text in texts], dtype=np.int64)
    kept = np.empty(len(texts), dtype=object)
    kept[:] = texts
    return Texts(kept, found)


def sign_counts(texts: Sequence[str]) -> NDArray[np.int16]:
    """Frequency of each letter and digit in plain texts: texts x 36."""
    letters = np.frombuffer("\0".join(texts).encode("ascii"), dtype=np.uint8)
    row = np.cumsum(letters == 0)
    sign = np.where(letters >= ord("a"), letters - ord("a"), letters - ord("0") + 26)
    kept = letters != 0
    cells = np.bincount(
        row[kept] * SIGNS + sign[kept].astype(np.int64), minlength=len(texts) * SIGNS
    )
    return cells.reshape(len(texts), SIGNS).astype(np.int16)


class TextPairs:
    """One text column seen from both sides of the pairs."""

    def __init__(self, column: Texts, left: Ints, right: Ints) -> None:
        self._column, self._left, self._right = column, left, right
        self.both_given: Flags = column.given[left] & column.given[right]

    def alike(self, scorer: Callable[..., float], top: float = 100.0) -> Floats:
        # Two empty texts are alike to the library; to us nothing was compared.
        texts = self._column.texts
        return alike(scorer, texts[self._left], texts[self._right]) / top * self.both_given

    def equal(self) -> Floats:
        codes = self._column.codes
        return flags(self.both_given & (codes[self._left] == codes[self._right]))


class RowPairs:
    """One sparse column (words, numbers or triples) seen from both sides of the pairs."""

    def __init__(self, rows: csr_array, left: Ints, right: Ints) -> None:
        one, other = rows[left], rows[right]
        self.shared: Floats = np.asarray(one.multiply(other).sum(axis=1)).ravel()
        lengths = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
        self._one, self._other = lengths[left], lengths[right]

    @property
    def either_length(self) -> Floats:
        found: Floats = np.sqrt(self._one * self._other)
        return found

    @property
    def left_over(self) -> Floats:
        """Unshared part of the side with less of its own."""
        found: Floats = np.maximum(np.minimum(self._one, self._other) - self.shared, 0.0)
        return found

    @property
    def both_without_common(self) -> Floats:
        return flags((self._one > 0) & (self._other > 0) & (self.shared == 0))

    @property
    def equal(self) -> Floats:
        is_equal = (self.shared == self._one) & (self.shared == self._other)
        return flags(is_equal & (self._one > 0))

    @property
    def one_side(self) -> Floats:
        return flags((self._one > 0) != (self._other > 0))

    @property
    def part_in_common(self) -> Floats:
        smaller = np.minimum(self._one, self._other)
        found: Floats = self.shared / np.maximum(smaller, 1.0)
        return found


def flags(condition: Flags) -> Floats:
    """1 where it holds."""
    found: Floats = condition.astype(np.float64)
    return found


def alike(scorer: Callable[..., float], left: Any, right: Any) -> Floats:
    """A ratio of the library for each pair of texts."""
    scores: Any = cpdist(left, right, scorer=scorer, dtype=np.float32, workers=2)
    return np.asarray(scores, dtype=np.float64)
