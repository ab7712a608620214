"""Sealed reports of the sample."""

from datetime import datetime
from typing import Any

from ddplatform.demo.world import Story, Timeline, World
from ddplatform.infrastructure.db import db
from ddplatform.reporting.reports.services import requests as reports
from ddplatform.reporting.reports.services import sealing as report_sealing


def plan_reports(story: Story, timeline: Timeline) -> None:
    """Schedule the content of `reports.yaml`."""
    timeline.each(story.read("reports.yaml"), _seal)


def _seal(entry: dict[str, Any], world: World, at: datetime) -> None:
    """Asked for, frozen, made and sealed, as the worker would."""
    first, last = entry["period"]
    wanted = reports.Wanted(
        definition_ref=entry["definition"],
        chain_id=world.chains[entry["buyer"]],
        period=(world.day(first), world.day(last)),
        audience=entry["audience"],
    )
    with world.acting(entry["by"], at) as act:
        report = reports.add_report(wanted, act=act)
        frozen = report_sealing.freeze(report.id, act=act)
        assert frozen is not None  # nobody else seals it
        db.session.flush()  # the facts are kept before files are made of them
        report_sealing.seal(report.id, report_sealing.render(frozen), act=act)
