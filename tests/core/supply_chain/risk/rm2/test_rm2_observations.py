"""Observations, factor tables and lowered evidence of RM-2.0 where a map differs from single cases."""

import numpy as np
import pytest

from supply_chain.risk.observations import join_observations
from supply_chain.risk.rm2.controls import reverified
from supply_chain.risk.rm2.evidence import FactorTable
from supply_chain.risk.rm2.method import FACTORS, ISSUE_INDEX, ISSUES, METHOD
from supply_chain.risk.rm2.observations import Observations, combine, silence
from supply_chain.risk.rm2.severity import raised_scale
from tests.rm2_cases import factor, mid, points_of_lines, refused, seen

FIRST, SECOND = (METHOD.factor_index[ref] for ref in ("WRK-01", "WRK-11"))


def observations(*rows):
    """Rows (node, factor, value, source type, age in months, source)."""
    return Observations(
        node=np.array([row[0] for row in rows], np.int64),
        factor=np.array([row[1] for row in rows], np.int64),
        value=np.array([row[2] for row in rows], float),
        source_type=np.array([METHOD.source_index[row[3]] for row in rows], np.int64),
        age_months=np.array([row[4] for row in rows], float),
        quality=np.full(len(rows), np.nan),
        source=np.array([row[5] for row in rows], np.int64),
    )


def table(seen_, blank=(), dropped=(), online=(False, False)):
    return FactorTable(
        combine(seen_), np.array(blank, int), np.array(dropped, int), np.array(online)
    )


def test_of_one_source_only_the_newest_statement_counts():
    found = combine(
        observations(
            (0, FIRST, 0.9, "audit", 12, 7), (0, FIRST, 0.2, "audit", 1, 7), (0, FIRST, 0.4, "audit", 1, -1)
        )
    )  # fmt: skip
    alone = combine(observations((0, FIRST, 0.2, "audit", 1, -1), (0, FIRST, 0.4, "audit", 1, -1)))
    assert (found.score[0], found.quality[0]) == (alone.score[0], alone.quality[0])


def test_sources_without_quality_count_only_when_there_is_no_other():
    faded = [(0, FIRST, value, "audit", 20_000, -1) for value in (0.2, 0.6)]
    alone = combine(observations(*faded))
    beside = combine(observations(*faded, (0, FIRST, 0.1, "supplier_answer", 0, -1)))
    assert (alone.score[0], alone.quality[0]) == (0.6, 0)
    assert (beside.score[0], beside.reliability[0]) == (0.1, 0.3)


def test_quality_given_with_an_answer_takes_the_place_of_reliability():
    answer = observations((0, FIRST, 0.1, "supplier_answer", 12, -1))
    half = Observations(**{**answer.__dict__, "quality": np.array([0.15])})
    assert combine(half).quality[0] == pytest.approx(0.075)


@pytest.mark.parametrize(("value", "age"), [(1.1, 0), (-0.1, 0), (0.5, -1), (0.5, np.nan)])
def test_an_observation_out_of_range_or_without_age_is_an_error(value, age):
    with pytest.raises(ValueError, match="observation"):
        observations((0, FIRST, value, "audit", age, -1))


def test_no_observations_give_no_cells():
    assert len(combine(observations()).cell) == 0


def test_any_run_of_nodes_opens_as_dense_rows():
    seen_ = observations((0, FIRST, 0.3, "audit", 0, -1), (1, SECOND, 0.8, "site_work", 0, -1))
    known = table(seen_, blank=[FIRST + FACTORS], dropped=[SECOND], online=(False, True))
    both, last = known.rows(0, 2), known.rows(1, 2)
    assert (last.score[0, SECOND], last.visit_quality[0, SECOND]) == pytest.approx((0.8, 0.8))
    assert last.blank[0, FIRST] and not both.blank[0, FIRST]
    assert not both.applies[0, SECOND] and both.applies[1, SECOND]
    assert list(both.applies[:, METHOD.online].all(axis=1)) == [False, True]
    for name, rows in last.__dict__.items():
        assert np.array_equal(rows, both.__dict__[name][1:], equal_nan=rows.dtype == float)


def test_silence_is_one_source_on_refusal_to_answer():
    joined = join_observations(observations(), silence(np.array([4])))
    found = combine(joined)
    assert METHOD.factors[found.cell[0] - 4 * FACTORS] == "WRK-23"
    assert (found.score[0], found.quality[0], found.reliability[0]) == (1, 0.6, 0.6)


@pytest.mark.parametrize(
    ("level", "months", "expected"),
    [(0.9, 18, 0.9), (0.9, 19, 0.25), (0.25, 40, 0.25), (0.0, 40, 0.0)],
)
def test_evidence_falls_where_it_is_not_verified_again(level, months, expected):
    assert reverified(np.array([level]), np.array([float(months)]))[0] == expected


def test_harm_to_especially_vulnerable_children_is_one_level_graver():
    scale = np.full((1, ISSUES), np.nan)
    scale[0, 1:3] = 3, 5
    raised = raised_scale(scale, np.ones((1, ISSUES), bool))
    assert list(raised[0, :3]) == [5, 4, 5]
    assert raised[0, ISSUE_INDEX["ISS-YW"]] == 4
    assert np.isnan(raised_scale(scale, np.zeros((1, ISSUES), bool))[0, 0])


def test_a_supplier_that_admits_lowers_nothing_by_answering_the_rest():
    admitted = factor("WRK-01", seen(1, "admission"))
    answered = factor("WRK-01", seen(1, "admission"), seen(0, "supplier_answer"))
    assert (
        points_of_lines(mid(factors=[admitted]))["WRK-01"]
        == points_of_lines(mid(factors=[answered]))["WRK-01"]
    )


def test_indicators_without_a_weight_are_no_factors_of_this_method():
    for ref in ("CTY-02", "CTY-04", "CTY-16", "SEC-02"):
        assert refused(factors=[factor(ref, seen(1))])[0][0] == "factors[0].factor"
