"""`flask retention`: periods, a dry run, and legal holds."""

from datetime import UTC, datetime
from uuid import UUID

import click
from flask.cli import with_appcontext

from ddplatform.infrastructure.commands import answer, json_option, organisation_unit
from ddplatform.operations.retention.classes import retention_classes
from ddplatform.operations.retention.queries import get_hold
from ddplatform.operations.retention.services import apply_retention, list_due
from ddplatform.operations.retention.services import hold as keep
from ddplatform.operations.retention.services import release as end

ORGANISATION = click.option("--organisation", required=True)


@click.group()
def retention() -> None:
    """Periods of retention, legal holds and removal."""


@retention.command()
@json_option
@with_appcontext
def classes(as_json: bool) -> None:
    """The retention classes: period, clock, reason, owner, and what removes them."""
    told = [
        {
            "class": one.ref,
            "title": one.title,
            "days": one.days,
            "clock": one.clock,
            "reason": one.reason,
            "owner": one.owner,
            "rule": one.rule,
        }
        for one in retention_classes()
    ]
    lines = [f"{one['class']}: {one['days']} days from {one['clock']}" for one in told]
    answer(told, as_json=as_json, text="\n".join(lines))


@retention.command("dry-run")
@ORGANISATION
@json_option
@with_appcontext
def dry_run(organisation: str, as_json: bool) -> None:
    """Count what the nightly job would remove now; nothing is changed."""
    with organisation_unit(organisation):
        found = list_due(datetime.now(UTC))
    told = [
        {
            "class": one.of.ref,
            "due": one.count,
            "held_until": one.held_until.isoformat() if one.held_until else None,
        }
        for one in found
    ]
    lines = [
        f"{one['class']}: {one['due']} due"
        + (f", held until {one['held_until']}" if one["held_until"] else "")
        for one in told
    ]
    answer(told, as_json=as_json, text="\n".join(lines))


@retention.command()
@ORGANISATION
@json_option
@with_appcontext
def apply(organisation: str, as_json: bool) -> None:
    """Remove now what is due and not held, as the nightly job does."""
    with organisation_unit(organisation):
        removed = apply_retention(datetime.now(UTC))
    text = ", ".join(f"{ref} {count}" for ref, count in removed.items()) or "nothing was due"
    answer({"removed": removed}, as_json=as_json, text=f"Removed: {text}.")


@retention.command()
@ORGANISATION
@click.option("--class", "class_ref", required=True)
@click.option("--reason", required=True)
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]))
@json_option
@with_appcontext
def hold(organisation: str, class_ref: str, reason: str, until: datetime, as_json: bool) -> None:
    """Keep everything of a class until a day, with the reason."""
    with organisation_unit(organisation):
        at = datetime.now(UTC)
        made = keep(class_ref, reason=reason, ends_on=until.date(), at=at)
        told = {"hold": str(made.id), "class": class_ref, "until": until.date().isoformat()}
    answer(told, as_json=as_json, text=f"Held until {told['until']}. Hold {told['hold']}.")


@retention.command()
@ORGANISATION
@click.option("--hold", "hold_id", required=True, type=click.UUID)
@json_option
@with_appcontext
def release(organisation: str, hold_id: UUID, as_json: bool) -> None:
    """End a hold before its day."""
    with organisation_unit(organisation):
        end(get_hold(hold_id), at=datetime.now(UTC))
    answer({"released": str(hold_id)}, as_json=as_json, text="The hold has ended.")
