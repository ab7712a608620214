"""Duplicates of the sample: entered, found, decided, one merged."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from ddplatform.demo.value_chain.maps import reassess
from ddplatform.demo.world import Story, Timeline, World
from ddplatform.value_chain.mapping.services import links as supply_links
from ddplatform.value_chain.mapping.services import nodes as value_chain
from ddplatform.value_chain.mapping.services.links import LinkFields
from ddplatform.value_chain.mapping.services.nodes import NodeFields
from ddplatform.value_chain.matching.models import PairState
from ddplatform.value_chain.matching.queries.records import list_pairs_of_chain
from ddplatform.value_chain.matching.services import search as match_search
from ddplatform.value_chain.merging.services import decisions as matching
from supply_chain.vocabulary import NodeKind

SAID = {"same": PairState.SAME, "different": PairState.DIFFERENT}


def plan_matching(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `duplicates.yaml`."""
    told = story.read("duplicates.yaml")
    timeline.add(told["typed_in"]["days_ago"], partial(_type_in, told["buyer"], told["typed_in"]))
    timeline.add(told["decided"]["days_ago"], partial(_decide, told["buyer"], told["decided"]))


def _type_in(slug: str, told: dict[str, Any], world: World, at: datetime) -> None:
    chain_id = world.chains[slug]
    with world.acting(told["by"], at) as act:
        for entry in told["nodes"]:
            fields = NodeFields(
                name=entry["name"],
                kind=NodeKind(entry["kind"]),
                country=entry["country"],
                region=entry["region"],
                address=entry.get("address"),
            )
            made = value_chain.add_node(chain_id, fields, act=act, external_ref=entry["ref"])
            world.nodes[slug, entry["ref"]] = made.id
            if "supplies" in entry:
                buyer = world.nodes[slug, entry["supplies"]]
                link = LinkFields(commodity_ref=entry["commodity"], valid_from=entry["since"])
                supply_links.add_link(made.id, buyer, link, act=act)
        run_id = match_search.request_search(chain_id, act=act).id
    match_search.search(
        run_id,
        unit=lambda: world.unit(world.organisations[slug]),
        progress=lambda _done, _total: None,
        at=at,
    )


def _decide(slug: str, told: dict[str, Any], world: World, at: datetime) -> None:
    with world.acting(told["by"], at) as act:
        for word, state in SAID.items():
            pair = _pair(world, slug, told[word])
            keep_id = world.nodes[slug, told[word][0]]
            matching.decide(pair.id, state, version=pair.row_version, keep_id=keep_id, act=act)
    reassess(world, slug, "facts", at=at)


def _pair(world: World, slug: str, refs: Sequence[str]) -> Any:
    ends = {world.nodes[slug, ref] for ref in refs}
    pairs = list_pairs_of_chain(world.chains[slug])
    return next(pair for pair in pairs if {pair.left_id, pair.right_id} == ends)
