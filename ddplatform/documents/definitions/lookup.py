"""Access to facts (docs/report-facts.md) by dotted paths, and their insertion in sentences."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ddplatform.documents.content import NOT_ASSESSED, Cell, Kind
from ddplatform.documents.errors import FactsRefused
from ddplatform.documents.words import band_of, day_words, number_words

SLOT = re.compile(r"\{([a-z0-9_.]+)(?:\|([a-z]+)(?::([a-z_]+)=([a-z_]+))?)?\}")
"""`{organisation.name}`, `{period.from|date}`, `{risks|count}`, `{risks|count:band=critical}`."""

LEFT_OUT = "left out for this reader"

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Lookup:
    """Facts, and the paths that this reader may not see."""

    facts: Mapping[str, object]
    hidden: frozenset[str] = frozenset()

    def at(self, path: str) -> object:
        """The value at a dotted path; None where any part of it is missing."""
        value: object = self.facts
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    def hides(self, path: str) -> bool:
        """Whether this path, or one above it, is left out for this reader."""
        parts = path.split(".")
        return any(".".join(parts[:end]) in self.hidden for end in range(1, len(parts) + 1))

    def rows(self, path: str) -> Sequence[Row] | None:
        """The list of rows at a path, None where nothing is known.

        Raises:
            FactsRefused: there is something else than a list of objects.
        """
        found = self.at(path)
        if found is None:
            return None
        if not isinstance(found, Sequence) or isinstance(found, str):
            raise FactsRefused(f"Fact '{path}' must be a list of objects (docs/report-facts.md).")
        for number, row in enumerate(found):
            if not isinstance(row, Mapping):
                raise FactsRefused(f"Fact '{path}[{number}]' must be an object.")
        return found

    def fill(self, text: str) -> str:
        """Write facts into the `{path}` slots of a sentence; unknown is stated, never zero."""
        filled = SLOT.sub(self._slot, text)
        unknown = filled.startswith((NOT_ASSESSED.lower(), LEFT_OUT))
        return filled[:1].upper() + filled[1:] if unknown else filled

    def _slot(self, match: re.Match[str]) -> str:
        path, how, key, wanted = match.groups()
        if self.hides(path):
            return LEFT_OUT
        if how == "count":
            rows = self.rows(path)
            if rows is None:
                return NOT_ASSESSED.lower()
            return f"{sum(1 for row in rows if key is None or row.get(key) == wanted):,}"
        return _written(self.at(path), how)


def _written(value: object, how: str | None) -> str:
    if value is None or value == "":
        return NOT_ASSESSED.lower()
    if how == "date":
        return day_words(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_words(value, Kind.SHARE if how == "share" else Kind.NUMBER)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(part) for part in value)
    return str(value)


def cell_of(row: Row, key: str, kind: Kind) -> Cell:
    """One cell of a row; lists become "a; b", an unknown band becomes None."""
    value = row.get(key)
    if kind is Kind.BAND:
        band = band_of(value)
        return None if band is None else band.value
    if value is None or (isinstance(value, int | float | str) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Sequence):
        return "; ".join(str(part) for part in value)
    raise FactsRefused(f"Fact '{key}' must be text, a number, yes/no or a list, not an object.")


def without(facts: Mapping[str, object], paths: Sequence[str]) -> dict[str, object]:
    """A copy of the facts without the given paths; a path goes through lists by itself."""
    kept = dict(facts)
    for path in paths:
        head, _, rest = path.partition(".")
        if head in kept:
            if rest:
                kept[head] = _without_below(kept[head], rest)
            else:
                del kept[head]
    return kept


def _without_below(value: object, path: str) -> object:
    if isinstance(value, Mapping):
        return without(value, (path,))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_below(item, path) for item in value]
    return value
