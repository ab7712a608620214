"""A run of changed nodes says, to the last bit, what a whole assessment says (RM-2.0)."""

from dataclasses import dataclass, fields, replace
from uuid import UUID

import numpy as np
import pytest

from supply_chain.graph.columns import NODE_KINDS, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.graph.unknown_origins import are_same_origins
from supply_chain.reference.release import load_reference
from supply_chain.risk.changed_run import ChangedRun, changed_run
from supply_chain.risk.evidence import STATES, Evidence, Judgements, Priorities, States
from supply_chain.risk.factors import Observations
from supply_chain.risk.incremental_base import IncrementalBase
from supply_chain.risk.method import METHOD
from supply_chain.risk.moved_nodes import words
from supply_chain.risk.observations import join_observations
from supply_chain.risk.register import Register
from supply_chain.risk.register_changes import RegisterChanges, order_of
from supply_chain.risk.renewal import MOST, NOBODY, renew
from supply_chain.risk.rm2.adjustments import Adjustments
from supply_chain.risk.rm2.map_assessment import Assessment, assess, beginnings
from supply_chain.risk.rm2.register import register_of
from supply_chain.risk.rm2.stored_scores import records_of
from supply_chain.risk.run_counts import country_places
from supply_chain.risk.run_state import RunState
from supply_chain.risk.stored_run import stored_run
from supply_chain.risk.stored_scores import Records
from supply_chain.vocabulary import NodeKind
from tests.core.supply_chain.risk.test_risk_rescoring import SECTORS, a_map

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
            points=random.random(len(some)) * 100,
            raises=np.ones(len(some), dtype=bool),
        ),
    )


def in_remedy_of(found: Assessment) -> np.ndarray:
    return np.zeros(found.scored.shape, dtype=bool)


@dataclass
class Kept:
    """A whole run, and what the runs on it keep: rows of what changed, and the last of them."""

    whole: Assessment
    known: Evidence
    standing: IncrementalBase
    records: Records  # of all places, with ranks as they are kept
    orders: np.ndarray
    nodes: NodeColumns  # as they are by now
    countries: np.ndarray  # of all places, as the rows say

    @classmethod
    def of(cls, whole: Assessment, known: Evidence) -> "Kept":
        records = records_of(whole, in_remedy_of(whole), 0, len(whole.chain)).copy()
        orders = np.where(whole.salience_rank > 0, order_of(whole.salience_rank), -1)
        standing = IncrementalBase.of_whole(state_of(whole, known))
        nodes = whole.chain.nodes
        return cls(whole, known, standing, records, orders, nodes, words(nodes.country))

    def renew(self, now: Evidence, rows: np.ndarray, own: np.ndarray = NOBODY) -> ChangedRun:
        """A run on the last one; only rows that differ and orders that moved are taken over."""
        whole, nodes = self.whole, self.nodes
        asked = self.standing, whole.chain, whole.network, nodes, rows
        renewed = renew(*asked, learned_from(now), own=own, reference=REFERENCE)
        assert renewed is not None
        made = changed_run(
            self.standing,
            renewed,
            self.records[renewed.changed],
            nodes,
            in_remedy=np.zeros(renewed.scored.shape, dtype=bool),
            tiers=whole.chain.tiers[renewed.changed],
            countries=self.countries[renewed.changed],
        )
        self.standing = made.standing
        self.countries = words(nodes.country)
        self.records[made.rows[made.differs]] = made.records[made.differs]
        self.orders[made.rows] = made.orders
        kept = self.records["salience_rank"][made.shifted]
        self.orders[made.shifted] = made.standing.changes.orders_of(made.shifted, kept)
        return made

    def forget(self) -> None:
        """Another process goes on: all it has are the arrays and the rows that were kept."""
        changes = RegisterChanges.unpack(self.standing.changes.pack())
        first = records_of(self.whole, in_remedy_of(self.whole), 0, len(self.whole.chain))
        self.standing = IncrementalBase.again(
            state_of(self.whole, self.known),
            self.whole.network,
            changes,
            first[changes.changed],
            self.records[changes.changed],
            tiers=self.whole.chain.tiers[changes.changed],
            countries=words(self.whole.chain.nodes.country)[changes.changed],
        )


def learned_from(known: Evidence):
    return known.of_nodes


def state_of(whole: Assessment, known: Evidence) -> RunState:
    """The numbers of a run, of which only the arrays that are kept are used."""
    kept = RunState.of(whole, known, nodes=60).arrays()
    return RunState.from_arrays({name: values.copy() for name, values in kept.items()})


@pytest.mark.parametrize("seed", range(40))
def test_what_is_new_of_few_nodes_step_by_step_gives_what_a_whole_assessment_gives(
    seed: int,
) -> None:
    chain, known = a_map(seed)
    random = np.random.default_rng(seed)
    kept = Kept.of(assess(chain, known, reference=REFERENCE, as_of=AS_OF), known)
    now, last = known, np.zeros(0, dtype=np.int64)
    for step in range(random.integers(1, 5)):
        rows = np.sort(random.choice(60, random.integers(1, 6), replace=False))
        now = changed_evidence(now, rows, random)
        kept.renew(now, np.union1d(rows, last))  # what was noted of the last ones is gone again
        last = rows
        if (seed + step) % 3 == 0:
            kept.forget()
        assert_says_the_same(kept, assess(chain, now, reference=REFERENCE, as_of=AS_OF))


def other_facts(chain: ValueChain, rows: np.ndarray, random: np.random.Generator) -> NodeColumns:
    """Other countries, trades and kinds of some nodes; who is an origin stays, and all goods."""
    marks = [False, True]
    return replace(
        chain.nodes.take(rows),
        country=tuple(random.choice([None, "CI", "GH"]) for _ in rows),
        sector=tuple(random.choice([None, *SECTORS]) for _ in rows),
        kind=np.where(
            chain.nodes.kind[rows] == NODE_KINDS.index(NodeKind.UNKNOWN_ORIGIN),
            chain.nodes.kind[rows],
            random.choice([NODE_KINDS.index(kind) for kind in (NodeKind.SITE, "platform")]),
        ).astype(np.int8),
        origin=np.array([marks.index(random.choice(marks)) for _ in rows], dtype=np.int8),
    )


@pytest.mark.parametrize("seed", range(60))
def test_nodes_that_come_to_another_country_or_trade_give_what_a_whole_assessment_gives(
    seed: int,
) -> None:
    chain, known = a_map(seed)
    random = np.random.default_rng(seed)
    primary = beginnings(REFERENCE)
    kept = Kept.of(assess(chain, known, reference=REFERENCE, as_of=AS_OF), known)
    now, last, whole = known, NOBODY, kept.whole.chain
    for step in range(random.integers(1, 5)):
        own = np.sort(random.choice(60, random.integers(1, 6), replace=False))
        facts = other_facts(chain, own, random)
        stay = [
            are_same_origins(chain, own[at], facts.take(at), primary_sectors=primary)
            for at in np.arange(len(own))[:, None]
        ]
        own, facts = own[stay], facts.take(np.flatnonzero(stay))
        rows = np.sort(random.choice(60, random.integers(1, 4), replace=False))
        now = changed_evidence(now, rows, random)
        kept.nodes = kept.nodes.put(own, facts)
        kept.renew(now, np.union1d(np.union1d(rows, last), own), own)
        last = rows
        if (seed + step) % 3 == 0:
            kept.forget()
        chain = replace(chain, nodes=chain.nodes.put(own, facts))
        again = assess(chain, now, reference=REFERENCE, as_of=AS_OF)
        assert again.chain.nodes.ids == whole.nodes.ids
        assert_says_the_same(kept, again)


def assert_says_the_same(kept: Kept, whole: Assessment) -> None:
    """Rows, register, counts and orders of the last run are those of a whole one."""
    changes = RegisterChanges.unpack(kept.standing.changes.pack())
    records, places = kept.records.copy(), np.arange(len(kept.records))
    records["salience_rank"] = changes.ranks_of(places, records["salience_rank"])
    expected = records_of(whole, in_remedy_of(whole), 0, len(whole.chain))
    for name in expected.dtype.names or ():
        np.testing.assert_array_equal(records[name], expected[name], err_msg=name)
    assert records.tobytes() == expected.tobytes()
    assert kept.countries.tolist() == words(whole.chain.nodes.country).tolist()
    register, wanted = register_of(kept.whole, KEYS), register_of(whole, KEYS)
    made = changes.applied(register)
    assert (len(made), made.sites) == (len(wanted), wanted.sites)
    assert not hasattr(made, "no_column")
    every = np.arange(len(wanted))
    assert made.pairs_at(every) == wanted.pairs_at(every)
    for name in (one.name for one in fields(Register)):
        values = getattr(made, name)
        np.testing.assert_array_equal(values, getattr(wanted, name), err_msg=name)
        assert values.dtype == getattr(wanted, name).dtype
    counts, countries = stored_run(whole).counts(60)
    assert kept.standing.counts.told(countries.tolist()) == counts.told(countries.tolist())
    in_order(kept.orders, whole)


def in_order(orders: np.ndarray, whole: Assessment) -> None:
    """The numbers that a table is put in order by say the same as the ranks."""
    scored = whole.scored
    by_order = np.argsort(orders[scored])
    assert len(np.unique(orders[scored])) == scored.sum()
    assert whole.salience_rank[scored][by_order].tolist() == list(range(1, scored.sum() + 1))


def test_too_many_nodes_to_score_anew_ask_for_a_whole_run(monkeypatch: pytest.MonkeyPatch) -> None:
    chain, known = a_map(1)
    found = assess(chain, known, reference=REFERENCE, as_of=AS_OF)
    state = IncrementalBase.of_whole(RunState.of(found, known, nodes=60))
    monkeypatch.setattr("supply_chain.risk.renewal.MOST", 2)
    rows = np.arange(3)
    asked = state, chain, found.network, chain.nodes, rows
    wanted = renew(*asked, learned_from(known), reference=REFERENCE)
    assert wanted is None
    assert MOST > 2


def test_a_map_without_any_country_counts_none() -> None:
    nobody: np.ndarray = np.array([], dtype=np.str_)
    assert country_places(np.array(["CI", ""]), nobody).tolist() == [-1, -1]
