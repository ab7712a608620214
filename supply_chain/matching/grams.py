"""Letter triples of texts as sparse rows; their weights come from the shipped word counts.

`data/matching/word_counts.csv` gives the number of open records with a word, once for names and
once for addresses (the row without a word: the number of all records). A triple's count is the
sum over the words that hold it, so "tex" weighs little and "xqz" much, and the score of a pair
depends on the pair alone.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from supply_chain import lazy
from supply_chain.matching.data_files import DATA

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BASE = 38  # 26 letters, 10 digits, the edge of a text, and 0 between texts
EDGE = 37
LENGTH = 3
KINDS = BASE**LENGTH
# A triple that crosses two words is in no word; it counts as one of a rather rare word.
UNSEEN = 5.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CODES = np.zeros(256, dtype=np.int64)
_CODES[ord("a") : ord("z") + 1] = range(1, 27)
_CODES[ord("0") : ord("9") + 1] = range(27, 37)
_CODES[ord("^")] = EDGE


@dataclass(frozen=True)
class WordCounts:
    """Word frequency in open records: word -> number of records, of `records` in all."""

    records: int
    counts: dict[str, int]

    def weight(self, word: str) -> float:
        """Inverse document frequency, about 0 (everywhere) to 1 (never seen)."""
        return float(np.log((self.records + 1) / (self.counts.get(word, 0) + 1))) / self.ceiling

    @property
    def ceiling(self) -> float:
        """The weight of a word that was never seen, before scaling."""
        return float(np.log(self.records + 1))


@lru_cache(maxsize=2)
def word_counts(kind: str) -> WordCounts:
    """The shipped counts for "name" or "address"."""
    with (DATA / "word_counts.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["kind"] == kind]
    counts = {row["word"]: int(row["records"]) for row in rows}
    return WordCounts(counts.pop(""), counts)


@lru_cache(maxsize=2)
def gram_weights(kind: str) -> Floats:
    """The weight of each triple, by its code."""
    known = word_counts(kind)
    words = list(known.counts)
    rows, codes = gram_codes(words, length=LENGTH)
    counts = np.array([known.counts[word] for word in words], dtype=np.float64)
    seen = np.bincount(codes, counts[rows], minlength=KINDS)
    weights: Floats = np.log((known.records + 1) / (np.maximum(seen, UNSEEN) + 1))
    return np.maximum(weights, 0.05)


def gram_codes(texts: Sequence[str], *, length: int) -> tuple[Ints, Ints]:
    """Row and code of every run of `length` signs of the texts, edges included, blanks left out."""
    joined = "\0".join(f"^{text.replace(' ', '')}^" for text in texts)
    letters = _CODES[np.frombuffer(joined.encode("ascii"), dtype=np.uint8)]
    if len(letters) < length:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    row = np.cumsum(letters == 0)
    codes = np.zeros(len(letters) - length + 1, dtype=np.int64)
    sound = np.ones(len(codes), dtype=bool)
    for place in range(length):
        window = letters[place : place + len(codes)]
        codes = codes * BASE + window
        sound &= window != 0
    return row[: len(codes)][sound], codes[sound]


def gram_rows(texts: Sequence[str], weights: Floats) -> csr_array:
    """Texts as rows of unit length over the triples; a triple counts once."""
    rows, codes = gram_codes(texts, length=LENGTH)
    return unit_rows(*distinct_cells(rows, codes, KINDS), weights, len(texts))


def distinct(values: Ints) -> Ints:
    """Each value once, in order; `numpy.unique` takes twenty times as long for millions."""
    ordered = np.sort(values)
    is_first = np.ones(len(ordered), dtype=bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]


def distinct_cells(rows: Ints, columns: Ints, width: int) -> tuple[Ints, Ints]:
    """Each (row, column) of a table with `width` columns once, in order."""
    cells = distinct(rows * width + columns)
    return cells // width, cells % width


def unit_rows(rows: Ints, columns: Ints, weights: Floats, count: int) -> csr_array:
    """A sparse matrix of `count` rows of length 1, made of the weights of their columns."""
    values = weights[columns]
    length = np.sqrt(np.bincount(rows, values**2, minlength=count))
    values = values / np.where(length > 0, length, 1.0)[rows]
    return lazy.sparse.csr_array((values, (rows, columns)), shape=(count, len(weights)))
