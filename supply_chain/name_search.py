"""Search over names, ids and places that forgives typing mistakes and reads every script.

Texts become plain Latin letters and digits. Rows that share enough runs of three
characters with what was typed are candidates; these few are compared word by word (rapidfuzz).
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from supply_chain.kept_columns import Arrays, Kept, TextColumn
from supply_chain.spelling import latin

SHORTEST = 2
"""Characters below which nothing can be told apart."""
LEAST_SHARED = 0.34
"""Part of the runs of what was typed that a candidate has: one wrong letter spoils up to three."""
LEAST_WORD, LEAST_LIKE = 60.0, 75.0
"""How alike the worst word, and all of it, must be; 0 to 100 (rapidfuzz ratio)."""
INSIDE = 0.97
"""What counts less: letters inside a word, after words that begin so."""
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
    """Which rows hold each run of three characters, and the plain text of each row."""

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
        words = wanted.split()
        hits = [
            Hit(row, likeness, text)
            for row in self.candidates(wanted)
            if (likeness := _likeness(words, wanted, text := self.texts[row])) >= LEAST_LIKE
        ]
        return sorted(hits, key=lambda hit: (-hit.likeness, hit.text, hit.row))

    def candidates(self, wanted: str, among: NDArray[np.bool_] | None = None) -> list[int]:
        """The rows that share most runs with a plain text, at most `CANDIDATES`.

        Args:
            among: (rows,) which of them count; None: all.
        """
        runs = np.unique(_runs_of([wanted], 0, end="")[0])
        holding = [self.rows[self.starts[run] : self.starts[run + 1]] for run in runs.tolist()]
        shared = np.bincount(np.concatenate(holding), minlength=len(self.texts))
        enough = shared >= math.ceil(LEAST_SHARED * len(runs))
        found = np.flatnonzero(enough if among is None else enough & among)
        if len(found) > CANDIDATES:
            best_first = np.argsort(-shared[found], kind="stable")
            found = found[best_first[:CANDIDATES]]
        places: list[int] = found.tolist()
        return places


def _runs_of(
    texts: Sequence[str], first: int, *, end: str = " "
) -> tuple[NDArray[np.uint16], NDArray[np.int32]]:
    """Runs of three characters and the rows that hold them, each pair once, by run and row.

    Args:
        first: the row of the first text.
        end: what stands behind each text; nothing where a last word may go on.
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


def _likeness(words: Sequence[str], wanted: str, text: str) -> float:
    """How alike, 0 to 100: every word found somewhere, or all of it in one piece."""
    best = [max(_word_likeness(word, text)) for word in words]
    by_word = sum(best) / len(best) if min(best) >= LEAST_WORD else 0.0
    whole = fuzz.partial_ratio(wanted, text) if len(wanted) <= len(text) else 0.0
    return max(by_word, INSIDE * whole)


def _word_likeness(word: str, text: str) -> Iterator[float]:
    """Against each word of a text, as a whole and as far as it was typed."""
    for other in text.split():
        yield fuzz.ratio(word, other)
        yield fuzz.ratio(word, other[: len(word)])
