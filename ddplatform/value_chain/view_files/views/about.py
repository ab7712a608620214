"""What a view of a map says of itself wherever it goes: which map, when, with which filter.

A file or a sheet of paper is read far from its page; so each names the organisation, the map and
its version, the day, what was asked for, and the method and data behind the scores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from ddplatform.documents.content import Cell, Column, Table
from ddplatform.infrastructure.web.filters import day
from ddplatform.value_chain.filters.queries.named import Named
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.pictures.views.colour import Colouring
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.views import PAGE_WORDS, view_words
from supply_chain.search.node_filter import NOT_KNOWN


@dataclass(frozen=True)
class Told:
    """A view as its address asks for it; `said` is what only some views have to say."""

    chain: ValueChain
    kind: ViewKind
    colouring: Colouring
    organisation: str
    shows: str
    """The filter and what else the address asks for, without the colour."""
    made_at: datetime
    scores: Mapping[str, str]
    """Method and data behind the scores."""
    said: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The map and the view."""
        return f"{self.chain.name}: {PAGE_WORDS[self.kind]}"

    @cached_property
    def facts(self) -> dict[str, str | int]:
        """Each thing under its heading; days as `2026-11-28`."""
        return {
            "Organisation": self.organisation,
            "Map": self.chain.name,
            "Map version": self.chain.version,
            "View": PAGE_WORDS[self.kind],
            "Shows": self.shows,
            "Coloured by": self.colouring.label,
            "Made on": self.made_at.date().isoformat(),
            **self.scores,
            **self.said,
        }

    @property
    def lines(self) -> list[str]:
        """The same under the title of a picture."""
        told = f"Coloured by: {self.colouring.label}. {self.shows}. "
        scores = ", ".join(f"{word.lower()} {value}" for word, value in self.scores.items())
        return [
            f"{told}Map version {self.chain.version}.",
            f"{self.organisation}, {day(self.made_at, short=True)}; {scores}.",
        ]

    @property
    def table(self) -> Table:
        """The same as a table of its own."""
        columns = (Column("what", "What"), Column("value", "Value", 5))
        rows: list[tuple[Cell, ...]] = [*self.facts.items()]
        return Table("about", "About", columns, tuple(rows))

    @property
    def note(self) -> str:
        """The same as running text, a line each."""
        return "\n".join(f"{what}: {value}" for what, value in self.facts.items())


def shown_parts(parts: Sequence[Sequence[str]]) -> tuple[list[Sequence[str]], bool]:
    """What of an address may be told in a file, and whether it names a person besides.

    Who answers for sites does not leave the organisation, so a person is not named.
    """
    persons = [part for part in parts if part[0] == "owner" and part[1] != NOT_KNOWN]
    return [part for part in parts if part[0] != "colour" and part not in persons], bool(persons)


def shows_words(parts: Sequence[Sequence[str]], named: Named, *, has_person: bool) -> str:
    """What a view shows, as its files say it."""
    words = [] if has_person and not parts else view_words(parts, named)
    return ". ".join([*words, *(["Sites that one person answers for"] if has_person else [])])
