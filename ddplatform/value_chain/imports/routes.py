"""Pages of an import: upload, columns, preview, application, result, undo."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.import_corrections.services.corrections import correct_mapping
from ddplatform.value_chain.import_corrections.views import activity_summary
from ddplatform.value_chain.import_steps.queries.dependents import list_dependents
from ddplatform.value_chain.import_steps.queries.first_run import leads_first_run
from ddplatform.value_chain.import_steps.services.undo import obstacle_to_undo, undo_import
from ddplatform.value_chain.imports.page import STATUS_WORDS, dependent_links, import_page
from ddplatform.value_chain.imports.queries import get_import, list_guessed_values, list_imports
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.imports.services import requests as import_requests
from ddplatform.value_chain.imports.views.mapping import mapping_page, read_corrections, remembered
from ddplatform.value_chain.mapping.forms import ApplyForm, ImportForm
from ddplatform.value_chain.mapping.models import ImportStatus, MapImport
from ddplatform.value_chain.mapping.queries.maps import find_own_business, get_chain
from supply_chain.errors import FileRefused
from supply_chain.intake.drafts import NamedBytes

GUESSED_KINDS = ("country", "commodities", "commodity", "sector")
GUESSES_SHOWN = 100


@bp.get("/<uuid:chain_id>/imports")
@requires(Permission.VALUE_CHAIN_READ)
def imports(chain_id: UUID) -> ResponseReturnValue:
    """The lists that came into this map."""
    rows = list_imports(chain_id)
    return render_template(
        "value_chain/imports/imports.html",
        chain=get_chain(chain_id),
        rows=rows,
        status_words=STATUS_WORDS,
    )


@bp.route("/<uuid:chain_id>/imports/new", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_IMPORT, takes_files=True)
def upload(chain_id: UUID) -> ResponseReturnValue:
    """Take in the files of one import; reading them goes on behind the page."""
    chain, form, own = get_chain(chain_id), ImportForm(), find_own_business(chain_id)

    def save() -> ResponseReturnValue:
        row = map_import.stage(
            chain_id,
            _files(form.files.data),
            link_to_id=own.id if own and form.link_to_own.data else None,
            act=g.act,
        )
        return redirect(url_for("value_chain.show_import", import_id=row.id))

    return answer_page(form, save, "value_chain/imports/upload.html", chain=chain, own=own)


def _files(uploads: list[FileStorage]) -> list[NamedBytes]:
    """The files with a name; at most one byte more than the limit is read of each."""
    return [
        NamedBytes(upload.filename, upload.stream.read(map_import.MAX_BYTES + 1))
        for upload in uploads
        if upload.filename
    ]


@bp.get("/imports/<uuid:import_id>")
@requires(Permission.VALUE_CHAIN_READ)
def show_import(import_id: UUID) -> ResponseReturnValue:
    """The state of an import: being read, preview, refused, being applied, result."""
    return _page(get_import(import_id), form=ApplyForm(skip_faulty=False))


def _page(row: MapImport, *, form: ApplyForm) -> str:
    shown = import_page(row, request.args, form=form)
    return render_template("value_chain/imports/show_import.html", **shown)


@bp.route("/imports/<uuid:import_id>/columns", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_IMPORT)
def columns(import_id: UUID) -> ResponseReturnValue:
    """The column mapping, with examples; a correction reads the files again."""
    row = get_import(import_id, with_preview=True)
    problem = None
    if request.method == "POST":
        try:
            corrected = read_corrections(row, request.form)
            correct_mapping(import_id, corrected, act=g.act)
        except (Invalid, FileRefused) as error:
            problem = f"{error.message} {error.advice}"
        else:
            return redirect(url_for("value_chain.show_import", import_id=import_id))
    page = render_template(
        "value_chain/imports/columns.html",
        row=row,
        chain=get_chain(row.chain_id),
        tables=mapping_page(row, request.form),
        guessed=list_guessed_values(row.id, GUESSED_KINDS, limit=GUESSES_SHOWN),
        remembered=remembered(row),
        activity=activity_summary(row.counts.get("activities")),
        problem=problem,
    )
    return page, 422 if problem else 200


@bp.post("/imports/<uuid:import_id>/apply")
@requires(Permission.VALUE_CHAIN_IMPORT)
def apply_import(import_id: UUID) -> ResponseReturnValue:
    """Bring the list into the map, behind the page."""
    form = ApplyForm()

    def save() -> ResponseReturnValue:
        import_requests.request_apply(
            import_id,
            skip_faulty=form.skip_faulty.data,
            archive_links=form.archive_links.data,
            act=g.act,
        )
        if leads_first_run(import_id):
            return redirect(url_for("first_run.progress"))
        return redirect(url_for("value_chain.show_import", import_id=import_id))

    def show() -> str:
        return _page(get_import(import_id), form=form)

    return answer_form(form, save, show)


@bp.route("/imports/<uuid:import_id>/undo", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_IMPORT)
def undo(import_id: UUID) -> ResponseReturnValue:
    """The second step before an import is taken back; what depends on it is named."""
    row = get_import(import_id)
    if request.method == "POST":
        undo_import(import_id, act=g.act)
        flash(gettext("The import is undone: the map is as it was before."), "success")
        return redirect(url_for("value_chain.show_import", import_id=import_id))
    obstacle = obstacle_to_undo(row)
    if obstacle is not None and row.status is not ImportStatus.APPLIED:
        raise Conflict(
            gettext("This import cannot be undone. %(obstacle)s", obstacle=obstacle),
            gettext("Change single sites instead."),
        )
    page = render_template(
        "value_chain/import_steps/undo.html",
        row=row,
        chain=get_chain(row.chain_id),
        applied=row.counts.get("applied", {}),
        dependents=[dependent_links(one) for one in list_dependents(row)] if obstacle else [],
    )
    return page, 409 if obstacle else 200
