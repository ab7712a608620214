"""RM-2.0 section 11: worked examples, a plain version of the rules, and their properties."""

import sys
from itertools import pairwise
from threading import Event

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from supply_chain.graph.columns import FLOWS
from supply_chain.risk import blocks
from supply_chain.risk.compiled import Loops as PlainLoops
from supply_chain.risk.compiled import expose_places, expose_rows, link_rows, link_sets
from supply_chain.risk.rm2 import compiled, folding, propagation
from supply_chain.risk.rm2.chain_parameters import CHAIN
from supply_chain.risk.rm2.contributions import as_proven, origin_contributions
from supply_chain.risk.rm2.network import make_network
from supply_chain.risk.rm2.propagation import exposure, linkage, severity_upstream
from supply_chain.risk.rm2.shares import EVIDENCE_NOT_GIVEN, Links, fill_unknown, join_links
from tests.sampling import examples

NAN = float("nan")
CODES = {flow.value: at for at, flow in enumerate(FLOWS)} | {None: EVIDENCE_NOT_GIVEN}
PLAIN = compiled.Loops(
    plain=PlainLoops(expose_places, expose_rows, link_sets, link_rows),
    expose_flows=compiled.expose_flows,
    link_flows=compiled.link_flows,
    link_sets=compiled.link_sets,
    pass_round=compiled.pass_round,
)
WAYS = {"arrays": lambda: None, "loops": lambda: PLAIN, "compiled": compiled.wait_for_loops}


def columns(names, links):
    """Links (buyer, supplier, share, evidence) with the U of each as a row of the table of U."""
    at = names.index
    return Links(
        buyer=np.array([at(link[0]) for link in links], np.int64),
        supplier=np.array([at(link[1]) for link in links], np.int64),
        share=np.array([NAN if link[2] is None else link[2] for link in links], float),
        evidence=np.array([CODES[link[3]] for link in links], np.int8),
        origin=np.arange(len(links), dtype=np.int64),
    )


class Map:
    """A small map by names; links are (buyer, supplier, share, evidence[, U]), U else .30."""

    def __init__(self, likelihood, links):
        self.names = list(likelihood)
        self.own = np.array([*likelihood.values()], float).reshape(-1, 1)
        unknown = np.array([[link[4] if len(link) > 4 else 0.3] for link in links], float)
        self.network = make_network(
            len(self.names), columns(self.names, links), unknown.reshape(-1, 1)
        )
        self.plan = self.network.plan

    def by_name(self, values):
        return dict(zip(self.names, self.plan.from_plan(values)[:, 0].tolist(), strict=True))

    @property
    def exposure(self):
        return self.by_name(exposure(self.network, self.plan.to_plan(self.own)))

    @property
    def linkage(self):
        return self.by_name(linkage(self.network, self.plan.to_plan(self.own)))

    def severity(self, severity):
        values = self.plan.to_plan(np.array([[severity[name]] for name in self.names], float))
        exposed = exposure(self.network, self.plan.to_plan(self.own))
        return self.by_name(severity_upstream(self.network, values, exposed))

    def contributions(self, name):
        found = origin_contributions(
            as_proven(self.network, self.own[:, 0]), self.names.index(name)
        )
        unproven = {f"unproven:{n}": c for n, c in zip(self.names, found.unproven, strict=True)}
        return dict(zip(self.names, found.origins, strict=True)) | unproven

    @property
    def reported(self):
        return {self.names[row]: total for row, total in self.network.reported.items()}


def close(expected):
    return pytest.approx(expected, abs=1e-4)


LIKELIHOOD = {"B": 0.1, "F1": 0.35, "F2": 0.2, "M": 0.4, "N": 0.15, "G": 0.8, "U": 0.75}
LINKS = [
    ("B", "F1", 0.6, "confirmed"), ("B", "F2", 0.4, "confirmed"), ("F1", "M", 1.0, "confirmed"),
    ("F2", "M", 0.5, "probable"), ("F2", "N", 0.5, "probable"), ("M", "G", 0.7, "probable"),
    ("M", "U", 0.3, "unmapped"),
]  # fmt: skip


def of(values, *names):
    return {name: values[name] for name in names}


# The worked examples of section 14.


def test_ex_38_exposure_of_the_example_graph():
    found = of(Map(LIKELIHOOD, LINKS).exposure, "M", "F1", "F2", "N", "B")

    assert found == close({"M": 0.8710, "F1": 0.9162, "F2": 0.6264, "N": 0.15, "B": 0.8202})


def test_ex_39_linkage_of_the_example_graph():
    found = of(Map(LIKELIHOOD, LINKS).linkage, "M", "F1", "F2", "B")

    assert found == close({"M": 0.97, "F1": 0.9805, "F2": 0.9807, "B": 0.9997})


def test_ex_40_contributions_of_origins_and_unproven_flows_sum_to_exposure():
    parts = {k: v for k, v in Map(LIKELIHOOD, LINKS).contributions("B").items() if v > 0}

    assert parts == close(
        {"M": 0.1980, "F1": 0.1890, "G": 0.1663, "B": 0.1, "F2": 0.0720, "U": 0.0668, "N": 0.0205,
         "unproven:F2": 0.0076}
    )  # fmt: skip
    assert sum(parts.values()) == close(0.8202)


def test_ex_42_splitting_a_supplier_changes_nothing():
    whole = Map({"B": 0, "S": 0.8}, [("B", "S", 1.0, "confirmed")])
    shells = [f"S{at}" for at in range(40)]
    split = Map(
        {"B": 0} | dict.fromkeys(shells, 0.8), [("B", s, 0.025, "confirmed") for s in shells]
    )

    assert (whole.exposure["B"], split.exposure["B"]) == close((0.8, 0.8))


def test_ex_43_flow_in_a_circle_counts_at_each_pass():
    def circle(first, second, share):
        links = [("X", "Y", share, "confirmed"), ("Y", "X", share, "confirmed")]
        return Map({"X": first, "Y": second}, links)

    assert circle(0.3, 0.2, 0.5).exposure == close({"X": 0.4302, "Y": 0.3721})
    assert circle(0.3, 0.2, 0.5).linkage == close({"X": 0.44, "Y": 0.44})
    assert circle(0, 0, 1.0).exposure == {"X": 0, "Y": 0}


@pytest.mark.parametrize(
    ("likelihood", "evidence", "expected"),
    [
        (0.05, "confirmed", 0.1450),
        (0.05, "probable", 0.2125),
        (0.05, "possible", 0.2800),
        (0.05, None, 0.2800),
        (0.05, "unmapped", 0.3700),
        (0.50, "possible", 0.5500),
    ],
)
def test_ex_44_an_unproven_part_counts_as_at_least_an_unknown_origin(
    likelihood, evidence, expected
):
    found = Map({"B": 0.1, "A": likelihood}, [("B", "A", 1.0, evidence)]).exposure["B"]

    assert found == close(expected)


def test_ex_45_a_supplier_without_proof_cannot_dilute_a_proven_one():
    likelihood, known = {"B": 0, "A": 0.6, "X": 0.001}, ("B", "A", 1.0, "confirmed")
    alone = Map(likelihood, [known])
    possible = Map(likelihood, [known, ("B", "X", 0.5, "possible")])
    confirmed = Map(likelihood, [known, ("B", "X", 0.5, "confirmed")])

    assert (alone.exposure["B"], possible.exposure["B"]) == close((0.6, 0.6))
    assert possible.reported == close({"B": 1.5})
    assert confirmed.exposure["B"] == close(0.4003)
    assert confirmed.reported == close({"B": 1.5})


def test_ex_47_severity_travels_however_small_the_share():
    severity = {"B": 2.5, "F1": 3, "F2": 3.5, "M": 2.5, "N": 4.6, "G": 5, "U": 4}
    thin = [*LINKS[:5], ("M", "G", 0.01, "probable"), LINKS[6]]

    found = Map(LIKELIHOOD, thin).severity(severity)

    assert of(found, "M", "F2", "B") == {"M": 5, "F2": 5, "B": 5}


# Shares (11.1) and unknown values (11.8).


def weights(links, count=6):
    joined = join_links(count, columns([*"BACDEF"], links), np.full((len(links), 1), 0.3))
    return dict(zip(["BACDEF"[row] for row in joined.supplier], joined.weight, strict=True))


def test_suppliers_of_unknown_share_divide_the_rest_by_their_evidence():
    links = [("B", "A", 0.38, "confirmed"), ("B", "C", None, "confirmed"),
             ("B", "D", None, "unmapped"), ("B", "E", None, "probable"),
             ("B", "F", None, None)]  # fmt: skip

    assert weights(links) == pytest.approx({"A": 0.38, "C": 0.2, "D": 0.2, "E": 0.14, "F": 0.08})


def test_a_supplier_of_unknown_share_has_one_hundredth_at_least():
    assert weights([("B", "A", 1.0, "possible"), ("B", "C", None, "confirmed")]) == pytest.approx(
        {"A": 0.99, "C": 0.01}
    )


def test_parallel_links_add_up_with_the_weakest_evidence_and_the_highest_unknown():
    links = [("B", "A", 0.3, "confirmed"), ("B", "A", 0.2, "probable"), ("B", "A", 0.1, "unmapped"),
             ("B", "B", 0.9, "confirmed")]  # fmt: skip
    unknown = np.array([[0.1, 0.9], [0.4, 0.2], [0.2, 0.3], [1, 1]])

    joined = join_links(2, columns(["B", "A"], links), unknown)

    assert joined.weight.tolist() == pytest.approx([0.6])
    assert [FLOWS[at].value for at in joined.evidence] == ["unmapped"]
    assert joined.unknown[joined.origin].tolist() == [[0.4, 0.9]]


def test_shares_over_one_are_cut_from_the_weakest_evidence_in_proportion_within_it():
    links = [("B", "A", 0.5, "confirmed"), ("B", "C", 0.3, "unmapped"), ("B", "D", 0.3, "probable"),
             ("B", "E", 0.1, "probable"), ("B", "F", 0.2, None)]  # fmt: skip

    assert weights(links) == pytest.approx({"A": 0.5, "C": 0.3, "D": 0.15, "E": 0.05, "F": 0})


def test_a_known_share_of_nothing_still_links():
    found = Map({"B": 0.1, "A": 0.5}, [("B", "A", 0.0, "confirmed")])

    assert (found.exposure["B"], found.linkage["B"]) == close((0.1, 0.55))


def test_a_share_outside_its_range_is_no_link():
    with pytest.raises(ValueError, match="outside 0 to 1"):
        columns(["B", "A"], [("B", "A", 1.2, "confirmed")])


def test_an_unknown_likelihood_is_the_highest_unknown_of_the_links_to_the_node():
    links = columns([*"BACD"], [("B", "A", 0.5, None), ("C", "A", 0.5, None), ("A", "A", 1.0, None),
                                ("B", "C", 0.5, None)])  # fmt: skip
    own = np.array([[0.1], [NAN], [0.2], [NAN]])
    unknown = np.array([[0.2], [0.4], [0.9], [0.8]])

    filled = fill_unknown(own, links, unknown, default=np.array([0.3]))

    assert filled[:, 0].tolist() == [0.1, 0.4, 0.2, 0.3]
    assert fill_unknown(filled, links, unknown, default=np.array([0.3])) is filled


def test_evidence_stands_in_the_order_of_falling_proof():
    assert CHAIN.version == "RM-2.0"
    assert (np.diff(CHAIN.propagation.proof) < 0).all()


# A plain dictionary version: no levels, no sets of arrays, only the words of section 11.

PROOF = {"confirmed": 1.0, "probable": 0.7, "possible": 0.4, "unmapped": 0.0}
PART = {"confirmed": 1.0, "unmapped": 1.0, "probable": 0.7, "possible": 0.4}
CUT_ORDER = (("possible",), ("probable",), ("confirmed", "unmapped"))


def plain_flows(links):
    """Buyer -> supplier -> (share, evidence, U), and the buyers whose shares exceed 1."""
    grouped = {}
    for buyer, supplier, share, evidence, unknown in links:
        if buyer != supplier:
            row = (share, evidence or "possible", unknown)
            grouped.setdefault(buyer, {}).setdefault(supplier, []).append(row)
    flows, reported = {}, {}
    for buyer, suppliers in grouped.items():
        shares, kind, unknown = {}, {}, {}
        for supplier, rows in suppliers.items():
            shares[supplier] = sum(share or 0 for share, _, _ in rows)
            kind[supplier] = min((e for _, e, _ in rows), key=PROOF.get)
            unknown[supplier] = max(u for _, _, u in rows)
        asking = [s for s, rows in suppliers.items() if any(row[0] is None for row in rows)]
        rest = max(0, 1 - sum(shares.values()))
        for supplier in asking:
            part = PART[kind[supplier]] / sum(PART[kind[s]] for s in asking)
            shares[supplier] += max(0.01, rest * part)
        total = sum(shares.values())
        if round(total, 6) > 1:
            reported[buyer] = total
            plain_cut(shares, kind, total - 1)
        flows[buyer] = {s: (shares[s], kind[s], unknown[s]) for s in shares}
    return flows, reported


def plain_cut(shares, kind, excess):
    for level in CUT_ORDER:
        members = [s for s in shares if kind[s] in level]
        held = sum(shares[s] for s in members)
        taken = min(held, excess)
        for supplier in members:
            shares[supplier] *= 1 - taken / held if held else 1
        excess -= taken


def plain_gap(likelihood, evidence, unknown):
    if likelihood == 1:
        return 0
    return (1 - PROOF[evidence]) * max(0, unknown - likelihood) / (1 - likelihood)


def plain_exposure(likelihood, links):
    """The sum of all ways, doubled in length each time: circles settle however slowly."""
    names, (flows, _) = list(likelihood), plain_flows(links)
    own = np.zeros(len(names))
    step = np.zeros((len(names), len(names)))
    for i, buyer in enumerate(names):
        keep = 1 - likelihood[buyer]
        own[i] = likelihood[buyer]
        for supplier, (share, evidence, unknown) in flows.get(buyer, {}).items():
            gap = plain_gap(likelihood[supplier], evidence, unknown)
            own[i] += keep * share * gap
            step[i, names.index(supplier)] = keep * share * (1 - gap)
    for _ in range(40):
        own, step = own + step @ own, step @ step
    return dict(zip(names, own.tolist(), strict=True))


def plain_sets(names, flows):
    reach = {name: set(flows.get(name, {})) for name in names}
    for _ in names:
        reach = {n: set().union(found, *(reach[m] for m in found)) for n, found in reach.items()}
    return {n: frozenset([n, *(m for m in reach[n] if n in reach[m])]) for n in names}


def plain_linkage(likelihood, links):
    flows, _ = plain_flows(links)
    sets, found = plain_sets(likelihood, flows), {}

    def member(name):
        """1 - LAM of a member of a set, by its own likelihood and its suppliers outside."""
        free, others = 1 - likelihood[name], [0]
        for supplier, (_, evidence, unknown) in flows.get(name, {}).items():
            if supplier not in sets[name]:
                gap = plain_gap(likelihood[supplier], evidence, unknown)
                linked = (1 - gap) * of_set(sets[supplier]) + gap
                if evidence in ("confirmed", "probable"):
                    free *= 1 - linked
                else:
                    others.append(linked)
        return free * (1 - max(others))

    def of_set(members):
        if members not in found:
            found[members] = 1 - np.prod([member(name) for name in members])
        return found[members]

    return {name: of_set(sets[name]) for name in likelihood}


def plain_severity(severity, exposed, links):
    flows, _ = plain_flows(links)
    sets, chain = plain_sets(severity, flows), dict(severity)
    for _ in severity:
        for buyer, suppliers in flows.items():
            for supplier in suppliers:
                if round(exposed[supplier], 6) >= 0.05:
                    chain[buyer] = max(chain[buyer], chain[supplier])
        chain = {n: max(chain[m] for m in sets[n]) for n in chain}
    return chain


NAMES = "ABCDEFGH"
levels = st.sampled_from([0.0, 0.004, 0.05, 0.2, 0.5, 0.9, 1.0])
shares = st.sampled_from([None, 0.0, 0.01, 0.1, 0.3, 0.5, 1.0])
evidence = st.sampled_from(["confirmed", "probable", "possible", "unmapped", None])
unknowns = st.sampled_from([0.0, 0.1, 0.3, 0.6, 1.0])


@st.composite
def graphs(draw, share=shares):
    names = NAMES[: draw(st.integers(2, 8))]
    name = st.sampled_from(names)
    likelihood = {n: draw(levels) for n in names}
    links = st.tuples(name, name, share, evidence, unknowns)
    return likelihood, draw(st.lists(links, max_size=16))


def small_shares():
    """Known shares of which those of a buyer add to less than 1."""
    return st.sampled_from([0.0, 0.01, 0.03, 0.06])


@given(graphs())
@examples(60)
def test_arrays_agree_with_a_plain_version_on_random_maps_with_circles(graph):
    likelihood, links = graph
    ours, severity = Map(likelihood, links), {n: 1 + i % 5 for i, n in enumerate(likelihood)}

    assert ours.reported == pytest.approx(plain_flows(links)[1])
    assert ours.exposure == pytest.approx(plain_exposure(likelihood, links), abs=1e-9)
    assert ours.linkage == pytest.approx(plain_linkage(likelihood, links), abs=1e-12)
    assert ours.severity(severity) == plain_severity(severity, ours.exposure, links)


@given(graphs(), st.integers(2, 6))
@examples(60)
def test_issues_together_are_what_each_is_alone(graph, issues):
    likelihood, links = graph
    own = np.array([[v ** (1 + i) for i in range(issues)] for v in likelihood.values()])
    unknown = np.array([[u ** (1 + i) for i in range(issues)] for *_, u in links])
    unknown = unknown.reshape(len(links), issues)
    network = make_network(len(own), columns(list(likelihood), links), unknown)
    placed = network.plan.to_plan(own)
    severity = 1 + np.arange(own.size).reshape(own.shape) % 5
    together = exposure(network, placed)
    results = (together, linkage(network, placed),
               severity_upstream(network, severity.astype(float), together))  # fmt: skip

    for issue in range(issues):
        alone = make_network(len(own), columns(list(likelihood), links), unknown[:, [issue]])
        one, column = placed[:, [issue]], severity[:, [issue]].astype(float)
        exposed = exposure(alone, one)
        singles = (exposed, linkage(alone, one), severity_upstream(alone, column, exposed))
        for whole, single in zip(results, singles, strict=True):
            assert whole[:, [issue]] == pytest.approx(single, abs=1e-9)


UNPROVEN_CIRCLE = (
    {"A": 0.2, "B": 0.05, "C": 0.5},
    [
        ("A", "B", 0.5, "probable", 0.3),
        ("B", "A", 0.3, "possible", 0.6),
        ("B", "C", 0.1, None, 0.1),
    ],
)


@given(graphs(), st.integers(1, 5))
@example(UNPROVEN_CIRCLE, 2)
@examples(60)
def test_arrays_and_loops_agree_to_the_last_bit(graph, issues):
    likelihood, links = graph
    own = np.array([[v ** (1 + i) for i in range(issues)] for v in likelihood.values()])
    unknown = np.array([[u] * issues for *_, u in links]).reshape(len(links), issues)
    network = make_network(len(own), columns(list(likelihood), links), unknown)
    own = network.plan.to_plan(own)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(propagation, "MANY_LINKS", 0)
        patch.setattr(propagation, "ready_loops", WAYS["arrays"])
        exposed, linked = exposure(network, own), linkage(network, own)
        for loops in (WAYS["loops"], WAYS["compiled"]):
            patch.setattr(propagation, "ready_loops", loops)
            assert (exposure(network, own) == exposed).all()
            assert (linkage(network, own) == linked).all()


@pytest.fixture
def not_begun():
    """A process that has not asked for the loops yet."""
    compiled._making.cache_clear()
    yield
    compiled._making.cache_clear()


def test_first_question_does_not_wait_for_the_compiler(monkeypatch, not_begun):
    may_end = Event()
    monkeypatch.setattr(compiled, "_make", lambda: may_end.wait(60) and PLAIN)

    assert compiled.ready_loops() is None
    may_end.set()
    assert compiled.wait_for_loops() is compiled.ready_loops() is PLAIN


def test_without_numba_arrays_answer(monkeypatch, not_begun):
    monkeypatch.setitem(sys.modules, "numba", None)

    with pytest.raises(ImportError):
        compiled.wait_for_loops()
    assert compiled.ready_loops() is None


def test_slow_circles_with_unproven_flows_are_solved_exactly(monkeypatch):
    names = [f"n{at}" for at in range(30)]
    links = [(a, b, 1.0, "confirmed", 0.3) for a, b in pairwise(names)]
    links.append((names[-1], names[0], 1.0, "probable", 1e-6))
    likelihood = dict.fromkeys(names, 1e-7)
    found = Map(likelihood, links)
    assert found.exposure == pytest.approx(plain_exposure(likelihood, links), abs=1e-6)

    monkeypatch.setattr(blocks, "DENSE", 10)
    monkeypatch.setattr(blocks, "LONG_PASSES", 5)
    assert Map(likelihood, links).exposure == pytest.approx(found.exposure, abs=1e-6)


@pytest.mark.parametrize("width", [1, 16])
def test_buyers_of_very_many_suppliers_and_of_few_are_worked_out_alike(width, monkeypatch):
    random, names = np.random.default_rng(1), [f"n{at}" for at in range(120)]
    kinds = ["confirmed", "probable", "possible", "unmapped"]
    links = [("n0", name, 0.004, kinds[at % 2], 0.3) for at, name in enumerate(names[1:])]
    links += [
        (names[at], names[at + 1 + more], 0.2, kinds[(at + more) % 4], 0.1 * (at % 4))
        for at in range(1, 100)
        for more in range(at % 4)
    ]
    likelihood = dict(zip(names, random.random(120).tolist(), strict=True))
    ours = Map(likelihood, links)
    network = make_network(
        120, columns(names, links), np.repeat([[u] for *_, u in links], width, axis=1)
    )
    own = np.repeat(ours.plan.to_plan(ours.own), width, axis=1)
    for parts in (131_072, 7):  # few large parts, many small ones
        monkeypatch.setattr("supply_chain.risk.propagation.CELLS", parts)
        assert ours.by_name(exposure(network, own)[:, -1:]) == pytest.approx(
            plain_exposure(likelihood, links), abs=1e-9
        )
        assert ours.by_name(linkage(network, own)[:, -1:]) == pytest.approx(
            plain_linkage(likelihood, links), abs=1e-12
        )
    assert folding.MANY_TERMS < 119


def test_a_map_without_links_or_nodes_is_its_own_exposure():
    alone = Map({"B": 0.4}, [])

    assert alone.exposure == {"B": 0.4}
    assert alone.linkage == {"B": pytest.approx(0.4)}
    assert alone.contributions("B") == {"B": pytest.approx(0.4), "unproven:B": 0}
    assert Map({}, []).exposure == {}


# Properties of section 15.


@given(graphs())
@examples(60)
def test_p1_p13_p14_exposure_stays_in_its_range_and_contributions_sum_to_it(graph):
    likelihood, links = graph
    ours = Map(likelihood, links)
    exposed, linked = ours.exposure, ours.linkage
    for name, own in likelihood.items():
        assert own - 1e-12 <= exposed[name] <= 1
        assert -1e-12 <= linked[name] <= 1
        parts = ours.contributions(name)
        assert min(parts.values()) >= 0
        assert sum(parts.values()) == pytest.approx(exposed[name], abs=1e-9)


def test_p13_contributions_of_any_issue_sum_to_its_exposure():
    links = [("B", "A", 0.5, "possible"), ("A", "B", 0.3, "confirmed")]
    own, unknown = np.array([[0.1, 0.2], [0.05, 0.3]]), np.array([[0.3, 0.6], [0.3, 0.9]])
    network = make_network(2, columns([*"BA"], links), unknown)
    exposed = network.plan.from_plan(exposure(network, network.plan.to_plan(own)))

    for issue in (0, 1):
        found = origin_contributions(as_proven(network, own[:, issue], issue=issue), 0)
        assert found.origins.sum() + found.unproven.sum() == pytest.approx(exposed[0, issue])
        assert found.unproven[0] > 0


def test_p13_contributions_sum_to_the_exposure_of_a_large_slow_circle(monkeypatch):
    monkeypatch.setattr(blocks, "DENSE", 2)
    links = [("X", "Y", 1.0, "possible", 0.4), ("Y", "Z", 0.9, "confirmed", 0.4),
             ("Z", "X", 1.0, "unmapped", 0.2)]  # fmt: skip
    ours = Map({"X": 0.0, "Y": 0.0, "Z": 0.0}, links)

    parts = ours.contributions("Y")

    assert sum(parts.values()) == pytest.approx(ours.exposure["Y"])
    assert ours.exposure["Y"] > 0.2


@given(graphs(), st.sampled_from(NAMES), levels)
@examples(60)
def test_p2_raising_a_likelihood_never_lowers_exposure_or_linkage(graph, name, level):
    likelihood, links = graph
    raised = {n: max(v, level) if n == name else v for n, v in likelihood.items()}
    before, after = Map(likelihood, links), Map(raised, links)

    assert all(after.exposure[n] >= before.exposure[n] - 1e-9 for n in likelihood)
    assert all(after.linkage[n] >= before.linkage[n] - 1e-12 for n in likelihood)


@given(graphs(share=small_shares()), st.integers(0, 15), st.sampled_from([0.0, 0.02, 0.04]))
@examples(60)
def test_p2_raising_a_share_within_one_never_lowers_exposure(graph, at, more):
    likelihood, links = graph
    raised = [(b, s, w + more * (i == at), *rest) for i, (b, s, w, *rest) in enumerate(links)]
    before, after = Map(likelihood, links).exposure, Map(likelihood, raised).exposure

    assert all(after[n] >= before[n] - 1e-9 for n in likelihood)


@given(graphs(share=small_shares()), st.integers(0, 15))
@examples(60)
def test_p2_better_evidence_never_raises_exposure(graph, at):
    likelihood, links = graph
    proven = [
        (b, s, w, "confirmed" if i == at else e, u) for i, (b, s, w, e, u) in enumerate(links)
    ]
    before, after = Map(likelihood, links).exposure, Map(likelihood, proven).exposure

    assert all(after[n] <= before[n] + 1e-9 for n in likelihood)


@given(graphs(), st.randoms())
@examples(60)
def test_p9_the_order_of_links_and_nodes_does_not_matter(graph, random):
    likelihood, links = graph
    names, mixed = list(likelihood), list(links)
    random.shuffle(names)
    random.shuffle(mixed)
    first, second = Map(likelihood, links), Map({n: likelihood[n] for n in names}, mixed)

    assert first.exposure == pytest.approx(second.exposure, abs=1e-12)
    assert first.linkage == pytest.approx(second.linkage, abs=1e-12)


@given(graphs(share=small_shares()), unknowns)
@examples(60)
def test_p10_an_unknown_origin_for_the_rest_never_lowers_exposure_or_linkage(graph, unknown):
    likelihood, links = graph
    known = dict.fromkeys(likelihood, 0.0)
    for buyer, supplier, share, *_ in links:
        known[buyer] += share if buyer != supplier else 0
    rest = {name: 1 - total for name, total in known.items() if round(1 - total, 6) > 0}
    added = [(name, f"?{name}", share, "unmapped", unknown) for name, share in rest.items()]
    before = Map(likelihood, links)
    after = Map(likelihood | {f"?{name}": unknown for name in rest}, [*links, *added])

    for name in likelihood:
        assert after.exposure[name] >= before.exposure[name] - 1e-9
        assert after.linkage[name] >= before.linkage[name] - 1e-12


@given(graphs(share=small_shares()), st.integers(2, 5))
@examples(60)
def test_p12_splitting_a_supplier_leaves_the_exposure_of_all_others(graph, parts):
    likelihood, links = graph
    copies, split = [f"A{at}" for at in range(parts)], []
    for buyer, supplier, share, *rest in links:
        if buyer != supplier:
            ends = copies if supplier == "A" else [supplier]
            for one in copies if buyer == "A" else [buyer]:
                split += [(one, end, share / len(ends), *rest) for end in ends]
    others = {n: v for n, v in likelihood.items() if n != "A"}
    before = Map(likelihood, links).exposure
    after = Map(others | dict.fromkeys(copies, likelihood["A"]), split).exposure

    assert of(after, *others) == pytest.approx(of(before, *others), abs=1e-9)


@given(
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["confirmed", "probable", "unmapped"])),
             min_size=1, max_size=4),
    st.sampled_from([None, 0.0, 0.3, 1.0]),
)  # fmt: skip
@examples(60)
def test_p18_a_possible_supplier_beside_full_shares_changes_no_other_share(parts, share):
    total = sum(size for size, _ in parts)
    links = [("B", "ACDE"[i], size / total, kind) for i, (size, kind) in enumerate(parts)]

    before, after = weights(links), weights([*links, ("B", "F", share, "possible")])

    assert after == pytest.approx(before | {"F": 0}, abs=1e-12)
