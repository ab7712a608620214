"""Worked examples and rules of RM-1.0 section 11."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddplatform.infrastructure.adapters.snapshot_files import MAP, SnapshotPlace, SnapshotStore
from supply_chain.risk import blocks, compiled, propagation
from supply_chain.risk.plan import Plan, make_plan
from supply_chain.risk.propagation import (
    exposure,
    linkage,
    origin_contributions,
    severity_upstream,
)
from tests.sampling import examples

NAN = float("nan")
PLACE = SnapshotPlace(UUID(int=1), UUID(int=2), 1)
FLOW = {"confirmed": 1.0, "probable": 0.7, "possible": 0.4, "unmapped": 1.0, None: 1.0}


PLAIN = compiled.Loops(
    compiled.expose_places, compiled.expose_rows, compiled.link_sets, compiled.link_rows
)
WAYS = {"arrays": lambda: None, "loops": lambda: PLAIN, "compiled": compiled.wait_for_loops}


@pytest.fixture(autouse=True, scope="module", params=WAYS.values(), ids=WAYS)
def way(request):
    """Each test three times: by arrays alone, with the plain loops, with the compiled ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(propagation, "ready_loops", request.param)
        patch.setattr(propagation, "MANY_LINKS", 0)
        yield


class Map:
    """A small map by names; links are (buyer, supplier, share, f or flow evidence)."""

    def __init__(self, likelihood, links):
        self.names = list(likelihood)
        self.likelihood = np.array([[v] for v in likelihood.values()], float)
        at = self.names.index
        self.links = links
        self.plan = make_plan(
            len(self.names),
            np.array([at(b) for b, *_ in links], np.int64),
            np.array([at(s) for _, s, *_ in links], np.int64),
            np.array([NAN if w is None else w for *_, w, _ in links], float),
            np.array([FLOW.get(f, f) for *_, f in links], float),
        )

    def run(self, function, *inputs):
        inputs = [self.plan.to_plan(i) for i in inputs or [self.likelihood]]
        result = self.plan.from_plan(function(self.plan, *inputs))
        return dict(zip(self.names, result[:, 0], strict=True))

    @property
    def exposure(self):
        return self.run(exposure)

    @property
    def linkage(self):
        return self.run(linkage)

    def chain(self, severity):
        values = np.array([[severity[n]] for n in self.names], float)
        exposed = np.array([[self.exposure[n]] for n in self.names])
        return self.run(severity_upstream, values, exposed)

    def contributions(self, name):
        row = self.names.index(name)
        parts = origin_contributions(self.plan, self.likelihood[:, 0], row)
        return dict(zip(self.names, parts, strict=True))


def close(expected):
    return pytest.approx(expected, abs=1e-4)


LIKELIHOOD = {"B": 0.1, "F1": 0.35, "F2": 0.2, "M": 0.4, "N": 0.15, "G": 0.8, "U": 0.75}
LINKS = [
    ("B", "F1", 0.6, 1), ("B", "F2", 0.4, 1), ("F1", "M", 1.0, 1), ("F2", "M", 0.5, 0.7),
    ("F2", "N", 0.5, 0.7), ("M", "G", 0.7, 0.7), ("M", "U", 0.3, 1),
]  # fmt: skip


def example(**changes):
    return Map(LIKELIHOOD | changes, LINKS)


def test_ex_20_exposure_of_the_example_graph():
    expected = {"G": 0.8, "U": 0.75, "M": 0.871, "F1": 0.9162, "N": 0.15, "F2": 0.6084, "B": 0.8137}
    assert example().exposure == close(expected)


def test_ex_21_linkage_of_the_example_graph():
    result = example().linkage
    assert {n: result[n] for n in ("M", "F1", "F2", "B")} == close(
        {"M": 0.934, "F1": 0.9571, "F2": 0.7521, "B": 0.9904}
    )


def test_ex_22_mapping_an_unknown_origin_can_lower_exposure():
    result = example(U=0.15).exposure
    assert {n: result[n] for n in ("M", "F1", "F2", "B")} == close(
        {"M": 0.763, "F1": 0.846, "F2": 0.5652, "B": 0.7603}
    )


def test_ex_23_splitting_a_supplier_changes_nothing():
    whole = Map({"B": 0, "S": 0.8}, [("B", "S", 1.0, 1)])
    split = Map(
        {"B": 0} | {f"S{i}": 0.8 for i in range(40)}, [("B", f"S{i}", 0.025, 1) for i in range(40)]
    )
    assert whole.exposure["B"] == close(0.8)
    assert split.exposure["B"] == close(0.8)


@pytest.mark.parametrize(
    ("likelihood", "share", "expected"),
    [((0.3, 0.2), 0.5, (0.4302, 0.3721)), ((0, 0), 1.0, (0, 0)), ((0.01, 0.01), 1.0, (1, 1)),
     ((1e-17, 1e-17), 1.0, (1, 1))],
)  # fmt: skip
def test_ex_24_flow_in_a_circle_is_counted_at_each_pass(likelihood, share, expected):
    circle = Map(
        dict(zip("XY", likelihood, strict=True)), [("X", "Y", share, 1), ("Y", "X", share, 1)]
    )
    assert tuple(circle.exposure.values()) == close(expected)
    if likelihood == (0.3, 0.2):
        assert tuple(circle.linkage.values()) == close((0.44, 0.44))


@pytest.mark.parametrize(
    ("links", "exposed", "linked", "scaled"),
    [
        ([(0.02, "possible"), (0.01, "probable")], 0.1135, 0.4150, {}),
        ([(0.0, "confirmed")], 0.1, 0.55, {}),
        ([(None, None)], 0.55, 0.55, {}),
        ([(0.7, "possible"), (0.6, "unmapped")], 0.55, 0.55, {0: 1.3}),
    ],
)
def test_ex_34_parallel_unknown_and_zero_shares(links, exposed, linked, scaled):
    graph = Map({"B": 0.1, "A": 0.5}, [("B", "A", *link) for link in links] + [("B", "B", 0.9, 1)])
    assert (graph.exposure["B"], graph.linkage["B"]) == close((exposed, linked))
    assert dict(graph.plan.scaled) == pytest.approx(scaled)


def test_ex_35_a_circle_with_input_from_outside():
    graph = Map(
        {"X": 0.3, "Y": 0.2, "A": 0.5, "V": 0},
        [("X", "Y", 0.5, 1), ("Y", "X", 0.1, 1), ("X", "A", 0.4, 0.7), ("Y", "A", 0.1, 1),
         ("V", "X", 0.5, 1), ("V", "Y", 0.2, 0.4)],
    )  # fmt: skip
    exposed, linked = graph.exposure, graph.linkage
    assert (exposed["X"], exposed["Y"], exposed["V"]) == close((0.5391, 0.2831, 0.3262))
    assert (linked["X"], linked["Y"], linked["V"]) == close((0.8180, 0.8180, 0.8775))


SEVERITY = {"B": 2.5, "F1": 3, "F2": 3.5, "M": 2.5, "N": 4.6, "G": 5, "U": 4}


def test_ex_36_severity_upstream_travels_where_flow_matters():
    first = example().chain(SEVERITY)
    thin = Map(LIKELIHOOD, [*LINKS[:5], ("M", "G", 0.01, 0.7), LINKS[6]]).chain(SEVERITY)
    other = Map(LIKELIHOOD, [*LINKS[:4], ("F2", "N", 0.1, 0.7), *LINKS[5:]])
    lower = other.chain(SEVERITY | {"G": 3})
    names = ("M", "F1", "F2", "B")
    assert [first[n] for n in names] == [5, 5, 5, 5]
    assert [thin[n] for n in names] == [5, 5, 5, 5]
    assert [lower[n] for n in names] == [4, 4, 4, 4]


@pytest.mark.parametrize(
    ("shares", "expected", "scaled"),
    [((0.6, None, None), 0.55, {}), ((1.0, None), 0.5527, {0: 1.01}), ((0.8, 0.7), 0.6760, {0: 1.5})],
)  # fmt: skip
def test_ex_41_unknown_shares_divide_what_is_left(shares, expected, scaled):
    suppliers = {"A": 0.5, "C": 0.8, "D": 0.2}
    names = list(suppliers)[: len(shares)]
    graph = Map(
        {"B": 0.1} | {n: suppliers[n] for n in names},
        [("B", n, s, 1) for n, s in zip(names, shares, strict=True)],
    )
    assert graph.exposure["B"] == close(expected)
    assert dict(graph.plan.scaled) == pytest.approx(scaled)


def test_ex_42_contributions_of_origins_add_up_to_exposure():
    parts = example().contributions("B")
    assert parts == close(
        {"M": 0.198, "F1": 0.189, "G": 0.1663, "B": 0.1, "F2": 0.072, "U": 0.0668, "N": 0.0216}
    )
    assert sum(parts.values()) == close(0.8137)


# A plain dictionary version: no levels, no sets of arrays, only the words of section 11.


def plain_weights(links):
    known, unknown = {}, {}
    for buyer, supplier, share, _ in links:
        if buyer != supplier:
            known.setdefault(buyer, {}).setdefault(supplier, 0.0)
            if share is None:
                unknown.setdefault(buyer, set()).add(supplier)
            else:
                known[buyer][supplier] += share
    for buyer, shares in known.items():
        rest = max(0.0, 1 - sum(shares.values()))
        for supplier in unknown.get(buyer, ()):
            shares[supplier] += max(0.01, rest / len(unknown[buyer]))
        total = sum(shares.values())
        if round(total, 6) > 1:
            known[buyer] = {s: w / total for s, w in shares.items()}
    return known


def plain_exposure(likelihood, links):
    """The sum of all ways, doubled in length each time: circles settle however slowly."""
    names, weights = list(likelihood), plain_weights(links)
    own = np.array(list(likelihood.values()))
    step = np.array([[weights.get(v, {}).get(u, 0.0) for u in names] for v in names])
    step *= 1 - own[:, None]
    for _ in range(40):
        own, step = own + step @ own, step @ step
    return dict(zip(names, own.tolist(), strict=True))


def plain_reach(names, links):
    reach = {n: {s for b, s, *_ in links if b == n and s != n} for n in names}
    for _ in names:
        reach = {n: set().union(found, *(reach[m] for m in found)) for n, found in reach.items()}
    return reach


def plain_sets(names, links):
    reach = plain_reach(names, links)
    return {n: frozenset([n] + [m for m in reach[n] if n in reach[m]]) for n in names}, reach


def plain_linkage(likelihood, links):
    sets, _ = plain_sets(likelihood, links)
    flows = {}
    for buyer, supplier, _, f in links:
        if supplier not in sets[buyer]:
            key = (buyer, supplier)
            flows[key] = max(flows.get(key, 0), FLOW.get(f, f))
    found = {}

    def linked(members):
        if members not in found:
            product = np.prod([1 - likelihood[m] for m in members])
            for (buyer, supplier), f in flows.items():
                if buyer in members:
                    product *= 1 - f * linked(sets[supplier])
            found[members] = 1 - product
        return found[members]

    return {n: linked(sets[n]) for n in likelihood}


def plain_chain(severity, exposed, links):
    weights = plain_weights(links)
    sets, _ = plain_sets(severity, links)
    chain = dict(severity)
    for _ in severity:
        for buyer, shares in weights.items():
            for supplier, w in shares.items():
                if round(max(w, 0.05) * exposed[supplier], 6) >= 0.02:
                    chain[buyer] = max(chain[buyer], chain[supplier])
        chain = {n: max(chain[m] for m in sets[n]) for n in chain}
    return chain


NAMES = "ABCDEFGH"
levels = st.sampled_from([0.0, 0.004, 0.05, 0.2, 0.5, 0.9, 1.0])
shares = st.sampled_from([None, 0.0, 0.01, 0.1, 0.3, 0.5, 1.0])
flows = st.sampled_from(["confirmed", "probable", "possible", "unmapped", None])


@st.composite
def graphs(draw):
    names = NAMES[: draw(st.integers(2, 8))]
    name = st.sampled_from(names)
    likelihood = {n: draw(levels) for n in names}
    return likelihood, draw(st.lists(st.tuples(name, name, shares, flows), max_size=16))


@given(graphs())
@examples(150)
def test_arrays_agree_with_a_plain_version_on_random_maps_with_circles(graph):
    likelihood, links = graph
    ours = Map(likelihood, links)
    expected = plain_exposure(likelihood, links)
    severity = {n: 1 + i % 5 for i, n in enumerate(likelihood)}
    assert ours.exposure == pytest.approx(expected, abs=1e-9)
    assert ours.linkage == pytest.approx(plain_linkage(likelihood, links), abs=1e-12)
    assert ours.chain(severity) == plain_chain(severity, ours.exposure, links)


@given(graphs())
@examples(40)
def test_propagation_on_a_snapshot_agrees_with_a_plain_version(graph):
    likelihood, links = graph
    ours = Map(likelihood, links)
    with TemporaryDirectory() as folder:
        store = SnapshotStore(Path(folder))
        store.keep(PLACE, MAP, ours.plan.columns(), {})
        kept = store.open(PLACE)
        ours.plan = Plan.from_columns(kept.arrays)
        severity = {n: 1 + i % 5 for i, n in enumerate(likelihood)}
        exposed = ours.exposure
        assert exposed == pytest.approx(plain_exposure(likelihood, links), abs=1e-9)
        assert ours.linkage == pytest.approx(plain_linkage(likelihood, links), abs=1e-12)
        assert ours.chain(severity) == plain_chain(severity, exposed, links)


@given(graphs(), st.integers(1, 5))
@examples(150)
def test_arrays_and_loops_agree_to_the_last_bit(graph, issues):
    ours = Map(*graph)
    one = ours.plan.to_plan(ours.likelihood)
    own = np.hstack([one ** (1 + issue) for issue in range(issues)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(propagation, "ready_loops", WAYS["arrays"])
        exposed, linked = exposure(ours.plan, own), linkage(ours.plan, own)
        for loops in (WAYS["loops"], WAYS["compiled"]):
            patch.setattr(propagation, "ready_loops", loops)
            assert (exposure(ours.plan, own) == exposed).all()
            assert (linkage(ours.plan, own) == linked).all()


@pytest.fixture
def not_begun():
    """A process that has not asked for the loops yet."""
    compiled._making.cache_clear()
    yield
    compiled._making.cache_clear()


def test_first_question_does_not_wait_for_the_compiler(monkeypatch, not_begun):
    may_end, begun = Event(), []

    def make():
        begun.append(may_end.wait(60))
        return PLAIN

    monkeypatch.setattr(compiled, "_make", make)
    assert compiled.ready_loops() is None and compiled.ready_loops() is None
    may_end.set()
    assert compiled.wait_for_loops() is compiled.ready_loops() is PLAIN
    assert begun == [True]


def test_without_numba_arrays_answer(monkeypatch, not_begun):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(ImportError):
        compiled.wait_for_loops()
    assert compiled.ready_loops() is None


@pytest.mark.parametrize("links", [0, 9])
def test_small_map_starts_no_compiler(monkeypatch, links):
    def start():
        raise AssertionError("The compiler was started.")

    monkeypatch.setattr(propagation, "MANY_LINKS", links + 1)
    monkeypatch.setattr(propagation, "ready_loops", start)
    rows = np.zeros(links, np.int64)
    plan = make_plan(links + 1, rows, np.arange(1, links + 1), np.full(links, NAN), np.ones(links))
    own = plan.to_plan(np.full((links + 1, 1), 0.5))
    assert exposure(plan, own).shape == linkage(plan, own).shape == own.shape


@given(graphs())
@examples(100)
def test_p1_p13_p14_exposure_stays_in_bounds_and_contributions_sum_to_it(graph):
    likelihood, links = graph
    ours = Map(likelihood, links)
    exposed, linked = ours.exposure, ours.linkage
    highest = max(exposed.values())
    for name, own in likelihood.items():
        assert -1e-12 <= own - 1e-12 <= exposed[name] <= 1
        assert exposed[name] <= own + (1 - own) * highest + 1e-9
        assert -1e-12 <= linked[name] <= 1
        parts = ours.contributions(name)
        assert min(parts.values()) >= 0
        assert sum(parts.values()) == pytest.approx(exposed[name], abs=1e-9)


@given(graphs())
@examples(60)
def test_p14_without_circles_exposure_is_at_most_all_risk_upstream_together(graph):
    likelihood, links = graph
    links = [link for link in links if link[0] < link[1]]
    exposed, reach = Map(likelihood, links).exposure, plain_reach(likelihood, links)
    for name, own in likelihood.items():
        together = 1 - (1 - own) * np.prod([1 - likelihood[m] for m in reach[name]])
        assert exposed[name] <= together + 1e-9


@given(graphs(), st.sampled_from(NAMES), levels)
@examples(80)
def test_p2_raising_a_likelihood_never_lowers_exposure_or_linkage(graph, name, level):
    likelihood, links = graph
    before = Map(likelihood, links)
    raised = {n: max(v, level) if n == name else v for n, v in likelihood.items()}
    after = Map(raised, links)
    for n in likelihood:
        assert after.exposure[n] >= before.exposure[n] - 1e-9
        assert after.linkage[n] >= before.linkage[n] - 1e-12


@given(graphs(), st.integers(0, 15), st.sampled_from([0.0, 0.1, 0.5]))
@examples(80)
def test_p2_raising_a_known_share_within_one_never_lowers_exposure(graph, at, more):
    likelihood, links = graph
    links = [(b, s, 0.01 if w is None else w * 0.05, f) for b, s, w, f in links]
    raised = [(b, s, w + more * 0.04 * (i == at), f) for i, (b, s, w, f) in enumerate(links)]
    before, after = Map(likelihood, links).exposure, Map(likelihood, raised).exposure
    assert all(after[n] >= before[n] - 1e-9 for n in likelihood)


@given(graphs(), st.integers(0, 15))
@examples(80)
def test_p2_surer_flow_never_lowers_linkage(graph, at):
    likelihood, links = graph
    surer = [(b, s, w, "confirmed" if i == at else f) for i, (b, s, w, f) in enumerate(links)]
    before, after = Map(likelihood, links).linkage, Map(likelihood, surer).linkage
    assert all(after[n] >= before[n] - 1e-12 for n in likelihood)


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


@given(graphs(), st.integers(2, 5))
@examples(60)
def test_p12_splitting_a_supplier_of_known_shares_leaves_all_others_as_they_were(graph, k):
    likelihood, links = graph
    links = [(b, s, 0.05 if w is None else w, f) for b, s, w, f in links]
    copies = [f"A{i}" for i in range(k)]
    split = []
    for b, s, w, f in links:
        if b == s:
            continue
        ends = copies if s == "A" else [s]
        for buyer in copies if b == "A" else [b]:
            split += [(buyer, e, w / len(ends), f) for e in ends]
    more = {n: v for n, v in likelihood.items() if n != "A"} | dict.fromkeys(
        copies, likelihood["A"]
    )
    before, after = Map(likelihood, links).exposure, Map(more, split).exposure
    assert {n: after[n] for n in likelihood if n != "A"} == pytest.approx(
        {n: e for n, e in before.items() if n != "A"}, abs=1e-9
    )


def test_slow_circles_of_any_size_are_solved_exactly(monkeypatch):
    size = 40
    names = [f"n{i}" for i in range(size)]
    links = [(names[i], names[(i + 1) % size], 1.0, 1) for i in range(size)]
    links.append((names[0], "out", 0.0, 1))
    likelihood = dict.fromkeys(names, 1e-7) | {"out": 0.3}
    dense = Map(likelihood, links)
    assert min(dense.exposure[n] for n in names) == pytest.approx(1, abs=1e-6)
    parts = dense.contributions(names[3])
    monkeypatch.setattr(blocks, "DENSE", 10)
    monkeypatch.setattr(blocks, "LONG_PASSES", 5)
    assert Map(likelihood, links).exposure == pytest.approx(dense.exposure, abs=1e-6)
    assert Map(likelihood, links).contributions(names[3]) == pytest.approx(parts, abs=1e-6)


def test_a_large_settling_circle_needs_no_elimination(monkeypatch):
    def unsettled(inside, residual, inflow, *, starts):
        return inflow, np.zeros(len(starts), np.bool_)

    monkeypatch.setattr(blocks, "DENSE", 1)
    monkeypatch.setattr("supply_chain.risk.propagation.pass_round", unsettled)
    graph = Map({"X": 0.3, "Y": 0.2}, [("X", "Y", 0.5, 1), ("Y", "X", 0.5, 1)])
    assert tuple(graph.exposure.values()) == close((0.4302, 0.3721))


def test_a_map_without_links_or_nodes_is_its_own_exposure():
    assert Map({"B": 0.4}, []).exposure == {"B": 0.4}
    assert Map({"B": 0.4}, []).linkage == {"B": pytest.approx(0.4)}
    assert Map({}, []).plan.levels == ()


def test_a_plan_made_of_its_columns_gives_the_same_answers():
    plan = example().plan
    again = Plan.from_columns(plan.columns())
    own = plan.to_plan(example().likelihood)
    assert dict(again.scaled) == dict(plan.scaled)
    assert (exposure(again, own) == exposure(plan, own)).all()
    assert (linkage(again, own) == linkage(plan, own)).all()
    assert all((a == b).all() for a, b in zip(again.buyers, plan.buyers, strict=True))


@pytest.mark.parametrize("width", [1, 16])
def test_buyers_of_very_many_suppliers_and_of_few_are_worked_out_alike(width, monkeypatch):
    random = np.random.default_rng(1)
    names = [f"n{i}" for i in range(200)]
    links = [("n0", name, 0.004, 0.7) for name in names[1:]]
    links += [(names[i], names[i + 1 + j], 0.2, 1) for i in range(1, 150) for j in range(i % 4)]
    graph = Map(dict(zip(names, random.random(200), strict=True)), links)
    many = graph.plan.to_plan(np.repeat(graph.likelihood, width, axis=1))
    found = graph.plan.from_plan(linkage(graph.plan, many))
    expected = plain_linkage(dict(zip(names, graph.likelihood[:, 0], strict=True)), links)
    assert found[:, -1] == pytest.approx([expected[name] for name in names], abs=1e-12)
    severity = np.repeat(np.arange(1, 201)[:, None] % 5 + 1.0, width, axis=1)
    exposed = exposure(graph.plan, many)
    worst = severity_upstream(graph.plan, graph.plan.to_plan(severity), exposed)
    monkeypatch.setattr("supply_chain.risk.propagation.CELLS", 7)  # many small parts
    assert (exposure(graph.plan, many) == exposed).all()
    assert (graph.plan.from_plan(linkage(graph.plan, many)) == found).all()
    again = severity_upstream(graph.plan, graph.plan.to_plan(severity), exposed)
    assert (again == worst).all()
    assert worst.max() == 5


def test_the_exposure_of_a_circle_does_not_depend_on_the_circles_beside_it():
    fast = ({"A": 0.9, "B": 0.8}, [("A", "B", 0.1, 1), ("B", "A", 0.1, 1)])
    slow = ({"X": 0.2, "Y": 0.1}, [("X", "Y", 0.9, 1), ("Y", "X", 0.9, 1)])
    both = Map(fast[0] | slow[0], fast[1] + slow[1]).exposure
    assert both == Map(*fast).exposure | Map(*slow).exposure
