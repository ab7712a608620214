"""`flask frameworks`: coverage of framework requirements by records (docs/commands.md)."""

from collections import Counter
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from ddplatform.core.due_diligence.errors import UnknownFramework
from ddplatform.core.due_diligence.frameworks import RequirementCoverage
from ddplatform.core.due_diligence.frameworks import framework as read_framework
from ddplatform.due_diligence.frameworks.queries.coverage import load_coverage
from ddplatform.infrastructure.commands import answer, json_option, organisation_unit
from ddplatform.infrastructure.errors import NotFound

SIGNS = {"covered": "+", "partly": "~", "missing": "-"}


@click.group()
def frameworks() -> None:
    """Laws and standards, and the evidence for each requirement."""


@frameworks.command()
@click.argument("framework")
@click.option("--organisation", required=True, help="Address of the organisation.")
@json_option
@with_appcontext
def coverage(framework: str, organisation: str, as_json: bool) -> None:
    """Each requirement of FRAMEWORK: covered, partly, missing. Evidence is not a judgement."""
    today = datetime.now(UTC).date()
    with organisation_unit(organisation):
        try:
            of, found = read_framework(framework), load_coverage(framework, as_of=today)
        except UnknownFramework as error:
            raise NotFound(str(error)) from error
    counts = Counter(one.coverage.value for one in found)
    document = {
        "framework": of.ref,
        "title": of.title,
        "version": of.version,
        "as_of": today.isoformat(),
        "counts": {word: counts.get(word, 0) for word in SIGNS},
        "requirements": [_row(one) for one in found],
    }
    lines = [f"{of.title} ({of.version})"]
    lines += [
        f"{SIGNS[one.coverage]} {one.requirement.ref} {one.requirement.title}: "
        f"{' '.join(one.reasons)}"
        for one in found
    ]
    answer(document, as_json=as_json, text="\n".join(lines))


def _row(one: RequirementCoverage) -> dict[str, object]:
    return {
        "id": one.requirement.ref,
        "title": one.requirement.title,
        "coverage": one.coverage.value,
        "reasons": list(one.reasons),
        "evidence": [
            {
                "kind": fact.kind,
                "record": fact.record,
                "on": fact.on.isoformat() if fact.on else None,
            }
            for fact in one.facts
        ],
    }
