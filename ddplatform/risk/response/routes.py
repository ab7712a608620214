"""Pages of suppliers by response: list, one measure with every input, questions of suppliers."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import number
from ddplatform.infrastructure.web.downloads import as_download, asked_form
from ddplatform.languages import ENGLISH, gettext, speaking
from ddplatform.risk.detail.queries.risks import list_chain_choices
from ddplatform.risk.response.forms import AnswerForm
from ddplatform.risk.response.services import export_responses
from ddplatform.risk.response.views.files import MOST, as_tables
from ddplatform.risk.response.views.pages import details_of, list_page_of, query_of
from ddplatform.risk.supplier_figures.queries import (
    NOT_MEASURED,
    PAGE_ROWS,
    MeasureFilter,
    find_measured,
    get_question,
    list_measured,
    list_questions,
    load_measures,
)
from ddplatform.risk.supplier_figures.services import questions as figure_questions
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.risk.rm2.response import Label

bp = Blueprint("risk_response", __name__)
LONGEST_SEARCH = 100


@bp.get("/")
@requires(Permission.RISK_READ)
def index() -> ResponseReturnValue:
    """Suppliers with a request by their response measure, the lowest first."""
    today, maps = g.now.date(), _maps()
    wanted = _wanted(request.args, maps)
    asked = request.args.get("page", default=1, type=number) or 1
    rows, total = list_measured(wanted, today, limit=PAGE_ROWS, offset=(asked - 1) * PAGE_ROWS)
    if not rows and asked > 1:
        return redirect(url_for(".index", **query_of(wanted)))
    page = list_page_of(rows, total, wanted, asked, load_measures(today), maps)
    return render_template("risk/response/index.html", page=page)


@bp.post("/export")
@requires(Permission.RISK_EXPORT, reads_first=True)
def export() -> ResponseReturnValue:
    """The list as a workbook or CSV."""
    form, maps = asked_form(), _maps()
    wanted, today = _wanted(request.form, maps), g.now.date()
    rows, total = list_measured(wanted, today, limit=MOST)
    with speaking(ENGLISH):
        tables = as_tables(rows, total, wanted, maps, today)
    made = export_responses(tables, form, places=len(rows), act=g.act)
    return as_download(made)


@bp.get("/<uuid:node_id>")
@requires(Permission.RISK_READ)
def show(node_id: UUID) -> ResponseReturnValue:
    """One measure with its complete basis."""
    node, today = get_node(node_id), g.now.date()
    measured = find_measured(node_id, today)
    if measured is None:
        raise NotFound()
    return render_template(
        "risk/response/show.html",
        node=node,
        page=details_of(measured, load_measures(today)),
        questions=list_questions(node_id),
    )


@bp.route("/questions/<uuid:question_id>", methods=["GET", "POST"])
@requires(Permission.RISK_ASSESS)
def answer(question_id: UUID) -> ResponseReturnValue:
    """Answer a supplier who questions a line of its figures."""
    question, form = get_question(question_id), AnswerForm()

    def save() -> ResponseReturnValue:
        figure_questions.answer(question_id, str(form.answer.data), act=g.act)
        flash(gettext("Sent. The supplier reads your answer beside its figures."), "success")
        return redirect(url_for(".show", node_id=question.node_id))

    def page() -> str:
        node = get_node(question.node_id)
        return render_template("risk/response/answer.html", question=question, node=node, form=form)

    return answer_form(form, save, page)


def _maps() -> dict[UUID, str]:
    return {chain.id: chain.name for chain in list_chain_choices()}


def _wanted(given: Any, maps: dict[UUID, str]) -> MeasureFilter:
    """The request in an address or a form; unknown values are ignored."""
    label, chain = given.get("label", ""), given.get("chain", "")
    known = {*(one.value for one in Label), NOT_MEASURED}
    return MeasureFilter(
        label=label if label in known else "",
        text=given.get("q", "").strip()[:LONGEST_SEARCH],
        chain_id=next((key for key in maps if str(key) == chain), None),
    )
