"""Requests of reports: validation, title, and the facts covered."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.documents.definitions.plans import AUDIENCES, Definition
from ddplatform.documents.definitions.shipped import load_definition
from ddplatform.documents.errors import DefinitionRefused
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import gettext
from ddplatform.reporting.report_facts.queries.facts import load_records
from ddplatform.reporting.report_facts.queries.scope import load_scope
from ddplatform.reporting.report_facts.views.facts import facts_of
from ddplatform.reporting.reports.models import Report, ReportStatus
from ddplatform.reporting.reports.queries import next_number
from ddplatform.value_chain.mapping.queries.maps import get_chain

BUILD = "report:build"


@dataclass(frozen=True)
class Wanted:
    """A report as it is asked for."""

    definition_ref: str
    chain_id: UUID
    period: tuple[date, date]
    audience: str = "auditor"
    as_of: date | None = None
    """The day it is seen from; None: the day it is asked for."""


def request(wanted: Wanted, *, act: Act) -> Report:
    """Queue a report; the job makes it with the rights that the person has then.

    Raises:
        Invalid: unknown definition or reader, or a period that is none.
        NotFound: no such map.
    """
    report = add_report(wanted, act=act)
    report.job_id = jobs.enqueue(BUILD, {"report_id": str(report.id)}, act=act).id
    return report


def add_report(wanted: Wanted, *, act: Act) -> Report:
    """Add a report that waits to be made. Raises as `request`."""
    audit.lock_log()  # numbers are given one after the other
    report = draft_of(wanted, checked(wanted, today=act.at.date()), at=act.at)
    report.created_by_id = act.by.user_id
    db.session.add(report)
    db.session.flush()  # the event and the job name it
    audit.record(
        "report:request",
        report,
        act=act,
        definition=f"{report.definition_ref} {report.definition_version}",
        audience=wanted.audience,
        period=list(wanted.period),
    )
    return report


def draft_of(wanted: Wanted, definition: Definition, *, at: datetime) -> Report:
    """The row of a report that is asked for, not added yet."""
    return Report(
        number=next_number(),
        definition_ref=definition.ref,
        definition_version=definition.version,
        title=definition.title,
        audience=wanted.audience,
        status=ReportStatus.QUEUED,
        chain_id=wanted.chain_id,
        period_from=wanted.period[0],
        period_to=wanted.period[1],
        as_of=wanted.as_of or at.date(),
        files={},
        gaps=[],
        created_at=at,
    )


def checked(wanted: Wanted, *, today: date) -> Definition:
    """The definition of a report that can be made. Raises as `request`."""
    chain = get_chain(wanted.chain_id)
    as_of = wanted.as_of or today
    faults = {}
    if wanted.audience not in AUDIENCES:
        faults["audience"] = gettext("Choose one of: %(words)s.", words=", ".join(AUDIENCES))
    if wanted.period[0] > wanted.period[1]:
        faults["period_from"] = gettext(
            "The period ends before it begins; change one of the two days."
        )
    elif wanted.period[0] > today:
        faults["period_from"] = gettext(
            "The period has not begun yet; choose an earlier first day."
        )
    if as_of > today:
        faults["as_of"] = gettext("No data exist for a future day; choose today or earlier.")
    elif as_of < chain.created_at.date():
        first = chain.created_at.date().isoformat()
        faults["as_of"] = gettext(
            "This map began on %(day)s; choose that day or a later one.", day=first
        )
    try:
        definition = load_definition(wanted.definition_ref)
    except DefinitionRefused as refusal:
        faults["definition"] = " ".join(refusal.faults)
    if faults:
        raise Invalid(fields=faults)
    return definition


def gather(report: Report) -> dict[str, Any]:
    """The facts of a report from the records, for any reader."""
    scope = load_scope(
        report.chain_id,
        period=(report.period_from, report.period_to),
        as_of=report.as_of,
        today=report.created_at.date(),
    )
    return facts_of(load_records(scope), audience=report.audience)
