"""`flask risk ...`: score cases and propagate a graph from files, without a database."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from supply_chain.reference import load_reference
from supply_chain.risk.cases import read_cases, score_cases
from supply_chain.risk.problems import Problem
from supply_chain.risk.propagation_file import propagate_graph, read_graph

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
AS_JSON = click.option(
    "--json", is_flag=True, expose_value=False, help="The answer is JSON with or without this."
)


@click.group()
def risk() -> None:
    """Score risk to children and follow it through a value chain (RM-1.0)."""


@risk.command()
@click.argument("cases_file", metavar="CASES.json", type=FILE)
@AS_JSON
def score(cases_file: Path) -> None:
    """Score each case of CASES.json on its own and print the scores in the same order."""
    reference = load_reference()
    cases, problems = read_cases(_read(cases_file), reference)
    if problems:
        _refuse(problems)
    _print(score_cases(cases, reference))


@risk.command()
@click.argument("graph_file", metavar="GRAPH.json", type=FILE)
@AS_JSON
def propagate(graph_file: Path) -> None:
    """Follow the risk of one issue through the links of GRAPH.json."""
    graph, problems = read_graph(_read(graph_file))
    if graph is None:
        _refuse(problems)
    _print(propagate_graph(graph))


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        _refuse([Problem(None, "", f"{path.name} is not JSON in UTF-8: {fault}.")])


def _refuse(problems: list[Problem]) -> NoReturn:
    _print({"problems": [problem.as_json() for problem in problems]})
    sys.exit(1)


def _print(answer: Any) -> None:
    click.echo(json.dumps(answer, allow_nan=False, indent=2))
