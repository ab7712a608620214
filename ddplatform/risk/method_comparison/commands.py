"""`flask risk compare-methods`: a map under RM-1.0 and RM-2.0 side by side."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from ddplatform.infrastructure import commands as command_line
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.tenancy import current_organisation
from ddplatform.risk.analysis.commands import FORMS, known_ending
from ddplatform.risk.method_comparison.queries import compare_methods
from ddplatform.risk.method_comparison.services import export_comparison
from ddplatform.risk.method_comparison.views import as_tables, document_of, sentence_of
from ddplatform.value_chain.mapping.queries.maps import get_chain_called


@click.command("compare-methods")
@click.option("--organisation", required=True, help="The organisation's word in addresses.")
@click.option("--chain", "chain_name", required=True, help="Name of the map.")
@click.option(
    "--out", type=click.Path(path_type=Path), callback=known_ending,
    help="Write the comparison to a file: .xlsx, or .zip of CSV tables.",
)  # fmt: skip
@command_line.json_option
@with_appcontext
def compare_methods_of_map(
    organisation: str, chain_name: str, out: Path | None, as_json: bool
) -> None:
    """Score a map as of today by RM-1.0 and by RM-2.0 and print what moves. No run is kept."""
    now = datetime.now(UTC)
    with command_line.organisation_unit(organisation, reads_first=True):
        chain = get_chain_called(chain_name)
        compared = compare_methods(chain, now.date())
        if out is not None:
            made = export_comparison(
                chain,
                as_tables(compared),
                FORMS[out.suffix.lower()],
                version=compared.map_version,
                act=Act(system_identity(current_organisation()), now),
            )
            command_line.write_out(out, made.content)
    command_line.answer(document_of(compared), as_json=as_json, text=sentence_of(compared))
