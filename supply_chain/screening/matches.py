"""Possible matches of map nodes and listed businesses: prompts for a person, never a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from supply_chain.matching.matcher import find_between
from supply_chain.matching.record_content import content_hash
from supply_chain.matching.records import Record
from supply_chain.screening.entries import Entry


@dataclass(frozen=True)
class ListMatch:
    """An entry of a list (by its place) that may be a node, under which of its names, and why."""

    place: int
    node_id: str
    score: float  # 0..1
    name: str
    reasons: tuple[str, ...]


def find_matches(entries: Sequence[Entry], nodes: Sequence[Record]) -> list[ListMatch]:
    """Likely matches, the highest score first; each entry and node once, under the best name.

    The score is that of the matcher for two records (docs/matching.md): names without legal
    forms, countries, places. The order of both lists changes nothing.
    """
    names: Mapping[str, tuple[int, str]] = {
        f"{place}:{number}": (place, name)
        for place, entry in enumerate(entries)
        for number, name in enumerate((entry.name, *entry.aliases))
    }
    records = [_record(entries[place], key, name) for key, (place, name) in names.items()]
    best: dict[tuple[int, str], ListMatch] = {}
    for pair in find_between(records, nodes):
        place, name = names[pair.left_id]
        match = ListMatch(place, pair.right_id, pair.score, name, pair.reasons)
        kept = best.get((place, pair.right_id), match)
        best[place, pair.right_id] = min(kept, match, key=lambda one: (-one.score, one.name))
    return sorted(best.values(), key=lambda one: (-one.score, one.place, one.node_id))


def entry_hash(entry: Entry) -> str:
    """Hash of an entry's content: a decision is valid while entry and node are unchanged."""
    return content_hash(
        Record(
            id="",
            name=" | ".join((entry.name, *sorted(entry.aliases))),
            address=entry.address,
            country=entry.country or "",
            region=entry.region,
        )
    )


def _record(entry: Entry, key: str, name: str) -> Record:
    return Record(
        id=key,
        name=name,
        address=entry.address,
        country=entry.country or "",
        region=entry.region,
    )
