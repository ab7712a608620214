"""Properties of RM-2.0 section 15 that concern scoring, for any case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.risk.rm2.method import METHOD
from supply_chain.vocabulary import Issue
from tests.rm2_cases import factor, points_of_lines, score, score_all, seen
from tests.sampling import examples

TINY = 1e-9
PLACE = [ref for ref in METHOD.factors if ref[:3] in ("WRK", "COM", "ONL")]
SOURCES = st.sampled_from(METHOD.source_types)
SHARES = st.floats(0, 1)
MONTHS = st.floats(0, 120)
OBSERVATION = st.builds(seen, SHARES, SOURCES, MONTHS)


@st.composite
def factors(draw, refs=METHOD.factors):
    """Listed factors: observed, blank, or only named."""
    listed = draw(st.lists(st.sampled_from(refs), max_size=6, unique=True))
    lines = []
    for ref in listed:
        seen_ = draw(st.lists(OBSERVATION, max_size=3))
        blank = ref in PLACE and draw(st.booleans())
        lines.append(factor(ref, *seen_, blank=blank))
    return lines


CONTROLS = st.lists(st.sampled_from(METHOD.controls), max_size=8, unique=True).flatmap(
    lambda refs: st.tuples(
        *(
            st.fixed_dictionaries(
                {
                    "control": st.just(ref),
                    "coverage": SHARES,
                    "evidence": st.sampled_from(METHOD.policy.evidence_levels),
                }
            )
            for ref in refs
        )
    ).map(list)
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "event": st.sampled_from(METHOD.events),
            "source_type": SOURCES,
            "months_since_start": MONTHS,
        }
    ),
    max_size=3,
)
STATES = st.sampled_from([None, "red_flag", "credible", {"closed_months": 7}, "confirmed"])
CASES = st.fixed_dictionaries(
    {
        "id": st.just("c"),
        "issue": st.sampled_from([issue.value for issue in Issue]),
        "country": st.sampled_from([None, "PK", "BE", "CD", "VN"]),
        "sector": st.sampled_from([None, "garments", "retail", "cobalt_mining"]),
        "factors": factors(),
        "events": EVENTS,
        "controls": CONTROLS,
        "state": STATES,
        "severity": st.fixed_dictionaries(
            {"scale": st.none() | st.floats(1, 5), "scope": st.none() | st.floats(1, 5)}
        ),
    }
)


def both(case, **changes):
    """Answers to a case and to the same case with changes."""
    return score_all(case, case | changes | {"id": "changed"})


@examples(60)
@given(CASES)
def test_p1_p7_p13_p16_scores_keep_their_bounds_and_lines_add_up(case):
    answer = score(**case)
    lines = points_of_lines(answer)
    after = ("severity", "index_limit")
    assert sum(lines.values()) == pytest.approx(answer["index"], abs=1e-6)
    estimate = sum(points for line, points in lines.items() if line not in after)
    assert estimate == pytest.approx(answer["points"], abs=1e-6)
    assert 0 <= answer["points_low"] <= answer["points"] <= answer["points_high"] <= 100
    assert answer["index_low"] <= answer["index"] <= answer["index_high"]
    assert 0 < answer["likelihood"] < 1
    assert 0 <= answer["completeness"] <= 1
    assert answer["severity"] >= METHOD.floor[list(Issue).index(case["issue"])]


@examples(60)
@given(CASES, st.data())
def test_p2_raising_any_score_never_lowers_the_points(case, data):
    raised = [
        line
        | {
            "observations": [
                one | {"value": data.draw(st.floats(one["value"], 1))}
                for one in line["observations"]
            ]
        }
        for line in case["factors"]
    ]
    plain, worse = both(case, factors=raised)
    assert worse["points"] >= plain["points"] - TINY


@examples(60)
@given(SHARES, SOURCES, MONTHS, MONTHS)
def test_p3_lower_quality_moves_an_item_towards_zero(value, source, age, more):
    young, old = (
        points_of_lines(score(factors=[factor("WRK-01", seen(value, source, months))]))["WRK-01"]
        for months in (age, age + more)
    )
    assert abs(old) <= abs(young) + TINY
    assert young * old >= 0


@examples(60)
@given(CASES)
def test_p4_without_items_and_listing_the_points_are_the_prior(case):
    bare = case | {"factors": [], "events": [], "state": None}
    answer = score(**bare)
    assert answer["points"] == pytest.approx(min(100, max(0, answer["prior_points"])))


@examples(60)
@given(CASES, st.data())
def test_p5_more_control_never_raises_what_remains(case, data):
    levels = METHOD.policy.evidence_levels
    better = [
        line
        | {
            "coverage": data.draw(st.floats(line["coverage"], 1)),
            "evidence": data.draw(st.sampled_from([e for e in levels if e >= line["evidence"]])),
        }
        for line in case["controls"]
    ]
    plain, more = both(case, controls=better)
    fewer = both(case, controls=case["controls"][1:])[1]
    assert more["residual_points"] <= plain["residual_points"] + TINY
    assert plain["residual_points"] <= fewer["residual_points"] + TINY
    assert more["residual_index"] <= plain["residual_index"] + TINY


@examples(60)
@given(CASES)
def test_p6_controls_take_no_more_than_the_cap_of_the_best_evidence(case):
    answer = score(**case)
    policy = METHOD.policy
    caps = dict(zip(policy.evidence_levels, policy.evidence_caps, strict=True))
    most = max((caps[line["evidence"]] for line in case["controls"]), default=0)
    assert 0 <= answer["points"] - answer["residual_points"] <= most + TINY
    assert -sum(line["points"] for line in answer["control_contributions"]) <= most + TINY


@examples(60)
@given(CASES)
def test_p8_an_open_confirmed_impact_leaves_no_doubt(case):
    answer = score(**case | {"state": "confirmed"})
    found = [answer[key] for key in ("points", "points_low", "points_high", "residual_points")]
    assert found == [100] * 4


@examples(60)
@given(CASES, st.randoms(use_true_random=False))
def test_p9_order_changes_nothing(case, random):
    mixed = {}
    for key in ("factors", "controls"):
        mixed[key] = [dict(line) for line in case[key]]
        random.shuffle(mixed[key])
    for line in mixed["factors"]:
        line["observations"] = random.sample(line["observations"], len(line["observations"]))
    plain, changed = both(case, **mixed)
    assert {line["control"]: line for line in plain.pop("control_contributions")} == {
        line["control"]: line for line in changed.pop("control_contributions")
    }
    assert plain == changed | {"id": "c"}


@examples(60)
@given(CASES)
def test_p11_found_and_supported_is_never_worse_than_none_found_without_checks(case):
    supported, unchecked = both(
        case | {"factors": [factor("WRK-01", seen(0.3, "supplier_evidence"))]},
        factors=[factor("WRK-01", seen(0.7, "supplier_answer"))],
    )
    assert supported["points"] <= unchecked["points"]


@examples(60)
@given(CASES, st.sampled_from(PLACE))
def test_p15_a_blank_is_never_better_than_not_asking(case, ref):
    others = [line for line in case["factors"] if line["factor"] != ref]
    online = ref.startswith("ONL")
    not_asked, blank = both(
        case | {"factors": others, "online": online},
        factors=[*others, factor(ref, blank=True)],
    )
    for key in ("points", "points_high", "index_high"):
        assert blank[key] >= not_asked[key] - TINY


@examples(60)
@given(CASES, st.sampled_from([ref for ref in PLACE if not ref.startswith("COM")]))
def test_p15_not_applicable_never_changes_the_points(case, ref):
    others = [line for line in case["factors"] if line["factor"] != ref]
    reason = factor(ref, not_applicable="not done here", approved=True)
    plain, without = both(case | {"factors": others}, factors=[*others, reason])
    assert without["points"] == plain["points"]
    assert without["points_high"] <= plain["points_high"] + TINY
