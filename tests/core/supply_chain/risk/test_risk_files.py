"""`risk score` and `risk propagate` by RM-1.0: files that outsiders rely on (docs/commands.md)."""

import copy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ddplatform.risk.assessment.commands.assess import risk
from supply_chain.reference.release import load_reference
from supply_chain.risk.cases import read_cases, score_cases
from supply_chain.risk.method import METHOD
from supply_chain.risk.propagation_file import propagate_graph, read_graph

DATA = Path(__file__).parents[3] / "data" / "risk"
REFERENCE = load_reference()


def load(name):
    return json.loads((DATA / f"{name}.json").read_text())


def same(found, expected):
    """Whether `found` holds all that is expected, numbers to 1e-6."""
    if isinstance(expected, dict):
        return all(same(found[key], value) for key, value in expected.items())
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, float):
        return found == pytest.approx(expected, abs=1e-6)
    return found == expected


def score(*cases):
    read, problems = read_cases(list(cases), REFERENCE)
    assert problems == []
    return score_cases(read, REFERENCE)


def refused(case):
    cases, problems = read_cases([{"id": "c", "issue": "ISS-CL"} | case], REFERENCE)
    assert cases == []
    return [(p.field, p.problem) for p in problems]


def test_the_documented_cases_give_the_documented_scores():
    answer = score(*load("cases"))
    assert same(answer, load("cases_scored"))
    assert list(answer[0]["group_scores"]) == ["CTY", "SEC", "WRK", "COM", "ONL"]


def test_the_documented_graph_gives_the_documented_answer():
    graph, problems = read_graph(load("graph"))
    answer = propagate_graph(graph)
    assert problems == []
    assert same(answer, load("graph_propagated"))
    assert [c["origin"] for c in answer["contributions"]["B"]] == ["U", "M", "B"]


@pytest.mark.parametrize(
    ("state", "likelihood"),
    [("confirmed", 1), ({"confirmed": {}}, 1), ({"closed_months": 0}, 0.774580), (None, 0.774580)],
)
def test_facts_never_lower_what_the_model_says(state, likelihood):
    assert score({"id": "c", "issue": "ISS-CL", "state": state})[0]["likelihood"] == pytest.approx(
        likelihood, abs=1e-6
    )


def all_known(value):
    """Every CTY, SEC, WRK, COM factor seen so, fresh; together they model L."""
    return [
        {
            "factor": f,
            "observations": [{"value": value, "source_type": "official", "age_months": 0}],
        }
        for f in METHOD.factors
        if not f.startswith("ONL")
    ]


HALF = [{"control": "CTL-05", "coverage": 1, "evidence": 0.75, "design": 0.5 / (0.7 * 0.75)}]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, (0.30, 0.15)),
        ("red_flag", (0.40, 0.40)),
        ("credible", (0.60, 0.60)),
        ("confirmed", (1, 1)),
        ({"closed_months": 0}, (0.50, 0.50)),
        ({"closed_months": 12}, (0.30, 0.25)),
    ],
)
def test_ex_29_controls_never_take_likelihood_below_the_rule(state, expected):
    # Bisect the level of all factors that models L = .30.
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        case = {"id": "c", "issue": "ISS-CL", "factors": all_known(middle), "controls": HALF}
        if score(case)[0]["likelihood"] < 0.30:
            low = middle
        else:
            high = middle
    answer = score(case | {"state": state})[0]
    assert (answer["likelihood"], answer["residual_likelihood"]) == pytest.approx(
        expected, abs=1e-4
    )


@pytest.mark.parametrize(
    ("state", "evidence"),
    [
        ({"other_confirmed": [{"issue": "ISS-FL"}]}, 0.5),
        ({"other_confirmed": [{"issue": "ISS-FL", "found_by": "CTL-05"}]}, 0.9),
        (
            {"other_confirmed": [{"issue": "ISS-FL", "found_by": "CTL-05"}, {"issue": "ISS-HZ"}]},
            0.5,
        ),
        (
            {"other_confirmed": [{"issue": "ISS-FL", "found_by": "CTL-05"}, {"issue": "ISS-FL"}]},
            0.5,
        ),
        ({"other_confirmed": [{"issue": "ISS-MK"}]}, 0.9),
    ],
)
def test_an_impact_on_another_issue_caps_evidence_and_nothing_else(state, evidence):
    case = {"id": "c", "issue": "ISS-CL", "state": state,
            "controls": [{"control": "CTL-05", "coverage": 1, "evidence": 0.9}]}  # fmt: skip
    answer = score(case)[0]
    factor = max(0.2, 1 - evidence, 1 - 0.7 * evidence)
    assert answer["likelihood"] == pytest.approx(0.774580, abs=1e-6)
    assert answer["residual_likelihood"] == pytest.approx(answer["likelihood"] * factor)


def test_reference_data_fill_only_factors_that_are_not_listed():
    bare = {"id": "c", "issue": "ISS-CL"}
    with_reference = bare | {"country": "CI", "commodity": next(iter(REFERENCE.commodities))}
    listed = [{"factor": o.factor} for o in REFERENCE.country("CI")]
    listed += [{"factor": "SEC-01"}, {"factor": "SEC-02"}]
    plain, filled, silenced = score(
        bare, with_reference | {"id": "d"}, with_reference | {"id": "e", "factors": listed}
    )
    assert filled["confidence"] > plain["confidence"] == 0
    assert silenced["group_scores"] == plain["group_scores"]


def test_a_reason_that_does_not_count_leaves_the_factor_missing_and_online_applies():
    reason = {"not_applicable": "no such service"}
    counted, critical, approved = score(
        {"id": "a", "issue": "ISS-OS", "factors": [{"factor": "ONL-02"} | reason]},
        {"id": "b", "issue": "ISS-OS", "factors": [{"factor": "ONL-05"} | reason]},
        {
            "id": "c",
            "issue": "ISS-OS",
            "factors": [{"factor": "ONL-05", "approved": True} | reason],
        },
    )
    assert counted["group_scores"]["ONL"] is None
    assert critical["group_scores"]["ONL"] == pytest.approx(0.645652, abs=1e-6)
    assert approved["group_scores"]["ONL"] is None


def test_an_observation_without_value_and_raw_counts_as_none():
    empty = {"factor": "WRK-01", "observations": [{"value": None, "source_type": "audit"}, {}]}
    with_empty, without = score(
        {"id": "a", "issue": "ISS-CL", "factors": [empty]}, {"id": "b", "issue": "ISS-CL"}
    )
    assert with_empty["group_scores"] == without["group_scores"]


def seen(**changes):
    return {"value": 0.5, "source_type": "audit", "age_months": 1} | changes


def factor(ref="WRK-01", **rest):
    return {"factors": [{"factor": ref, **rest}]}


def control(**changes):
    return {"control": "CTL-05", "coverage": 1, "evidence": 0.5} | changes


@pytest.mark.parametrize(
    ("case", "field", "problem"),
    [
        ({"issue": "ISS-XX"}, "issue", "no known issue"),
        ({"issue": None}, "issue", "no known issue"),
        ({"country": "XX"}, "country", "no known country"),
        ({"commodity": "unobtainium"}, "commodity", "no known commodity"),
        ({"severity": 3}, "severity", "object"),
        ({"severity": {"scale": 6}}, "severity.scale", "from 1 to 5"),
        ({"severity": {"scope": "wide"}}, "severity.scope", "not a number"),
        ({"severity": {"scope": True}}, "severity.scope", "not a number"),
        ({"severity": {"scope": 10**400}}, "severity.scope", "out of range"),
        ({"factors": 3}, "factors", "list of objects"),
        ({"factors": ["WRK-01"]}, "factors[0]", "an object"),
        (factor("WRK-99"), "factors[0].factor", "no known factor"),
        ({"factors": [{"factor": "WRK-01"}] * 2}, "factors[1].factor", "more than once"),
        (factor(observations=[seen(value=1.1)]), "factors[0].observations[0].value", "0 to 1"),
        (factor(observations=[seen(value=float("nan"))]), "factors[0].observations[0].value", "not a number"),
        (factor(observations=[seen(source_type="x")]), "factors[0].observations[0].source_type", "source type"),
        (factor(observations=[seen(age_months=None)]), "factors[0].observations[0].age_months", "needs an age"),
        (factor(observations=[seen(age_months=-1)]), "factors[0].observations[0].age_months", "at least 0"),
        (factor(observations=[seen(value=None, raw=3)]), "factors[0].observations[0].raw", "no anchors"),
        (factor("CTY-01", observations=[seen(raw=3)]), "factors[0].observations[0].raw", "not both"),
        (factor("CTY-01", observations=[seen(value=None, raw="3")]), "factors[0].observations[0].raw", "not a number"),
        (factor(not_applicable=" "), "factors[0].not_applicable", "not empty"),
        (factor(not_applicable="x", observations=[seen()]), "factors[0].not_applicable", "has an observation"),
        (factor("SEC-03", not_applicable="x"), "factors[0].not_applicable", "always applies"),
        (factor(approved="yes"), "factors[0].approved", "true or false"),
        ({"controls": [control(control="CTL-99")]}, "controls[0].control", "no known control"),
        ({"controls": [control()] * 2}, "controls[1].control", "more than once"),
        ({"controls": [control(evidence=0.6)]}, "controls[0].evidence", "none of the levels"),
        ({"controls": [control(coverage=2)]}, "controls[0].coverage", "out of range"),
        ({"controls": [control(design=-1)]}, "controls[0].design", "out of range"),
        ({"state": "closed"}, "state", "no known state"),
        ({"state": 3}, "state", "no known state"),
        ({"state": {}}, "state", "no known state"),
        ({"state": {"suspected": {}}}, "state", "no known state"),
        ({"state": {"closed_months": -1}}, "state.closed_months", "at least 0"),
        ({"state": {"confirmed": True}}, "state.confirmed", "Give an object"),
        ({"state": {"confirmed": {"found_by": "CTL-99"}}}, "state.confirmed.found_by", "no known control"),
        ({"state": {"confirmed": {"found_by": "CTL-02"}}}, "state.confirmed.found_by", "no detecting control"),
        ({"state": {"confirmed": {"found_by": "CTL-20"}}}, "state.confirmed.found_by", "no detecting control"),
        ({"state": {"other_confirmed": [{"issue": "ISS-CL"}]}}, "state.other_confirmed[0].issue", "own issue"),
        ({"state": {"other_confirmed": [{"issue": "X"}]}}, "state.other_confirmed[0].issue", "no known issue"),
        ({"id": ""}, "cases[0].id", "needs an id"),
    ],
)  # fmt: skip
def test_a_faulty_case_is_refused_with_field_and_rule(case, field, problem):
    found = refused(case)
    assert any(at == field and problem in text for at, text in found), found


def test_all_problems_of_all_cases_are_told():
    cases = [{"id": "a", "issue": "X"}, {"id": "a", "issue": "ISS-CL", "country": "XX"}, 3]
    _, problems = read_cases(cases, REFERENCE)
    assert [(p.id, p.field) for p in problems] == [
        (None, "cases[2]"), ("a", "issue"), ("a", "id"), ("a", "country"),
    ]  # fmt: skip


def test_a_file_that_holds_no_list_of_cases_or_no_graph_is_refused():
    assert read_cases({}, REFERENCE)[1][0].problem.startswith("The file must hold a list")
    assert read_graph([])[1][0].problem.startswith("The file must hold an object")
    assert score_cases([], REFERENCE) == []


def graph(**changes):
    nodes = [{"id": "A", "likelihood": 0.1}, {"id": "B", "likelihood": 0.2}]
    return {"nodes": nodes, "links": [{"buyer": "A", "supplier": "B"}]} | changes


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"nodes": [{"id": "A"}, {"id": "A"}], "links": []}, "nodes[1].id", "more than once"),
        ({"nodes": [{"likelihood": 0.1}], "links": []}, "nodes[0].id", "needs an id"),
        ({"nodes": [{"id": "A", "likelihood": 2}], "links": []}, "nodes[0].likelihood", "0 to 1"),
        ({"nodes": [{"id": "A", "severity": 0}], "links": []}, "nodes[0].severity", "1 to 5"),
        ({"links": [{"buyer": "A", "supplier": "Z"}]}, "links[0].supplier", "no known node"),
        ({"links": [{"buyer": "A", "supplier": "B", "share": -0.1}]}, "links[0].share", "0 to 1"),
        ({"links": [{"buyer": "A", "supplier": "B", "flow_evidence": "sure"}]}, "links[0].flow_evidence", "flow evidence"),
        ({"contributions_for": ["Z"]}, "contributions_for[0]", "no known node"),
        ({"contributions_for": "A"}, "contributions_for", "list of node ids"),
    ],
)  # fmt: skip
def test_a_faulty_graph_is_refused_with_field_and_rule(changes, field, problem):
    found, problems = read_graph(graph(**changes))
    assert found is None
    assert any(p.field == field and problem in p.problem for p in problems), problems


def test_without_severity_of_every_node_there_is_no_severity_upstream():
    answer = propagate_graph(read_graph(graph())[0])
    assert "severity_chain" not in answer
    assert answer["contributions"] == {}
    assert answer["exposure"]["A"] == pytest.approx(0.1 + 0.9 * 0.2)


def run(tmp_path, command, content):
    path = tmp_path / "input.json"
    path.write_text(content)
    return CliRunner().invoke(risk, [command, str(path), "--method", "RM-1.0"])


@pytest.mark.parametrize(
    ("command", "given", "expected"),
    [("score", "cases", "cases_scored"), ("propagate", "graph", "graph_propagated")],
)
def test_commands_print_one_json_document(tmp_path, command, given, expected):
    result = run(tmp_path, command, json.dumps(load(given)))
    assert result.exit_code == 0
    assert same(json.loads(result.stdout), load(expected))


@pytest.mark.parametrize(
    ("command", "content"),
    [
        ("score", '[{"id": "c", "issue": "X"}]'),
        ("score", "not json"),
        ("propagate", '{"nodes": [{"id": "A"}, {"id": "A"}]}'),
        ("propagate", "["),
        ("propagate", "[" * 200_000),
        ("score", r'[{"id": "\ud800", "issue": "X"}]'),
    ],
)
def test_commands_print_problems_and_exit_1(tmp_path, command, content):
    result = run(tmp_path, command, content)
    assert result.exit_code == 1
    problem = json.loads(result.stdout)["problems"][0]
    assert set(problem) == {"id", "field", "problem"}


@pytest.mark.parametrize(
    "arguments", [["score"], ["score", "no-such.json"], ["propagate", "x", "y"]]
)
def test_wrong_usage_exits_2(arguments):
    assert CliRunner().invoke(risk, arguments).exit_code == 2


def test_equal_input_gives_equal_bytes_in_any_order_of_factors(tmp_path):
    cases = load("cases")
    mixed = copy.deepcopy(cases)
    mixed[0]["factors"].reverse()
    mixed[0]["factors"][1]["observations"].reverse()
    mixed[0]["controls"].reverse()
    first, second = (run(tmp_path, "score", json.dumps(c)).stdout for c in (cases, mixed))
    assert first == second
