"""`risk propagate`: a graph as a file (docs/commands.md)."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ddplatform.risk.assessment.commands.assess import risk
from supply_chain.risk.rm2.graph_file import propagate_graph, read_graph

DATA = Path(__file__).parents[4] / "data" / "risk"


def load(name):
    return json.loads((DATA / f"{name}.json").read_text())


def graph(**changes):
    nodes = [{"id": "A", "likelihood": 0.1}, {"id": "B", "likelihood": 0.05}]
    links = [{"buyer": "A", "supplier": "B", "share": 1.0, "flow_evidence": "probable"}]
    return {"nodes": nodes, "links": links} | changes


def propagate(**changes):
    read, problems = read_graph(graph(**changes))
    assert problems == []
    return propagate_graph(read)


def run(tmp_path, content, *options):
    path = tmp_path / "graph.json"
    path.write_text(content)
    return CliRunner().invoke(risk, ["propagate", str(path), *options])


def link(**changes):
    return [{"buyer": "A", "supplier": "B", "share": 1.0} | changes]


def test_the_example_graph_gives_the_figures_of_ex_38_to_ex_40(tmp_path):
    result = run(tmp_path, json.dumps(load("graph_2")))
    answer, expected = json.loads(result.stdout), load("graph_2_propagated")

    assert result.exit_code == 0
    for figure in ("exposure", "linkage", "severity_chain"):
        assert answer[figure] == pytest.approx(expected[figure], abs=1e-6)
    assert answer["exposure"]["B"] == pytest.approx(0.8202, abs=1e-4)
    assert answer["linkage"]["B"] == pytest.approx(0.9997, abs=1e-4)
    assert answer["severity_chain"]["B"] == 5
    parts, known = (
        {part["origin"]: part["contribution"] for part in one["contributions"]["B"]}
        for one in (answer, expected)
    )
    assert list(parts) == list(known)
    assert parts == pytest.approx(known, abs=1e-6)
    assert parts["unproven:F2"] == pytest.approx(0.0076, abs=1e-4)
    assert sum(parts.values()) == pytest.approx(answer["exposure"]["B"])
    assert (answer["scaled"], answer["method_version"]) == ({}, "RM-2.0")


def test_an_input_of_version_1_is_still_read():
    answer = propagate_graph(read_graph(load("graph"))[0])

    assert answer["exposure"]["U"] == pytest.approx(0.3)  # unknown: was .80 under RM-1.0
    assert answer["exposure"]["M"] == pytest.approx(0.4 + 0.6 * 0.3)


def test_without_the_option_the_method_is_rm_2_0(tmp_path):
    content = json.dumps(load("graph"))
    by_default, chosen = (run(tmp_path, content, *o) for o in ((), ("--method", "RM-2.0")))

    assert by_default.stdout == chosen.stdout
    assert json.loads(by_default.stdout)["method_version"] == "RM-2.0"


def test_a_method_that_is_not_known_is_wrong_usage(tmp_path):
    assert run(tmp_path, json.dumps(graph()), "--method", "RM-3.0").exit_code == 2


def test_an_unknown_origin_counts_as_the_link_says_then_the_graph_then_the_method():
    def exposed(link_unknown, graph_unknown):
        links = link(flow_evidence="unmapped", unknown_likelihood=link_unknown)
        return propagate(links=links, unknown_likelihood=graph_unknown)["exposure"]["A"]

    assert exposed(0.7, 0.5) == pytest.approx(0.1 + 0.9 * 0.7)
    assert exposed(None, 0.5) == pytest.approx(0.1 + 0.9 * 0.5)
    assert exposed(None, None) == pytest.approx(0.1 + 0.9 * 0.3)


def test_an_unknown_likelihood_is_the_highest_unknown_of_the_links_to_the_node():
    nodes = [{"id": "A", "likelihood": 0.1}, {"id": "B"}, {"id": "C"}]
    links = link(unknown_likelihood=0.2) + link(unknown_likelihood=0.4, buyer="C")

    answer = propagate(nodes=nodes, links=links, unknown_likelihood=0.25)

    assert answer["exposure"]["B"] == pytest.approx(0.4)
    assert answer["exposure"]["C"] == pytest.approx(0.25 + 0.75 * 0.4)


def test_evidence_that_is_not_given_counts_as_possible():
    given, not_given = (
        propagate(links=link(flow_evidence=flow))["exposure"] for flow in ("possible", None)
    )

    assert given == not_given == pytest.approx({"A": 0.28, "B": 0.05})


def test_buyers_whose_shares_exceed_one_are_named_with_the_sum_before_the_cut():
    nodes = [{"id": "A", "likelihood": 0}, {"id": "B", "likelihood": 0.6}, {"id": "C"}]
    links = link(flow_evidence="confirmed") + link(supplier="C", share=0.5)

    answer = propagate(nodes=nodes, links=links)

    assert answer["scaled"] == {"A": 1.5}
    assert answer["exposure"]["A"] == pytest.approx(0.6)


def test_without_the_severity_of_every_node_there_is_no_severity_upstream():
    assert "severity_chain" not in propagate()
    assert propagate()["contributions"] == {}
    assert propagate(nodes=None, links=None)["exposure"] == {}


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"nodes": [{"id": "A"}, {"id": "A"}], "links": []}, "nodes[1].id", "more than once"),
        ({"nodes": [{"likelihood": 0.1}], "links": []}, "nodes[0].id", "needs an id"),
        ({"nodes": [{"id": 7}], "links": []}, "nodes[0].id", "needs an id"),
        ({"nodes": [{"id": "A", "likelihood": 2}], "links": []}, "nodes[0].likelihood", "0 to 1"),
        ({"nodes": [{"id": "A", "likelihood": True}], "links": []}, "nodes[0].likelihood", "not a number"),
        ({"nodes": [{"id": "A", "severity": 0}], "links": []}, "nodes[0].severity", "1 to 5"),
        ({"nodes": [{"id": "A", "severty": 3}], "links": []}, "nodes[0].severty", "not known"),
        ({"nodes": ["A"], "links": []}, "nodes[0]", "Give an object"),
        ({"nodes": "A", "links": []}, "nodes", "list of objects"),
        ({"links": link(supplier="Z")}, "links[0].supplier", "no known node"),
        ({"links": link(buyer=None)}, "links[0].buyer", "no known node"),
        ({"links": link(share=-0.1)}, "links[0].share", "0 to 1"),
        ({"links": link(share="half")}, "links[0].share", "not a number"),
        ({"links": link(flow_evidence="sure")}, "links[0].flow_evidence", "flow evidence"),
        ({"links": link(unknown_likelihood=1.1)}, "links[0].unknown_likelihood", "0 to 1"),
        ({"links": link(evidence="confirmed")}, "links[0].evidence", "not known"),
        ({"links": {}}, "links", "list of objects"),
        ({"unknown_likelihood": -1}, "unknown_likelihood", "0 to 1"),
        ({"contributions_for": ["Z"]}, "contributions_for[0]", "no known node"),
        ({"contributions_for": [["A"]]}, "contributions_for[0]", "no known node"),
        ({"contributions_for": "A"}, "contributions_for", "list of node ids"),
        ({"contribution_for": ["A"]}, "contribution_for", "not known"),
    ],
)  # fmt: skip
def test_a_faulty_graph_is_refused_with_field_and_reason(changes, field, problem):
    found, problems = read_graph(graph(**changes))

    assert found is None
    assert [p for p in problems if p.field == field and problem in p.problem], problems


def test_every_problem_is_named_with_the_node_it_is_about():
    nodes = [{"id": "A", "likelihood": 3, "extra": 1}, {"id": "B", "severity": 9}]

    _, problems = read_graph(graph(nodes=nodes))

    assert [(p.id, p.field) for p in problems] == [
        ("A", "nodes[0].extra"), ("A", "nodes[0].likelihood"), ("B", "nodes[1].severity")
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["[]", "[", '{"nodes": [{"id": "A"}], "sum": 1}'])
def test_the_command_prints_the_problems_and_exits_1(tmp_path, content):
    result = run(tmp_path, content)

    assert result.exit_code == 1
    assert set(json.loads(result.stdout)["problems"][0]) == {"id", "field", "problem"}
