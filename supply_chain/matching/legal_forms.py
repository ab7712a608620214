"""Legal forms of companies ("Ltd", "Sdn Bhd", "株式会社"), from `data/matching/legal_forms.csv`.

Column `where`: `any` is removed in any position; `ends` only at the start or end of a name,
since "as" or "pt" may be words, `start` only at its start and `end` only at its
end; `inside` is written without blanks and is removed from the name as originally written.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from supply_chain.matching.data_files import DATA
from supply_chain.matching.plain_words import plain_words


@dataclass(frozen=True)
class LegalForms:
    """Word sequence -> its legal form, by the position where it may be removed."""

    anywhere: Mapping[tuple[str, ...], str]
    at_start: Mapping[tuple[str, ...], str]
    at_end: Mapping[tuple[str, ...], str]
    inside: Mapping[str, str]
    longest: int
    first_words: frozenset[str]

    def split(self, words: Sequence[str]) -> tuple[tuple[str, ...], frozenset[str]]:
        """The words of a name without legal forms, and the forms found; never an empty name."""
        if self.first_words.isdisjoint(words):
            return tuple(words), frozenset()
        found: set[str] = set()
        kept = list(words)
        while True:
            shorter = self._without_one(kept, found)
            if not shorter or shorter == kept:
                return tuple(kept), frozenset(found)
            kept = shorter

    def _without_one(self, words: list[str], found: set[str]) -> list[str]:
        for length in range(min(self.longest, len(words)), 0, -1):
            last = len(words) - length
            for start in range(last + 1):
                if words[start] not in self.first_words:
                    continue
                run = tuple(words[start : start + length])
                form = self.anywhere.get(run)
                if start == 0 and form is None:
                    form = self.at_start.get(run)
                if start == last and form is None:
                    form = self.at_end.get(run)
                if form is not None and length < len(words):
                    found.add(form)
                    return words[:start] + words[start + length :]
        return words


@lru_cache(maxsize=1)
def legal_forms() -> LegalForms:
    """The shipped forms, read once."""
    with (DATA / "legal_forms.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    runs = {
        where: {plain_words(row["form"]): row["canonical"] for row in rows if row["where"] in by}
        for where, by in (("any", "any"), ("start", ("start", "ends")), ("ends", ("ends", "end")))
    }
    inside = {row["form"]: row["canonical"] for row in rows if row["where"] == "inside"}
    longest = max(len(run) for kind in runs.values() for run in kind)
    firsts = frozenset(run[0] for kind in runs.values() for run in kind)
    by_length = dict(sorted(inside.items(), key=lambda item: -len(item[0])))
    return LegalForms(runs["any"], runs["start"], runs["ends"], by_length, longest, firsts)
