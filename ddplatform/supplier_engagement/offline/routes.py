"""Pages of offline answering: a workbook, a phone app, and the files received."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.documents.exports import XLSX, ExportedFile
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.errors import Conflict, Invalid, TooMany, status_of
from ddplatform.infrastructure.forms.uploads import read_upload
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.infrastructure.words.problems import in_words, refusal_in_words
from ddplatform.languages import gettext, ngettext
from ddplatform.supplier_engagement.blueprints.responses import bp
from ddplatform.supplier_engagement.offline.models import IntakeStatus
from ddplatform.supplier_engagement.offline.queries import list_app_links, list_intakes
from ddplatform.supplier_engagement.offline.services.books import write_book
from ddplatform.supplier_engagement.offline.services.intake import look, put_aside, take
from ddplatform.supplier_engagement.offline.views import app_square
from ddplatform.supplier_engagement.phone_apps.services.forms import write_phone_form
from ddplatform.supplier_engagement.phone_apps.services.links import is_live, make_link, revoke_link
from ddplatform.supplier_engagement.phone_apps.services.submissions import keep_upload
from ddplatform.supplier_engagement.protection_services.queries import services_near
from ddplatform.supplier_engagement.protection_services.views import words_of_help
from ddplatform.supplier_engagement.responses.queries.responses import get_request
from ddplatform.supplier_engagement.returned_books.queries import get_returned, list_returned
from ddplatform.supplier_engagement.returned_books.services.books import open_returned
from supply_chain.errors import FileRefused


@bp.get("/<uuid:assignment_id>/ways")
@requires(Permission.RESPONSE_ANSWER)
def ways(assignment_id: UUID) -> ResponseReturnValue:
    """Download the workbook or the form of the phone app, and upload the answers."""
    return _ways_page(assignment_id)


@bp.get("/<uuid:assignment_id>/ways/answers.xlsx")
@requires(Permission.RESPONSE_ANSWER)
def workbook(assignment_id: UUID) -> ResponseReturnValue:
    """The questions with the answers so far as a workbook."""
    name, content = write_book(assignment_id, at=g.now)
    return as_download(ExportedFile(name, XLSX, content))


@bp.get("/<uuid:assignment_id>/ways/form.xml")
@requires(Permission.RESPONSE_ANSWER)
def phone_form(assignment_id: UUID) -> ResponseReturnValue:
    """The questions as an XForm that knows whose answers it takes."""
    asked = get_request(assignment_id)
    form = asked.plan.form
    name = f"{form.form_id}-{form.version}.xml"
    return as_download(ExportedFile(name, "application/xml", write_phone_form(asked)))


@bp.post("/<uuid:assignment_id>/ways")
@requires(Permission.RESPONSE_ANSWER, reads_first=True, takes_files=True)
def bring(assignment_id: UUID) -> ResponseReturnValue:
    """Upload a file for review before anything of it counts."""
    get_request(assignment_id)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _ways_page(assignment_id, [gettext("Choose the file that you filled in.")]), 422
    try:
        kept = keep_upload(
            assignment_id,
            filename=upload.filename,
            content=read_upload(upload),
            declared=upload.mimetype,
            act=g.act,
        )
    except (FileRefused, TooMany, Conflict) as error:
        words = refusal_in_words(error, upload.filename)
        return _ways_page(assignment_id, [words]), status_of(error)
    if len(kept) > 1:
        flash(
            gettext(
                "The file holds %(count)s submissions. Look at each, and take over the one that is"
                " yours.",
                count=len(kept),
            ),
            "info",
        )
        return redirect(url_for(".ways", assignment_id=assignment_id, _anchor="came"))
    return redirect(url_for(".incoming", assignment_id=assignment_id, intake_id=kept[0].id))


@bp.get("/<uuid:assignment_id>/ways/<uuid:intake_id>")
@requires(Permission.RESPONSE_ANSWER)
def incoming(assignment_id: UUID, intake_id: UUID) -> ResponseReturnValue:
    """The changes in a file, with every error; nothing is changed yet."""
    asked = get_request(assignment_id)
    found = look(assignment_id, intake_id, at=g.now)
    is_open = asked.is_writable and found.intake.status is IntakeStatus.WAITING
    return render_template(
        "supplier_engagement/offline/incoming.html",
        asked=asked,
        found=found,
        is_open=is_open,
        in_words=in_words,
    )


@bp.post("/<uuid:assignment_id>/ways/<uuid:intake_id>")
@requires(Permission.RESPONSE_ANSWER)
def settle(assignment_id: UUID, intake_id: UUID) -> ResponseReturnValue:
    """Take the answers of a file over, or put it aside."""
    if "aside" in request.form:
        put_aside(assignment_id, intake_id, act=g.act)
        flash(gettext("The file was put aside. Nothing was changed."), "info")
        return redirect(url_for(".ways", assignment_id=assignment_id))
    chosen = {
        name.removeprefix("take:")
        for name in request.form
        if name.startswith("take:/") and request.form[name] == "file"
    }
    taken = take(assignment_id, intake_id, overwrite=chosen, act=g.act)
    flash(
        ngettext(
            "%(num)s answer was taken over. Nothing is sent yet.",
            "%(num)s answers were taken over. Nothing is sent yet.",
            taken.changed,
        ),
        "success",
    )
    asked = get_request(assignment_id).assignment
    for words in words_of_help(taken.new_flags, asked.answered_by, services_near(asked)):
        flash(words, "info")
    return redirect(url_for(".show", assignment_id=assignment_id))


@bp.post("/<uuid:assignment_id>/ways/brought/<uuid:book_id>")
@requires(Permission.RESPONSE_ANSWER, reads_first=True)
def open_book(assignment_id: UUID, book_id: UUID) -> ResponseReturnValue:
    """Review a workbook imported by the buyer; nothing of it counts yet."""
    get_request(assignment_id)
    name = get_returned(assignment_id, book_id).filename.rpartition("/")[2]
    try:
        kept = open_returned(assignment_id, book_id, act=g.act)
    except (FileRefused, Conflict) as error:
        return _ways_page(assignment_id, [refusal_in_words(error, name)]), status_of(error)
    return redirect(url_for(".incoming", assignment_id=assignment_id, intake_id=kept.id))


@bp.post("/<uuid:assignment_id>/ways/apps")
@requires(Permission.RESPONSE_ANSWER, fresh=True)
def make_app_link(assignment_id: UUID) -> ResponseReturnValue:
    """Make a secret address for one phone; it is shown once, with its square to be scanned."""
    try:
        _, token = make_link(
            assignment_id,
            name=request.form.get("name", ""),
            act=g.act,
        )
    except Invalid as error:
        return _ways_page(assignment_id, list(error.fields.values()), at="name"), 422
    address = adapters().base_url.rstrip("/") + f"/openrosa/{token}"
    return _ways_page(assignment_id, address=address)


@bp.post("/<uuid:assignment_id>/ways/apps/<uuid:app_link_id>/revoke")
@requires(Permission.RESPONSE_ANSWER)
def revoke_app_link(assignment_id: UUID, app_link_id: UUID) -> ResponseReturnValue:
    """End the address of one phone at once."""
    revoke_link(assignment_id, app_link_id, act=g.act)
    flash(gettext("The address does not work any more."), "success")
    return redirect(url_for(".ways", assignment_id=assignment_id))


def _ways_page(
    assignment_id: UUID, problems: Sequence[str] = (), *, at: str = "file", address: str = ""
) -> str:
    asked = get_request(assignment_id)
    links = list_app_links(assignment_id)
    return render_template(
        "supplier_engagement/offline/ways.html",
        asked=asked,
        is_writable=asked.is_writable,
        intakes=list_intakes(assignment_id),
        brought=list_returned(assignment_id),
        problems=[{"href": f"#{at}", "messages": [problem]} for problem in problems],
        Status=IntakeStatus,
        address=address,
        square=app_square(address, f"{asked.requester}: {asked.title}") if address else "",
        app_links=[link for link in links if is_live(link, at=g.now)],
    )
