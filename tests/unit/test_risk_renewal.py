"""A run of changed nodes says, to the last bit, what a whole assessment says (RM-1.0)."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from supply_chain.reference import load_reference
from supply_chain.risk.assessment import Assessment, assess
from supply_chain.risk.changed_run import ChangedRun, changed_run
from supply_chain.risk.evidence import STATES, Adjustments, Evidence, Judgements, Priorities, States
from supply_chain.risk.factors import Observations, join_observations
from supply_chain.risk.kept_scores import records_of
from supply_chain.risk.method import METHOD
from supply_chain.risk.register import register_of
from supply_chain.risk.register_changes import RegisterChanges, order_of
from supply_chain.risk.renewal import MOST, renew
from supply_chain.risk.run_state import RunState, country_places, counts_of
from tests.unit.test_risk_rescoring import a_map

REFERENCE = load_reference()
AS_OF = REFERENCE.as_of
KEYS = [UUID(int=at + 1) for at in range(60)]


def observed(node: int, factor: str, value: float, source: str = "audit") -> Observations:
    one = np.array([1.0])
    return Observations(
        node=np.array([node]),
        factor=np.array([METHOD.factor_index[factor]]),
        value=one * value,
        source_type=np.array([METHOD.source_index[source]]),
        age_months=one,
        quality=one * np.nan,
        source=np.array([-1]),
    )


def changed_evidence(evidence: Evidence, rows: np.ndarray, random: np.random.Generator) -> Evidence:
    """Something new of some nodes: observations, a fact, a judgement, a note, a change."""
    part = METHOD.group_slices[METHOD.groups.index("WRK")]
    more = [
        observed(int(row), METHOD.factors[part.start + random.integers(0, 6)], random.random())
        for row in rows
    ]
    old = evidence.observations
    left_out = np.isin(old.node, rows[:1]) & (random.random(len(old.node)) < 0.5)
    states = evidence.states
    some = rows[-1:]
    issue = random.integers(0, 16, len(some))
    return replace(
        evidence,
        observations=join_observations(old.take(~left_out), *more),
        states=States(
            node=np.append(states.node, some),
            issue=np.append(states.issue, issue),
            state=np.append(states.state, random.integers(0, len(STATES) - 1, len(some))),
            found_by=np.append(states.found_by, np.full(len(some), -1)),
            months=np.append(states.months, np.full(len(some), np.nan)),
        ),
        judgements=Judgements(
            node=some,
            issue=issue,
            scale=random.integers(1, 6, len(some)).astype(float),
            scope=np.full(len(some), np.nan),
            irremediability=random.integers(1, 6, len(some)).astype(float),
            vulnerable=np.ones(len(some), dtype=bool),
        ),
        priorities=Priorities(
            node=rows,
            issue=np.full(len(rows), 3),
            emergency=random.random(len(rows)) < 0.3,
            delay=random.integers(-1, 2, len(rows)),
            involvement=random.integers(-1, 3, len(rows)),
        ),
        adjustments=Adjustments(
            node=some,
            issue=np.array([1] * len(some)),
            likelihood=random.random(len(some)),
            raises=np.ones(len(some), dtype=bool),
        ),
    )


def in_remedy_of(found: Assessment) -> np.ndarray:
    return np.zeros(found.scored.shape, dtype=bool)


def renewed_run(before: Assessment, known: Evidence, now: Evidence, rows: np.ndarray) -> ChangedRun:
    """A run on `before`, of which only the arrays that are kept are used."""
    kept = RunState.of(before, known, nodes=60).arrays()
    state = RunState.from_arrays({name: values.copy() for name, values in kept.items()})
    nodes = before.chain.nodes
    renewed = renew(state, before.plan, nodes, rows, now.of_nodes, reference=REFERENCE, as_of=AS_OF)
    assert renewed is not None
    records = records_of(before, in_remedy_of(before), 0, len(before.chain))
    return changed_run(
        state,
        renewed,
        records[renewed.changed],
        nodes,
        rows=renewed.changed,
        touched=rows,
        in_remedy=np.zeros(renewed.scored.shape, dtype=bool),
        tiers=before.chain.tiers[renewed.changed],
    )


@pytest.mark.parametrize("seed", range(40))
def test_what_is_new_of_few_nodes_gives_what_a_whole_assessment_gives(seed: int) -> None:
    chain, known = a_map(seed)
    random = np.random.default_rng(seed)
    rows = np.sort(random.choice(60, random.integers(1, 6), replace=False))
    now = changed_evidence(known, rows, random)
    before, whole = (assess(chain, one, reference=REFERENCE, as_of=AS_OF) for one in (known, now))
    run = renewed_run(before, known, now, rows)
    # Of each place: its own record, or that of the whole run with the ranks of today.
    records = records_of(before, in_remedy_of(before), 0, len(before.chain)).copy()
    ranked = records["salience_rank"] > 0
    records["salience_rank"][ranked] = run.changes.ranks(records["salience_rank"][ranked])
    records[run.rows] = run.records
    expected = records_of(whole, in_remedy_of(whole), 0, len(whole.chain))
    for name in expected.dtype.names or ():
        np.testing.assert_array_equal(records[name], expected[name], err_msg=name)
    assert records.tobytes() == expected.tobytes()
    register, wanted = register_of(before, KEYS), register_of(whole, KEYS)
    changes = RegisterChanges.unpack(run.changes.pack())
    for name, values in vars(changes.applied(register)).items():
        np.testing.assert_array_equal(values, getattr(wanted, name), err_msg=name)
        assert values.dtype == getattr(wanted, name).dtype
    counts, countries = counts_of(whole, nodes=60)
    assert run.counts.told(countries.tolist()) == counts.told(countries.tolist())
    in_order(before, whole, run)


def in_order(before: Assessment, whole: Assessment, run: ChangedRun) -> None:
    """The numbers that a table is put in order by say the same as the ranks."""
    orders = np.where(before.salience_rank > 0, order_of(before.salience_rank), -1)
    orders[run.rows] = run.orders
    scored = whole.scored
    by_order = np.argsort(orders[scored])
    assert len(np.unique(orders[scored])) == scored.sum()
    assert whole.salience_rank[scored][by_order].tolist() == list(range(1, scored.sum() + 1))


def test_peers_whose_prior_moves_are_scored_anew_too() -> None:
    chain, known = a_map(3)
    nodes = chain.nodes
    groups = list(zip(nodes.country, nodes.sector, strict=True))
    place = next(key for key in groups if None not in key and groups.count(key) >= 8)
    peers = [row for row, key in enumerate(groups) if key == place]
    factor = "WRK-20"
    seen = [observed(row, factor, 0.95) for row in peers[:5]]
    before = replace(known, observations=join_observations(known.observations, *seen[:4]))
    now = replace(known, observations=join_observations(known.observations, *seen))
    first, whole = (assess(chain, one, reference=REFERENCE, as_of=AS_OF) for one in (before, now))
    state = RunState.of(first, before, nodes=60)
    rows = np.array([peers[4]])
    renewed = renew(state, first.plan, nodes, rows, now.of_nodes, reference=REFERENCE, as_of=AS_OF)
    assert renewed is not None
    assert set(peers[5:]) <= set(renewed.fresh.tolist())
    np.testing.assert_array_equal(renewed.scores.likelihood, whole.scores.likelihood[renewed.fresh])


def test_too_many_nodes_to_score_anew_ask_for_a_whole_run(monkeypatch: pytest.MonkeyPatch) -> None:
    chain, known = a_map(1)
    found = assess(chain, known, reference=REFERENCE, as_of=AS_OF)
    state = RunState.of(found, known, nodes=60)
    monkeypatch.setattr("supply_chain.risk.renewal.MOST", 2)
    rows = np.arange(3)
    wanted = renew(
        state, found.plan, chain.nodes, rows, known.of_nodes, reference=REFERENCE, as_of=AS_OF
    )
    assert wanted is None
    assert MOST > 2


def test_a_map_without_any_country_counts_none() -> None:
    nobody: np.ndarray = np.array([], dtype=np.str_)
    assert country_places(np.array(["CI", ""]), nobody).tolist() == [-1, -1]
