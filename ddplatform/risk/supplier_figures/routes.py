"""Pages of figures for the supplier: its places, one place, a question about a line."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_help_contact
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import ENGLISH, gettext, speaking
from ddplatform.risk.supplier_figures.forms import QuestionForm
from ddplatform.risk.supplier_figures.queries import (
    OwnFigures,
    get_own_figures,
    list_own_figures,
    list_questions,
    load_forms,
)
from ddplatform.risk.supplier_figures.services import questions as figure_questions
from ddplatform.risk.supplier_figures.views.pages import Page, page_of, questionable, row_of
from ddplatform.risk.supplier_figures.views.words import LINES

bp = Blueprint("supplier_figures", __name__)


@bp.get("/")
@requires(Permission.RESPONSE_ANSWER)
def index() -> ResponseReturnValue:
    """The places of the acting organisation that buyers asked about."""
    rows = [row_of(own) for own in list_own_figures()]
    return render_template("risk/supplier_figures/index.html", rows=rows)


@bp.get("/<uuid:figures_id>")
@requires(Permission.RESPONSE_ANSWER)
def show(figures_id: UUID) -> ResponseReturnValue:
    """One place: how much attention children need, how it adds up, how the supplier responds."""
    own = get_own_figures(figures_id)
    return render_template(
        "risk/supplier_figures/show.html",
        page=_page(own),
        questions=list_questions(own.row.node_id, asked_by=g.identity.organisation_id),
        contact=_contact(own),
        lines=LINES,
        today=g.now.date(),
    )


@bp.route("/<uuid:figures_id>/question", methods=["GET", "POST"])
@requires(Permission.RESPONSE_ANSWER)
def question(figures_id: UUID) -> ResponseReturnValue:
    """Question a line: which one, and why."""
    own, form = get_own_figures(figures_id), QuestionForm()
    page = _page(own)
    form.line.choices = [(key, LINES[key]) for key in questionable(page)]

    def save() -> ResponseReturnValue:
        line = str(form.line.data)
        figure_questions.ask(
            figures_id,
            line,
            _in_english(own, line),
            str(form.reason.data),
            act=g.act,
        )
        flash(gettext("Sent. The answer will stand on this page."), "success")
        return redirect(url_for(".show", figures_id=figures_id))

    def again() -> str:
        return render_template(
            "risk/supplier_figures/question.html", page=page, form=form, contact=_contact(own)
        )

    return answer_form(form, save, again)


def _page(own: OwnFigures) -> Page:
    return page_of(own, request.args.get("issue", ""), load_forms(own.row))


def _contact(own: OwnFigures) -> object:
    return get_help_contact(own.row.organisation_id, own.helper_id)


def _in_english(own: OwnFigures, line: str) -> str:
    """The line as the buyer reads it."""
    with speaking(ENGLISH):
        page = _page(own)
        title = str(LINES[line])
        if line == "response" and page.response:
            return f"{title}: {page.response.card.value} of 100, {page.response.card.label}"
        assert page.issue is not None
        points = next(one.points for one in page.issue.sums if one.key == line)
        return f"{page.issue.title}, {title}: {points}"
