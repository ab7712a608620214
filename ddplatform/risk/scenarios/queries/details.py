"""What-if with all details for a command or a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ddplatform.risk.scenarios.queries.scenarios import Moved, load_moved, refs_of, try_on_map
from ddplatform.value_chain.mapping.models import ValueChain
from supply_chain.analysis.what_if_changes import Change
from supply_chain.vocabulary import Issue

MOST_IN_FILES = 1_000


@dataclass(frozen=True)
class ScenarioDetails:
    """A what-if that was tried; `name` is empty until it is kept."""

    name: str
    map_name: str
    map_version: int
    as_of: date
    changes: tuple[Change, ...]
    problems: Mapping[int, str]
    """The reasons why changes cannot be tried, by place; these are left out of all figures."""
    moved: Moved


def load_details(
    chain: ValueChain,
    changes: Sequence[Change],
    as_of: date,
    *,
    name: str = "",
    issue: Issue | None = None,
    most: int,
) -> ScenarioDetails:
    """Try changes on a map of today and name their effects; `most` nodes besides the own ones."""
    tried = try_on_map(chain.id, changes, as_of)
    return ScenarioDetails(
        name=name,
        map_name=chain.name,
        map_version=chain.version,
        as_of=as_of,
        changes=tuple(changes),
        problems={problem.place: problem.text for problem in tried.problems},
        moved=load_moved(chain.id, tried, issue, most=most, also=refs_of(changes)),
    )
