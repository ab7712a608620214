"""Worked examples of RM-1.0 sections 3, 7, 8 and 9, by their ids."""

import numpy as np
import pytest

from supply_chain.risk.factors import (
    FACTORS,
    PRIOR,
    Cells,
    FactorTable,
    Observations,
    adjust,
    combine,
)
from supply_chain.risk.method import METHOD, METHOD_VERSION
from supply_chain.risk.observations import data_quality, normalise
from supply_chain.risk.scoring import (
    RISK_BANDS,
    Controls,
    Facts,
    Groups,
    Judgement,
    capped_evidence,
    confidence,
    group_scores,
    judge,
    likelihood,
    recurrence_floor,
    relief,
    risk_band,
    risk_index,
    severity,
    severity_before_floor,
)
from supply_chain.vocabulary import Issue

ISSUE = {issue.value[4:]: position for position, issue in enumerate(Issue)}
NAN = float("nan")


def close(expected):
    return pytest.approx(expected, abs=1e-4)


def observations(*rows, factor="WRK-01"):
    """Rows (value, source type, age in months[, quality]) of one factor at one node."""
    return Observations(
        node=np.zeros(len(rows), np.int64),
        factor=np.full(len(rows), METHOD.factor_index[factor]),
        value=np.array([r[0] for r in rows], float),
        source_type=np.array([METHOD.source_index[r[1]] for r in rows], np.int64),
        age_months=np.array([r[2] for r in rows], float),
        quality=np.array([r[3] if len(r) > 3 else NAN for r in rows], float),
        source=np.full(len(rows), -1),
    )


def combined(*rows):
    cells = combine(observations(*rows))
    return cells.score[0], cells.quality[0]


def empty_cells():
    return Cells(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))


def table(cells=None, dropped=(), online=False):
    return FactorTable(
        cells or empty_cells(),
        empty_cells(),
        np.array(sorted(METHOD.factor_index[f] for f in dropped), np.int64),
        np.array([online]),
    )


def facts(rule=0.0, confirmed=(), found_by=None):
    confirmed_ = np.zeros((1, 16), bool)
    found = np.full((1, 16), -1)
    for code in confirmed:
        confirmed_[0, ISSUE[code]] = True
        if found_by:
            found[0, ISSUE[code]] = METHOD.control_index[found_by]
    return Facts(np.full((1, 16), rule), confirmed_, found)


def controls(*rows):
    """Rows (control, coverage, evidence)."""
    listed, coverage, evidence = np.zeros((1, 24), bool), np.zeros((1, 24)), np.zeros((1, 24))
    for ref, cov, e in rows:
        at = METHOD.control_index[ref]
        listed[0, at], coverage[0, at], evidence[0, at] = True, cov, e
    return Controls(listed, coverage, evidence, np.ones((1, 24)))


def judgement(a, b, c):
    return Judgement(np.full((1, 16), a), np.full((1, 16), b), np.full((1, 16), c))


def issue_likelihood(code, **groups):
    score = np.array([[groups.get(g, 0.0) for g in METHOD.groups]])
    return likelihood(score)[0, ISSUE[code]]


def test_method_is_named_and_its_parameters_have_a_hash():
    assert METHOD_VERSION == "RM-1.0"
    assert len(METHOD.parameters_sha256) == 64
    assert (len(METHOD.factors), len(METHOD.controls), len(METHOD.red_flags)) == (77, 24, 15)


@pytest.mark.parametrize(
    ("factor", "raw", "expected"),
    [("CTY-01", 22, 0.7333), ("CTY-08", 58, 0.7), ("CTY-07", -0.8, 0.7667), ("CTY-13", 5.6, 0.6)],
)
def test_ex_01_indicators_are_normalised_between_their_anchors(factor, raw, expected):
    at = METHOD.factor_index[factor]
    assert normalise(raw, METHOD.lo[at], METHOD.hi[at]) == close(expected)


@pytest.mark.parametrize(
    ("reliability", "age", "half_life", "expected"),
    [(0.8, 9, 18, 0.5657), (0.3, 18, 18, 0.15), (0.9, 36, 36, 0.45)],
)
def test_ex_02_quality_halves_with_each_half_life(reliability, age, half_life, expected):
    assert data_quality(reliability, age, half_life) == close(expected)


def test_ex_03_precaution_pulls_weak_data_towards_the_prior():
    adjusted = adjust(
        np.array([0.3, NAN, NAN, 0.9]),
        np.array([0.5, 0, 0, 0.3]),
        np.array([0.6, 0.6, 0.75, 0.6]),
    )
    assert adjusted == close([0.45, 0.6, 0.75, 0.9])


def test_ex_04_a_questionnaire_factor_of_middling_quality_stays_near_the_prior():
    answers = np.array([[3, 0], [2, 0.5], [2, 0.75]])
    score = np.average(answers[:, 1], weights=answers[:, 0])
    assert score == close(0.3571)
    assert adjust(score, np.array(0.5), np.array(0.6)) == close(0.4786)


def test_ex_05_self_report_does_not_average_away_an_unannounced_visit():
    score, quality = combined((0.2, "supplier_answer", 0), (0.7, "site_work", 9))
    assert (score, quality) == close((0.7, 0.696))


def test_ex_06_an_admission_counts_as_reliable():
    assert combined((0.8, "admission", 0), (0.1, "site_work", 9))[0] == close(0.8)


@pytest.mark.parametrize(
    ("scores", "mean", "expected"),
    [
        ([(3, 0.2, 1), (3, 0.75, 1), (2, 0.4786, 0), (2, 0.6, 0), (1, 0.3, 0)], 0.4825, 0.6),
        ([(3, 0.95, 1), (3, 0.1, 1), (2, 0.1, 0), (2, 0.1, 0), (2, 0.1, 0)], 0.3125, 0.76),
    ],
    ids=["EX-07", "EX-08"],
)
def test_ex_07_and_08_one_alarming_critical_fact_does_not_vanish(scores, mean, expected):
    picked, cells = pick_wrk_factors(scores)
    rest = [f for f in METHOD.factors if f.startswith("WRK") and f not in picked]
    rows = table(cells, dropped=rest).rows(0, 1)
    weight = METHOD.weight[[METHOD.factor_index[f] for f in picked]]
    assert np.average([s for _, s, _ in scores], weights=weight) == close(mean)
    assert group_scores(rows).score[0, 2] == close(expected)


def pick_wrk_factors(scores):
    """WRK factors with the weights and criticality asked for, observed with full quality."""
    free, picked = [f for f in METHOD.factors if f.startswith("WRK")], []
    for weight, _, critical in scores:
        at = METHOD.factor_index
        ref = next(
            f
            for f in free
            if METHOD.weight[at[f]] == weight and METHOD.critical[at[f]] == bool(critical)
        )
        free.remove(ref)
        picked.append(ref)
    order = np.argsort([METHOD.factor_index[f] for f in picked])
    cell = np.array([METHOD.factor_index[picked[i]] for i in order])
    return picked, Cells(cell, np.array([scores[i][1] for i in order]), np.ones(len(picked)))


@pytest.mark.parametrize(
    ("code", "groups", "expected"),
    [
        ("CL", {"CTY": 0.7, "SEC": 0.85, "WRK": 0.6, "COM": 0.5}, 0.7962),
        ("CL", {}, 0.02),
        ("CL", dict.fromkeys(METHOD.groups, 1.0), 0.9299),
        ("CL", {"CTY": 0.1, "SEC": 0.15, "WRK": 0.1, "COM": 0.05}, 0.2005),
        ("CL", dict.fromkeys(METHOD.groups, 0.6), 0.7468),
        ("CT", {"CTY": 0.7, "SEC": 0.55, "WRK": 0.6, "COM": 0.8}, 0.7557),
        ("OS", {"CTY": 0.4, "SEC": 0.8, "WRK": 0.2, "COM": 0.2, "ONL": 0.7}, 0.6470),
    ],
    ids=["EX-09", "EX-10a", "EX-10b", "EX-10c", "EX-11", "EX-12a", "EX-12b"],
)
def test_ex_09_to_12_groups_join_as_a_leaky_noisy_or(code, groups, expected):
    assert issue_likelihood(code, **groups) == close(expected)


@pytest.mark.parametrize(
    ("traits", "expected"),
    [((4, 3, 4), 3.8667), ((5, 2, 5), 4.6), ((3, 1, 2), 2.6), ((3, 3, 3), 3.0)],
)
def test_ex_13_the_worst_trait_weighs_most_in_severity(traits, expected):
    assert severity_before_floor(judgement(*traits))[0, 0] == close(expected)


def test_ex_14_severity_stands_on_its_floor_and_index_is_high():
    value = severity(judgement(4.0, 3.0, 4.0))[:, [ISSUE["CL"]]]
    likelihood_ = np.array([[issue_likelihood("CL", CTY=0.7, SEC=0.85, WRK=0.6, COM=0.5)]])
    index = risk_index(value, likelihood_)
    assert value[0, 0] == 4.0
    assert index[0, 0] == close(71.3837)
    assert RISK_BANDS[risk_band(index, np.array([[False]]))[0, 0]] == "high"


def test_ex_15_controls_lower_likelihood_by_their_product():
    rows = controls(("CTL-02", 0.8, 0.75), ("CTL-05", 0.5, 0.9), ("CTL-14", 1.0, 0.25))
    result = relief(rows, rows.evidence, judgement(4.0, 3.0, 4.0))
    residual = 0.7961975 * result.factor[0, 0]
    assert result.product[0, 0] == close(0.4165)
    assert residual == close(0.3316)
    index = risk_index(np.array([[4.0]]), np.array([[residual]]))
    assert index[0, 0] == pytest.approx(46.0677, abs=1e-3)
    assert RISK_BANDS[risk_band(index, np.array([[False]]))[0, 0]] == "medium"


@pytest.mark.parametrize(
    ("strengths", "best", "product", "residual"),
    [((0.5, 0.6, 0.5), 0.9, 0.1, 0.16), ((0.5, 0.5, 0.5), 0.75, 0.125, 0.2)],
)
def test_ex_16_a_fifth_or_the_unproven_part_always_remains(strengths, best, product, residual):
    refs = ("CTL-02", "CTL-05", "CTL-09")
    listed = controls(*[(ref, 1.0, best) for ref in refs])
    for ref, strength in zip(refs, strengths, strict=True):
        at = METHOD.control_index[ref]
        listed.design[0, at] = strength / (METHOD.design[at] * best)
    result = relief(listed, listed.evidence, judgement(4.0, 3.0, 4.0))
    assert result.product[0, 0] == close(product)
    assert 0.8 * result.factor[0, 0] == close(residual)


@pytest.mark.parametrize(
    ("severity_", "likelihood_", "index", "band"),
    [
        (5, 0.05, 22.3607, "low"),
        (5, 0.10, 31.6228, "medium"),
        (5, 0.25, 50, "high"),
        (5, 0.50, 70.7107, "high"),
        (5, 0.75, 86.6025, "critical"),
        (5, 1, 100, "critical"),
        (4, 1, 80, "critical"),
        (3, 0.75, 51.9615, "high"),
        (2, 1, 40, "medium"),
        (1, 1, 20, "low"),
    ],
)
def test_ex_17_and_18_index_and_band(severity_, likelihood_, index, band):
    value = risk_index(np.array([severity_]), np.array([likelihood_]))
    assert value[0] == close(index)
    assert RISK_BANDS[risk_band(value, np.array([False]))[0]] == band


def test_ex_19_the_recurrence_floor_fades_by_half_a_year():
    assert recurrence_floor(np.array([6, 12, 24])) == close([0.3536, 0.25, 0.125])


def test_ex_25_confidence_is_the_weighted_quality():
    pairs = np.array([[3, 0.9], [2, 0.45], [2, 0], [1, 0.5]])
    weight = np.zeros((1, 5))
    known = np.zeros((1, 5))
    weight[0, :4], known[0, :4] = pairs[:, 0], pairs[:, 0] * pairs[:, 1]
    groups = Groups(np.zeros((1, 5)), weight > 0, weight, known)
    assert confidence(groups)[0, ISSUE["CL"]] == close(0.5125)


def test_ex_27_nothing_known_is_never_a_low_score():
    groups = group_scores(table().rows(0, 1))
    assert groups.score[0] == close([0.6161, 0.6529, 0.6558, 0.6312, 0])
    assert not groups.applies[0, 4]
    result = likelihood(groups.score)[0]
    assert (result[ISSUE["CL"]], result[ISSUE["CT"]]) == close((0.7746, 0.7392))
    assert (confidence(groups) == 0).all()


COM = [f for f in METHOD.factors if f.startswith("COM")]
COM_ORDINARY = [f for f in COM if not METHOD.critical[METHOD.factor_index[f]]]


@pytest.mark.parametrize(
    ("dropped", "online", "code", "expected"),
    [
        (COM, False, "CL", 0.7107),
        (COM_ORDINARY, False, "CL", 0.7866),
        ([], False, "OS", 0.3230),
        ([], True, "OS", 0.6508),
    ],
)
def test_ex_28_only_what_counts_as_not_applicable_is_dropped(dropped, online, code, expected):
    groups = group_scores(table(dropped=dropped, online=online).rows(0, 1))
    assert likelihood(groups.score)[0, ISSUE[code]] == close(expected)
    if online:
        assert groups.score[0, 4] == close(0.6457)


def test_ex_30_remedy_eases_irremediability_only_and_the_cap_holds():
    listed, traits = controls(("CTL-07", 0.8, 0.9)), judgement(4.0, 3.0, 4.0)
    free = relief(listed, listed.evidence, traits).severity[0]
    capped = capped_evidence(listed, facts(confirmed=["YW"]))
    after = relief(listed, capped, traits).severity[0]
    assert severity(traits)[0, ISSUE["YW"]] == close(3.8667)
    assert free[ISSUE["YW"]] == close(3.7707)
    assert after[ISSUE["YW"]] == close(3.8133)
    assert free[ISSUE["CL"]] == 4.0


@pytest.mark.parametrize(
    ("code", "irremediability", "sec01", "expected"),
    [
        ("YW", NAN, 0.75, 3.0),
        ("YW", NAN, 0.85, 3.7333),
        ("YW", 5.0, 0.75, 4.4667),
        ("HZ", NAN, 0.85, 4.5),
    ],
)
def test_ex_31_unknown_traits_are_filled_with_care(code, irremediability, sec01, expected):
    unknown = np.full((1, 16), NAN)
    filled = judge(unknown, unknown, np.full((1, 16), irremediability), np.array([sec01]))
    assert severity(filled)[0, ISSUE[code]] == close(expected)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(0.1, "site_work", 0), (0.55, "media_ngo", 24)], (0.55, 0.83, 0.5585)),
        ([(0.1, "site_work", 0)], (0.1, 0.8, 0.2)),
        ([(0.0, "supplier_answer", 0), (0.5, "inference", 0)], (0.25, 0.51, 0.4215)),
        ([(0.0, "supplier_answer", 0)], (0.0, 0.3, 0.42)),
    ],
)
def test_ex_32_taking_an_observation_away_can_move_a_score_either_way(rows, expected):
    score, quality = combined(*rows)
    adjusted = adjust(np.array(score), np.array(quality), np.array(0.6))
    assert (score, quality, float(adjusted)) == close(expected)


def test_ex_33_only_the_groups_an_issue_uses_count_for_confidence():
    cell = np.arange(FACTORS)
    quality = np.where(METHOD.factor_group == 4, 0.9, 0.45)
    rows = table(Cells(cell, np.zeros(FACTORS), quality), online=True).rows(0, 1)
    result = confidence(group_scores(rows))[0]
    assert (result[ISSUE["CL"]], result[ISSUE["CT"]]) == close((0.45, 0.5267))


@pytest.mark.parametrize(
    ("evidence", "product", "factor", "expected"),
    [(0.25, 0.1943, 0.75, 0.5809), (0.5, 0.1531, 0.5, 0.3873)],
)
def test_ex_38_paper_controls_lower_no_more_than_the_best_proven(
    evidence, product, factor, expected
):
    helping = [c for c, helps in zip(METHOD.controls, METHOD.helps[:, 0], strict=True) if helps]
    rows = controls(*[(c, 1.0, evidence if c == "CTL-05" else 0.25) for c in helping])
    result = relief(rows, rows.evidence, judgement(4.0, 3.0, 4.0))
    nothing_known = likelihood(group_scores(table().rows(0, 1)).score)[0, 0]
    assert len(helping) == 14
    assert (result.product[0, 0], result.factor[0, 0]) == close((product, factor))
    assert nothing_known * result.factor[0, 0] == close(expected)


@pytest.mark.parametrize(
    ("age", "newer", "expected"),
    [(61, "audit", 0.1271), (60, "audit", 0.9), (61, "supplier_answer", 0.9)],
)
def test_ex_39_an_old_finding_steps_back_only_after_an_equally_reliable_look(age, newer, expected):
    assert combined((0.9, "media_ngo", age), (0.1, newer, 3))[0] == close(expected)


@pytest.mark.parametrize(
    ("found_by", "expected"), [(None, (0.5, 0.9, 0.5)), ("CTL-05", (0.9, 0.9, 0.5))]
)
def test_ex_40_controls_that_failed_are_capped_unless_they_found_it(found_by, expected):
    rows = controls(("CTL-05", 1, 0.9), ("CTL-09", 1, 0.9), ("CTL-07", 1, 0.75))
    capped = capped_evidence(rows, facts(confirmed=["FL"], found_by=found_by))[0]
    used = tuple(capped[METHOD.control_index[c]] for c in ("CTL-05", "CTL-09", "CTL-07"))
    assert used == expected


def test_ex_43_a_questionnaire_signal_keeps_its_own_quality():
    assert combined((0.65, "admission", 0, 0.4625)) == close((0.65, 0.4625))


def test_priors_are_higher_for_critical_factors():
    assert set(PRIOR[METHOD.critical]) == {0.75}
    assert set(PRIOR[~METHOD.critical]) == {0.6}
