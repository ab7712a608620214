"""Analyses of a map: exposure taken apart, ways, dependence, blind spots, circles, reach, stop."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.analysis.blind_spots import blind_spots
from supply_chain.analysis.choke_points import choke_points
from supply_chain.analysis.circles import circles_of
from supply_chain.analysis.contributions import IssueFlow, contributions
from supply_chain.analysis.dependence import concentration, where_it_ends
from supply_chain.analysis.dominators import NOT_REACHED, dominators
from supply_chain.analysis.flow import FlowMap
from supply_chain.analysis.paths import paths_between
from supply_chain.analysis.products import product_flows
from supply_chain.analysis.reach import reach_of, stop_of
from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.risk.rm2.map_assessment import plan_of
from supply_chain.risk.rm2.network import make_network
from supply_chain.risk.rm2.propagation import exposure
from supply_chain.risk.rm2.shares import Links
from supply_chain.vocabulary import FlowEvidence, NodeKind
from tests.sampling import examples


def flow_of(ids, links, *, own=("B",), unknown=()):
    """Links are (buyer, supplier, share[, commodity[, flow evidence]]); else they are proven."""
    nodes = NodeColumns.build(
        list(ids),
        own_operation=[ref in own for ref in ids],
        kind=[NodeKind.UNKNOWN_ORIGIN if ref in unknown else NodeKind.SITE for ref in ids],
    )
    chain = ValueChain.build(
        nodes=nodes,
        links=LinkColumns.build(
            nodes,
            buyer=[link[0] for link in links],
            supplier=[link[1] for link in links],
            share=[link[2] for link in links],
            commodity=[link[3] if len(link) > 3 else None for link in links],
            flow=[link[4] if len(link) > 4 else FlowEvidence.CONFIRMED for link in links],
        ),
    )
    return FlowMap.build(chain, plan_of(chain))


def network_of(flow, unknown=0.3):
    """The network of a map where U is the same for all goods."""
    links = flow.graph.links
    origin = np.zeros(len(links), dtype=np.int64)
    given = Links(links.buyer, links.supplier, links.share, links.flow, origin)
    return make_network(len(flow), given, np.array([[unknown]]))


def taken_apart(flow, residual, row, **limits):
    return contributions(IssueFlow.of(flow, network_of(flow), residual, 0), row, **limits)


IDS = ("B", "F1", "F2", "M", "N", "G", "U")
RESIDUAL = np.array([0.1, 0.35, 0.2, 0.4, 0.15, 0.8, 0.75])
PROBABLE = FlowEvidence.PROBABLE
LINKS = [
    ("B", "F1", 0.6, "mica"), ("B", "F2", 0.4, "cotton"), ("F1", "M", 1.0, "mica"),
    ("F2", "M", 0.5, "mica", PROBABLE), ("F2", "N", 0.5, "cotton", PROBABLE),
    ("M", "G", 0.7, "mica", PROBABLE), ("M", "U", 0.3, None, FlowEvidence.UNMAPPED),
]  # fmt: skip
B, F1, F2, M, N, G, U = range(7)


@pytest.fixture(scope="module")
def example():
    return flow_of(IDS, LINKS, unknown="U")


def refs(rows, ids=IDS):
    return "".join(ids[row] for row in rows)


def passed_by(tree, row):
    """The nodes that all goods of a node must pass, the nearest first."""
    above = tree.above[row]
    return () if above in (NOT_REACHED, len(tree.above)) else (above, *passed_by(tree, above))


def close(expected, tolerance=1e-4):
    return pytest.approx(expected, abs=tolerance)


def test_ex_40_origins_of_the_example_are_named_largest_first(example):
    found = taken_apart(example, RESIDUAL, B, most=10, most_paths=20)
    assert [(IDS[part.row], part.is_unproven, part.value) for part in found.origins] == [
        ("M", False, close(0.1980)), ("F1", False, close(0.1890)), ("G", False, close(0.1663)),
        ("B", False, close(0.1000)), ("F2", False, close(0.0720)), ("U", False, close(0.0668)),
        ("N", False, close(0.0205)), ("F2", True, close(0.0076)),
    ]  # fmt: skip
    assert (found.exposure, found.origins_left, found.origins_rest) == (close(0.8202), 0, 0.0)
    assert found.each.sum() + found.unproven.sum() == close(0.8202)


def test_ex_38_paths_of_the_example_add_up_to_its_exposure(example):
    found = taken_apart(example, RESIDUAL, B, most=10, most_paths=20)
    ways = {refs(path.rows): path.value for path in found.paths}
    gap = 0.3 * (0.3 - 0.15) / 0.85
    assert ways["B"] == close(0.1)
    assert ways["BF1M"] == close(0.9 * 0.6 * 0.65 * 0.4)
    assert ways["BF2MG"] == close(0.9 * 0.4 * 0.8 * 0.5 * 0.6 * 0.7 * 0.8)
    assert ways["BF2N"] == close(0.9 * 0.4 * 0.8 * 0.5 * (1 - gap) * 0.15)
    assert ways["BF2"] == close(0.9 * 0.4 * (0.2 + 0.8 * 0.5 * gap))
    assert len(ways) == 10
    assert sum(ways.values()) == close(found.exposure, 1e-12)
    assert (found.paths_left, found.paths_rest) == (0, 0.0)


def test_smaller_paths_and_origins_stand_in_one_rest_that_makes_the_sum_exact(example):
    found = taken_apart(example, RESIDUAL, B, most=3, most_paths=4)
    assert (found.origins_left, found.paths_left) == (5, 6)
    for named, rest in ((found.origins, found.origins_rest), (found.paths, found.paths_rest)):
        assert sum(part.value for part in named) + rest == close(found.exposure, 1e-12)
    assert [path.value for path in found.paths] == sorted(
        (path.value for path in found.paths), reverse=True
    )


def test_ex_43_paths_through_a_circle_are_taken_at_each_pass():
    circle = flow_of("XY", [("X", "Y", 0.5), ("Y", "X", 0.5)], own="X")
    found = taken_apart(circle, np.array([0.3, 0.2]), 0, most=5, most_paths=4)
    assert found.exposure == close(0.4302)
    assert [refs(path.rows, "XY") for path in found.paths] == ["X", "XY", "XYX", "XYXY"]
    assert found.paths_left is None
    assert sum(path.value for path in found.paths) + found.paths_rest == close(0.4302)


def test_one_node_and_nothing_risky_have_no_parts_but_their_own():
    alone = flow_of("B", [])
    assert circles_of(alone, alone.start_of_business(), most=5).count == 0
    risky = taken_apart(alone, np.array([0.4]), 0, most=5, most_paths=5)
    assert (risky.exposure, refs(risky.paths[0].rows), risky.paths_left) == (0.4, "B", 0)
    calm = taken_apart(alone, np.array([0.0]), 0, most=5, most_paths=5)
    assert (calm.exposure, calm.origins, calm.paths, calm.paths_rest) == (0.0, (), (), 0.0)


def test_a_node_that_is_certain_to_be_risky_hides_all_behind_it():
    flow = flow_of("BA", [("B", "A", 1.0)])
    found = taken_apart(flow, np.array([1.0, 0.5]), 0, most=5, most_paths=5)
    assert [refs(path.rows, "BA") for path in found.paths] == ["B"]
    assert found.paths_left == 0


def test_ways_between_two_nodes_come_with_the_share_that_takes_them(example):
    for first, second in ((B, G), (G, B)):
        found = paths_between(example, first, second, most=10)
        assert (found.buyer, found.supplier, found.is_cut) == (B, G, False)
        assert [(refs(p.rows), p.value) for p in found.paths] == [
            ("BF1MG", close(0.42)), ("BF2MG", close(0.14)),
        ]  # fmt: skip
        assert found.passing == close(found.named) == close(0.56)


def test_ways_that_are_not_there_or_too_many_are_said_to_be_so(example):
    assert paths_between(example, F1, N, most=5).paths == ()
    assert paths_between(example, M, M, most=5).paths == ()
    cut = paths_between(example, B, G, most=1)
    assert (len(cut.paths), cut.is_cut) == (1, True)


def test_a_way_over_a_share_of_zero_is_a_way():
    flow = flow_of("BAC", [("B", "A", 0.0), ("A", "C", 1.0), ("B", "C", 0.0)])
    found = paths_between(flow, 0, 2, most=5)
    assert [(refs(p.rows, "BAC"), p.value) for p in found.paths] == [("BC", 0.0), ("BAC", 0.0)]


def test_two_nodes_of_a_circle_are_joined_by_ways_without_repeats():
    circle = flow_of("XYZ", [("X", "Y", 0.5), ("Y", "Z", 1.0), ("Z", "X", 1.0), ("X", "Z", 0.5)])
    found = paths_between(circle, 0, 2, most=9)
    assert [refs(p.rows, "XYZ") for p in found.paths] == ["XZ", "XYZ"]
    assert found.buyer == 0


def test_a_way_back_that_promises_more_is_passed_over_for_the_way_on():
    links = [("X", "Y", 0.1), ("X", "Z", 0.9), ("Y", "X", 0.8), ("Y", "Z", 0.2)]
    found = paths_between(flow_of("XYZ", links), 0, 2, most=9)
    assert [(refs(p.rows, "XYZ"), round(p.value, 9)) for p in found.paths] == [
        ("XZ", 0.9),
        ("XYZ", 0.02),
    ]


def test_ends_of_links_are_dominated_by_what_all_their_ways_pass(example):
    tree = dominators(example, example.start_of_business())
    assert refs(passed_by(tree, G)) == "MB"
    assert passed_by(tree, B) == ()
    assert refs(tree.only_through(M)) == "GU"
    assert tree.depends[[M, F2, B]].tolist() == [1, 1, 5]


def test_in_a_circle_with_two_ways_in_nobody_depends_on_one_of_them():
    flow = flow_of("BCD", [("B", "D", None), ("C", "B", None), ("C", "D", None), ("D", "B", None)])
    tree = dominators(flow, np.array([0.5, 0.5, 0.0]))
    assert [passed_by(tree, row) for row in range(3)] == [(), (), ()]
    assert tree.depends.tolist() == [0, 0, 0]


def test_shares_of_the_direct_suppliers_make_a_herfindahl_index(example):
    arrival = example.arrival_at_business()
    rows = np.arange(len(IDS))
    found = concentration(arrival.nodes, rows, example.unknown, most=5)
    assert [(IDS[p.label], p.share) for p in found.portions] == [
        ("F1", close(0.6)), ("F2", close(0.4)),
    ]  # fmt: skip
    assert (found.herfindahl, found.largest, found.unknown) == (close(0.52), close(0.6), 0.0)
    assert found.herfindahl_most == found.herfindahl
    goods = concentration(
        arrival.links,
        example.link_commodity,
        np.zeros(len(LINKS), dtype=np.bool_),
        most=1,
    )
    assert example.commodities[goods.portions[0].label] == "mica"
    assert (goods.count, len(goods.portions)) == (2, 1)


def test_an_unknown_origin_makes_the_index_a_range(example):
    ends = where_it_ends(example, example.arrival_at_business())
    found = concentration(ends, np.arange(len(IDS)), example.unknown, most=5)
    shares = {IDS[p.label]: p.share for p in found.portions}
    assert shares == {"G": close(0.56), "N": close(0.2)}
    assert found.unknown == close(0.24)
    assert found.herfindahl == close(0.56**2 + 0.2**2)
    assert found.herfindahl_most == close(0.8**2 + 0.2**2)


def test_nothing_and_nothing_known_have_no_largest_share():
    nothing = concentration(np.zeros(2), np.array([0, 1]), np.zeros(2, bool), most=5)
    assert (nothing.largest, nothing.herfindahl_most) == (0.0, 0.0)
    hidden = concentration(np.ones(2), np.array([-1, -1]), np.zeros(2, bool), most=5)
    assert (hidden.unknown, hidden.herfindahl, hidden.herfindahl_most) == (1.0, 0.0, 1.0)


def test_blind_spots_tell_tier_by_tier_where_volume_is_lost(example):
    found = blind_spots(example, example.arrival_at_business(), most=5)
    assert [(t.step, t.unknown, t.begins, t.onward) for t in found.tiers] == [
        (0, 0, 0, 1), (1, 0, 0, 1), (2, 0, close(0.2), close(0.8)),
        (3, close(0.24), close(0.56), close(0)),
    ]  # fmt: skip
    assert (found.unknown, found.begins, found.circling) == (close(0.24), close(0.76), close(0))
    assert [(g.buyer, g.row, g.step, g.share) for g in found.gaps] == [(M, U, 3, close(0.24))]
    none = blind_spots(example, example.arrival_at_business(), most=0)
    assert (none.gaps, none.gaps_left, none.gaps_rest) == ((), 1, close(0.24))


def test_an_unknown_origin_that_is_followed_further_hides_only_what_ends_there():
    flow = flow_of("BUA", [("B", "U", 1.0), ("U", "A", 0.75)], unknown="U")
    found = blind_spots(flow, flow.arrival_at_business(), most=5)
    assert [(t.unknown, t.begins, t.onward) for t in found.tiers] == [
        (0, 0, 1), (0.25, 0, 0.75), (0, 0.75, 0),
    ]  # fmt: skip
    assert (found.unknown, found.begins, found.circling) == (0.25, 0.75, 0)
    assert [(gap.row, gap.share) for gap in found.gaps] == [(1, 0.25)]


def test_own_operations_that_hand_on_to_each_other_are_one_business():
    flow = flow_of(
        "BCDA", [("B", "C", 0.6), ("B", "D", 0.3), ("C", "A", 1.0), ("D", "C", 0.5)], own="BCD"
    )
    arrival = flow.arrival_at_business()
    assert arrival.nodes.tolist() == close([0, 0, 0, 0.75])
    assert arrival.links.tolist() == close([0, 0, 0.75, 0])
    assert arrival.begun.tolist() == close([0.1, 0, 0.15, 0])
    found = blind_spots(flow, arrival, most=5)
    assert [(t.step, t.begins) for t in found.tiers] == [(0, close(0.25)), (1, close(0.75))]


def test_choke_points_are_named_by_those_who_depend_and_by_volume(example):
    start = example.start_of_business()
    found = choke_points(example, dominators(example, start), start, most=2)
    assert [(p.row, p.depends, p.passing) for p in found.by_nodes] == [
        (F2, 1, close(0.4)), (M, 1, close(0.8)),
    ]  # fmt: skip
    assert [(p.row, p.passing) for p in found.by_volume] == [(M, close(0.8)), (F1, close(0.6))]
    assert (found.count, found.dependent, found.reached) == (2, 2, 6)


def test_whoever_stands_behind_an_own_site_depends_on_the_supplier_in_front_of_it_too():
    flow = flow_of("BTCDE", [("B", "T", 1), ("T", "C", 1), ("C", "D", 1), ("B", "E", 0)], own="BC")
    start = flow.start_at(0)
    found = choke_points(flow, dominators(flow, start), start, most=5)
    assert [(p.row, p.depends) for p in found.by_nodes] == [(1, 2)]
    assert (found.dependent, found.reached) == (2, 5)  # C and D, both only through T


def test_an_unknown_origin_that_nobody_buys_from_is_its_own_gap():
    flow = flow_of("U", [], own=(), unknown="U")
    found = blind_spots(flow, flow.arrival_at(0), most=5)
    assert [(gap.row, gap.buyer, gap.share) for gap in found.gaps] == [(0, 0, 1.0)]


def test_circles_are_shown_with_a_way_round_and_what_comes_in():
    flow = flow_of(
        "BXYZPQ",
        [("B", "X", 1.0), ("X", "Y", 0.5), ("Y", "Z", 1.0), ("Z", "X", 1.0), ("P", "Q", 1.0),
         ("Q", "P", 1.0), ("P", "P", 0.3)],
    )  # fmt: skip
    found = circles_of(flow, flow.start_of_business(), most=5)
    assert (found.count, found.members, found.to_itself) == (2, 5, (4,))
    first, second = found.circles
    assert refs(first.rows, "BXYZPQ") == "XYZ"
    assert refs(first.example, "BXYZPQ") == "XYZX"
    assert (first.passing, first.outside, first.is_gap) == (1.0, close(1 / 6), False)
    assert (second.passing, second.is_gap) == (0.0, True)


def test_what_goes_round_for_long_is_still_counted_once_and_wholly():
    flow = flow_of("BXYA", [("B", "X", 1.0), ("X", "Y", 1.0), ("Y", "X", 0.99), ("Y", "A", 0.01)])
    start = flow.start_of_business()
    found = choke_points(flow, dominators(flow, start), start, most=5)
    assert [(p.row, p.passing) for p in found.by_volume] == [
        (1, close(1.0)), (2, close(1.0)), (3, close(1.0)),
    ]  # fmt: skip
    assert circles_of(flow, start, most=5).circles[0].passing == close(1.0)


def test_a_mine_touches_the_own_operations_and_goods_downstream(example):
    found = reach_of(example, example.start_of_business(), G, most=5)
    assert [(t.row, t.share, refs(t.way.rows)) for t in found.touched] == [
        (B, close(0.56), "BF1MG")
    ]
    goods = [(example.commodities[g.commodity], g.share, g.of_good) for g in found.goods]
    assert goods == [("mica", close(0.42), close(0.7)), ("cotton", close(0.14), close(0.35))]
    assert (found.downstream, found.without_stated_share) == (4, 0)


def test_without_own_operations_the_last_buyers_are_what_is_touched():
    flow = flow_of("DCA", [("D", "C", 0.0), ("C", "A", 1.0)], own=())
    found = reach_of(flow, flow.start_of_business(), 2, most=5)
    assert [(t.row, t.share, t.way) for t in found.touched] == [(0, 0.0, None)]
    assert (found.without_stated_share, found.goods) == (1, ())


def test_who_loses_what_if_a_mine_stops_and_who_has_another_source():
    flow = flow_of(
        "BFGHMN",
        [("B", "F", 0.5, "pipe"), ("B", "G", 0.5, "bolt"), ("F", "M", 0.8, "ore"),
         ("F", "N", 0.2, "ore"), ("G", "M", 1.0, "tin"), ("G", "H", 0.0, "tin"),
         ("B", "H", 0.0, "soap"), ("G", "N", 0.0)],
    )  # fmt: skip
    found = stop_of(flow, flow.start_of_business(), 4, most=9)
    told = {
        "BFGHMN"[a.row]: (a.lost, a.is_direct, refs(a.others, "BFGHMN")) for a in found.affected
    }
    assert told == {
        "B": (close(0.9), False, ""), "G": (1.0, True, "H"), "F": (close(0.8), True, "N"),
    }  # fmt: skip
    assert [a.lost for a in found.affected] == [1.0, close(0.9), close(0.8)]
    assert (found.count, found.without_other, found.business) == (3, 1, close(0.9))
    assert stop_of(flow, flow.start_of_business(), 0, most=9).affected == ()


def test_goods_are_followed_step_by_step_to_what_is_not_known(example):
    found = product_flows(example, example.arrival_at_business())
    told = [(example.commodities[p.commodity], p.by_step[:3], p.suppliers) for p in found]
    assert told == [
        ("mica", (close(0.6), close(0.8), close(0.56)), 3), ("cotton", (close(0.4), close(0.2), 0), 2),
        (None, (0, 0, close(0.24)), 0),
    ]  # fmt: skip
    assert [p.unknown for p in found] == [0, 0, 1]


def test_parallel_links_share_the_weight_of_their_pair():
    flow = flow_of(
        "BACD",
        [("B", "A", 0.3, "x"), ("B", "A", 0.1, "y"), ("B", "C", 0.0), ("B", "C", 0.0),
         ("B", "D", None), ("B", "D", 0.2), ("B", "B", 0.5)],
    )  # fmt: skip
    assert flow.link_weight.tolist() == close([0.3, 0.1, 0.0, 0.0, 0.3, 0.3, 0.0])
    assert flow.mapped.tolist() == close([1.0, 0, 0, 0])


def test_shares_over_one_are_divided_before_anything_is_followed():
    flow = flow_of("BAC", [("B", "A", 0.8), ("B", "C", 0.7)])
    assert flow.arrival_at_business().nodes.tolist() == close([0, 0.5333, 0.4667])
    assert where_it_ends(flow, flow.arrival_at(0)).sum() == close(1.0)


def test_the_business_starts_at_the_own_operations_that_sell_to_no_other_one():
    flow = flow_of("BCDA", [("B", "C", 1.0), ("C", "A", 1.0), ("D", "A", 1.0)], own="BCD")
    assert flow.start_of_business().tolist() == [0.5, 0, 0.5, 0]
    ring = flow_of("BC", [("B", "C", 1.0), ("C", "B", 1.0)], own="BC")
    assert ring.start_of_business().tolist() == [0.5, 0.5]
    nobody = flow_of("BCA", [("B", "A", 1.0)], own=())
    assert nobody.start_of_business().tolist() == [1.0, 0, 0]


def test_an_empty_map_has_nothing_and_breaks_nothing():
    flow = flow_of("", [])
    start = flow.start_of_business()
    arrival = flow.arrival_at_business()
    assert blind_spots(flow, arrival, most=5).unknown == 0.0
    assert circles_of(flow, start, most=5).circles == ()
    assert product_flows(flow, arrival) == ()
    assert choke_points(flow, dominators(flow, start), start, most=5).count == 0
    assert dominators(flow, start).depends.tolist() == []
    assert where_it_ends(flow, arrival).tolist() == []


SIZE = 7
maps = st.tuples(
    st.lists(
        st.tuples(
            st.integers(0, SIZE - 1), st.integers(0, SIZE - 1), st.sampled_from([None, 0, 0.2, 0.5, 1])
        ),
        max_size=14,
    ),
    st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), min_size=SIZE, max_size=SIZE),
)  # fmt: skip
NAMES = "BCDEFGH"


def drawn(links, unknown=()):
    levels = (FlowEvidence.CONFIRMED, FlowEvidence.POSSIBLE)
    links = [
        (NAMES[b], NAMES[s], share, None, levels[at % 2]) for at, (b, s, share) in enumerate(links)
    ]
    return flow_of(NAMES, links, own="B", unknown=unknown)


def walks_of(flow, residual, row, longest):
    """All ways up to a length, by a dictionary, as section 11.1 words it."""
    weight = {(i, j): w for (i, j), w in np.ndenumerate(flow.weights.toarray()) if w > 0}
    found, open_ = {}, {(row,): 1.0}
    for _ in range(longest):
        for way, kept in open_.items():
            if kept * residual[way[-1]] > 0:
                found[way] = kept * residual[way[-1]]
        open_ = {
            (*way, j): kept * (1 - residual[way[-1]]) * weight[way[-1], j]
            for way, kept in open_.items()
            for j in range(SIZE)
            if (way[-1], j) in weight
        }
    return found


@examples(60)
@given(maps)
def test_the_best_paths_are_those_that_looking_at_all_of_them_finds(drawn_map):
    links, residual = drawn_map
    flow, own = drawn(links), np.array(residual)
    network = network_of(flow)
    of_issue = IssueFlow.of(flow, network, own, 0)
    found = contributions(of_issue, 0, most=SIZE, most_paths=6)
    whole = flow.plan.from_plan(exposure(network, flow.plan.to_plan(own[:, None])))[0, 0]
    assert found.exposure == close(whole, 1e-9)
    assert sum(p.value for p in found.paths) + found.paths_rest == close(whole, 1e-9)
    certain = of_issue.proven.certain
    every = walks_of(of_issue.flow, certain, 0, 6)
    short = [path for path in found.paths if len(path.rows) <= 6]
    for path in short:
        assert path.value == close(every[path.rows], 1e-12)
    if len(short) == len(found.paths):
        best = sorted(every.values(), reverse=True)[: len(short)]
        assert [p.value for p in short] == close(best, 1e-12)
    if found.paths_left is not None:
        assert found.paths_left + len(found.paths) == len(walks_of(of_issue.flow, certain, 0, SIZE))


@examples(60)
@given(maps, st.integers(1, SIZE - 1))
def test_ways_between_two_nodes_are_all_simple_ones(drawn_map, target):
    flow = drawn(drawn_map[0])
    weight = flow.weights.toarray()
    linked = {b: set(flow.graph.suppliers.of(b).tolist()) for b in range(SIZE)}
    open_, every = [(0,)], {}
    while open_:
        way = open_.pop()
        if way[-1] == target:
            every[way] = float(np.prod([weight[i, j] for i, j in pairwise(way)]))
            continue
        open_ += [(*way, j) for j in linked[way[-1]] if j not in way]
    found = paths_between(flow, 0, target, most=10_000)
    if every:
        assert {p.rows: p.value for p in found.paths} == pytest.approx(every, abs=1e-12)
        values = [p.value for p in found.paths]
        assert values == sorted(values, reverse=True)
        assert found.passing >= found.named - 1e-9


@examples(100)
@given(maps, st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=3))
def test_a_dominator_is_what_nobody_can_do_without(drawn_map, starts):
    flow = drawn(drawn_map[0])
    start = np.zeros(SIZE)
    start[list(starts)] = 1.0

    def reached(without):
        seen, open_ = set(), [row for row in starts if row != without]
        while open_:
            row = open_.pop()
            if row not in seen:
                seen.add(row)
                open_ += [s for s in flow.graph.suppliers.of(row).tolist() if s != without]
        return seen

    tree = dominators(flow, start)
    everyone = reached(None)
    for row in range(SIZE):
        needed = everyone - reached(row) - {row} if row in everyone else set()
        assert set(tree.only_through(row).tolist()) == needed
        assert tree.depends[row] == len(needed)
    for row in everyone:
        above = {at for at in everyone if at != row and row not in reached(at)}
        assert set(passed_by(tree, row)) == above


@examples(50)
@given(maps, st.integers(0, SIZE - 1))
def test_what_stops_is_what_passed_and_nothing_is_lost_on_the_way(drawn_map, row):
    flow = drawn(drawn_map[0], unknown="GH")
    start = flow.start_of_business()
    stop = stop_of(flow, start, row, most=SIZE)
    weight, lost = flow.weights.toarray(), np.zeros(SIZE)
    lost[row] = 1.0
    for _ in range(3_000):
        lost = np.where(np.arange(SIZE) == row, 1.0, weight @ lost)
    assert {a.row: a.lost for a in stop.affected} == {
        at: close(float(lost[at]), 1e-3) for at in flow.graph.downstream(row).tolist()
    }
    arrival = flow.arrival_at_business()
    spots = blind_spots(flow, arrival, most=SIZE)
    assert spots.unknown + spots.begins + spots.circling == close(1.0, 1e-6)
    ends = concentration(where_it_ends(flow, arrival), np.arange(SIZE), flow.unknown, most=SIZE)
    if ends.count:
        assert sum(portion.share for portion in ends.portions) + ends.unknown == close(1.0, 1e-9)
        assert ends.herfindahl <= ends.herfindahl_most + 1e-12
