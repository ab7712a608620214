"""Pages of reports: list, request, progress, reading, download, verification."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.documents.definitions.composition import compose
from ddplatform.documents.definitions.shipped import list_definitions, load_definition
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.queries import get_job
from ddplatform.infrastructure.web.address_values import number
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.reporting.reports.forms import (
    AUDIENCE_NOTES,
    AUDIENCES,
    EDITIONS,
    CheckForm,
    NewReportForm,
)
from ddplatform.reporting.reports.models import Report, ReportStatus
from ddplatform.reporting.reports.queries import (
    PAGE_SIZE,
    get_report_with_facts,
    list_reports,
    report_name,
)
from ddplatform.reporting.reports.services import preview as report_preview
from ddplatform.reporting.reports.services import proof as report_proof
from ddplatform.reporting.reports.services import requests as reports
from ddplatform.reporting.reports.services import sealing as report_sealing
from ddplatform.reporting.reports.services.requests import Wanted
from ddplatform.reporting.reports.views.paper import paper_of, sections_of
from ddplatform.value_chain.mapping.queries.maps import get_chain, list_chains

bp = Blueprint("reports", __name__)


@bp.get("/")
@requires(Permission.REPORT_READ)
def index() -> ResponseReturnValue:
    """Every report, newest first."""
    before = request.args.get("before", type=number)
    rows = list_reports(before=before, limit=PAGE_SIZE + 1)
    return render_template(
        "reporting/reports/index.html",
        rows=rows[:PAGE_SIZE],
        older=rows[PAGE_SIZE - 1].number if len(rows) > PAGE_SIZE else None,
        is_first_page=before is None,
        name_of=report_name,
        audiences=AUDIENCES,
        has_map=bool(rows) or bool(list_chains()),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.REPORT_REQUEST)
@limited(Use.CALCULATION)
def new() -> ResponseReturnValue:
    """Ask for a report; "see the gaps" shows them first."""
    chains = sorted(list_chains(), key=lambda chain: (-chain.nodes, chain.name))
    if not chains:
        return render_template("reporting/reports/no_map.html")
    today: date = g.now.date()
    form = NewReportForm(
        chain=request.args.get("chain"), period_from=date(today.year, 1, 1), period_to=today
    )
    form.offer([(chain.id, chain.name) for chain in chains])
    preview = None
    if form.validate_on_submit():
        try:
            if request.form.get("look") != "yes":
                made = reports.request(_wanted(form), act=g.act)
                return redirect(url_for(".show", report_id=made.id))
            preview = report_preview.preview(_wanted(form), at=g.now)
        except Invalid as fault:
            _show(form, fault)
    page = render_template(
        "reporting/reports/new.html",
        form=form,
        notes=AUDIENCE_NOTES,
        preview=preview,
        today=today,
        sections=_section_titles(),
    )
    return page, 422 if form.errors else 200


def _section_titles() -> list[str]:
    """The sections of the report that is offered first."""
    return [section.title for section in load_definition(list_definitions()[0]).sections]


def _wanted(form: NewReportForm) -> Wanted:
    return Wanted(
        definition_ref=form.definition.data,
        chain_id=UUID(form.chain.data),
        period=(form.period_from.data, form.period_to.data),
        audience=form.audience.data,
    )


def _show(form: NewReportForm, fault: Invalid) -> None:
    for name, words in fault.fields.items():
        field: Any = getattr(form, name, form.period_to)
        field.errors = [*field.errors, words]


@bp.get("/<uuid:report_id>")
@requires(Permission.REPORT_READ)
def show(report_id: UUID) -> ResponseReturnValue:
    """A sealed report as paper; until then, how far its making is."""
    report = get_report_with_facts(report_id)
    if report.status is not ReportStatus.SEALED:
        return _waiting(report)
    document = compose(load_definition(report.definition_ref), report.facts or {})
    blocks = paper_of(document, report.chain_id)
    return render_template(
        "reporting/reports/show.html",
        report=report,
        name=report_name(report),
        editions=EDITIONS,
        cover=document.cover,
        blocks=blocks,
        sections=sections_of(blocks),
        endings=report_sealing.ENDINGS,
    )


def _waiting(report: Report) -> str:
    job = get_job(report.job_id) if report.job_id else None
    running = job is not None and job.is_going_on
    return render_template(
        "reporting/reports/waiting.html",
        report=report,
        name=report_name(report),
        audiences=AUDIENCES,
        chain=get_chain(report.chain_id),
        job=job,
        running=running and report.status is not ReportStatus.FAILED,
        failure=report.failure or (job.last_error if job else None),
    )


@bp.post("/<uuid:report_id>/files/<form>")
@requires(Permission.REPORT_EXPORT)
def download(report_id: UUID, form: str) -> ResponseReturnValue:
    """One file of a sealed report, only ever as an attachment; the log gets an event."""
    if form not in report_sealing.ENDINGS:
        raise NotFound()
    file = report_sealing.export(report_id, form, act=g.act)
    answer = as_download(file)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/<uuid:report_id>/check")
@requires(Permission.REPORT_READ)
def check(report_id: UUID) -> ResponseReturnValue:
    """Verify now the facts, seal and log of a sealed report."""
    report = get_report_with_facts(report_id)
    if report.status is not ReportStatus.SEALED:
        raise NotFound()
    checks = report_proof.checks_of(report)
    return _checked(checks=checks, name=report_name(report), report_id=report.id)


@bp.route("/check-file", methods=["GET", "POST"])
@requires(Permission.REPORT_READ, reads_first=True, takes_files=True)
def check_file() -> ResponseReturnValue:
    """Hold a file against the sealed reports; nothing of it is kept."""
    form = CheckForm()
    if form.validate_on_submit():
        proof = report_proof.verify_file(form.file.data.read())
        return _checked(
            checks=proof.checks,
            name=proof.name,
            report_id=proof.report_id,
            sha256=proof.sha256,
            is_sound=proof.is_sound,
        )
    page = render_template("reporting/reports/check_file.html", form=form)
    return page, 422 if form.errors else 200


def _checked(*, checks: Any, name: str | None, report_id: UUID | None, **more: Any) -> str:
    shown = {"is_sound": all(one.is_sound for one in checks), "sha256": None, **more}
    return render_template(
        "reporting/reports/checked.html", checks=checks, name=name, report_id=report_id, **shown
    )
