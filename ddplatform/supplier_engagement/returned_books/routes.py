"""Pages to import workbooks mailed back by suppliers, many at once."""

from collections.abc import Mapping
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_account
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound, status_of
from ddplatform.infrastructure.forms.uploads import read_upload
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.queries import get_job
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.infrastructure.web.list_pages import going_on
from ddplatform.languages import gettext, lazy_gettext
from ddplatform.supplier_engagement.blueprints.questionnaires import bp
from ddplatform.supplier_engagement.returned_books.models import BookOutcome
from ddplatform.supplier_engagement.returned_books.queries import (
    PAGE_SIZE,
    count_outcomes,
    get_delivery,
    list_books,
    list_deliveries,
)
from ddplatform.supplier_engagement.returned_books.services.books import bring
from ddplatform.supplier_engagement.returned_books.views import fault_words
from supply_chain.errors import FileRefused

OUTCOME_WORDS: Mapping[BookOutcome, tuple[str, str]] = {
    BookOutcome.HANDED_ON: (lazy_gettext("Handed on"), "ok"),
    BookOutcome.NOTHING_NEW: (lazy_gettext("Nothing new"), "line"),
    BookOutcome.REFUSED: (lazy_gettext("Refused"), "danger"),
    BookOutcome.WAITING: (lazy_gettext("Not read yet"), "line"),
}
"""Words and look of each outcome."""
_GOING_ON = (JobState.QUEUED, JobState.RUNNING)


@bp.route("/returned-workbooks", methods=["GET", "POST"])
@requires(Permission.QUESTIONNAIRE_ASSIGN, reads_first=True, takes_files=True)
def returned() -> ResponseReturnValue:
    """Upload workbooks that came back; the uploads so far."""
    problems: list[str] = []
    status = 200
    if request.method == "POST":
        uploads = [one for one in request.files.getlist("files") if one.filename]
        files = [(one.filename or "", read_upload(one)) for one in uploads]
        try:
            if not files:
                raise FileRefused(
                    "empty", gettext("No file is chosen."), gettext("Choose the workbooks (.xlsx).")
                )
            declared = {one.filename or "": one.mimetype for one in uploads}
            delivery = bring(files, declared=declared, act=g.act)
        except FileRefused as error:
            problems.append(f"{error.message} {error.advice}")
            status = status_of(error)
        else:
            return redirect(url_for(".returned_books", delivery_id=delivery.id))
    return render_template(
        "supplier_engagement/returned_books/returned.html",
        rows=list_deliveries(),
        problems=problems,
    ), status


@bp.get("/returned-workbooks/<uuid:delivery_id>")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def returned_books(delivery_id: UUID) -> ResponseReturnValue:
    """The outcome of each workbook of an upload."""
    delivery, counts = get_delivery(delivery_id), count_outcomes(delivery_id)
    outcome = _outcome()
    found = list_books(
        delivery_id, outcome=outcome, after=request.args.get("after", -1, type=read_number)
    )
    rows = found[:PAGE_SIZE]
    job, account = _job(delivery.job_id), get_account(delivery.created_by_id)
    return render_template(
        "supplier_engagement/returned_books/returned_books.html",
        delivery=delivery,
        who=account.name if account else "",
        rows=rows,
        words=OUTCOME_WORDS,
        fault_words=fault_words,
        read=delivery.book_count - counts[BookOutcome.WAITING],
        is_reading=delivery.read_at is None and job is not None and job.state in _GOING_ON,
        job=job if job is not None and job.state is JobState.FAILED else None,
        views=[
            {
                "label": gettext("All"),
                "href": url_for(".returned_books", delivery_id=delivery_id),
                "current": outcome is None,
                "count": delivery.book_count,
            },
            *(
                {
                    "label": OUTCOME_WORDS[one][0],
                    "href": url_for(".returned_books", delivery_id=delivery_id, outcome=one.value),
                    "current": outcome is one,
                    "count": many,
                }
                for one, many in counts.items()
                if many
            ),
        ],
        next_href=going_on(after=rows[-1].book.place) if len(found) > PAGE_SIZE else None,
    )


def _outcome() -> BookOutcome | None:
    text = request.args.get("outcome", "")
    return BookOutcome(text) if text in set(BookOutcome) else None


def _job(job_id: UUID | None) -> Job | None:
    """The job that reads an upload; old ones are cleared away."""
    try:
        return get_job(job_id) if job_id else None
    except NotFound:
        return None
