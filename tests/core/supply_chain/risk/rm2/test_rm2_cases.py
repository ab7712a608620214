"""`risk score`: cases as JSON, what is refused, the shape of the answer."""

import copy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ddplatform.risk.assessment.commands.assess import risk
from supply_chain.risk.rm2.case_answers import score_cases
from supply_chain.risk.rm2.cases import read_cases
from tests.rm2_cases import (
    control,
    factor,
    mid,
    points_of_lines,
    refused,
    score,
    score_all,
    seen,
)

DATA = Path(__file__).parents[4] / "data" / "risk"
FIELDS = [
    "id", "vulnerability", "activity_exposure", "prior_points", "points", "points_low",
    "points_high", "likelihood", "completeness", "grade", "severity", "severity_band", "index",
    "index_low", "index_high", "band", "not_enough_evidence", "residual_points",
    "residual_likelihood", "residual_severity", "residual_index", "residual_band",
    "residual_not_enough_evidence", "contributions", "control_contributions",
]  # fmt: skip


def load(name):
    return json.loads((DATA / f"{name}.json").read_text())


def same(found, expected):
    """Whether `found` is what is expected, numbers to 1e-6."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            same(found[key], value) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, float):
        return found == pytest.approx(expected, abs=1e-6)
    return found == expected


def test_the_documented_case_gives_the_documented_score():
    answer = score_all(*load("rm2_cases"))
    assert same(answer, load("rm2_cases_scored"))
    assert list(answer[0]) == FIELDS


def lines_of(answer):
    return [line["line"] for line in answer["contributions"]]


def test_lines_stand_in_the_order_of_the_method_s_tables():
    answer = mid(
        online=True,
        factors=[
            factor("COM-07", seen(1)),
            factor("WRK-17", seen(1)),
            factor("CTY-01", seen(1)),
            factor("WRK-02", seen(0.5)),
            factor("WRK-01", blank=True),
            factor("WRK-11"),
        ],
        events=[event("EVT-06"), event("EVT-04"), event("EVT-09")],
    )
    assert lines_of(answer) == [
        "base", "country", "activity", "listing", "WRK-01", "WRK-02", "COM-07", "EVT-06#0",
        "EVT-04#1", "limit", "fact", "severity", "index_limit",
    ]  # fmt: skip


def event(ref="EVT-03", months=3, **changes):
    return {"event": ref, "source_type": "official", "months_since_start": months} | changes


def test_an_event_lasts_as_long_as_is_said_or_as_the_closure_does():
    given = [event(months=24), event(months=24, months_at_full=24), event("EVT-04", months=60)]
    lines = [points_of_lines(mid(issue="ISS-CL", events=[one])) for one in given]
    assert "EVT-03#0" not in lines[0]
    assert lines[1]["EVT-03#0"] == pytest.approx(7.2)
    assert lines[2]["EVT-04#0"] == pytest.approx(5.4)


def test_events_and_factors_fade_together_by_size():
    lines = points_of_lines(mid(factors=[factor("WRK-01", seen(1))], events=[event(months=0)]))
    assert (lines["WRK-01"], lines["EVT-03#0"]) == pytest.approx((16, 0.6 * 7.2))


def test_of_equal_items_the_lower_id_counts_first():
    factors = [factor(ref, seen(1)) for ref in ("WRK-11", "COM-07", "WRK-09")]
    lines = points_of_lines(mid(factors=factors))
    assert [lines[ref] for ref in ("COM-07", "WRK-09", "WRK-11")] == pytest.approx([8, 4.8, 2.88])


def test_a_silent_supplier_has_a_refusal_among_its_factors():
    silent = mid(silent=True)
    assert points_of_lines(silent)["WRK-23"] == pytest.approx(6)
    assert silent["grade"] == "C"
    assert "WRK-23" not in lines_of(mid(silent=True, issue="ISS-YW"))
    spoken = [factor("WRK-23", not_applicable="none", approved=True)]
    assert mid(silent=True, factors=spoken) == silent


def test_an_observation_without_value_counts_as_none():
    empty = factor("WRK-01", {"value": None, "source_type": "audit"}, {})
    assert mid(factors=[empty]) == mid()


def test_raw_indicators_are_normalised_between_their_anchors():
    raw = {"raw": 22, "source_type": "official", "age_months": 36}
    value = raw | {"value": 22 / 30}
    del value["raw"]
    assert same(mid(factors=[factor("CTY-01", raw)]), mid(factors=[factor("CTY-01", value)]))


def test_online_factors_widen_the_range_only_where_they_apply():
    plain = mid(issue="ISS-OS")
    named = mid(issue="ISS-OS", factors=[factor("ONL-02")])
    dropped = mid(
        issue="ISS-OS", factors=[factor("ONL-02", not_applicable="no uploads", approved=True)]
    )
    assert mid(issue="ISS-OS", online=True)["points_high"] == named["points_high"]
    assert named["points_high"] > plain["points_high"] == dropped["points_high"]
    assert plain["completeness"] == 0


@pytest.mark.parametrize("inside", [True, False])
def test_an_impact_on_another_issue_caps_evidence_and_nothing_else(inside):
    others = {"other_confirmed": [{"issue": "ISS-FL"}]}
    case = {"state": others} if inside else others
    answer = mid(controls=[control("CTL-05", 1, 0.9)], **case)
    assert answer["points"] == mid()["points"]
    assert answer["control_contributions"][0]["points"] == pytest.approx(-6)


@pytest.mark.parametrize(
    ("state", "points"), [("confirmed", -6), ({"confirmed": {"found_by": "CTL-05"}}, -12.6)]
)
def test_a_control_through_which_the_site_found_the_impact_is_not_capped(state, points):
    answer = mid(state=state, controls=[control("CTL-05", 1, 0.9)])
    assert answer["control_contributions"][0]["points"] == pytest.approx(points)
    assert answer["residual_points"] == 100


def test_a_control_that_does_not_address_the_issue_changes_nothing():
    answer = mid(controls=[control("CTL-21", 1, 0.9), control("CTL-02", None, 0.5)])
    assert answer["control_contributions"] == [{"control": "CTL-02", "points": 0.0}]
    assert answer["residual_points"] == answer["points"]


def test_people_at_risk_give_the_scope_where_it_was_not_judged():
    judged = score(severity={"scope": 2, "people": 5_000})
    counted = score(severity={"people": 5_000})
    assert judged["severity"] == score(severity={"scope": 2})["severity"]
    assert counted["severity"] == score(severity={"scope": 4})["severity"]


def test_a_known_scope_narrows_the_range_of_the_index():
    unknown, known = mid(), mid(severity={"scope": 3})
    assert unknown["index"] == known["index"]
    assert known["index_high"] < unknown["index_high"]
    assert known["index_low"] > unknown["index_low"]


def test_an_observed_community_factor_narrows_the_place():
    assert mid(factors=[factor("COM-07", seen(0.5))])["points_high"] < mid()["points_high"] - 1


def grade_of(*factors):
    return mid(factors=list(factors))["grade"]


def test_grades_follow_what_is_known_of_the_site():
    strong = [f"WRK-{n:02}" for n in (3, 9, 11, 12, 20, 22, 23)]
    visits = [factor(ref, seen(0)) for ref in ("WRK-01", *strong, "COM-01")]
    said = [factor(line["factor"], seen(0, "supplier_evidence")) for line in visits]
    alone = [factor(line["factor"], seen(0, "supplier_answer")) for line in visits]
    assert grade_of(*visits) == "A"
    assert grade_of(*visits[1:], factor("COM-07", seen(0))) == "B"
    assert (grade_of(*said), grade_of(*alone), grade_of(alone[0])) == ("B", "C", "C")
    assert (mid()["grade"], score()["grade"], score(country="PK")["grade"]) == ("D", "E", "E")


@pytest.mark.parametrize(
    ("case", "field", "problem"),
    [
        ({"issue": "ISS-XX"}, "issue", "no known issue"),
        ({"issue": None}, "issue", "no known issue"),
        ({"country": "XX"}, "country", "no known country"),
        ({"sector": "magic"}, "sector", "no known sector"),
        ({"commodity": "unobtainium"}, "commodity", "no known commodity"),
        ({"commodities": ["cocoa", "x"]}, "commodities[1]", "no known commodity"),
        ({"commodities": "cocoa"}, "commodities", "list of texts"),
        ({"reference": {"CTY-99": 0.5}}, "reference.CTY-99", "no known reference factor"),
        ({"reference": {"WRK-01": 0.5}}, "reference.WRK-01", "no known reference factor"),
        ({"reference": {"CTY-01": 1.5}}, "reference.CTY-01", "from 0 to 1"),
        ({"reference": {"CTY-01": "x"}}, "reference.CTY-01", "not a number"),
        ({"reference": 0.5}, "reference", "object of numbers"),
        ({"listed": ["prison_labour"]}, "listed[0]", "no known kind of list"),
        ({"listed": "child_labour"}, "listed", "list of texts"),
        ({"listed_elsewhere": {"prison_labour": 1}}, "listed_elsewhere.prison_labour", "no known kind"),
        ({"listed_elsewhere": {"child_labour": -1}}, "listed_elsewhere.child_labour", "at least 0"),
        ({"online": "yes"}, "online", "true or false"),
        ({"silent": 1}, "silent", "true or false"),
        ({"severity": 3}, "severity", "object"),
        ({"severity": {"scale": 6}}, "severity.scale", "from 1 to 5"),
        ({"severity": {"scope": True}}, "severity.scope", "not a number"),
        ({"severity": {"people": -1}}, "severity.people", "at least 0"),
        ({"factors": 3}, "factors", "list of objects"),
        ({"factors": ["WRK-01"]}, "factors[0]", "an object"),
        ({"factors": [{"factor": "WRK-99"}]}, "factors[0].factor", "no known factor"),
        ({"factors": [{"factor": "SEC-01"}]}, "factors[0].factor", "no known factor"),
        ({"factors": [{"factor": "WRK-01"}] * 2}, "factors[1].factor", "more than once"),
        ({"factors": [factor("WRK-01", seen(1.1))]}, "factors[0].observations[0].value", "0 to 1"),
        ({"factors": [factor("WRK-01", seen(float("nan")))]}, "factors[0].observations[0].value", "not a number"),
        ({"factors": [factor("WRK-01", seen(1, "x"))]}, "factors[0].observations[0].source_type", "source type"),
        ({"factors": [factor("WRK-01", seen(1, age=None))]}, "factors[0].observations[0].age_months", "needs an age"),
        ({"factors": [factor("WRK-01", seen(1, age=-1))]}, "factors[0].observations[0].age_months", "at least 0"),
        ({"factors": [factor("WRK-01", seen(None) | {"raw": 3})]}, "factors[0].observations[0].raw", "no anchors"),
        ({"factors": [factor("CTY-01", seen(1) | {"raw": 3})]}, "factors[0].observations[0].raw", "not both"),
        ({"factors": [factor("WRK-01", not_applicable=" ")]}, "factors[0].not_applicable", "not empty"),
        ({"factors": [factor("WRK-01", seen(1), not_applicable="x")]}, "factors[0].not_applicable", "has an observation"),
        ({"factors": [factor("WRK-01", not_applicable="x", blank=True)]}, "factors[0].not_applicable", "left blank"),
        ({"factors": [factor("CTY-01", not_applicable="x")]}, "factors[0].not_applicable", "always applies"),
        ({"factors": [factor("SEC-03", not_applicable="x")]}, "factors[0].not_applicable", "always applies"),
        ({"factors": [factor("COM-01", not_applicable="x")]}, "factors[0].not_applicable", "always applies"),
        ({"factors": [factor("WRK-01", approved="yes")]}, "factors[0].approved", "true or false"),
        ({"factors": [factor("WRK-01", blank="yes")]}, "factors[0].blank", "true or false"),
        ({"factors": [factor("CTY-01", blank=True)]}, "factors[0].blank", "cannot be blank"),
        ({"factors": [factor("SEC-03", blank=True)]}, "factors[0].blank", "cannot be blank"),
        ({"events": [event("EVT-99")]}, "events[0].event", "no known event"),
        ({"events": [event(source_type="x")]}, "events[0].source_type", "no known source type"),
        ({"events": [event(months=None)]}, "events[0].months_since_start", "needs the months"),
        ({"events": [event(months=-1)]}, "events[0].months_since_start", "at least 0"),
        ({"events": [event(months_at_full=-1)]}, "events[0].months_at_full", "at least 0"),
        ({"controls": [control("CTL-99", 1, 0.5)]}, "controls[0].control", "no known control"),
        ({"controls": [control("CTL-05", 1, 0.5)] * 2}, "controls[1].control", "more than once"),
        ({"controls": [control("CTL-05", 1, 0.6)]}, "controls[0].evidence", "none of the levels"),
        ({"controls": [control("CTL-05", 2, 0.5)]}, "controls[0].coverage", "out of range"),
        ({"controls": [control("CTL-05", 1, 0.5) | {"design": -1}]}, "controls[0].design", "out of range"),
        ({"state": "closed"}, "state", "no known state"),
        ({"state": 3}, "state", "no known state"),
        ({"state": {}}, "state", "no known state"),
        ({"state": {"suspected": {}}}, "state", "no known state"),
        ({"state": {"closed_months": -1}}, "state.closed_months", "at least 0"),
        ({"state": {"confirmed": True}}, "state.confirmed", "Give an object"),
        ({"state": {"confirmed": {"found_by": "CTL-99"}}}, "state.confirmed.found_by", "no known control"),
        ({"state": {"confirmed": {"found_by": "CTL-02"}}}, "state.confirmed.found_by", "no detecting control"),
        ({"state": {"confirmed": {"found_by": "CTL-20"}}}, "state.confirmed.found_by", "no detecting control"),
        ({"other_confirmed": [{"issue": "ISS-CL"}]}, "other_confirmed[0].issue", "own issue"),
        ({"other_confirmed": [{"issue": "X"}]}, "other_confirmed[0].issue", "no known issue"),
        ({"state": {"other_confirmed": [{"issue": "ISS-CL"}]}}, "state.other_confirmed[0].issue", "own issue"),
        ({"id": ""}, "cases[0].id", "needs an id"),
    ],
)  # fmt: skip
def test_a_faulty_case_is_refused_with_field_and_rule(case, field, problem):
    found = refused(**case)
    assert any(at == field and problem in text for at, text in found), found


@pytest.mark.parametrize(
    ("case", "field"),
    [
        ({"peers": 3}, "peers"),
        ({"group_scores": {}}, "group_scores"),
        ({"severity": {"gravity": 3}}, "severity.gravity"),
        ({"factors": [factor("WRK-01", weight=3)]}, "factors[0].weight"),
        ({"factors": [factor("WRK-01", seen(1) | {"quality": 1})]}, "factors[0].observations[0].quality"),
        ({"events": [event(area="x")]}, "events[0].area"),
        ({"controls": [control("CTL-05", 1, 0.5) | {"cost": 3}]}, "controls[0].cost"),
        ({"state": {"confirmed": {"found_on": "x"}}}, "state.confirmed.found_on"),
        ({"state": {"confirmed": {}, "since": 3}}, "state"),
        ({"other_confirmed": [{"issue": "ISS-FL", "since": 3}]}, "other_confirmed[0].since"),
        ({"state": {"other_confirmed": [{"issue": "X", "since": 3}]}}, "state.other_confirmed[0].since"),
    ],
)  # fmt: skip
def test_a_key_without_meaning_is_refused_wherever_it_stands(case, field):
    assert field in [at for at, _ in refused(**case)]


def test_all_problems_of_all_cases_are_named():
    cases = [{"id": "a", "issue": "X"}, {"id": "a", "issue": "ISS-CL", "country": "XX"}, 3]
    _, problems = read_cases(cases)
    assert [(p.id, p.field) for p in problems] == [
        (None, "cases[2]"), ("a", "issue"), ("a", "id"), ("a", "country"),
    ]  # fmt: skip


def test_a_file_that_holds_no_list_of_cases_is_refused():
    assert read_cases({})[1][0].problem.startswith("The file must hold a list")
    assert score_cases([]) == []


def run(tmp_path, content, *options):
    path = tmp_path / "cases.json"
    path.write_text(content)
    return CliRunner().invoke(risk, ["score", str(path), *options])


def test_the_command_scores_by_rm_2_0_where_no_method_is_named(tmp_path):
    content = json.dumps(load("rm2_cases"))
    result = run(tmp_path, content)
    assert result.exit_code == 0
    assert same(json.loads(result.stdout), load("rm2_cases_scored"))


def test_the_command_scores_by_the_method_that_is_asked_for(tmp_path):
    assert "group_scores" in run(tmp_path, json.dumps(load("cases")), "--method", "RM-1.0").stdout
    cases = json.dumps(load("rm2_cases"))
    assert run(tmp_path, cases, "--method", "RM-2.0").stdout == run(tmp_path, cases).stdout


def test_the_command_prints_problems_and_exits_1(tmp_path):
    result = run(tmp_path, '[{"id": "c", "issue": "ISS-CL", "colour": 1}]')
    assert result.exit_code == 1
    assert [p["field"] for p in json.loads(result.stdout)["problems"]] == ["colour"]


def test_an_unknown_method_is_wrong_usage(tmp_path):
    assert run(tmp_path, "[]", "--method", "RM-3.0").exit_code == 2


def test_equal_cases_give_equal_bytes_in_any_order_and_company(tmp_path):
    case = {
        "id": "c", "issue": "ISS-CL", "country": "PK", "sector": "garments",
        "commodities": ["cotton", "garments"],
        "factors": [
            factor("WRK-12", seen(0.3, "audit", 5), seen(0.8, "admission", 3), seen(0.2, "official", 1)),
            factor("COM-07", seen(0.9)),
            factor("CTY-01", seen(0.4, "official", 7)),
        ],
        "controls": [control("CTL-02", 0.7, 0.5), control("CTL-13", 0.9, 0.5)],
    }  # fmt: skip
    mixed = copy.deepcopy(case)
    for key in ("factors", "commodities"):
        mixed[key].reverse()
    for line in mixed["factors"]:
        line["observations"].reverse()
    alone = score_all(case)
    beside = score_all(
        mixed, *({"id": str(n), "issue": "ISS-HZ", "country": "BD"} for n in range(40))
    )
    assert json.dumps(alone[0]) == json.dumps(beside[0])
