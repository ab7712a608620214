"""Two nodes that are one supplier: links that move, links that say the same, gaps, contents."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from supply_chain.matching.merging import FILLED, ActiveLink, fill_gaps, plan_links
from supply_chain.matching.record_content import content_hash, pair_key
from supply_chain.matching.records import Record
from supply_chain.vocabulary import FlowEvidence, LinkKind

EMPTY = {
    **dict.fromkeys(FILLED),
    "external_ids": {},
    "attributes": {},
    "commodity_refs": [],
    "tags": [],
    "own_operation": False,
}


def link(
    name: str,
    supplier: str,
    buyer: str,
    share: float | None = None,
    *,
    flow: FlowEvidence = FlowEvidence.UNMAPPED,
    valid_to: date | None = None,
    commodity: str | None = None,
) -> ActiveLink[str]:
    return ActiveLink(
        id=name,
        supplier=supplier,
        buyer=buyer,
        kind=LinkKind.SUPPLIES,
        commodity=commodity,
        share=share,
        flow_evidence=flow,
        valid_from=None,
        valid_to=valid_to,
    )


def test_links_of_the_absorbed_node_move_at_the_end_where_it_stands():
    moves = plan_links("A", "B", [link("1", "B", "X"), link("2", "Y", "B"), link("3", "A", "Z")])

    assert (moves.as_supplier, moves.as_buyer) == (("1",), ("2",))
    assert moves.inner == moves.joined == ()


def test_links_between_the_two_leave_the_map():
    moves = plan_links("A", "B", [link("1", "A", "B"), link("2", "B", "A"), link("3", "B", "B")])

    assert moves.inner == ("1", "2", "3")
    assert moves.as_supplier == moves.as_buyer == ()


def test_links_that_say_the_same_become_one_with_the_shares_added():
    moves = plan_links("A", "B", [link("1", "A", "X", 0.25), link("2", "B", "X", 0.5)])

    (joined,) = moves.joined
    assert (joined.kept, joined.absorbed, joined.share) == ("1", "2", 0.75)
    assert moves.as_supplier == ()


def test_links_of_two_commodities_stay_two_links():
    moves = plan_links("A", "B", [link("1", "A", "X", commodity="cocoa"), link("2", "B", "X")])

    assert moves.joined == ()
    assert moves.as_supplier == ("2",)


def test_several_links_that_join_one_add_up_in_their_order():
    twins = [link("1", "A", "X", 0.125), link("2", "B", "X", 0.25), link("3", "B", "X", 0.5)]

    moves = plan_links("A", "B", twins)

    assert [(one.absorbed, one.share) for one in moves.joined] == [("2", 0.375), ("3", 0.875)]


def test_a_share_that_is_not_known_leaves_the_known_one_and_two_unknown_ones_stay_unknown():
    def share(one: float | None, other: float | None) -> float | None:
        twins = [link("1", "A", "X", one), link("2", "B", "X", other)]
        return plan_links("A", "B", twins).joined[0].share

    assert share(None, 0.5) == share(0.5, None) == 0.5
    assert share(None, None) is None
    assert share(0.75, 0.5) == 1.0


def test_of_two_kinds_of_evidence_the_one_that_counts_for_more_in_linkage_stays():
    flows = (FlowEvidence.POSSIBLE, FlowEvidence.CONFIRMED)
    twins = [link("1", "A", "X", flow=flows[0]), link("2", "B", "X", flow=flows[1])]

    assert plan_links("A", "B", twins).joined[0].flow_evidence is FlowEvidence.CONFIRMED


def test_a_joined_link_lasts_as_long_as_the_longer_of_the_two():
    early, late = date(2026, 1, 1), date(2027, 1, 1)
    ends = [(early, late, late), (early, None, None), (late, early, late)]
    for one, other, wanted in ends:
        twins = [link("1", "A", "X", valid_to=one), link("2", "B", "X", valid_to=other)]
        assert plan_links("A", "B", twins).joined[0].valid_to == wanted


ENDS = st.sampled_from("ABXYZ")


@given(st.lists(st.tuples(ENDS, ENDS, st.none() | st.floats(0, 1)), max_size=12))
def test_every_link_of_the_absorbed_node_has_exactly_one_fate(drawn):
    links = [link(str(n), *ends) for n, ends in enumerate(drawn)]

    moves = plan_links("A", "B", links)

    fates = [*moves.as_supplier, *moves.as_buyer, *moves.inner]
    fates += [one.absorbed for one in moves.joined]
    assert sorted(fates) == sorted(one.id for one in links if "B" in (one.supplier, one.buyer))
    assert all(one.share is None or 0 <= one.share <= 1 for one in moves.joined)


def test_the_survivor_keeps_what_it_states_and_learns_what_it_lacks():
    ours = {**EMPTY, "address": "1 Main Street", "attributes": {"workers": 20}}
    theirs = {
        **EMPTY,
        "address": "2 Side Street",
        "country": "CI",
        "attributes": {"workers": 5, "phone": "none"},
        "commodity_refs": ["cocoa"],
        "own_operation": True,
    }

    assert fill_gaps(ours, theirs, keys=("A", "B")) == {
        "country": "CI",
        "attributes": {"workers": 20, "phone": "none"},
        "commodity_refs": ["cocoa"],
        "own_operation": True,
    }


def test_coordinates_are_taken_as_a_pair_and_only_where_there_are_none():
    here, there = {"latitude": 5.0, "longitude": 7.0}, {"latitude": 0.0, "longitude": 1.0}

    assert fill_gaps(EMPTY, {**EMPTY, **there}, keys=("A", "B")) == there
    assert fill_gaps({**EMPTY, **here}, {**EMPTY, **there}, keys=("A", "B")) == {}


def test_tags_of_both_stand_together_until_they_are_too_many_for_one_site():
    ours = {**EMPTY, "tags": [f"a{n:02}" for n in range(12)]}
    few = {**EMPTY, "tags": [f"b{n}" for n in range(8)]}
    many = {**EMPTY, "tags": [f"b{n}" for n in range(9)]}

    assert fill_gaps(ours, few, keys=("A", "B")) == {"tags": ours["tags"] + few["tags"]}
    assert fill_gaps(ours, many, keys=("A", "B")) == {}


def test_no_node_ends_as_its_own_operator():
    assert fill_gaps(EMPTY, {**EMPTY, "operated_by_id": "A"}, keys=("A", "B")) == {}
    operated = {**EMPTY, "operated_by_id": "B"}
    assert fill_gaps(operated, EMPTY, keys=("A", "B")) == {"operated_by_id": None}


RECORD = Record("1", "Usine Soleil S.A.", "12, rue du Port", "CI", external_ids={"lei": "X1"})


def test_capitals_spaces_and_punctuation_do_not_change_the_content_of_a_record():
    same = replace(
        RECORD,
        id="other",
        name="USINE  SOLEIL S A",
        address="12 Rue du Port.",
        country="ci ",
        company="somebody",
        external_ids={"LEI": "x1"},
    )

    assert content_hash(same) == content_hash(RECORD)


def test_another_word_place_or_id_is_another_content():
    others = [
        replace(RECORD, name="Usine Lune S.A."),
        replace(RECORD, address="13, rue du Port"),
        replace(RECORD, latitude=5.3, longitude=-4.0),
        replace(RECORD, external_ids={"lei": "X2"}),
        replace(RECORD, city="Abidjan"),
    ]

    assert len({content_hash(record) for record in [RECORD, *others]}) == len(others) + 1


def test_a_place_is_the_same_however_its_degrees_are_rounded():
    one = replace(RECORD, latitude=5.34561, longitude=-0.00001)
    other = replace(RECORD, latitude=5.34563, longitude=0.0)

    assert content_hash(one) == content_hash(other)


def test_a_pair_of_contents_has_one_key_whichever_comes_first():
    assert pair_key("b", "a") == pair_key("a", "b") == ("a", "b")
