"""Pages of documents: list, one document, upload, download, withdrawal."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_organisation
from ddplatform.evidence.uploads import services as evidence
from ddplatform.evidence.uploads.forms import AddForm, WithdrawForm
from ddplatform.evidence.uploads.models import Confidentiality
from ddplatform.evidence.uploads.queries.documents import (
    PAGE_SIZE,
    get_evidence,
    list_documents,
    list_uses,
)
from ddplatform.evidence.uploads.queries.targets import list_records
from ddplatform.evidence.uploads.views import page_address, served_type, shown_uses
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import read_moment
from ddplatform.infrastructure.web.list_pages import going_on, read_place, write_place
from ddplatform.languages import gettext

bp = Blueprint("evidence", __name__)

EXPIRY_DAYS = {"past": 0, "30": 30, "90": 90}
USES = ("finding", "mitigation_action", "response", "none")


@bp.get("/")
@requires(Permission.EVIDENCE_READ)
def index() -> ResponseReturnValue:
    """Documents in use, newest first, filtered by the address."""
    use, expiry = request.args.get("use", ""), request.args.get("expiry", "")
    before = read_place(request.args.get("before", ""), read_moment)
    today: date = g.now.date()
    days = EXPIRY_DAYS.get(expiry)
    rows = list_documents(
        with_restricted=_sees_restricted(),
        search=request.args.get("q", "").strip(),
        expires_before=None if days is None else today + timedelta(days=days),
        unused=use == "none",
        used_for=use if use in USES[:3] else "",
        before=before,
        limit=PAGE_SIZE + 1,
    )
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    return render_template(
        "evidence/uploads/index.html",
        rows=rows[:PAGE_SIZE],
        older=going_on(before=write_place(last.created_at, last.id)) if last else None,
        is_first_page=before is None,
        q=request.args.get("q", ""),
        use=use,
        expiry=expiry,
        is_filtered=any(request.args.get(name) for name in ("q", "use", "expiry")),
        today=today,
        soon=today + timedelta(days=30),
    )


def _sees_restricted() -> bool:
    return bool(g.identity.has(Permission.EVIDENCE_RESTRICTED))


@bp.get("/<uuid:evidence_id>")
@requires(Permission.EVIDENCE_READ)
def show(evidence_id: UUID) -> ResponseReturnValue:
    """One document: fingerprint, validity, uses."""
    document = get_evidence(evidence_id, with_restricted=_sees_restricted())
    return render_template(
        "evidence/uploads/show.html",
        document=document,
        uses=shown_uses(list_uses(evidence_id), g.identity.organisation_id),
        may_redact=document.organisation_id == g.identity.organisation_id
        and document.content_removed_at is None
        and g.identity.has(Permission.RESPONSE_REVIEW),
        redacted_by=get_organisation(document.organisation_id).name,
        may_withdraw=evidence.may_withdraw(document, by=g.identity),
        today=g.now.date(),
    )


@bp.route("/add", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_ADD, reads_first=True, takes_files=True)
def add() -> ResponseReturnValue:
    """Add a document, to a record such as a finding where the address names one."""
    target, back = _target()
    form = AddForm()
    if not _sees_restricted():
        del form.confidentiality

    def save() -> ResponseReturnValue:
        kept = evidence.take_in(
            filename=form.document.data.filename,
            content=form.document.data.read(),
            act=g.act,
            respondent_organisation_id=None,
            description=form.description.data or "",
            confidentiality=Confidentiality(_chosen_confidentiality(form)),
            issued_on=form.issued_on.data,
            valid_until=form.valid_until.data,
        )
        if target is not None:
            evidence.attach(kept, target, at=g.now)
        flash(gettext("The document is kept."), "success")
        return redirect(back or url_for(".show", evidence_id=kept.id))

    return answer_page(form, save, "evidence/uploads/add.html", target=target, back=back)


def _target() -> tuple[Any, str | None]:
    """The record that the address names and the way back to it; None where it names none."""
    for record in list_records():
        if key := request.args.get(record.argument, type=UUID):
            return record.get(key), page_address(record.pages[0], key)
    return None, None


def _chosen_confidentiality(form: AddForm) -> str:
    return form.confidentiality.data if "confidentiality" in form else "normal"


@bp.post("/<uuid:evidence_id>/download")
@requires(Permission.EVIDENCE_READ)
@limited(Use.EXPORT)
def download(evidence_id: UUID) -> ResponseReturnValue:
    """The file, always as an attachment. A form, since each reading is written down."""
    document = get_evidence(evidence_id, with_restricted=_sees_restricted())
    content = evidence.read(document, act=g.act)
    response = send_file(
        BytesIO(content),
        mimetype=document.media_type,
        as_attachment=True,
        download_name=document.filename,
        max_age=0,
    )
    response.headers["Content-Type"] = served_type(document.media_type, content)
    response.headers["Content-Security-Policy"] = "sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/<uuid:evidence_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_ADD)
def withdraw(evidence_id: UUID) -> ResponseReturnValue:
    """Take a document out of use, in two steps, with the reason."""
    document = get_evidence(evidence_id, with_restricted=_sees_restricted())
    form = WithdrawForm()

    def save() -> ResponseReturnValue:
        evidence.withdraw(document, act=g.act, reason=form.reason.data)
        flash(gettext("The document is withdrawn."), "success")
        return redirect(url_for(".show", evidence_id=evidence_id))

    return answer_page(form, save, "evidence/uploads/withdraw.html", document=document)
