"""A whole map is assessed by the same core as a single case (RM-2.0)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.reference.release import load_reference
from supply_chain.risk.assessment import assess as assess_by_rm1
from supply_chain.risk.evidence import (
    STATES,
    Evidence,
    Judgements,
    NotApplicable,
    Priorities,
    State,
    observations_from,
)
from supply_chain.risk.method import METHOD as RM1
from supply_chain.risk.method_comparison import LINES, compare
from supply_chain.risk.rm2.map_assessment import assess
from supply_chain.risk.rm2.map_context import listed_goods, made_goods
from supply_chain.risk.rm2.map_events import EventRows
from supply_chain.risk.rm2.map_scores import LINES as MAP_LINES
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.origins import unknown_origin
from supply_chain.risk.rm2.ranges import GRADES
from supply_chain.risk.rm2.reference import public_data
from supply_chain.risk.rm2.severity import RISK_BANDS
from supply_chain.vocabulary import FlowEvidence, Issue, RiskBand
from tests.risk_evidence import controls, ints, states
from tests.rm2_cases import control, factor, score, seen
from tests.sampling import examples

REFERENCE = load_reference()
AS_OF = REFERENCE.as_of
ISSUES = list(Issue)
CL, FL, YW = (ISSUES.index(i) for i in (Issue.CL, Issue.FL, Issue.YW))
COLUMNS = {
    "points": "points",
    "residual_points": "residual_points",
    "index": "index",
    "index_low": "index_low",
    "index_high": "index_high",
    "residual_index": "residual_index",
    "severity": "severity",
    "completeness": "completeness",
}


def chain(nodes, links=()):
    """A map of rows (id, country, sector, goods) and links (buyer, supplier, share)."""
    ids, countries, sectors, goods = zip(*nodes, strict=True)
    columns = NodeColumns.build(
        ids,
        country=countries,
        sector=sectors,
        commodities=goods,
        own_operation=[ref == "B" for ref in ids],
    )
    return ValueChain.build(
        nodes=columns,
        links=LinkColumns.build(
            columns,
            buyer=[link[0] for link in links],
            supplier=[link[1] for link in links],
            share=[link[2] for link in links],
            flow=[FlowEvidence.CONFIRMED for _ in links],
        ),
    )


GARMENTS = ("garments",)
MAP = chain(
    [
        ("B", "BE", "retail", GARMENTS),
        ("L", "PK", "garments", ()),
        ("F", "CI", "cocoa_farming", ("cocoa",)),
        ("M", "PK", "garments", ()),
        ("X", None, None, ()),
    ],
    [("B", "L", 0.6), ("B", "M", 0.4)],
)
B, L, F, M, X = range(5)


def assessed(of=MAP, evidence=None):
    return assess(of, evidence or Evidence(), reference=REFERENCE, as_of=AS_OF)


def at(issue):
    return ISSUES.index(Issue(issue))


def same(result, row, issue, answer):
    """Whether a pair of the map has the scores of a case, to the last bit."""
    scores = result.scores
    where = scores.row_of[row], at(issue)
    numbers = all(
        getattr(scores.rows, column)[where] == answer[key] for column, key in COLUMNS.items()
    )
    return (
        numbers
        and GRADES[scores.rows.grade[where]] == answer["grade"]
        and RISK_BANDS[scores.rows.band[where]].value == answer["band"]
        and RISK_BANDS[scores.rows.residual_band[where]].value == answer["residual_band"]
    )


@pytest.mark.parametrize("issue", [issue.value for issue in Issue])
def test_a_node_of_a_map_scores_as_a_single_case_does(issue):
    result = assessed()
    cases = {
        L: {"country": "PK", "sector": "garments", "commodity": "garments"},
        F: {"country": "CI", "sector": "cocoa_farming", "commodity": "cocoa"},
        X: {},
    }
    for row, case in cases.items():
        assert same(result, row, issue, score(issue=issue, **case)), row


def test_what_is_known_of_a_node_counts_as_in_a_case_and_only_there():
    evidence = Evidence(
        observations=observations_from(
            [
                (L, "WRK-01", 0.9, "audit", 3.0, None, None),
                (L, "WRK-05", 0.2, "supplier_answer", 2.0, None, None),
            ]
        ),
        controls=controls((L, "CTL-05", 0.5, 0.75, 4.0)),
    )
    result = assessed(evidence=evidence)
    factors = [factor("WRK-01", seen(0.9, "audit", 3)),
               factor("WRK-05", seen(0.2, "supplier_answer", 2))]  # fmt: skip
    known = {"country": "PK", "sector": "garments", "commodity": "garments"}
    answer = score(factors=factors, controls=[control("CTL-05", 0.5, 0.75)], **known)
    assert same(result, L, "ISS-CL", answer)
    assert same(result, M, "ISS-CL", score(**known))


def rows_of_events(*rows):
    """Rows (node, event, source type, months since it began[, months in full])."""
    return EventRows(
        node=ints(*[row[0] for row in rows]),
        event=ints(*[METHOD.event_index[row[1]] for row in rows]),
        source_type=ints(*[METHOD.source_index[row[2]] for row in rows]),
        months_since_start=np.array([row[3] for row in rows], dtype=float),
        months_at_full=np.array([row[4] if len(row) > 4 else np.nan for row in rows]),
    )


def test_events_around_a_node_count_as_in_a_case_and_only_there():
    around = rows_of_events(
        (L, "EVT-06", "official", 14.0),
        (L, "EVT-03", "media_ngo", 3.0),
        (F, "EVT-05", "official", 8.0, 2.0),
    )
    evidence = Evidence(
        observations=observations_from([(L, "WRK-01", 0.9, "audit", 3.0, None, None)]),
        events=around,
    )
    result = assess(MAP, evidence, reference=REFERENCE, as_of=AS_OF)
    factors, known = (
        [factor("WRK-01", seen(0.9, "audit", 3))],
        {"country": "PK", "sector": "garments", "commodity": "garments"},
    )
    events = [
        {"event": "EVT-06", "source_type": "official", "months_since_start": 14},
        {"event": "EVT-03", "source_type": "media_ngo", "months_since_start": 3},
    ]
    peak = [
        {"event": "EVT-05", "source_type": "official", "months_since_start": 8, "months_at_full": 2}
    ]
    farm = {"country": "CI", "sector": "cocoa_farming", "commodity": "cocoa"}
    for issue in ("ISS-CL", "ISS-FL", "ISS-EM"):
        answer = score(issue=issue, factors=factors, events=events, **known)
        assert same(result, L, issue, answer)
        assert same(result, M, issue, score(issue=issue, **known))
        assert same(result, F, issue, score(issue=issue, events=peak, **farm))


def test_nodes_of_which_the_same_is_known_share_their_scores():
    result = assessed()
    assert result.scores.row_of[L] == result.scores.row_of[M]
    assert len(set(result.scores.row_of[: len(MAP)].tolist())) == len(MAP) - 1


def test_goods_on_a_shelf_are_not_made_there():
    data = public_data()
    primary = frozenset({"cocoa_farming"})
    assert made_goods("retail", GARMENTS, data, primary) == ()
    assert made_goods("garments", GARMENTS, data, primary) == GARMENTS
    assert made_goods(None, GARMENTS, data, primary) == GARMENTS
    assert made_goods("no_such_sector", GARMENTS, data, primary) == GARMENTS
    assert made_goods("cocoa_farming", ("cocoa", "no_such_good"), data, primary) == ("cocoa",)
    assert same(assessed(), B, "ISS-CL", score(country="BE", sector="retail"))


def test_the_good_a_sector_is_named_for_counts_as_listed_where_none_made_there_is_stated():
    data = public_data()
    assert listed_goods("garments", (), data) == GARMENTS
    assert listed_goods("garments", ("gloves",), data) == ("gloves",)
    for unnamed in ("food_processing", "palm_oil_milling", "retail", "no_such_sector", None):
        assert listed_goods(unnamed, (), data) == ()


def test_a_sector_is_named_for_a_good_of_its_own_class_alone():
    data = public_data()
    for sector, good in data.sector_product.items():
        assert data.sector_class[sector] == data.commodity_class[good], sector


@given(st.sampled_from(sorted(public_data().sector_product)), st.sampled_from([*Issue]))
def test_an_assumed_good_only_adds_points(sector, issue):
    alone = chain([("S", "BD", sector, ())])
    found = assess(alone, Evidence(), reference=REFERENCE, as_of=AS_OF)
    without = score(issue=issue.value, country="BD", sector=sector)
    row = found.scores.row_of[0], [*Issue].index(issue)
    assert found.scores.rows.residual_index[row] >= without["residual_index"]


def test_a_rest_of_unknown_origin_has_the_likelihood_of_its_goods():
    result = assessed()
    ghost = result.chain.rows["unknown-origin:L"]
    expected = unknown_origin(None).likelihood
    assert result.scores.of_nodes("residual_likelihood")[ghost] == pytest.approx(expected)
    assert {GRADES[g] for g in result.scores.of_nodes("grade")[ghost]} == {"E"}
    assert "unknown-origin:F" not in result.chain.rows  # a farm is an origin


def test_of_several_goods_the_worst_unknown_origin_counts_for_each_issue():
    shop = chain([("B", "BE", "retail", ("cocoa", "garments"))])
    result = assessed(shop)
    ghost = result.chain.rows["unknown-origin:B"]
    cocoa, garments = (unknown_origin(good).likelihood for good in ("cocoa", "garments"))
    expected = np.maximum(cocoa, garments)

    assert result.scores.of_nodes("residual_likelihood")[ghost] == pytest.approx(expected)
    assert (expected > cocoa).any() and (expected > garments).any()


def test_a_service_without_suppliers_has_no_unknown_origin():
    office = chain([("B", "CD", "business_software", ())])
    assert assessed(office).chain.nodes.ids == ("B",)
    shop = chain([("B", "CD", "retail", ())])
    assert assessed(shop).chain.nodes.ids == ("B", "unknown-origin:B")


def test_risk_reaches_the_buyer_over_its_shares():
    result = assessed()
    own = result.scores.of_nodes("residual_likelihood")[:, CL]
    supplied = 0.6 * result.exposure[L, CL] + 0.4 * result.exposure[M, CL]
    assert result.exposure[B, CL] == pytest.approx(own[B] + (1 - own[B]) * supplied)
    assert result.linkage[B, CL] >= result.exposure[B, CL]
    assert result.severity_chain[B, FL] == result.scores.of_nodes("severity")[L, FL]


def test_shares_above_one_are_reported():
    over = chain([("B", "BE", "retail", ()), ("L", "PK", "garments", ()),
                  ("M", "PK", "garments", ())], [("B", "L", 0.9), ("B", "M", 0.6)])  # fmt: skip
    assert assessed(over).reported == {"B": pytest.approx(1.5)}


def test_a_closed_node_carries_no_new_risk_but_its_open_impact_stays():
    nodes = NodeColumns.build(["S"], country=["PK"], sector=["garments"], closed=[True])
    closed = ValueChain.build(nodes=nodes, links=LinkColumns.build(nodes, buyer=[], supplier=[]))
    result = assessed(closed, Evidence(states=states((0, FL, State.CONFIRMED))))
    assert result.scored[0].tolist() == [issue == FL for issue in range(16)]
    assert np.isnan(result.column("index")[0, CL]) and result.column("band")[0, CL] == -1
    assert result.column("index")[0, FL] == 100
    assert (result.exposure[0, CL], result.exposure[0, FL]) == (
        0, pytest.approx(result.scores.of_nodes("residual_likelihood")[0, FL]),
    )  # fmt: skip
    assert (result.salience_rank[0, CL], result.salience_rank[0, FL]) == (-1, 1)


def test_ranks_are_one_to_n_and_an_emergency_comes_first():
    danger = Priorities(ints(B), ints(YW), np.array([True]), ints(-1), ints(-1))
    result = assessed(evidence=Evidence(priorities=danger))
    assert sorted(result.salience_rank.ravel()) == list(range(1, result.salience_rank.size + 1))
    assert result.salience_rank[B, YW] == 1
    assert sorted(result.find_out_rank[result.find_out_rank > 0]) == list(
        range(1, int((result.find_out_rank > 0).sum()) + 1)
    )


def test_judged_severity_counts_with_one_more_for_children_at_most_risk():
    judged = Judgements(
        ints(L), ints(YW), np.array([3.0]), np.array([2.0]), np.array([1.0]), np.array([True])
    )
    severity = assessed(evidence=Evidence(judgements=judged)).scores.of_nodes("severity")
    assert severity[L, YW] == pytest.approx(0.6 * 4 + 0.4 * (4 + 2 + 1) / 3)


@pytest.mark.parametrize(("ref", "seen_there"), [("CTY-01", False), ("WRK-03", True)])
def test_context_and_what_was_observed_always_apply(ref, seen_there):
    rows = [(L, "WRK-03", 0.2, "audit", 1.0, None, None)] if seen_there else []
    evidence = Evidence(
        observations=observations_from(rows),
        not_applicable=NotApplicable(ints(L), ints(RM1.factor_index[ref]), np.array([True])),
    )
    with pytest.raises(ValueError, match=f"Factor {ref} of node 1 cannot be 'not applicable'"):
        assessed(evidence=evidence)


def test_every_factor_source_and_control_of_the_place_has_one_id_in_both_methods():
    place = {ref for ref in RM1.factors if ref[:3] in ("WRK", "COM", "ONL")}
    assert place == {ref for ref in METHOD.factors if ref[:3] in ("WRK", "COM", "ONL")}
    assert set(RM1.source_types) == set(METHOD.source_types)
    assert set(RM1.controls) == set(METHOD.controls)


def compared(evidence=None, of=MAP):
    evidence = evidence or Evidence()
    before = assess_by_rm1(of, evidence, reference=REFERENCE, as_of=AS_OF)
    return compare(before, assessed(of, evidence), len(of))


def test_a_comparison_tells_places_apart_that_were_alike():
    found = compared()
    by_node = {moved.node: moved for moved in found.moved}
    assert by_node["B"].before.band is by_node["L"].before.band is RiskBand.CRITICAL
    assert by_node["B"].after.index < by_node["L"].after.index - 20
    assert by_node["B"].after.band is not RiskBand.CRITICAL
    assert [moved.after.position for moved in found.moved] == [1, 2, 3, 4, 5]
    assert found.counts.nodes.sum() == 5 and found.counts.pairs.sum() == 80


def test_a_map_without_places_has_no_scores():
    nodes = NodeColumns.build([])
    empty = ValueChain.build(nodes=nodes, links=LinkColumns.build(nodes, buyer=[], supplier=[]))
    assert assessed(empty).salience_rank.shape == (0, 16)
    assert compared(of=empty).moved == ()


FACTORS = [ref for ref in METHOD.factors if ref[:3] in ("WRK", "COM")]
SOURCES = sorted(METHOD.source_types)
SEEN = st.tuples(
    st.integers(0, 4), st.sampled_from(FACTORS), st.floats(0, 1), st.sampled_from(SOURCES),
    st.floats(0, 60),
)  # fmt: skip


@given(
    rows=st.lists(SEEN, max_size=12),
    facts=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 15), st.sampled_from([*STATES[:3]])),
        max_size=3,
    ),
)
@examples(60)
def test_the_lines_of_a_headline_add_up_to_its_index(rows, facts):
    evidence = Evidence(
        observations=observations_from([(*row, None, None) for row in rows]),
        states=states(*facts),
    )
    for moved in compared(evidence).moved:
        assert sum(moved.lines) + moved.limit == pytest.approx(moved.after.index)
        assert len(moved.lines) == len(LINES)
        assert moved.low <= moved.high


def random_map(count, seed):
    """Nodes of any country, sector and goods with observations, controls and states of a few."""
    draw, data = np.random.default_rng(seed), public_data()
    countries = [*sorted(data.place), None]
    sectors, goods = [*sorted(data.sector_class), None], sorted(data.commodity_class)
    nodes = NodeColumns.build(
        [f"n{at}" for at in range(count)],
        country=[countries[at] for at in draw.integers(0, len(countries), count)],
        sector=[sectors[at] for at in draw.integers(0, len(sectors), count)],
        commodities=[
            (goods[at],) if at % 3 else () for at in draw.integers(0, len(goods), count)
        ],
        origin=[True] * count,
    )  # fmt: skip
    links = LinkColumns.build(nodes, buyer=[], supplier=[])
    some, refs = count // 2, [ref for ref in RM1.factors if ref[:3] in ("WRK", "COM", "ONL")]
    seen_there = [
        (int(node), refs[factor], float(value), SOURCES[source], float(age), None, None)
        for node, factor, value, source, age in zip(
            draw.integers(0, count, some), draw.integers(0, len(refs), some), draw.random(some),
            draw.integers(0, len(SOURCES), some), draw.random(some) * 60, strict=True,
        )
    ]  # fmt: skip
    few = draw.choice(count, count // 20, replace=False).tolist()
    put = [(at, METHOD.controls[at % 24], 0.1 + at % 9 / 10, 0.75, 3.0) for at in few]
    facts = [(at, at % 16, STATES[at % 3]) for at in few[: len(few) // 2]]
    evidence = Evidence(
        observations=observations_from(seen_there), controls=controls(*put), states=states(*facts)
    )
    return (
        ValueChain.build(nodes=nodes, links=links),
        evidence,
        {(at, issue) for at, issue, _ in facts},
    )


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.whole)])
def test_the_lines_of_any_node_add_up_and_hide_nothing_in_a_limit(count):
    of, evidence, facts = random_map(count, seed=count)
    scores = assessed(of, evidence).scores
    line = {name: scores.of_nodes(name) for name in MAP_LINES}
    total = sum(line[name] for name in ("base", "country", "activity", "listing", "evidence"))
    inside = (total >= 0) & (total <= 100)

    assert np.abs(sum(line.values()) - scores.of_nodes("points")).max() < 1e-9
    assert np.abs(line["limit"][inside]).max() < 1e-9
    assert np.abs(np.clip(total, 0, 100) - total - line["limit"]).max() < 1e-9
    known = np.zeros(line["fact"].shape, dtype=bool)
    known[tuple(np.array(sorted(facts)).T)] = True
    assert not line["fact"][~known].any() and (line["fact"][known] > 0).mean() > 0.5
    taken = scores.of_nodes("points") - scores.of_nodes("residual_points")
    assert taken.min() >= 0 and (taken > 0).any()
    index = np.clip(scores.of_nodes("residual_points") + scores.of_nodes("severity_points"), 0, 100)
    assert np.abs(index - scores.of_nodes("residual_index")).max() < 1e-9
