"""Search over names, ids and places, tolerant of typing mistakes and independent of script.

Texts become plain Latin letters and digits. Rows that share enough runs of three
characters with the query are candidates; these few are compared word by word (rapidfuzz).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from supply_chain.graph.stored_columns import Arrays, Kept, TextColumn
from supply_chain.search.spelling import latin

SHORTEST = 2
"""Minimum number of characters for a distinction."""
LEAST_SHARED = 0.34
"""Part of the runs of what was typed that a candidate has: one wrong letter spoils up to three."""
LEAST_WORD, LEAST_LIKE = 60.0, 75.0
"""Least similarity of the worst word, and of the whole; 0 to 100 (rapidfuzz ratio)."""
INSIDE = 0.97
"""Factor for letters inside a word, which rank after words that begin so."""
CANDIDATES = 300
BATCH = 50_000
LETTERS = " abcdefghijklmnopqrstuvwxyz0123456789"
RUNS = len(LETTERS) ** 3
_BREAK = 255
_OTHER = re.compile(r"[^a-z0-9]+")
_PLACE = np.full(256, _BREAK, dtype=np.uint8)
_PLACE[np.frombuffer(LETTERS.encode(), dtype=np.uint8)] = np.arange(len(LETTERS))


def plain(text: str) -> str:
    """Words in small Latin letters and digits, whatever script they came in."""
    # Not the words of matching: an id stays in one piece with its zeros, as far as it was typed.
    return _OTHER.sub(" ", latin(text)).strip()


@dataclass(frozen=True)
class Hit:
    """A row that was found."""

    row: int
    likeness: float
    """75 to 100, where 100 is what was typed, letter by letter."""
    text: str
    """The plain text of the row."""


@dataclass(frozen=True)
class SearchIndex:
    """Index from runs of three characters to rows, and the plain text of each row."""

    texts: Sequence[str]
    starts: NDArray[np.int64]  # of each run in `rows`; one more than there are runs
    rows: NDArray[np.int32]  # rows of each run, rising

    @staticmethod
    def arrays(texts: Sequence[str]) -> Arrays:
        """The arrays of an index over plain texts, to be kept in files."""
        parts = [
            _runs_of(texts[first : first + BATCH], first) for first in range(0, len(texts), BATCH)
        ]
        counts = [np.bincount(run, minlength=RUNS) for run, _ in parts]
        starts = np.concatenate([[0], np.cumsum(sum(counts, np.zeros(RUNS, np.int64)))])
        rows, ends = np.empty(starts[-1], np.int32), starts[:-1].copy()
        # Batches come in the order of their rows, so the rows of a run are rising.
        for (run, row), count in zip(parts, counts, strict=True):
            shift = ends - (np.cumsum(count) - count)
            rows[np.repeat(shift, count) + np.arange(len(run))] = row
            ends += count
        return {**TextColumn.arrays("plain", texts), "run_starts": starts, "run_rows": rows}

    @classmethod
    def of(cls, kept: Kept) -> "SearchIndex":
        """The index of these arrays; nothing is copied.

        Raises:
            KeyError: an array is missing.
        """
        starts: Any = kept["run_starts"]
        rows: Any = kept["run_rows"]
        return cls(TextColumn.of("plain", kept), starts, rows)

    def find(self, typed: str) -> list[Hit]:
        """Rows like what was typed, the likest first, at most `CANDIDATES`.

        Args:
            typed: as a person writes it; below `SHORTEST` plain characters nothing is found.
        """
        wanted = plain(typed)
        if len(wanted) < SHORTEST:
            return []
        rows = self.candidates(wanted)
        texts = [self.texts[row] for row in rows]
        hits = [
            Hit(row, likeness, text)
            for row, likeness, text in zip(rows, _likenesses(wanted, texts), texts, strict=True)
            if likeness >= LEAST_LIKE
        ]
        return sorted(hits, key=lambda hit: (-hit.likeness, hit.text, hit.row))

    def candidates(self, wanted: str, among: NDArray[np.bool_] | None = None) -> list[int]:
        """The rows that share most runs with a plain text, at most `CANDIDATES`.

        Of those who share as many, who has its last word whole comes first: of ten thousand
        sites that begin with what was typed, the one that is called so.

        Args:
            among: (rows,) which of them count; None: all.
        """
        runs = np.unique(_runs_of([wanted], 0, end="")[0])
        shared = self._shared(runs)
        least = math.ceil(LEAST_SHARED * len(runs))
        if among is not None:
            shared[~among] = 0
        if np.count_nonzero(shared >= least) > CANDIDATES:
            ends = self._shared(np.setdiff1d(_runs_of([wanted], 0)[0], runs))
            shared += np.where(shared >= least, ends, 0)
        return _most_shared(shared, least)

    def _shared(self, runs: NDArray[np.uint16]) -> NDArray[np.int64]:
        """(rows,) how many of these runs each row holds."""
        count = len(self.texts)
        holding = [self.rows[self.starts[run] : self.starts[run + 1]] for run in runs.tolist()]
        some = [rows for rows in holding if len(rows) < count]  # what all hold needs no looking
        every = np.concatenate(some) if some else np.zeros(0, np.int32)
        shared: NDArray[np.int64] = np.bincount(every, minlength=count)
        return shared + (len(holding) - len(some))


def _most_shared(shared: NDArray[np.int64], least: int) -> list[int]:
    """Rows that share at least so much, in their order; of too many those that share most.

    How much is shared is a small number, so rows are counted by it and never sorted all.
    """
    with_so_many = np.cumsum(np.bincount(shared, minlength=least + 1)[: least - 1 : -1])
    if not with_so_many[-1] > CANDIDATES:
        few: list[int] = np.flatnonzero(shared >= least).tolist()
        return few
    at_least = least + len(with_so_many) - 1 - int(np.searchsorted(with_so_many, CANDIDATES))
    more, just = np.flatnonzero(shared > at_least), np.flatnonzero(shared == at_least)
    more = more[np.argsort(-shared[more], kind="stable")]
    most: list[int] = np.concatenate([more, just[: CANDIDATES - len(more)]]).tolist()
    return most


def _runs_of(
    texts: Sequence[str], first: int, *, end: str = " "
) -> tuple[NDArray[np.uint16], NDArray[np.int32]]:
    """Runs of three characters and the rows that hold them, each pair once, by run and row.

    Args:
        first: the row of the first text.
        end: the text behind each text; nothing where a last word may go on.
    """
    joined = "\n".join(f" {text}{end}" for text in texts).encode("ascii")
    place = _PLACE[np.frombuffer(joined, dtype=np.uint8)]
    row = np.cumsum(place == _BREAK, dtype=np.int64)
    one, two, three = place[:-2], place[1:-1], place[2:]
    whole = (one != _BREAK) & (two != _BREAK) & (three != _BREAK)
    base = len(LETTERS)
    run = (one[whole].astype(np.int64) * base + two[whole]) * base + three[whole]
    pairs = np.sort(run * len(texts) + row[:-2][whole])
    runs, rows = np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], len(texts))
    return runs.astype(np.uint16), (rows + first).astype(np.int32)


def _likenesses(wanted: str, texts: Sequence[str]) -> list[float]:
    """Similarity of each text, 0 to 100: every word found somewhere, or all of it in one piece.

    Args:
        texts: plain texts, none of them blank.
    """
    if not texts:
        return []
    place: dict[str, int] = {}  # a word that many texts hold is compared once
    split = [text.split() for text in texts]
    word_of = [place.setdefault(word, len(place)) for words in split for word in words]
    starts = np.cumsum([0, *map(len, split[:-1])])
    best = np.array(
        [
            np.maximum.reduceat(_word_likenesses(word, list(place))[word_of], starts)
            for word in wanted.split()
        ]
    )
    by_word = np.where(best.min(axis=0) >= LEAST_WORD, best.sum(axis=0) / len(best), 0.0)
    whole = _ratios(fuzz.partial_ratio, wanted, texts)
    whole[[len(wanted) > len(text) for text in texts]] = 0.0
    found: list[float] = np.maximum(by_word, INSIDE * whole).tolist()
    return found


def _word_likenesses(word: str, others: Sequence[str]) -> NDArray[np.float64]:
    """Against each other word, as a whole and as far as it was typed."""
    begun = [other[: len(word)] for other in others]
    return np.maximum(_ratios(fuzz.ratio, word, others), _ratios(fuzz.ratio, word, begun))


def _ratios(scorer: Any, wanted: str, others: Sequence[str]) -> NDArray[np.float64]:
    scores: NDArray[np.float64] = process.cdist([wanted], others, scorer=scorer, dtype=np.float64)
    return scores.ravel()
