"""`flask visit-plan`: next questionnaires and visits for a budget, with a reason for each line."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from ddplatform.infrastructure import commands as command_line
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.analysis.commands import FORMS, known_ending
from ddplatform.risk.assessment_plan.queries.plans import (
    Lines,
    Plan,
    PlanRow,
    list_plans_called,
    list_steps,
)
from ddplatform.risk.assessment_plan.services.plans import Wish, export_plan, work_out
from ddplatform.risk.assessment_plan.views import (
    KINDS,
    as_tables,
    budget,
    document_of,
    guarantee,
    reason,
)
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_chain_called
from supply_chain.analysis.visit_plan_field import Aim, Spread

PROPOSED = "Proposed plan"
NUMBER = click.IntRange(0)
organisation_option = click.option("--organisation", required=True, help="Its address.")
out_option = click.option(
    "--out", type=click.Path(path_type=Path), callback=known_ending,
    help="Write the plan to a file: .xlsx, or .zip of CSV tables.",
)  # fmt: skip


@click.group("visit-plan")
def visit_plan() -> None:
    """Questionnaires and visits for a budget, the largest gain first."""


@visit_plan.command()
@organisation_option
@click.option("--chain", "chain_name", required=True, help="Name of the map.")
@click.option("--visits", type=NUMBER, help="How many at most.")
@click.option("--questionnaires", type=NUMBER, help="How many at most.")
@click.option("--amount", type=NUMBER, help="Whole units of the currency, with what a step costs.")
@click.option("--currency", help="For example EUR.")
@click.option("--cost-visit", type=NUMBER)
@click.option("--cost-questionnaire", type=NUMBER)
@click.option("--aim", type=click.Choice([aim.value for aim in Aim]), default=Aim.LEARN.value)
@click.option(
    "--spread",
    type=click.Choice([one.value for one in Spread]),
    default=Spread.SOME.value,
    help="Over regions.",
)
@out_option
@command_line.json_option
@with_appcontext
def propose(
    organisation: str,
    chain_name: str,
    aim: str,
    spread: str,
    out: Path | None,
    as_json: bool,
    **numbers: int | str | None,
) -> None:
    """Work a plan out for a budget. It is not kept: who keeps one stands behind it on its page."""
    with command_line.organisation_unit(organisation, reads_first=True):
        chain = get_chain_called(chain_name)
        wish = Wish(name=PROPOSED, aim=Aim(aim), spread=Spread(spread), **numbers)  # type: ignore[arg-type]
        by = system_identity(current_organisation())
        plan, lines = work_out(chain, wish, act=Act(by, datetime.now(UTC)))
        _write(chain, plan, lines, out)
        found, text = document_of(plan, chain.name, lines), _words(plan, lines)
    command_line.answer(found, as_json=as_json, text=text)


@visit_plan.command()
@organisation_option
@click.option("--plan", "name", required=True, help="Name of a kept plan.")
@click.option("--chain", "chain_name", help="Name of its map, where two maps have such a plan.")
@out_option
@command_line.json_option
@with_appcontext
def export(
    organisation: str, name: str, chain_name: str | None, out: Path | None, as_json: bool
) -> None:
    """A kept plan as it was made, with a reason for each line; of one name the newest."""
    with command_line.organisation_unit(organisation, reads_first=True):
        plan = _plan(name, chain_name)
        lines = list_steps(plan)
        _write(get_chain(plan.chain_id), plan, lines, out)
        found, text = document_of(plan, plan.chain_name, lines), _words(plan, lines)
    command_line.answer(found, as_json=as_json, text=text)


def _plan(name: str, chain_name: str | None) -> PlanRow:
    """The one plan that a name means."""
    found = list_plans_called(name, get_chain_called(chain_name).id if chain_name else None)
    if not found:
        raise NotFound(f"No plan is called “{name}”.", "Check the name.")
    if len(found) > 1:
        maps = ", ".join(f"“{plan.chain_name}”" for plan in found)
        raise NotFound(f"“{name}” is a plan of several maps: {maps}.", "Say which with --chain.")
    return found[0]


def _write(chain: ValueChain, plan: Plan, lines: Lines, out: Path | None) -> None:
    if out is None:
        return
    by = system_identity(current_organisation())
    form = FORMS[out.suffix.lower()]
    tables, act = as_tables(plan, chain.name, lines), Act(by, datetime.now(UTC))
    made = export_plan(chain, plan, tables, form, steps=len(lines), act=act)
    command_line.write_out(out, made.content)


def _words(plan: Plan, lines: Lines) -> str:
    told = [
        f"  {line.place}. {KINDS[line.kind]}: {line.node_name} "
        f"({100 * line.gain:.1f} % of all there is to learn). {reason(line)}"
        for line in lines
    ]
    return "\n".join([f"{plan.name}: {budget(plan)}.", guarantee(plan), *told])
