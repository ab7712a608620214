"""`flask risk ...`: assessment of a stored map, scores of cases and propagation from files."""

import json
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import with_appcontext

from ddplatform.infrastructure import commands as command_line
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.assessment.commands.document import document_of
from ddplatform.risk.assessment.services.maps import assess_chain
from ddplatform.value_chain.mapping.queries.maps import get_chain_called
from supply_chain.reference.release import load_reference
from supply_chain.risk import cases as rm1_cases
from supply_chain.risk import propagation_file as rm1_graphs
from supply_chain.risk.method import METHOD_VERSION as RM1
from supply_chain.risk.problems import Problem
from supply_chain.risk.rm2 import case_answers as rm2_answers
from supply_chain.risk.rm2 import cases as rm2_cases
from supply_chain.risk.rm2 import graph_file as rm2_graphs
from supply_chain.risk.rm2.method import METHOD_VERSION as RM2

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
AS_JSON = click.option(
    "--json", is_flag=True, expose_value=False, help="The answer is JSON with or without this."
)
BY_METHOD = click.option(
    "--method",
    type=click.Choice([RM1, RM2]),
    default=RM2,
    show_default=True,
    help="Version of the risk method.",
)


@click.group()
def risk() -> None:
    """Score risk to children and follow it through a value chain."""


@risk.command()
@click.argument("cases_file", metavar="CASES.json", type=FILE)
@BY_METHOD
@AS_JSON
def score(cases_file: Path, method: str) -> None:
    """Score each case of CASES.json on its own and print the scores in the same order."""
    document = _read(cases_file)
    _print(_score_rm2(document) if method == RM2 else _score_rm1(document))


@risk.command()
@click.argument("graph", metavar="GRAPH.json", type=FILE)
@BY_METHOD
@AS_JSON
def propagate(graph: Path, method: str) -> None:
    """Follow the risk of one issue through the links of GRAPH.json."""
    document = _read(graph)
    _print(_propagate_rm2(document) if method == RM2 else _propagate_rm1(document))


def _propagate_rm1(document: Any) -> dict[str, Any]:
    graph, problems = rm1_graphs.read_graph(document)
    if graph is None:
        _refuse(problems)
    return rm1_graphs.propagate_graph(graph)


def _propagate_rm2(document: Any) -> dict[str, Any]:
    graph, problems = rm2_graphs.read_graph(document)
    if graph is None:
        _refuse(problems)
    return rm2_graphs.propagate_graph(graph)


@risk.command("assess")
@click.option("--organisation", required=True, help="The organisation's word in addresses.")
@click.option("--chain", required=True, help="Name of the map.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day to assess; today if left out."
)
@click.option(
    "--method",
    type=click.Choice([RM1, RM2]),
    default=RM2,
    show_default=True,
    help="Version of the risk method; RM-1.0 gives the scores that it gave before.",
)
@command_line.json_option
@with_appcontext
def assess_map(
    organisation: str, chain: str, as_of: datetime | None, method: str, as_json: bool
) -> None:
    """Score every node and issue of a map, keep the run and print the scores."""
    now = datetime.now(UTC)
    with command_line.organisation_unit(organisation):
        found = get_chain_called(chain)
        day = (as_of or now).date()
        if day > now.date():  # such a run would stand before all of the days until then
            fault = "No data exist for a future day; choose today or earlier."
            raise Invalid(fields={"as_of": fault})
        assessed = assess_chain(
            found.id,
            "request",
            as_of=day,
            act=Act(system_identity(current_organisation()), now),
            unit=nullcontext,
            progress=lambda done, total: None,
            method=method,
        )
    document = document_of(assessed)
    count, method = len(document["assessments"]), document["method_version"]
    text = f"{count:,} risks scored by {method} as of {document['as_of']}; run {document['run']}."
    command_line.answer(document, as_json=as_json, text=text)


def _score_rm1(document: Any) -> list[dict[str, Any]]:
    reference = load_reference()
    cases, problems = rm1_cases.read_cases(document, reference)
    if problems:
        _refuse(problems)
    return rm1_cases.score_cases(cases, reference)


def _score_rm2(document: Any) -> list[dict[str, Any]]:
    cases, problems = rm2_cases.read_cases(document)
    if problems:
        _refuse(problems)
    return rm2_answers.score_cases(cases)


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
