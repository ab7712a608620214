"""What-if: index, exposure and rank before and after changes that are never made (RM-1.0)."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.analysis.what_if import score_map, try_changes
from supply_chain.analysis.what_if_changes import (
    IN_PLACE_OF,
    AddControl,
    ChangeShare,
    CloseNode,
    KnowOrigin,
    apply_changes,
    pack_change,
    problems_of,
    read_change,
)
from supply_chain.errors import ChainRefused
from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.reference.release import load_reference
from supply_chain.risk.evidence import ControlsSeen, Evidence
from supply_chain.risk.method import METHOD
from supply_chain.risk.rm2.map_assessment import assess
from supply_chain.vocabulary import Issue, NodeKind
from tests.sampling import examples

REFERENCE = load_reference()
AS_OF = REFERENCE.as_of
COCOA = next(c.ref for c in REFERENCE.commodities.values() if "Cocoa" in c.goods)
CL = list(Issue).index(Issue.CL)
GHOST = "unknown-origin:"


def make(links, *, kinds=None, origins=()):
    """Own business B, links (buyer, supplier, share); nodes in the order of their names."""
    ids = sorted({end for link in links for end in link[:2]})
    nodes = NodeColumns.build(
        ids,
        own_operation=[ref == "B" for ref in ids],
        country=["CI" if ref != "B" else "FR" for ref in ids],
        commodities=[(COCOA,) if ref != "B" else () for ref in ids],
        origin=[True if ref in origins else None for ref in ids],
        kind=[(kinds or {}).get(ref, NodeKind.BUSINESS_ENTITY) for ref in ids],
    )
    columns = LinkColumns.build(
        nodes,
        buyer=[link[0] for link in links],
        supplier=[link[1] for link in links],
        share=[link[2] for link in links],
    )
    return ValueChain.build(nodes=nodes, links=columns)


MAP = make([("B", "E", 0.7), ("B", "T", 0.3), ("E", "F", 0.6)], origins=("F", "T"))


def tried(*changes, on=MAP, evidence=None):
    known = evidence or Evidence()
    before = score_map(on, known, reference=REFERENCE, as_of=AS_OF)
    return try_changes(on, known, changes, before=before)


def problems(*changes, on=MAP):
    return [(p.place, p.text) for p in problems_of(on, changes, REFERENCE)]


def test_a_control_lowers_index_and_exposure_where_it_stands_and_downstream():
    found = tried(AddControl("F", "CTL-05", 1.0, 0.9))
    effects = found.effects(limit=9)
    assert [effect.node for effect in effects] == ["F", "E"]
    first = effects[0]
    assert first.after.index < first.before.index
    assert first.after.exposure < first.before.exposure
    assert first.after.rank > first.before.rank
    (own,) = found.own_effects()
    assert own.node == "B" and own.after.exposure < own.before.exposure
    assert own.after.index == own.before.index


def test_after_equals_an_assessment_of_the_map_once_it_is_changed():
    found = tried(ChangeShare("B", "E", 0.2))
    real = make([("B", "E", 0.2), ("B", "T", 0.3), ("E", "F", 0.6)], origins=("F", "T"))
    wanted = assess(real, Evidence(), reference=REFERENCE, as_of=AS_OF)
    assert found.after.chain.nodes.ids == wanted.chain.nodes.ids
    assert np.array_equal(found.after.exposure, wanted.exposure, equal_nan=True)
    assert np.array_equal(found.after.salience_rank, wanted.salience_rank)


def test_a_closed_node_is_not_scored_and_a_place_like_it_takes_its_part():
    found = tried(CloseNode("E"))
    closed = next(e for e in found.effects(limit=9) if e.node == "E")
    assert closed.before.index > 0
    assert (closed.after.index, closed.after.band, closed.after.rank) == (None, None, None)
    like = next(e for e in found.effects(limit=9) if e.node == IN_PLACE_OF + "E")
    assert like.before is None and like.after.index > 0
    after = found.after.chain
    row, e = after.rows[IN_PLACE_OF + "E"], MAP.rows["E"]
    assert (after.nodes.country[row], after.nodes.commodities[row]) == ("CI", (COCOA,))
    assert after.links.share[after.links.supplier == row] == [0.7]
    assert not (after.links.buyer == e).any() and not (after.links.supplier == e).any()
    sources = [after.nodes.ids[at] for at in after.suppliers.of(row)]
    assert sources == ["F", GHOST + IN_PLACE_OF + "E"]


def test_leaving_lowers_nothing_downstream_where_nothing_was_known_anyway():
    found = tried(CloseNode("E"), CloseNode("F"))
    (own,) = found.own_effects()
    assert own.after == own.before
    assert own.size == 0


def test_leaving_a_supplier_with_controls_raises_what_reaches_the_own_business():
    row, control = MAP.rows["E"], METHOD.control_index["CTL-05"]
    seen = ControlsSeen(*(np.array([v]) for v in (row, control, 1.0, 0.9, np.nan, 1.0)))
    found = tried(CloseNode("E"), evidence=Evidence(controls=seen))
    (own,) = found.own_effects(Issue.CL)
    assert own.after.exposure > own.before.exposure


def test_knowing_the_origin_scores_it_by_its_country_and_commodity():
    found = tried(KnowOrigin("E", "FR", COCOA))
    after = found.after.chain
    row = after.rows[GHOST + "E"]
    assert (after.nodes.country[row], after.nodes.commodities[row]) == ("FR", (COCOA,))
    effect = next(e for e in found.effects(limit=9) if e.node == GHOST + "E")
    assert effect.size > 0


def test_a_node_kept_as_unknown_origin_gets_its_country_itself():
    chain = make([("B", "U", 1.0)], kinds={"U": NodeKind.UNKNOWN_ORIGIN})
    after = apply_changes(chain, Evidence(), [KnowOrigin("U", "GH", None)]).chain
    assert after.nodes.country[after.rows["U"]] == "GH"
    assert after.nodes.commodities[after.rows["U"]] == (COCOA,)
    assert chain.nodes.country[chain.rows["U"]] == "CI"
    after = apply_changes(chain, Evidence(), [KnowOrigin("U", None, "tea")]).chain
    assert after.nodes.country[after.rows["U"]] == "CI"
    assert after.nodes.commodities[after.rows["U"]] == ("tea",)


def test_a_changed_share_stands_for_all_parallel_links():
    chain = make([("B", "E", 0.2), ("B", "E", 0.3), ("B", "T", 0.1)])
    links = apply_changes(chain, Evidence(), [ChangeShare("B", "E", 0.9)]).chain.links
    at = links.supplier == chain.rows["E"]
    assert links.share[at].sum() == pytest.approx(0.9)
    assert chain.links.share.sum() == pytest.approx(0.6)


def test_a_control_that_stands_already_is_replaced_and_keeps_its_design_credit():
    row, control = MAP.rows["F"], METHOD.control_index["CTL-05"]
    seen = ControlsSeen(
        node=np.array([row, row]),
        control=np.array([control, control + 1]),
        coverage=np.array([0.2, 0.4]),
        evidence=np.array([0.25, 0.5]),
        design=np.array([0.5, np.nan]),
        verified_months=np.array([30.0, 1.0]),
    )
    evidence = Evidence(controls=seen)
    made = apply_changes(MAP, evidence, [AddControl("F", "CTL-05", 1.0, 0.75)]).evidence.controls
    assert sorted(made.control.tolist()) == [control, control + 1]
    at = int(np.flatnonzero(made.control == control)[0])
    assert (made.coverage[at], made.evidence[at], made.design[at]) == (1.0, 0.75, 0.5)
    assert made.verified_months[at] == 0
    assert seen.coverage.tolist() == [0.2, 0.4]


def test_one_issue_can_be_asked_for_alone():
    found = tried(AddControl("F", "CTL-21", 1.0, 0.9))
    assert not found.effects(limit=9, issue=Issue.CL)
    assert {e.issue for e in found.effects(limit=9, issue=Issue.DP)} == {Issue.DP}
    assert found.counts(Issue.CL).lower == 0
    counts = found.counts()
    assert (counts.higher, counts.lower) == (0, 3)
    assert counts.same == len(found.before.chain) - 3


def test_what_changes_band_comes_first_and_less_than_a_point_is_small():
    large = tried(AddControl("F", "CTL-05", 1.0, 0.75))
    effects = large.effects(limit=99)
    assert effects[0].crosses and not effects[0].is_small
    assert [effect.crosses for effect in effects] == sorted(
        (effect.crosses for effect in effects), reverse=True
    )
    assert large.counts().crossing >= sum(effect.crosses for effect in effects) > 0

    small = tried(AddControl("F", "CTL-05", 0.02, 0.75))
    assert small.counts().lower > 0 == small.counts().crossing
    assert all(effect.is_small for effect in small.effects(limit=99))


@pytest.mark.parametrize("coverage", [0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0])
def test_a_node_that_changes_band_on_any_issue_is_told_by_such_an_issue(coverage):
    found = tried(AddControl("F", "CTL-07", coverage, 0.75))
    on_each = [found.effects(limit=99, issue=issue) for issue in Issue]

    told = {effect.node for effect in found.effects(limit=99) if effect.crosses}
    assert told == {effect.node for some in on_each for effect in some if effect.crosses}


def test_without_a_change_the_own_business_is_shown_by_its_first_risk():
    found = tried()
    (own,) = found.own_effects()
    assert own.size == 0 and own.before == own.after
    ranks = found.before.salience_rank[MAP.rows["B"]]
    assert own.before.rank == ranks.min()
    assert found.effects(limit=9) == []


def test_effects_come_largest_first_and_no_more_than_asked_for():
    found = tried(CloseNode("T"), AddControl("F", "CTL-01", 0.5, 0.25))
    effects = found.effects(limit=99)
    assert [e.size for e in effects] == sorted((e.size for e in effects), reverse=True)
    assert found.effects(limit=2) == effects[:2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (CloseNode("X"), "X is not in this map any more"),
        (CloseNode("B"), "your own business"),
        (AddControl("F", "CTL-99", 1, 0.5), "no control of the method"),
        (AddControl("F", "CTL-05", 1.5, 0.5), "between 0 and 1"),
        (AddControl("F", "CTL-05", 1, 0.6), "five levels"),
        (KnowOrigin("E", None, None), "Say the country"),
        (KnowOrigin("E", "ZZ", None), "no country code"),
        (KnowOrigin("E", None, "gold dust"), "no commodity"),
        (KnowOrigin("F", "CI", None), "no origin is missing"),
        (ChangeShare("B", "E", 1.2), "between 0 and 1"),
        (ChangeShare("B", "F", 0.2), "B does not buy from F"),
        (ChangeShare("B", "X", 0.2), "X is not in this map"),
    ],
)
def test_a_change_that_cannot_be_tried_is_refused_with_its_place_and_reason(change, words):
    ((place, text),) = problems(CloseNode("T"), change)
    assert place == 1 and words in text
    with pytest.raises(ChainRefused) as refused:
        tried(change)
    assert words in str(refused.value)


def test_an_origin_that_only_another_change_opens_can_be_known_in_the_same_what_if():
    assert problems(KnowOrigin("B", "GH", None)) != []
    assert problems(ChangeShare("B", "T", 0.1), KnowOrigin("B", "GH", None)) == []


CHANGES = st.lists(
    st.one_of(
        st.builds(CloseNode, st.sampled_from("EFT")),
        st.builds(
            AddControl,
            st.sampled_from("BEFT"),
            st.sampled_from(METHOD.controls),
            st.floats(0, 1),
            st.sampled_from(METHOD.policy.evidence_levels),
        ),
        st.builds(KnowOrigin, st.just("E"), st.sampled_from(["GH", "FR"]), st.none()),
        st.builds(ChangeShare, st.just("B"), st.sampled_from("ET"), st.floats(0, 1)),
    ),
    max_size=4,
)


@examples(25)
@given(CHANGES)
def test_a_what_if_leaves_map_and_evidence_byte_for_byte_as_they_were(changes):
    seen = ControlsSeen(*(np.array([v]) for v in (1, 4, 0.5, 0.5, np.nan, 3.0)))
    evidence = Evidence(controls=seen)
    chain = replace(MAP)
    parts = (chain.nodes, chain.links, chain.suppliers, chain.buyers, evidence)
    before = pickle.dumps(parts)
    sound = [
        c for p, c in enumerate(changes) if p not in {place for place, _ in problems(*changes)}
    ]
    if not problems(*sound):
        tried(*sound, on=chain, evidence=evidence)
    assert pickle.dumps(parts) == before


@examples(25)
@given(
    st.sampled_from("BEFT"),
    st.sampled_from(METHOD.controls),
    st.floats(0, 1),
    st.sampled_from(METHOD.policy.evidence_levels),
)
def test_a_new_control_never_raises_index_or_exposure_of_any_node(node, control, coverage, level):
    found = tried(AddControl(node, control, coverage, level))
    assert (found.move <= 0).all()


@examples(50)
@given(CHANGES)
def test_a_packed_change_is_read_as_it_was(changes):
    assert [read_change(pack_change(change)) for change in changes] == changes


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"do": "buy", "node": "E"},
        {"do": "close"},
        {"do": "close", "node": 3},
        {"do": "close", "node": "E", "more": 1},
        {"do": "share", "buyer": "B", "supplier": "E", "share": "much"},
        {"do": "share", "buyer": "B", "supplier": "E", "share": True},
        {"do": "origin", "node": None, "country": "CI", "commodity": None},
    ],
)
def test_what_is_no_change_is_refused(values):
    with pytest.raises(ValueError, match="change"):
        read_change(values)


def test_any_pair_can_be_read_on_both_sides():
    found = tried(CloseNode("E"))
    effect = next(e for e in found.effects(limit=9) if e.node == "E")
    assert found.before_of("E", effect.issue) == effect.before
    assert found.after_of("E", effect.issue) == effect.after
    assert found.before_of(IN_PLACE_OF + "E", Issue.CL) is None
    assert found.after_of("nowhere", Issue.CL) is None
    mapped = tried(ChangeShare("E", "F", 1.0))
    assert mapped.before_of(GHOST + "E", Issue.CL) is not None
    assert mapped.after_of(GHOST + "E", Issue.CL) is None


def test_the_unknown_origin_of_a_closed_node_goes_on_with_what_takes_its_place():
    found = tried(CloseNode("E"))
    before, after = (side(GHOST + "E", Issue.CL) for side in (found.before_of, found.after_of))
    assert (before.index, before.exposure) == (after.index, after.exposure)
    moved = {effect.node for effect in found.effects(limit=9)}
    assert not {GHOST + "E", GHOST + IN_PLACE_OF + "E"} & moved
