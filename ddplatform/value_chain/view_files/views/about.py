"""What a view of a map says of itself wherever it goes: which map, when, with which filter.

A file or a sheet of paper is read far from its page; so each names the organisation, the map and
its version, the day, what was asked for, and the method and data behind the scores.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from flask import g, request

from ddplatform.documents.content import Cell, Column, Table
from ddplatform.infrastructure.web.filters import day
from ddplatform.value_chain.graph.queries.runs import runs
from ddplatform.value_chain.graph.queries.snapshots import find_snapshot
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.pictures.views.colour import Colouring, chosen_colouring, colouring_of
from ddplatform.value_chain.pictures.views.issue_colour import HIGHEST
from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.services import kept_parts
from ddplatform.value_chain.saved_views.views import PAGE_WORDS, view_words
from supply_chain.risk.rm2.method import METHOD_VERSION
from supply_chain.search.node_filter import NOT_KNOWN


@dataclass(frozen=True)
class Told:
    """A view as its address asks for it; `said` is what only some views have to say."""

    chain: ValueChain
    kind: ViewKind
    colouring: Colouring
    said: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The map and the view."""
        return f"{self.chain.name}: {PAGE_WORDS[self.kind]}"

    @cached_property
    def shows(self) -> str:
        """The filter and what else the address asks for, without the colour.

        Who answers for sites does not leave the organisation, so a person is not named.
        """
        parts = kept_parts(self.kind, request.args.items(multi=True))
        persons = [part for part in parts if part[0] == "owner" and part[1] != NOT_KNOWN]
        asked = [part for part in parts if part[0] != "colour" and part not in persons]
        words = [] if persons and not asked else view_words(asked)
        return ". ".join([*words, *(["Sites that one person answers for"] if persons else [])])

    @cached_property
    def facts(self) -> dict[str, str | int]:
        """Each thing under its heading; days as `2026-11-28`."""
        return {
            "Organisation": g.organisation.name,
            "Map": self.chain.name,
            "Map version": self.chain.version,
            "View": PAGE_WORDS[self.kind],
            "Shows": self.shows,
            "Coloured by": self.colouring.label,
            "Made on": g.now.date().isoformat(),
            **self._scores,
            **self.said,
        }

    @cached_property
    def _scores(self) -> Mapping[str, str]:
        """Of the run that the map points to; a run never changes, so it is read once for a map."""
        if self.chain.current_run_id is None:
            return {"Method": METHOD_VERSION, "Scores": "not assessed yet"}
        snapshot = find_snapshot(self.chain)
        if snapshot is None:
            return _scores_of(self.chain.id)
        return snapshot.made.of("scores told", lambda: _scores_of(self.chain.id))

    @property
    def lines(self) -> list[str]:
        """The same under the title of a picture."""
        told = f"Coloured by: {self.colouring.label}. {self.shows}. "
        scores = ", ".join(f"{word.lower()} {value}" for word, value in self._scores.items())
        return [
            f"{told}Map version {self.chain.version}.",
            f"{g.organisation.name}, {day(g.now, short=True)}; {scores}.",
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


def _scores_of(chain_id: UUID) -> dict[str, str]:
    head = runs().find_current(chain_id)
    assert head is not None  # the map points to a run
    return {
        "Method": head.method_version,
        "Scores": f"as of {head.as_of}, of map version {head.chain_version}",
        "Reference data": head.release_name,
    }


def told_of_address(chain: ValueChain, kind: ViewKind) -> Told:
    """What the view that is open says of itself."""
    # The table has no colours to choose: its bands are the highest over all issues.
    colouring = colouring_of(HIGHEST) if kind is ViewKind.TABLE else chosen_colouring()
    return Told(chain, kind, colouring)
