"""A list comes in: upload, columns, preview, apply, result, undo."""

import csv
import io
from typing import Any
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from ddplatform.access.permissions import Permission
from ddplatform.errors import Conflict, Invalid
from ddplatform.gate import requires
from ddplatform.models.value_chain import ImportStatus, MapImport
from ddplatform.queries.jobs import get_job
from ddplatform.queries.map_imports import get_import, list_imports
from ddplatform.queries.value_chain import find_own_business, get_chain
from ddplatform.services import map_import
from ddplatform.services.map_undo import obstacle_to_undo, undo_import
from ddplatform.web.sent_forms import answer_form
from ddplatform.web.value_chain.blueprint import bp
from ddplatform.web.value_chain.forms import ApplyForm, ImportForm
from ddplatform.web.value_chain.import_mapping import mapping_page, read_corrections
from ddplatform.web.value_chain.words import KIND_WORDS
from supply_chain.drafts import NamedBytes
from supply_chain.errors import FileRefused
from supply_chain.intake.cells import shield
from supply_chain.intake.node_rows import MADE

TABS = {
    "new": "New",
    "changed": "Changed",
    "unchanged": "Unchanged",
    "gone": "Not in the files",
    "problems": "Problems",
    "notes": "Remarks",
}
CHANGES = ("new", "changed", "gone")
LOOKED_AT_FIRST = ("problems", *CHANGES)
PROBLEMS_SHOWN = 200
PROBLEM_COLUMNS = ("file", "sheet", "row", "column", "value", "problem", "advice")


@bp.get("/<uuid:chain_id>/imports")
@requires(Permission.VALUE_CHAIN_READ)
def imports(chain_id: UUID) -> ResponseReturnValue:
    """The lists that came into this map."""
    rows = list_imports(chain_id)
    return render_template("value_chain/imports.html", chain=get_chain(chain_id), rows=rows)


@bp.route("/<uuid:chain_id>/imports/new", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_IMPORT)
def upload(chain_id: UUID) -> ResponseReturnValue:
    """Take in the files of one import; reading them goes on behind the page."""
    chain, form, own = get_chain(chain_id), ImportForm(), find_own_business(chain_id)

    def save() -> ResponseReturnValue:
        row = map_import.stage(
            chain_id,
            _files(form.files.data),
            link_to_id=own.id if own and form.link_to_own.data else None,
            by=g.identity,
            at=g.now,
        )
        return redirect(url_for("value_chain.show_import", import_id=row.id))

    def show() -> str:
        return render_template("value_chain/upload.html", form=form, chain=chain, own=own)

    return answer_form(form, save, show)


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
    """Where an import stands: being read, preview, refused, being applied, result."""
    row = get_import(import_id, with_preview=True)
    tab = request.args.get("tab", "")
    if tab not in TABS:
        tab = next((one for one in LOOKED_AT_FIRST if _count(row, one)), "unchanged")
    return _page(row, tab=tab, form=ApplyForm(skip_faulty=False))


def _page(row: MapImport, *, tab: str, form: ApplyForm) -> str:
    is_running = row.status in (ImportStatus.READING, ImportStatus.APPLYING)
    job = get_job(row.job_id) if is_running and row.job_id else None
    return render_template(
        "value_chain/show_import.html",
        row=row,
        chain=get_chain(row.chain_id),
        job=job,
        tab=tab,
        parts=_tabs(row, tab),
        links_key=f"links_{tab}",
        problems=row.preview.get(tab, [])[:PROBLEMS_SHOWN] if tab in ("problems", "notes") else [],
        applied=row.counts.get("applied", {}),
        obstacle=obstacle_to_undo(row) if row.status is ImportStatus.APPLIED else None,
        form=form,
        kind_words=KIND_WORDS,
        own_id=own_id,
        changes=any(_count(row, name) for name in CHANGES),
    )


def _count(row: MapImport, tab: str) -> int:
    """How many sites and links a tab holds."""
    found: int = row.counts.get(tab, 0) + row.counts.get(f"links_{tab}", 0)
    return found


def own_id(external_ref: str) -> str:
    """The id that a list gave; nothing for one that was made from name, country and place."""
    return "" if external_ref.startswith(MADE) else external_ref


def _tabs(row: MapImport, tab: str) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "href": url_for("value_chain.show_import", import_id=row.id, tab=name),
            "current": name == tab,
            "count": _count(row, name),
        }
        for name, label in TABS.items()
    ]


@bp.get("/imports/<uuid:import_id>/problems.csv")
@requires(Permission.VALUE_CHAIN_IMPORT)
def problems(import_id: UUID) -> ResponseReturnValue:
    """Every problem and remark as a table to work through; cells cannot run as formulas."""
    row = get_import(import_id, with_preview=True)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(("kind", *PROBLEM_COLUMNS))
    for kind, name in (("problem", "problems"), ("remark", "notes")):
        for entry in row.preview.get(name, []):
            cells = (entry[column] for column in PROBLEM_COLUMNS)
            writer.writerow((kind, *(shield(c) if isinstance(c, str) else c for c in cells)))
    response = Response(stream.getvalue(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="problems.csv")
    return response


@bp.route("/imports/<uuid:import_id>/columns", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_IMPORT)
def columns(import_id: UUID) -> ResponseReturnValue:
    """How the columns were understood, with examples; a correction reads the files again."""
    row = get_import(import_id, with_preview=True)
    problem = None
    if request.method == "POST":
        try:
            corrected = read_corrections(row, request.form)
            map_import.correct_mapping(import_id, corrected, by=g.identity, at=g.now)
        except (Invalid, FileRefused) as error:
            problem = f"{error.message} {error.advice}"
        else:
            return redirect(url_for("value_chain.show_import", import_id=import_id))
    page = render_template(
        "value_chain/columns.html",
        row=row,
        chain=get_chain(row.chain_id),
        tables=mapping_page(row, request.form),
        problem=problem,
    )
    return page, 422 if problem else 200


@bp.post("/imports/<uuid:import_id>/apply")
@requires(Permission.VALUE_CHAIN_IMPORT)
def apply_import(import_id: UUID) -> ResponseReturnValue:
    """Bring the list into the map, behind the page."""
    form = ApplyForm()

    def save() -> ResponseReturnValue:
        map_import.request_apply(
            import_id,
            skip_faulty=form.skip_faulty.data,
            archive_gone=form.archive_gone.data,
            by=g.identity,
            at=g.now,
        )
        return redirect(url_for("value_chain.show_import", import_id=import_id))

    def show() -> str:
        return _page(get_import(import_id, with_preview=True), tab="problems", form=form)

    return answer_form(form, save, show)


@bp.route("/imports/<uuid:import_id>/undo", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_IMPORT)
def undo(import_id: UUID) -> ResponseReturnValue:
    """The second step before the last import is taken back."""
    row = get_import(import_id)
    if request.method == "POST":
        undo_import(import_id, by=g.identity, at=g.now)
        flash("The import is undone: the map is as it was before.", "success")
        return redirect(url_for("value_chain.show_import", import_id=import_id))
    obstacle = obstacle_to_undo(row)
    if obstacle is not None:
        raise Conflict(f"This import cannot be undone. {obstacle}", "Change single sites instead.")
    return render_template(
        "value_chain/undo.html",
        row=row,
        chain=get_chain(row.chain_id),
        applied=row.counts.get("applied", {}),
    )
