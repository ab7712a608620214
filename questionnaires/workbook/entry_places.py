"""Positions of the entries in a returned workbook: existing entries, and new rows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from questionnaires.workbook.layout import RepeatSheet, number_of


@dataclass
class EntryPlaces:
    """The entries by their number and how many there are, each found in one step."""

    _by_number: dict[str, dict[str, str]] = field(default_factory=dict)  # repeat -> number -> entry
    _counts: Counter[str] = field(default_factory=Counter)  # by path without the last number
    _new_rows: Counter[str] = field(default_factory=Counter)  # by repeat

    def count_row(self, repeat: RepeatSheet) -> int:
        """Count a new row of a repeat; how many came until now."""
        self._new_rows[repeat.group.path] += 1
        return self._new_rows[repeat.group.path]

    def free_places(self, repeat: RepeatSheet, above: str) -> Iterator[str]:
        """Places behind the entries there are, one after the other; each is taken when given.

        Args:
            above: the number of the entry that the row belongs to; none where nobody has it.
        """
        name = repeat.group.path
        if repeat.above is not None:
            owner = self._known(repeat.above).get(above.strip())
            if owner is None:
                return
            name = owner + repeat.group.path.removeprefix(repeat.above.group.path)
        known = self._known(repeat)
        while True:
            self._counts[name] += 1
            entry = f"{name}[{self._counts[name]}]"
            known.setdefault(number_of(entry), entry)
            yield entry

    def _known(self, repeat: RepeatSheet) -> dict[str, str]:
        path = repeat.group.path
        if path not in self._by_number:
            self._by_number[path] = {number_of(one): one for one in reversed(repeat.entries)}
            self._counts.update(one.rpartition("[")[0] for one in repeat.entries)
        return self._by_number[path]
