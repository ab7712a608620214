"""Official lists, and the prompts they give: never a verdict, always for a person."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.access.permissions import Permission
from ddplatform.gate import requires
from ddplatform.models.screening import MatchAnswer
from ddplatform.queries.organisations import get_user
from ddplatform.queries.screening import (
    ENTRIES_SHOWN,
    MatchFilter,
    get_entry,
    get_list,
    get_match,
    list_entries,
    list_lists,
    list_matches,
)
from ddplatform.queries.value_chain import get_chain, get_node
from ddplatform.services import screening, screening_lists
from ddplatform.services.findings import Harm
from ddplatform.web.findings.words import ISSUE_NAMES
from ddplatform.web.list_pages import read_place, write_place
from ddplatform.web.screening.forms import DecisionForm, ListForm
from ddplatform.web.sent_forms import answer_form

bp = Blueprint("screening", __name__)
VIEWS = {
    "open": ("To look at", MatchAnswer.OPEN),
    "unsure": ("Cannot tell yet", MatchAnswer.UNSURE),
    "same": ("Confirmed", MatchAnswer.SAME),
    "not_same": ("Another one", MatchAnswer.NOT_SAME),
}
ANSWER_WORDS = {answer: title for title, answer in VIEWS.values()}


@bp.get("/")
@requires(Permission.RISK_READ)
def index() -> ResponseReturnValue:
    """The prompts, the most alike first, and the lists they come from."""
    view = request.args.get("view", "open")
    view = view if view in VIEWS else "open"
    wanted = MatchFilter(
        answer=VIEWS[view][1],
        list_id=request.args.get("list", type=UUID),
        node_id=request.args.get("node", type=UUID),
    )
    rows, onward = list_matches(wanted, after=read_place(request.args.get("after", ""), float))
    kept: dict[str, Any] = {"list": wanted.list_id, "node": wanted.node_id}
    return render_template(
        "screening/index.html",
        rows=rows,
        older=url_for(".index", view=view, after=write_place(*onward), **kept) if onward else None,
        is_first_page="after" not in request.args,
        lists=list_lists(),
        view=view,
        tabs=[
            {"label": title, "href": url_for(".index", view=key, **kept), "current": key == view}
            for key, (title, _) in VIEWS.items()
        ],
        answers=ANSWER_WORDS,
    )


@bp.route("/lists/new", methods=["GET", "POST"])
@requires(Permission.SCREENING_UPLOAD)
def new_list() -> ResponseReturnValue:
    """Upload an edition of an official list."""
    form = ListForm()

    def save() -> ResponseReturnValue:
        made = screening_lists.add_list(
            form.wanted(),
            form.file.data.filename or "list.csv",
            form.file.data.read(),
            by=g.identity,
            at=g.now,
        )
        flash("The list is here. It is being compared with your maps.", "success")
        return redirect(url_for(".show_list", list_id=made.id))

    return answer_form(form, save, lambda: render_template("screening/new.html", form=form))


@bp.get("/lists/<uuid:list_id>")
@requires(Permission.RISK_READ)
def show_list(list_id: UUID) -> ResponseReturnValue:
    """One edition: where it is from, and the businesses on it."""
    found = get_list(list_id)
    return render_template(
        "screening/list.html",
        found=found,
        entries=list_entries(list_id, limit=ENTRIES_SHOWN),
        issues=ISSUE_NAMES,
    )


@bp.get("/matches/<uuid:match_id>")
@requires(Permission.RISK_READ)
def match(match_id: UUID) -> ResponseReturnValue:
    """An entry and a site side by side."""
    return _match_page(match_id, DecisionForm(formdata=None))


@bp.post("/matches/<uuid:match_id>/decide")
@requires(Permission.SCREENING_DECIDE)
def decide(match_id: UUID) -> ResponseReturnValue:
    """Say whether both are the same."""
    form = DecisionForm()

    def save() -> ResponseReturnValue:
        row = screening.decide(
            match_id,
            MatchAnswer(form.answer.data),
            form.note.data or "",
            harm=Harm(form.harm.data),
            by=g.identity,
            at=g.now,
        )
        if row.answer is MatchAnswer.SAME:
            flash("Confirmed. A finding is recorded with the list as its source.", "success")
            return redirect(url_for("findings.show", finding_id=row.finding_id))
        flash("Noted. The same two are not asked about again.", "success")
        return redirect(url_for(".index"))

    return answer_form(form, save, lambda: _match_page(match_id, form))


def _match_page(match_id: UUID, form: DecisionForm) -> str:
    row = get_match(match_id)
    node = get_node(row.node_id)
    return render_template(
        "screening/match.html",
        row=row,
        entry=get_entry(row.listed_id),
        edition=get_list(row.list_id),
        node=node,
        chain=get_chain(node.chain_id),
        form=form,
        answers=ANSWER_WORDS,
        decider=get_user(row.decided_by_id) if row.decided_by_id else None,
        can_decide=row.answer is not MatchAnswer.SAME,
    )
