"""Properties P1 to P11 of RM-1.0 section 14 (P9 and P12 to P14 also in test_risk_propagation)."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from supply_chain.graph.columns import LinkColumns, NodeColumns
from supply_chain.graph.graph import ValueChain
from supply_chain.graph.unknown_origins import with_unknown_origins
from supply_chain.reference.release import load_reference
from supply_chain.risk.assessment import chain_plan
from supply_chain.risk.cases import read_cases, score_cases
from supply_chain.risk.evidence import observations_from
from supply_chain.risk.factors import adjust, combine
from supply_chain.risk.method import METHOD
from supply_chain.risk.propagation import exposure, linkage
from supply_chain.vocabulary import FlowEvidence, Issue
from tests.sampling import examples

REFERENCE = load_reference()
unit = st.floats(0, 1)
ages = st.sampled_from([0.0, 3.0, 12.0, 60.0, 61.0, 90.0, 181.0, 1e5])
source_types = st.sampled_from(METHOD.source_types)
sources = st.tuples(unit, source_types, ages)
factor_refs = st.sampled_from(METHOD.factors)
issues = st.sampled_from([issue.value for issue in Issue])
levels = st.sampled_from(METHOD.policy.evidence_levels)
control_lines = st.lists(
    st.fixed_dictionaries(
        {"control": st.sampled_from(METHOD.controls), "coverage": unit, "evidence": levels}
    ),
    max_size=6,
    unique_by=lambda line: line["control"],
)
factor_lines = st.lists(
    st.tuples(factor_refs, st.lists(sources, max_size=3)), max_size=6, unique_by=lambda f: f[0]
)
states = st.sampled_from([None, "confirmed", "credible", "red_flag", {"closed_months": 5}])
traits = st.one_of(st.none(), st.floats(1, 5))
severities = st.fixed_dictionaries({"scale": traits, "scope": traits, "irremediability": traits})


def as_json(factors):
    return [
        {
            "factor": ref,
            "observations": [{"value": v, "source_type": t, "age_months": a} for v, t, a in seen],
        }
        for ref, seen in factors
    ]


@st.composite
def cases(draw):
    return {
        "id": "c",
        "issue": draw(issues),
        "factors": as_json(draw(factor_lines)),
        "controls": draw(control_lines),
        "severity": draw(severities),
        "state": draw(states),
    }


def score(case):
    read, problems = read_cases([case], REFERENCE)
    assert problems == []
    return score_cases(read, REFERENCE)[0]


def combined(rows):
    cells = combine(observations_from([(0, "WRK-03", v, t, a, None, None) for v, t, a in rows]))
    return cells.score[0], cells.quality[0]


def adjusted(rows, prior=0.6):
    if not rows:
        return prior
    values, quality = combined(rows)
    return float(adjust(np.array(values), np.array(quality), np.array(prior)))


@given(cases())
@examples(120)
def test_p1_p6_p7_p8_bounds_of_every_case(case):
    answer = score(case)
    floor = METHOD.floor[[i.value for i in Issue].index(case["issue"])]
    assert 0 <= answer["residual_likelihood"] <= answer["likelihood"] <= 1
    assert 0 <= answer["confidence"] <= 1
    assert answer["residual_severity"] >= floor
    assert answer["severity"] >= answer["residual_severity"] - 1e-12
    best = max((c["evidence"] for c in case["controls"]), default=0)
    least = answer["likelihood"] * max(0.2, 1 - best)
    assert answer["residual_likelihood"] >= least - 1e-12
    if case["state"] == "confirmed":
        assert answer["likelihood"] == answer["residual_likelihood"] == 1
    assert all(part["contribution"] >= 0 for part in answer["contributions"])


@given(cases(), st.randoms(), unit)
@examples(100)
def test_p2_a_worse_sole_observation_never_lowers_likelihood(case, random, more):
    single = [f for f in case["factors"] if len(f["observations"]) == 1]
    assume(single)
    before = score(case)["likelihood"]
    seen = random.choice(single)["observations"][0]
    seen["value"] = max(seen["value"], more)
    assert score(case)["likelihood"] >= before - 1e-12


@given(st.lists(sources, min_size=1, max_size=4), st.integers(0, 3), unit)
@examples(200)
def test_p2_a_worse_score_of_one_source_never_lowers_the_factor(rows, at, more):
    value, kind, age = rows[at % len(rows)]
    worse = list(rows)
    worse[at % len(rows)] = (max(value, more), kind, age)
    assert combined(worse)[0] >= combined(rows)[0] - 1e-12


@given(unit, unit, unit, unit)
def test_p3_lower_quality_never_lowers_the_adjusted_score(value, prior, first, second):
    low, high = sorted((first, second))
    weak, strong = (adjust(np.array(value), np.array(q), np.array(prior)) for q in (low, high))
    assert weak >= strong - 1e-12


@given(sources)
def test_p4_deleting_the_only_observation_never_lowers_the_score_unless_it_was_bad(row):
    assume(row[0] <= 0.6)
    assert adjusted([]) >= adjusted([row]) - 1e-12


@given(st.lists(sources, min_size=1, max_size=4), sources)
@examples(300)
def test_p4_deleting_one_at_or_below_the_others_never_lowers_the_score(others, row):
    assume(row[0] <= combined(others)[0])
    assert adjusted(others) >= adjusted([*others, row]) - 1e-9


@given(cases(), control_lines)
@examples(100)
def test_p5_one_more_control_never_raises_residual_likelihood(case, more):
    listed = {line["control"] for line in case["controls"]}
    extra = [line for line in more if line["control"] not in listed]
    before = score(case)["residual_likelihood"]
    after = score(case | {"controls": case["controls"] + extra})["residual_likelihood"]
    assert after <= before + 1e-12


@given(cases(), st.randoms())
@examples(60)
def test_p9_the_order_of_factors_sources_and_controls_does_not_matter(case, random):
    before = score(case)
    random.shuffle(case["factors"])
    random.shuffle(case["controls"])
    for line in case["factors"]:
        random.shuffle(line["observations"])
    assert score(case) == before


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([0, 0.1, 0.3, 0.7])),
             max_size=10),
    st.lists(unit, min_size=5, max_size=5),
    unit,
)  # fmt: skip
@examples(100)
def test_p10_a_ghost_for_what_known_shares_leave_never_lowers_any_risk(links, own, ghost):
    nodes = NodeColumns.build(list("ABCDE"), origin=[True] * 5)
    ids = nodes.ids
    chain = ValueChain.build(
        nodes=nodes,
        links=LinkColumns.build(
            nodes,
            buyer=[ids[b] for b, _, _ in links],
            supplier=[ids[s] for _, s, _ in links],
            share=[w for *_, w in links],
            flow=[FlowEvidence.PROBABLE] * len(links),
        ),
    )
    more = with_unknown_origins(chain)
    before, after = (
        results(c, np.array(own + [ghost] * (len(c) - 5))[:, None]) for c in (chain, more)
    )
    for old, new in zip(before, after, strict=True):
        assert (new[:5] >= old - 1e-9).all()


def results(chain, residual):
    plan = chain_plan(chain)
    return [
        plan.from_plan(function(plan, plan.to_plan(residual))) for function in (exposure, linkage)
    ]


@given(unit, unit, unit, unit)
def test_p11_a_lower_score_on_the_same_evidence_is_never_adjusted_higher(first, second, q, prior):
    low, high = sorted((first, second))
    below, above = (adjust(np.array(s), np.array(q), np.array(prior)) for s in (low, high))
    assert below <= above + 1e-12


def test_all_red_flags_that_set_scores_name_factors_of_the_method():
    for flag in METHOD.red_flags:
        assert all(METHOD.factor_index[ref] >= 0 for ref in flag.sets)
        assert list(flag.sets.values()) == pytest.approx([min(1, v) for v in flag.sets.values()])
