"""What a list says and only a second person may make so is held back, and nothing else."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from supply_chain.intake.drafts import LinkDraft, MapDraft, NodeDraft
from supply_chain.intake.wishes import held_flow, held_origin, hold_back
from supply_chain.vocabulary import FlowEvidence as Flow

IDS = ("farm", "mill", "shop")
REFS = st.sampled_from(IDS)
NODES = st.builds(
    NodeDraft, id=REFS, name=st.just("A"), origin=st.sampled_from((None, True, False))
)
LINKS = st.builds(
    LinkDraft,
    supplier=REFS,
    buyer=REFS,
    share=st.sampled_from((None, 0.2)),
    flow_evidence=st.sampled_from((None, *Flow)),
)


def once(rows, key):
    return list({key(row): row for row in rows}.values())


MAPS = st.tuples(
    st.lists(NODES, max_size=4).map(lambda rows: once(rows, lambda row: row.id)),
    st.lists(LINKS, max_size=5).map(lambda rows: once(rows, lambda row: row.key)),
)


def test_a_flow_that_is_new_as_confirmed_counts_as_probable():
    assert held_flow(None, Flow.CONFIRMED) is Flow.PROBABLE
    assert held_flow(Flow.POSSIBLE, Flow.CONFIRMED) is Flow.PROBABLE
    assert held_flow(Flow.CONFIRMED, Flow.CONFIRMED) is Flow.CONFIRMED
    assert held_flow(Flow.CONFIRMED, Flow.POSSIBLE) is Flow.POSSIBLE


def test_an_origin_that_is_new_stays_what_it_was_and_takes_nobody_to_be_none():
    assert held_origin(None, True) is None
    assert held_origin(False, True) is False
    assert held_origin(True, True) is True
    assert held_origin(True, False) is False
    assert held_origin(True, None) is None


def test_a_list_asks_once_for_each_link_and_site_that_the_map_does_not_know_so():
    known = LinkDraft("mill", "shop", flow_evidence=Flow.CONFIRMED)
    new = LinkDraft("farm", "mill", flow_evidence=Flow.CONFIRMED)
    draft = MapDraft(nodes=(NodeDraft("farm", "Farm", origin=True),), links=(known, new), rows=3)
    held = hold_back([NodeDraft("farm", "Farm")], [known], draft)
    assert held.flows == (new.key,)
    assert held.origins == ("farm",)
    assert held.draft.links == (known, replace(new, flow_evidence=Flow.PROBABLE))
    assert held.draft.nodes == (NodeDraft("farm", "Farm"),)
    assert held.draft.rows == 3


@given(MAPS, MAPS)
def test_nothing_is_confirmed_or_an_origin_that_the_map_did_not_have_so(here, listed):
    (nodes, links), (new_nodes, new_links) = here, listed
    draft = MapDraft(nodes=tuple(new_nodes), links=tuple(new_links))
    held = hold_back(nodes, links, draft)
    confirmed = {link.key for link in links if link.flow_evidence is Flow.CONFIRMED}
    origins = {node.id for node in nodes if node.origin}
    for before, after in zip(draft.links, held.draft.links, strict=True):
        assert after == before or after == replace(before, flow_evidence=Flow.PROBABLE)
        assert (after != before) == (after.key in held.flows)
        assert after.flow_evidence is not Flow.CONFIRMED or after.key in confirmed
    for old, new in zip(draft.nodes, held.draft.nodes, strict=True):
        assert (new != old) == (new.id in held.origins)
        assert not new.origin or new.id in origins
        assert replace(new, origin=old.origin) == old


@given(MAPS)
def test_a_map_that_comes_again_as_it_stands_asks_for_nothing(here):
    nodes, links = here
    draft = MapDraft(nodes=tuple(nodes), links=tuple(links))
    assert hold_back(nodes, links, draft).draft is draft
