"""Description of a view of a map in its files and on paper: map, time, filter.

A file or a printed page is read away from the platform; so each names the organisation, the map
and its version, the day, the filter, and the method and data behind the scores. Headings of data
files are in English; the text under a picture is in the language of the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from ddplatform.documents.content import Cell, Column, Table
from ddplatform.infrastructure.web.filters import day
from ddplatform.languages import gettext as _
from ddplatform.value_chain.filters.queries.named import Named
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.pictures.views.colour import Colouring
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.views import PAGE_WORDS, view_words
from supply_chain.search.node_filter import NOT_KNOWN


@dataclass(frozen=True)
class Scores:
    """Method and data behind the scores; of a map that was not assessed the method alone."""

    method: str
    as_of: date | None = None
    map_version: int | None = None
    release: str = ""

    @property
    def facts(self) -> dict[str, str | int]:
        """Each thing under its heading."""
        if self.as_of is None:
            return {"Method": self.method, "Scores": "not assessed yet"}
        scores = f"as of {self.as_of}, of map version {self.map_version}"
        return {"Method": self.method, "Scores": scores, "Reference data": self.release}

    @property
    def words(self) -> str:
        """The same in one line."""
        if self.as_of is None:
            return _("method %(method)s, scores not assessed yet", method=self.method)
        return _(
            "method %(method)s, scores as of %(day)s, of map version %(version)s, "
            "reference data %(release)s",
            method=self.method,
            day=self.as_of,
            version=self.map_version,
            release=self.release,
        )


@dataclass(frozen=True)
class ViewFacts:
    """A view as its address asks for it; `said` is what only some views have to say."""

    chain: ValueChain
    kind: ViewKind
    colouring: Colouring
    organisation: str
    shows: str
    """The filter and what else the address asks for, without the colour."""
    made_at: datetime
    scores: Scores
    said: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The map and the view."""
        return _("%(map)s: %(view)s", map=self.chain.name, view=PAGE_WORDS[self.kind])

    @cached_property
    def facts(self) -> dict[str, str | int]:
        """Each thing under its heading; days as `2026-11-28`."""
        return {
            "Organisation": self.organisation,
            "Map": self.chain.name,
            "Map version": self.chain.version,
            "View": str(PAGE_WORDS[self.kind]),
            "Shows": self.shows,
            "Coloured by": self.colouring.label,
            "Made on": self.made_at.date().isoformat(),
            **self.scores.facts,
            **self.said,
        }

    @property
    def lines(self) -> list[str]:
        """The same under the title of a picture."""
        return [
            _(
                "Coloured by: %(scale)s. %(shows)s. Map version %(version)s.",
                scale=self.colouring.label,
                shows=self.shows,
                version=self.chain.version,
            ),
            _(
                "%(organisation)s, %(day)s; %(scores)s.",
                organisation=self.organisation,
                day=day(self.made_at, short=True),
                scores=self.scores.words,
            ),
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
    """The parts of an address permitted in a file, and whether it also names a person.

    Who answers for sites does not leave the organisation, so a person is not named.
    """
    persons = [part for part in parts if part[0] == "owner" and part[1] != NOT_KNOWN]
    return [part for part in parts if part[0] != "colour" and part not in persons], bool(persons)


def shows_words(parts: Sequence[Sequence[str]], named: Named, *, has_person: bool) -> str:
    """The content of a view, as its files describe it."""
    words = [] if has_person and not parts else view_words(parts, named)
    return ". ".join([*words, *([_("Sites of one owner")] if has_person else [])])
