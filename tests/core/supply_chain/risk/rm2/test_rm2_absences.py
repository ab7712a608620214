"""Which factors may be said not to apply at a site (RM-2.0 3.8), and what that changes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.graph.columns import NodeColumns
from supply_chain.reference.release import load_reference
from supply_chain.risk.evidence import Asked, Evidence, NotApplicable, Silent, observations_from
from supply_chain.risk.method import METHOD as RM1
from supply_chain.risk.rm2.absences import Obstacle, missing_factors, obstacle_to
from supply_chain.risk.rm2.method import METHOD
from supply_chain.risk.rm2.subject import Subject, figures_of, subject_of
from supply_chain.vocabulary import Issue
from tests.risk_evidence import ints

NODES = NodeColumns.build(["mill"], country=["PK"], sector=["garments"], commodities=[()])
SITE = [ref for ref in METHOD.factors if ref.startswith("WRK")]


def subject(issue: Issue = Issue.CL, **known: object) -> Subject:
    return subject_of(NODES, Evidence(**known), 0, issue, reference=load_reference())  # type: ignore[arg-type]


def absent(*factors: str) -> NotApplicable:
    at = [RM1.factor_index[factor] for factor in factors]
    return NotApplicable(ints(*[0] * len(at)), ints(*at), np.ones(len(at), dtype=np.bool_))


@pytest.mark.parametrize("factor", ["CTY-01", "SEC-04", "COM-01"])
def test_what_belongs_to_the_place_or_the_activity_always_applies(factor: str):
    assert obstacle_to(subject(), factor) is Obstacle.OF_PLACE


def test_what_is_observed_left_blank_or_hidden_in_silence_applies():
    seen = observations_from([(0, "WRK-11", 0.0, "audit", 1.0, None, None)])
    blank = Asked(ints(0), ints(RM1.factor_index["WRK-09"]))
    found = subject(observations=seen, blank=blank, silent=Silent(ints(0)))
    assert obstacle_to(found, "WRK-11") is Obstacle.OBSERVED
    assert obstacle_to(found, "WRK-09") is Obstacle.BLANK
    assert obstacle_to(found, "WRK-23") is Obstacle.OBSERVED
    assert obstacle_to(found, "WRK-20") is None


def test_online_factors_do_not_count_at_a_mill_and_absent_ones_not_twice():
    assert obstacle_to(subject(Issue.OS), "ONL-01") is Obstacle.OUTSIDE
    assert obstacle_to(subject(not_applicable=absent("WRK-11")), "WRK-11") is Obstacle.OUTSIDE


def test_missing_factors_are_those_of_the_issue_the_heaviest_first():
    found = missing_factors(subject())
    weights = [METHOD.up[METHOD.factor_index[one], 0] for one in found]
    assert found[0] == "WRK-01" and weights == sorted(weights, reverse=True)
    assert all(one.startswith("WRK") for one in found)
    assert set(found) == {one for one in SITE if METHOD.up[METHOD.factor_index[one], 0]}


@given(st.sets(st.sampled_from(SITE), max_size=6), st.sampled_from(tuple(Issue)))
def test_leaving_factors_out_changes_no_estimate_and_never_widens_the_range(
    factors: set[str], issue: Issue
):
    at = tuple(Issue).index(issue)
    before = figures_of(subject(issue).scores, 0, at)
    found = subject(issue, not_applicable=absent(*sorted(factors)))
    after = figures_of(found.scores, 0, at)
    assert (after.points, after.residual_index) == (before.points, before.residual_index)
    assert before.low <= after.low + 1e-9 and after.high <= before.high + 1e-9
    assert not factors & set(missing_factors(found))
