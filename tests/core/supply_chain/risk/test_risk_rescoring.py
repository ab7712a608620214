"""What is scored anew after few nodes changed equals a whole assessment to the last bit."""

from dataclasses import fields, replace

import numpy as np
import pytest

from supply_chain.analysis.what_if import score_map, try_changes
from supply_chain.analysis.what_if_changes import (
    AddControl,
    Change,
    ChangeShare,
    CloseNode,
    KnowOrigin,
    apply_changes,
    problems_of,
)
from supply_chain.graph.columns import FLOWS, LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.reference.release import load_reference
from supply_chain.risk import moved_ranks
from supply_chain.risk.evidence import STATES, ControlsSeen, Evidence, Priorities, States
from supply_chain.risk.factors import Observations
from supply_chain.risk.map_scores import StoredScores
from supply_chain.risk.method import METHOD
from supply_chain.risk.rescoring import score_again
from supply_chain.risk.rm2.map_assessment import assess
from supply_chain.vocabulary import NodeKind

REFERENCE = load_reference()
AS_OF = REFERENCE.as_of
SECTORS = sorted(REFERENCE.sectors)[:3]
GOODS = sorted(REFERENCE.commodities)[:4]
NODES, LINKS = 60, 130


def a_map(seed: int) -> tuple[ValueChain, Evidence]:
    """Few countries and sectors, so that peers matter; answers, controls and facts at some nodes."""
    random = np.random.default_rng(seed)
    kinds = random.choice([NodeKind.SITE, NodeKind.BUSINESS_ENTITY, NodeKind.UNKNOWN_ORIGIN], NODES)
    nodes = NodeColumns.build(
        [f"n{row:02}" for row in range(NODES)],
        kind=[NodeKind(kind) for kind in kinds],
        country=[None if random.random() < 0.1 else "CI" for _ in range(30)] + ["GH"] * 30,
        sector=[None if random.random() < 0.1 else s for s in random.choice(SECTORS, NODES)],
        commodities=[(good,) for good in random.choice(GOODS, NODES)],
        own_operation=[row == 0 for row in range(NODES)],
        closed=(random.random(NODES) < 0.05).tolist(),
    )
    ends = random.integers(0, NODES, (2, LINKS))
    ends = np.unique(ends[:, ends[0] != ends[1]], axis=1)
    links = LinkColumns.build(
        nodes,
        buyer=[nodes.ids[row] for row in ends[0]],
        supplier=[nodes.ids[row] for row in ends[1]],
        share=[float(value) for value in random.random(ends.shape[1]) / 4],
        flow=[FLOWS[at] for at in random.integers(0, len(FLOWS), ends.shape[1])],
    )
    return ValueChain.build(nodes=nodes, links=links), some_evidence(random)


def some_evidence(random: np.random.Generator) -> Evidence:
    part = METHOD.group_slices[METHOD.groups.index("WRK")]
    node, factor = np.divmod(np.flatnonzero(random.random(NODES * 6) < 0.5), 6)
    size = len(node)
    return Evidence(
        observations=Observations(
            node=node,
            factor=part.start + factor,
            value=random.random(size),
            source_type=random.integers(0, len(METHOD.source_types), size),
            age_months=random.random(size) * 30,
            quality=np.full(size, np.nan),
            source=np.full(size, -1),
        ),
        states=States(
            node=np.array([3, 9]),
            issue=np.array([0, 2]),
            state=np.array([STATES.index("confirmed"), STATES.index("credible")]),
            found_by=np.array([-1, -1]),
            months=np.array([np.nan, np.nan]),
        ),
        controls=ControlsSeen(
            node=np.array([4, 12]),
            control=np.array([1, 6]),
            coverage=np.array([0.8, 0.5]),
            evidence=np.array([0.75, 0.5]),
            design=np.array([np.nan, 0.5]),
            verified_months=np.array([2.0, 30.0]),
        ),
    )


PRIORITIES = Priorities(
    node=np.array([4, 20, 4, 33]),
    issue=np.array([5, 0, 1, 7]),
    emergency=np.array([False, True, True, False]),
    delay=np.array([1, -1, 0, 1]),
    involvement=np.array([-1, 0, 1, 2]),
)


def some_changes(chain: ValueChain, seed: int) -> list[Change]:
    random = np.random.default_rng(seed)
    ids = chain.nodes.ids

    def one() -> str:
        return ids[int(random.integers(1, NODES))]

    link = int(random.integers(0, len(chain.links)))
    buyer, supplier = chain.links.buyer[link], chain.links.supplier[link]
    wanted: list[Change] = [
        CloseNode(one()),
        AddControl(one(), "CTL-05", 1.0, 0.9),
        KnowOrigin(one(), "GH", GOODS[1]),
        KnowOrigin(one(), "IN", None),
        ChangeShare(ids[buyer], ids[supplier], float(random.random())),
        CloseNode(one()),
    ]
    bad = {problem.place for problem in problems_of(chain, wanted, REFERENCE)}
    sound = [change for place, change in enumerate(wanted) if place not in bad]
    return sound if not problems_of(chain, sound, REFERENCE) else sound[:1]


@pytest.mark.parametrize("most", [0, 1])  # all risks sorted again; few moved in their order
@pytest.mark.parametrize("seed", range(25))
def test_a_what_if_equals_a_whole_assessment_of_the_changed_map(
    seed: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moved_ranks, "MOST", most)
    chain, evidence = a_map(seed)
    evidence = replace(evidence, priorities=PRIORITIES)
    before = score_map(chain, evidence, reference=REFERENCE, as_of=AS_OF)
    changes = some_changes(chain, seed)
    assert changes

    found = try_changes(chain, evidence, changes, before=before).after

    changed = apply_changes(chain, evidence, changes)
    whole = assess(
        changed.chain,
        changed.evidence,
        reference=REFERENCE,
        as_of=AS_OF,
        known_flows=changed.known_flows,
    )
    assert list(found.chain.nodes.ids) == list(whole.chain.nodes.ids)
    for one in fields(StoredScores):
        ours, wanted = getattr(found.scores, one.name), whole.scores.of_nodes(one.name)
        assert np.array_equal(ours, wanted), one.name
    for name in ("scored", "exposure", "salience_rank"):
        assert np.array_equal(getattr(found, name), getattr(whole, name), equal_nan=True), name


def test_a_few_risks_that_move_are_not_a_reason_to_sort_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chain, evidence = a_map(1)
    before = score_map(chain, evidence, reference=REFERENCE, as_of=AS_OF)

    def refuse(*_: object) -> None:
        raise AssertionError("All risks were sorted again.")

    monkeypatch.setitem(score_again.__globals__, "rank_all", refuse)
    found = try_changes(chain, evidence, [AddControl("n00", "CTL-05", 1.0, 0.9)], before=before)

    assert (found.after.salience_rank != before.salience_rank).any()


def test_what_is_judged_of_a_pair_is_found_whatever_the_order_of_the_judgements() -> None:
    found = PRIORITIES.of_pairs(np.array([33, 1, 4]), np.array([7, 1, 1]))

    assert found.emergency.tolist() == [False, False, True]
    assert found.delay.tolist() == [1, -1, 0]
    assert found.involvement.tolist() == [2, -1, 1]


def test_only_what_changed_is_scored_again(monkeypatch: pytest.MonkeyPatch) -> None:
    chain, evidence = a_map(1)
    before = score_map(chain, evidence, reference=REFERENCE, as_of=AS_OF)
    bought = np.bincount(chain.links.supplier, minlength=NODES) > 0
    node = int(np.flatnonzero(bought & ~before.chain.nodes.closed[:NODES])[0])
    seen: list[int] = []
    original = score_again.__globals__["score_some"]
    monkeypatch.setitem(
        score_again.__globals__, "score_some",
        lambda *given, **more: seen.append(len(given[1])) or original(*given, **more),
    )  # fmt: skip

    try_changes(chain, evidence, [AddControl(chain.nodes.ids[node], "CTL-05", 1.0, 0.9)],
                before=before)  # fmt: skip

    assert seen == [1]


def test_evidence_equals_itself_and_no_other() -> None:
    _, evidence = a_map(2)
    _, again = a_map(2)
    controls = replace(again.controls, coverage=again.controls.coverage / 2)

    assert evidence.equals(again)
    assert not evidence.equals(replace(again, controls=controls))
    assert not evidence.equals(a_map(3)[1])
    assert evidence.digest() == again.digest()
    others = (replace(again, controls=controls), a_map(3)[1], Evidence())
    assert len({one.digest() for one in (evidence, *others)}) == 4
