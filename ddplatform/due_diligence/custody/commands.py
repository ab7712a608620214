"""`flask organisations open-case`: emergency access where there is no second officer."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from ddplatform.due_diligence.custody.queries import get_access, list_open_access
from ddplatform.due_diligence.custody.services import emergency
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.commands import answer, json_option, organisation_unit
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.tenancy import current_organisation


@click.command("open-case")
@click.option("--organisation", required=True)
@click.option("--code", required=True, help="Code of the case, as the officer asked for it.")
@json_option
@with_appcontext
def open_case(organisation: str, code: str, as_json: bool) -> None:
    """Agree to an officer's emergency access where no second officer can."""
    with organisation_unit(organisation):
        waiting = [
            one for one in list_open_access() if one.code == code.upper() and one.ends_at is None
        ]
        if not waiting:
            raise NotFound(
                f"Nobody asks for access to a case '{code}'.",
                "The officer asks first, under Remediation, Custody.",
            )
        access, case = get_access(waiting[0].id)
        act = Act(system_identity(current_organisation()), datetime.now(UTC))
        emergency.open_by_operator(access, case, act=act)
        ends_at = access.ends_at or act.at
        found = {"code": code.upper(), "ends_at": ends_at.isoformat()}
    answer(found, as_json=as_json, text=f"The case is open until {ends_at:%Y-%m-%d %H:%M} UTC.")
