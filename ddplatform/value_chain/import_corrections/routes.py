"""Forms to correct a list before it is applied: values, rows, its predecessor, missing places."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.documents.exports import XLSX, ExportedFile
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.languages import gettext
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.import_corrections.services import corrections as import_corrections
from ddplatform.value_chain.import_corrections.services.workbook import problem_workbook
from ddplatform.value_chain.import_corrections.views import chosen_activities
from ddplatform.value_chain.import_gone import services as import_gone
from ddplatform.value_chain.imports.models import GoneAnswer
from ddplatform.value_chain.imports.queries import PAGE, get_fault, get_import, list_rows_of_fault
from ddplatform.value_chain.imports.services import reading as map_import
from ddplatform.value_chain.imports.services import requests as import_requests
from ddplatform.value_chain.mapping.forms import CorrectionsForm
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.intake.drafts import NamedBytes

ANSWERS = frozenset(answer.value for answer in GoneAnswer)


def _then_show(import_id: UUID, change: Callable[[], object], **back: Any) -> ResponseReturnValue:
    """Make a change and show the import; a refused one says why on the same page."""
    try:
        change()
    except (Invalid, Conflict) as error:
        flash(f"{error.message} {error.advice}".strip(), "error")
    return redirect(url_for("value_chain.show_import", import_id=import_id, **back))


@bp.post("/imports/<uuid:import_id>/mend")
@requires(Permission.VALUE_CHAIN_IMPORT)
def correct_values(import_id: UUID) -> ResponseReturnValue:
    """Put right values in place of faulty ones, each in all rows that have it."""
    puts = {
        UUID(name.removeprefix("put-")): typed
        for name, typed in request.form.items()
        if name.startswith("put-") and _is_uuid(name.removeprefix("put-"))
    }
    return _then_show(
        import_id,
        lambda: import_corrections.correct_values(import_id, puts, act=g.act),
        tab="problems",
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@bp.post("/imports/<uuid:import_id>/activities")
@requires(Permission.VALUE_CHAIN_IMPORT)
def answer_activities(import_id: UUID) -> ResponseReturnValue:
    """Set activities of places that the list leaves open, or reset them."""
    taken_back = request.form.get("take-back")
    choices = {taken_back: ""} if taken_back else chosen_activities(request.form)
    return _then_show(
        import_id,
        lambda: import_corrections.answer_activities(import_id, choices, act=g.act),
    )


@bp.post("/imports/<uuid:import_id>/mends/<int:place>/take-back")
@requires(Permission.VALUE_CHAIN_IMPORT)
def undo_correction(import_id: UUID, place: int) -> ResponseReturnValue:
    """Read the list again without one corrected value."""
    return _then_show(
        import_id,
        lambda: import_corrections.undo_correction(import_id, place, act=g.act),
    )


@bp.get("/imports/<uuid:import_id>/problems.xlsx")
@requires(Permission.VALUE_CHAIN_IMPORT)
@limited(Use.COSTLY_PAGE)
def problems(import_id: UUID) -> ResponseReturnValue:
    """Rows with problems as a workbook with comments at the cells; no cell runs as a formula."""
    return as_download(ExportedFile("problems.xlsx", XLSX, problem_workbook(import_id)))


@bp.route("/imports/<uuid:import_id>/corrections", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_IMPORT, takes_files=True)
def corrections(import_id: UUID) -> ResponseReturnValue:
    """Take the corrected workbook of problems in; its rows replace those of the list."""
    row, form = get_import(import_id), CorrectionsForm()

    def save() -> ResponseReturnValue:
        sent = form.file.data
        content = sent.stream.read(map_import.MAX_BYTES + 1)
        file = NamedBytes(sent.filename, content)
        import_corrections.add_corrections(import_id, file, act=g.act)
        return redirect(url_for("value_chain.show_import", import_id=import_id))

    def show() -> str:
        chain = get_chain(row.chain_id)
        return render_template(
            "value_chain/import_corrections/corrections.html", form=form, row=row, chain=chain
        )

    return answer_form(form, save, show)


@bp.get("/imports/<uuid:import_id>/problems/<uuid:fault_id>")
@requires(Permission.VALUE_CHAIN_READ)
def rows_of_problem(import_id: UUID, fault_id: UUID) -> ResponseReturnValue:
    """The rows that share one problem, as they stand in the list."""
    row = get_import(import_id, with_preview=True)
    fault = get_fault(import_id, fault_id)
    after = request.args.get("after", 0, type=read_number)
    shown = list_rows_of_fault(fault_id, after=after)
    columns = row.preview.get("columns", {}).get(fault.table_key, [])
    return render_template(
        "value_chain/import_corrections/problem_rows.html",
        row=row,
        chain=get_chain(row.chain_id),
        fault=fault,
        rows=shown,
        header=[column["column"] for column in columns],
        after=shown[-1].row if len(shown) == PAGE else None,
    )


@bp.post("/imports/<uuid:import_id>/follows")
@requires(Permission.VALUE_CHAIN_IMPORT)
def follow(import_id: UUID) -> ResponseReturnValue:
    """Say which earlier list this one is compared with."""
    chosen = request.form.get("follows", "")
    earlier = UUID(chosen) if _is_uuid(chosen) else None
    return _then_show(
        import_id,
        lambda: import_corrections.follow(import_id, earlier, act=g.act),
    )


@bp.post("/imports/<uuid:import_id>/apart")
@requires(Permission.VALUE_CHAIN_IMPORT)
def tell_apart(import_id: UUID) -> ResponseReturnValue:
    """Say that a site that was recognised is another one."""
    known, drafted = request.form.get("known", ""), request.form.get("drafted", "")
    return _then_show(
        import_id,
        lambda: import_corrections.tell_apart(import_id, known, drafted, act=g.act),
    )


@bp.post("/imports/<uuid:import_id>/gone")
@requires(Permission.VALUE_CHAIN_IMPORT)
def answer_gone(import_id: UUID) -> ResponseReturnValue:
    """Answer for the places that the list no longer names: for each, or all open ones."""
    every = request.form.get("every", "")

    def change() -> None:
        if every in ANSWERS:
            import_gone.answer_all_open(import_id, GoneAnswer(every), act=g.act)
        else:
            import_gone.answer_gone(import_id, _answers(), act=g.act)

    return _then_show(import_id, change, tab="gone", page=request.form.get("page", "1"))


def _answers() -> dict[UUID, GoneAnswer]:
    return {
        UUID(name.removeprefix("gone-")): GoneAnswer(value)
        for name, value in request.form.items()
        if name.startswith("gone-") and _is_uuid(name.removeprefix("gone-")) and value in ANSWERS
    }


@bp.post("/imports/<uuid:import_id>/cancel")
@requires(Permission.VALUE_CHAIN_IMPORT)
def cancel_apply(import_id: UUID) -> ResponseReturnValue:
    """Cancel the application of a list; until its commit none of it is in the map."""

    def change() -> None:
        import_requests.cancel_apply(import_id, act=g.act)
        flash(gettext("The import was stopped. Nothing was changed in the map."), "success")

    return _then_show(import_id, change)
