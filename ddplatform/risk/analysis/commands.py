"""`flask analysis ...`: questions about the links of a map (RM-1.0 section 11)."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import click
from flask.cli import with_appcontext

from ddplatform.documents.content import Column
from ddplatform.documents.exports import AnalysisForm
from ddplatform.documents.words import cell_words
from ddplatform.infrastructure import commands as command_line
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.analysis.queries.answers import find_answer
from ddplatform.risk.analysis.services import export_analysis
from ddplatform.risk.analysis.views.answers import answer_of
from ddplatform.risk.analysis_answers.queries.questions import Analysis, Asked
from ddplatform.risk.analysis_answers.views.content import (
    ARROW,
    Answer,
    Value,
    as_tables,
    document_of,
)
from ddplatform.risk.scenarios.commands import read_changes, what_if_words
from ddplatform.risk.scenarios.queries.details import load_details
from ddplatform.risk.scenarios.queries.scenarios import find_saved_by_name
from ddplatform.risk.scenarios.services.export import export_what_if
from ddplatform.risk.scenarios.views.content import as_tables as what_if_tables
from ddplatform.risk.scenarios.views.content import document_of as what_if_document
from ddplatform.value_chain.filters.queries.search import find_meant
from ddplatform.value_chain.graph.queries.study import Spot
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain_called
from supply_chain.analysis.what_if_changes import Change, read_change
from supply_chain.vocabulary import Issue

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FORMS: dict[str, AnalysisForm] = {".zip": "csv", ".xlsx": "xlsx"}


@click.group()
def analysis() -> None:
    """Ask a map where risk comes from, on whom it depends, what it does not know."""


def asked_of_map(command: Command) -> Command:
    """The options that all questions share."""
    options = (
        click.option("--organisation", required=True, help="Address of the organisation."),
        click.option("--chain", "chain_name", required=True, help="Name of the map."),
        click.option("--most", type=click.IntRange(1, 1_000), default=20, show_default=True,
                     help="Lines named one by one; the others are added up."),
        click.option("--out", type=click.Path(path_type=Path), callback=known_ending,
                     help="Write the answer to a file: .xlsx, or .zip of CSV tables."),
        command_line.json_option,
        with_appcontext,
    )  # fmt: skip
    return reduce(lambda done, option: option(done), reversed(options), command)


def known_ending(
    _context: click.Context, _option: click.Parameter, out: Path | None
) -> Path | None:
    """Refuse a name of a file that tells no form it can be written in."""
    if out is not None and out.suffix.lower() not in FORMS:
        raise click.BadParameter("The name of the file must end in .xlsx or .zip.")
    return out


node_option = click.option("--node", help="Id or name of a node; left out: see the command.")


@analysis.command()
@node_option
@click.option(
    "--issue", type=click.Choice([issue.value for issue in Issue]), default=Issue.CL.value
)
@asked_of_map
def origins(issue: str, **given: Any) -> None:
    """Where the exposure of a node (or the business) comes from: origins and paths, adding up."""
    _ask(Analysis.ORIGINS, issue=Issue(issue), **given)


@analysis.command()
@node_option
@click.option("--to", "other", help="Id or name of the other end; left out: its largest origin.")
@asked_of_map
def paths(**given: Any) -> None:
    """All ways between two nodes, the one that carries most first."""
    _ask(Analysis.PATHS, **given)


@analysis.command("choke-points")
@asked_of_map
def choke_points(**given: Any) -> None:
    """Nodes that others, or much of the volume, cannot go round."""
    _ask(Analysis.CHOKE_POINTS, **given)


@analysis.command()
@node_option
@asked_of_map
def dependence(**given: Any) -> None:
    """Shares of suppliers, countries, regions, goods of a node (or the business); Herfindahl."""
    _ask(Analysis.DEPENDENCE, **given)


@analysis.command("blind-spots")
@node_option
@asked_of_map
def blind_spots(**given: Any) -> None:
    """Share of volume that ends in unknown origin, tier by tier, of a node (or the business)."""
    _ask(Analysis.BLIND_SPOTS, **given)


@analysis.command()
@node_option
@asked_of_map
def products(**given: Any) -> None:
    """Goods that flow to a node (or the business), with HS codes and what is not known."""
    _ask(Analysis.PRODUCTS, **given)


@analysis.command()
@asked_of_map
def circles(**given: Any) -> None:
    """Nodes that through others buy from themselves."""
    _ask(Analysis.CIRCLES, **given)


@analysis.command()
@node_option
@asked_of_map
def reach(**given: Any) -> None:
    """Which own operations and goods a node (or the busiest supplier) touches."""
    _ask(Analysis.REACH, **given)


@analysis.command()
@node_option
@asked_of_map
def stop(**given: Any) -> None:
    """Who is short of what if a node (or the busiest supplier) stops; who has another source."""
    _ask(Analysis.STOP, **given)


@analysis.command("what-if")
@click.option("--changes", "file", type=FILE, help="JSON: a list of changes, see commands.md.")
@click.option("--kept", help="Name of a kept what-if of this map, instead of --changes.")
@click.option(
    "--issue",
    type=click.Choice([issue.value for issue in Issue]),
    default=None,
    help="One issue alone; left out: the one that changes most at each node.",
)
@asked_of_map
def what_if(
    file: Path | None,
    kept: str | None,
    issue: str | None,
    organisation: str,
    chain_name: str,
    most: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Index, exposure and rank before and after changes; the map stays as it is."""
    if (file is None) == (kept is None):
        raise click.UsageError("Give --changes or --kept, one of the two.")
    now = datetime.now(UTC)
    with command_line.organisation_unit(organisation, reads_first=True):
        chain = get_chain_called(chain_name)
        changes = read_changes(file) if file else _kept_changes(chain, kept or "")
        told = load_details(chain, changes, now.date(), name=kept or "",
                         issue=Issue(issue) if issue else None, most=most)  # fmt: skip
        if out is not None:
            by = system_identity(current_organisation())
            form = FORMS[out.suffix.lower()]
            made = export_what_if(chain, told, what_if_tables(told), form, act=Act(by, now))
            command_line.write_out(out, made.content)
    command_line.answer(what_if_document(told), as_json=as_json, text=what_if_words(told))
    sys.exit(1 if told.problems else 0)


def _kept_changes(chain: ValueChain, name: str) -> list[Change]:
    found = find_saved_by_name(chain.id, name)
    if found is None:
        raise NotFound(f"No what-if “{name}” is kept on this map.", "Check the name.")
    return [read_change(values) for values in found.changes]


def _ask(
    what: Analysis,
    *,
    organisation: str,
    chain_name: str,
    as_json: bool,
    out: Path | None,
    node: str | None = None,
    other: str | None = None,
    **more: Any,
) -> None:
    with command_line.organisation_unit(organisation, reads_first=True):
        chain = get_chain_called(chain_name)
        asked = Asked(what, node=_node(chain, node), other=_node(chain, other), **more)
        found = find_answer(chain, asked)
        told = answer_of(found)
        if out is not None:
            made = export_analysis(
                chain,
                found,
                as_tables(told, found.basis),
                FORMS[out.suffix.lower()],
                act=Act(system_identity(current_organisation()), datetime.now(UTC)),
            )
            command_line.write_out(out, made.content)
    command_line.answer(document_of(told, found.basis), as_json=as_json, text=_words(told))


def _node(chain: ValueChain, words: str | None) -> UUID | None:
    """The one node that an id or a name means."""
    if words is None:
        return None
    meant = find_meant(chain.id, words)
    if meant.one is not None:
        return meant.one
    names = ", ".join(f"“{one.name}”" for one in meant.nodes)
    if meant.are_called_so:
        raise NotFound(f"“{words}” may mean {names}.", "Give the whole name or the id.")
    like = f" Like it: {names}." if names else ""
    raise NotFound(f"Nothing in this map is called “{words}”.{like}", "Give an id or a name.")


def _words(told: Answer) -> str:
    lines = [told.sentence]
    for sheet in told.sheets:
        lines += ["", sheet.title]
        lines += ["  " + " | ".join(map(_cell, row, sheet.columns)) for row in sheet.rows] or [
            f"  {sheet.empty}"
        ]
    return "\n".join(lines)


def _cell(value: Value, column: Column) -> str:
    if isinstance(value, tuple):
        return ARROW.join(spot.name for spot in value)
    return value.name if isinstance(value, Spot) else cell_words(value, column)
