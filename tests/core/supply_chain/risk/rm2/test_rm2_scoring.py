"""Worked examples of RM-2.0 sections 3 to 9, by their ids."""

import numpy as np
import pytest

from supply_chain.risk.observations import data_quality
from supply_chain.risk.rm2.evidence import counted, event_points
from supply_chain.risk.rm2.method import ISSUE_INDEX, METHOD, METHOD_VERSION
from supply_chain.risk.rm2.observations import Observations, combine
from supply_chain.risk.rm2.points import likelihood, points_of
from supply_chain.risk.rm2.severity import (
    RISK_BANDS,
    index_band,
    risk_index,
    shown_band,
)
from tests.rm2_cases import (
    MID,
    control,
    factor,
    helping,
    linked,
    mid,
    points_of_lines,
    score,
    seen,
)

SIX = ("points", "points_low", "points_high", "index", "band", "grade")


def close(expected):
    return pytest.approx(expected, abs=1e-4)


def check_six(answer, expected):
    """Points, range, index to the fourth decimal; band and grade as they are."""
    found = [answer[key] for key in SIX]
    assert found[:4] == close(list(expected[:4]))
    assert tuple(found[4:]) == expected[4:]


def combined(*rows):
    """s and q of one factor seen in rows (value, source type, age in months)."""
    count = len(rows)
    cells = combine(
        Observations(
            node=np.zeros(count, np.int64),
            factor=np.full(count, METHOD.factor_index["WRK-01"]),
            value=np.array([row[0] for row in rows], float),
            source_type=np.array([METHOD.source_index[row[1]] for row in rows]),
            age_months=np.array([row[2] for row in rows], float),
            quality=np.full(count, np.nan),
            source=np.full(count, -1),
        )
    )
    return cells.score[0], cells.quality[0]


def test_method_is_named_and_its_parameters_have_a_hash():
    assert METHOD_VERSION == "RM-2.0"
    assert len(METHOD.parameters_sha256) == 64
    sizes = (len(METHOD.factors), len(METHOD.events), len(METHOD.controls), len(METHOD.red_flags))
    assert sizes == (78, 10, 24, 15)


@pytest.mark.parametrize(
    ("reliability", "age", "half_life", "expected"),
    [(0.80, 9, 18, 0.5657), (0.30, 18, 18, 0.1500), (0.90, 36, 36, 0.4500)],
)
def test_ex_02_quality_halves_with_each_half_life(reliability, age, half_life, expected):
    assert data_quality(reliability, age, half_life) == close(expected)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(1, "admission", 18), (0.1, "site_work", 3)], 0.4235),
        ([(1, "admission", 18), (0.1, "site_work", 13)], 1),
        ([(1, "admission", 18), (0.1, "audit", 3)], 1),
        ([(0, "supplier_answer", 0)] * 3, 0),
    ],
)
def test_ex_04_an_admission_stands_until_an_independent_look_half_a_year_later(rows, expected):
    assert combined(*rows)[0] == close(expected)


def test_ex_04_the_supplier_s_own_word_is_one_source():
    assert combined(*[(0, "supplier_answer", 0)] * 3)[1] == close(0.3)


@pytest.mark.parametrize(
    ("age", "newer", "expected"),
    [(61, "audit", 0.1271), (60, "audit", 0.9), (61, "supplier_answer", 0.9)],
)
def test_ex_05_an_old_finding_steps_back_only_after_an_equally_reliable_source(
    age, newer, expected
):
    assert combined((0.9, "media_ngo", age), (0.1, newer, 3))[0] == close(expected)


def test_ex_06_points_and_likelihood_are_two_ways_to_say_the_same():
    points = np.array([0, 35, 60, 65, 70, 100.0])
    expected = [0.0001, 0.0154, 0.3333, 0.5000, 0.6667, 0.9922]
    assert likelihood(points) == close(expected)
    found = points_of(np.array([0.01, 0.10, 0.50, 0.90]))
    assert found == close([31.8532, 49.1504, 65, 80.8496])


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            {"country": "PK", "sector": "garments", "issue": "ISS-FL"},
            (49.5851, 38.5670, 66.6585, 55.5851, "high", "D"),
        ),
        (
            {"country": "BE", "sector": "retail", "issue": "ISS-FL"},
            (13.8331, 2.8150, 30.9065, 19.8331, "low", "D"),
        ),
        (
            {"country": "BE", "sector": "retail"},
            (21.8622, 10.7438, 41.4891, 19.1956, "low", "D"),
        ),
        (
            {"country": "CH", "sector": "retail", "issue": "ISS-AC"},
            (0, 0, 11.4782, 6, "low", "D"),
        ),
        (
            {"country": "CD", "sector": "cobalt_mining", "commodity": "cobalt"},
            (82.7465, 72.1967, 97.7888, 80.0799, "critical", "D"),
        ),
        (
            {"country": "CD", "sector": "business_software"},
            (29.8925, 19.3427, 44.9348, 27.2258, "low", "D"),
        ),
        ({}, (54.9830, 38.2319, 74.4540, 52.3164, "high", "E")),
        ({"issue": "ISS-OS"}, (37.2689, 21.4691, 52.4524, 43.2689, "medium", "E")),
    ],
    ids=["EX-11", "EX-12 FL", "EX-12 CL", "EX-13", "EX-14 mine", "EX-14 firm", "EX-16 CL", "EX-16 OS"],
)  # fmt: skip
def test_ex_11_to_16_public_data_alone_order_places_and_trades(case, expected):
    check_six(score(**case), expected)


def test_ex_15_the_score_is_a_sum_of_lines():
    answer = score(country="CD", sector="cobalt_mining", commodity="cobalt")
    expected = {
        "base": 57.7501,
        "country": 6.7368,
        "activity": 8.2597,
        "listing": 10,
        "limit": 0,
        "fact": 0,
        "severity": -2.6667,
        "index_limit": 0,
    }
    assert points_of_lines(answer) == close(expected)


@pytest.mark.parametrize(
    ("strength", "value", "quality", "expected"),
    [
        ("direct", 1, 0.8, 16),
        ("direct", 0, 0.8, -6.4),
        ("strong", 0.75, 0.3, 1.5),
        ("some", 0.5, 0.9, 0),
        ("some", 0, 0.5, -1),
    ],
)
def test_ex_17_a_finding_weighs_more_than_no_finding(strength, value, quality, expected):
    ref = {"direct": "WRK-01", "strong": "WRK-11", "some": "WRK-02"}[strength]
    source = {0.8: "site_work", 0.3: "supplier_answer", 0.9: "official", 0.5: "supplier_evidence"}
    answer = mid(factors=[factor(ref, seen(value, source[quality]))])
    assert points_of_lines(answer)[ref] == close(expected)


def test_ex_18_items_fade_by_size_on_each_side():
    found = counted(np.array([[16.0, 8, 3, -2, -1]]))
    assert found[0] == close([16, 4.8, 1.08, -2, -0.6])


def test_ex_19_silence_is_never_below_not_asking_and_admission_is_found_out_first():
    admitted = factor("WRK-01", seen(1, "admission"))
    answers = [
        mid(),
        mid(factors=[factor("WRK-01", blank=True)]),
        mid(factors=[admitted]),
    ]
    assert [a["points"] for a in answers] == close([57.7501, 61.9501, 73.7501])
    assert [a["points_high"] for a in answers] == close([72.7917, 80.1019, 87.5953])


@pytest.mark.parametrize(
    ("observation", "expected"),
    [
        (seen(0.7, "supplier_answer"), 60.1501),
        (seen(0.2, "supplier_evidence"), 55.3501),
        (seen(0.3, "supplier_evidence"), 56.1501),
        (seen(0, "site_work"), 51.3501),
    ],
    ids=["none found, no checks", "none found with checks", "found and supported", "visit"],
)
def test_ex_20_what_was_checked_counts_more_than_what_is_said(observation, expected):
    assert mid(factors=[factor("WRK-01", observation)])["points"] == close(expected)


@pytest.mark.parametrize(
    ("source", "expected"), [("supplier_answer", 61.9501), ("site_work", 51.3501)]
)
def test_ex_21_a_blank_counts_unless_a_reliable_source_speaks(source, expected):
    blank = factor("WRK-01", seen(0, source), blank=True)
    assert mid(factors=[blank])["points"] == close(expected)


@pytest.mark.parametrize(("approved", "high"), [(False, 72.7917), (True, 72.4895)])
def test_ex_22_not_applicable_narrows_the_range_once_approved(approved, high):
    reason = factor("WRK-11", not_applicable="no home-based work", approved=approved)
    answer = mid(factors=[reason])
    assert (answer["points"], answer["points_high"]) == close((57.7501, high))


def test_ex_24_all_good_news_of_a_visit_takes_a_limited_part():
    good = [factor(ref, seen(0)) for ref in linked("ISS-CL")]
    answer = mid(factors=good)
    assert (answer["points"], answer["completeness"]) == close((46.5745, 0.8))
    assert answer["grade"] == "A"


@pytest.mark.parametrize(("months", "expected"), [(3, 10.8), (12, 10.8), (15, 5.4), (40, 0)])
def test_ex_25_an_event_fades_after_its_months_at_full(months, expected):
    points = event_points(
        np.array([METHOD.event_index["EVT-03"]]),
        np.array([METHOD.source_index["official"]]),
        np.array([float(months)]),
        np.array([np.nan]),
    )
    assert points[0, ISSUE_INDEX["ISS-EM"]] == close(expected)


def test_ex_26_an_observation_of_the_region_moves_the_country_s_value():
    answer = mid(factors=[factor("CTY-01", seen(0.9, "official", 36))])
    found = [answer[key] for key in ("vulnerability", "points", "points_high")]
    assert found == close([0.5600, 59.2438, 72.5949])


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"listed": ["child_labour", "forced_labour"]}, {"CL": 10, "HZ": 10, "FL": 7, "CT": 4}),
        ({"listed": ["forced_child_labour"]}, {"CL": 10, "HZ": 10, "FL": 14, "CT": 7}),
        ({"listed_elsewhere": {"child_labour": 1}}, {"CL": 0}),
        ({"listed_elsewhere": {"child_labour": 2}}, {"CL": 3}),
        ({"listed_elsewhere": {"child_labour": 6}}, {"CL": 6}),
    ],
)
def test_ex_28_a_published_listing_adds_points(case, expected):
    found = {
        code: points_of_lines(mid(issue=f"ISS-{code}", **case))["listing"] for code in expected
    }
    assert found == close(expected)


@pytest.mark.parametrize(
    ("code", "judged", "expected"),
    [
        ("CL", None, 3.7333),
        ("HZ", None, 4),
        ("FL", None, 4.6),
        ("CT", None, 4.6),
        ("YW", None, 2.8667),
        ("DP", None, 3.6),
        ("CL", {"people": 45}, 3.6),
        ("CL", {"people": 12_000}, 4.6),
    ],
)
def test_ex_30_severity_of_what_was_not_judged_is_the_issue_s(code, judged, expected):
    assert score(issue=f"ISS-{code}", severity=judged)["severity"] == close(expected)


@pytest.mark.parametrize(
    ("points", "severity", "index", "band"),
    [
        (60, 4, 60, "critical"),
        (62 + 2 / 3, 3 + 11 / 15, 60, "critical"),
        (59.9999999, 4, 60, "critical"),
        (41.9, 4.6, 47.9, "medium"),
        (46, 2 + 13 / 15, 34.6667, "low"),
        (99, 4.6, 100, "critical"),
    ],
)
def test_ex_31_one_level_of_severity_weighs_ten_points(points, severity, index, band):
    found = risk_index(np.array([points]), np.array([severity]))
    assert found[0] == close(index)
    assert RISK_BANDS[index_band(found)[0]] == band


@pytest.mark.parametrize(
    ("index", "high", "band", "marked"),
    [
        (30, 47.9, "low", False),
        (30, 48, "medium", True),
        (40, 60, "medium", True),
        (50, 75, "high", False),
        (30, 61, "medium", True),
    ],
)
def test_ex_32_what_is_not_known_is_not_shown_as_low(index, high, band, marked):
    found = shown_band(np.array([float(index)]), np.array([float(high)]))
    assert (RISK_BANDS[found.band[0]], found.not_enough_evidence[0]) == (band, marked)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, (57.7501, 47.2501)),
        ("red_flag", (62.7501, 62.7501)),
        ("credible", (70, 70)),
        ("confirmed", (100, 100)),
        ({"closed_months": 0}, (65, 65)),
        ({"closed_months": 24}, (57.7501, 55)),
    ],
)
def test_ex_33_controls_never_take_points_below_the_rule_of_a_fact(state, expected):
    answer = mid(state=state, controls=[control("CTL-05", 1, 0.75)])
    assert (answer["points"], answer["residual_points"]) == close(expected)


def taken(*controls):
    answer = mid(controls=list(controls))
    lines = sum(line["points"] for line in answer["control_contributions"])
    assert answer["residual_points"] == pytest.approx(answer["points"] + lines)
    return -lines


@pytest.mark.parametrize(
    ("controls", "expected"),
    [
        ([("CTL-05", 0.8, 0.9)], 10.08),
        ([("CTL-02", 1, 0.5)], 6),
        ([("CTL-05", 0.8, 0.9), ("CTL-02", 1, 0.5)], 16.08),
        ([("CTL-02", 1, 0.5), ("CTL-13", 1, 0.5)], 6),
    ],
)
def test_ex_34_controls_add_up_to_the_cap_of_their_evidence(controls, expected):
    assert taken(*[control(*one) for one in controls]) == close(expected)


@pytest.mark.parametrize(
    ("evidence", "monitoring", "expected"),
    [(0.25, (1, 0.25), 2), (0.25, (0.01, 0.9), 2.126), (0.25, (1, 0.9), 14.6), (0.9, (1, 0.9), 18)],
)  # fmt: skip
def test_ex_35_paper_alone_takes_two_points(evidence, monitoring, expected):
    refs = [ref for ref in helping("ISS-CL") if ref != "CTL-05"]
    controls = [control(ref, 1, evidence) for ref in refs] + [control("CTL-05", *monitoring)]
    assert taken(*controls) == close(expected)


@pytest.mark.parametrize(("state", "index"), [(None, 48.2567), ("confirmed", 97.7067)])
def test_ex_36_remedy_eases_irremediability_also_beside_an_impact(state, index):
    answer = mid(
        issue="ISS-YW",
        severity={"scale": 4, "scope": 3, "irremediability": 4},
        controls=[control("CTL-07", 0.8, 0.9)],
        state=state,
    )
    found = [answer[key] for key in ("severity", "residual_severity", "residual_index")]
    assert found == close([3.8667, 3.7707, index])


def test_the_middle_of_every_reference_value_is_a_case_of_its_own():
    assert len(MID) == 27
    assert mid()["grade"] == "D"
