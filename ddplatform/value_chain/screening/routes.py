"""Pages of official lists and their prompts: never a verdict, always for a person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_user
from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_form, answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import read_finite
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.infrastructure.web.list_pages import read_place, write_place
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_node
from ddplatform.value_chain.screening.forms import DecisionForm, ListForm
from ddplatform.value_chain.screening.models import MatchAnswer, ScreeningList
from ddplatform.value_chain.screening.queries.lists import (
    ENTRIES_SHOWN,
    MatchFilter,
    count_new_matches,
    get_entry,
    get_list,
    get_match,
    is_screened,
    list_entries,
    list_lists,
    list_matches,
    load_changes,
)
from ddplatform.value_chain.screening.services import export as screening_export
from ddplatform.value_chain.screening.services import lists as screening_lists
from ddplatform.value_chain.screening.services import matches as screening
from ddplatform.value_chain.screening.services.lists import TakenIn
from ddplatform.value_chain.words.official_lists import (
    CHANGES,
    STATUSES,
    changes_in_words,
    notes_in_words,
    release_in_words,
)
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.screening.entries import Entry

bp = Blueprint("screening", __name__)
CHANGES_SHOWN = 20
LONGEST_COMPARED = 10_000
ANSWER_WORDS = {
    MatchAnswer.OPEN: _("Open"),
    MatchAnswer.UNSURE: _("Cannot tell yet"),
    MatchAnswer.SAME: _("Confirmed"),
    MatchAnswer.NOT_SAME: _("Another business"),
}
ENDED = "ended"
VIEWS = {answer.value: words for answer, words in ANSWER_WORDS.items()} | {
    ENDED: _("No longer in force")
}


@bp.get("/")
@requires(Permission.RISK_READ)
def index() -> ResponseReturnValue:
    """The prompts, the most alike first, and the lists they come from."""
    view = request.args.get("view", "open")
    view = view if view in VIEWS else "open"
    wanted = MatchFilter(
        answer=None if view == ENDED else MatchAnswer(view),
        list_id=request.args.get("list", type=UUID),
        node_id=request.args.get("node", type=UUID),
        in_force=view != ENDED,
        is_new="new" in request.args,
    )
    rows, onward = list_matches(
        wanted, after=read_place(request.args.get("after", ""), read_finite)
    )
    kept: dict[str, Any] = {"list": wanted.list_id, "node": wanted.node_id}
    if wanted.is_new:
        kept["new"] = 1
    return render_template(
        "value_chain/screening/index.html",
        rows=rows,
        older=url_for(".index", view=view, after=write_place(*onward), **kept) if onward else None,
        is_first_page="after" not in request.args,
        lists=list_lists(),
        view=view,
        tabs=[
            {"label": title, "href": url_for(".index", view=key, **kept), "current": key == view}
            for key, title in VIEWS.items()
        ],
        answers=ANSWER_WORDS,
        changes_in_words=changes_in_words,
        is_new=wanted.is_new,
    )


@bp.route("/lists/new", methods=["GET", "POST"])
@requires(Permission.SCREENING_UPLOAD, reads_first=True, takes_files=True)
def new_list() -> ResponseReturnValue:
    """Import an edition of an official list."""
    form = ListForm()

    def save() -> ResponseReturnValue:
        taken = screening_lists.add_list(
            form.wanted(),
            form.file.data.filename or "list.csv",
            form.file.data.read(),
            confirmed=form.confirm.data,
            act=g.act,
        )
        _say(taken)
        return redirect(url_for(".show_list", list_id=taken.release.id))

    return answer_page(form, save, "value_chain/screening/new.html")


def _say(taken: TakenIn) -> None:
    """The result for the file, and the cells that were used with a remark."""
    told = release_in_words(taken.release)
    if taken.is_new:
        flash(
            gettext("%(release)s Your maps are being screened against it.", release=told), "success"
        )
    else:
        flash(
            gettext("Nothing changed: this file was imported before. %(release)s", release=told),
            "info",
        )
    for note in notes_in_words(taken.notes):
        flash(note, "warn")


@bp.get("/lists/<uuid:list_id>")
@requires(Permission.RISK_READ)
def show_list(list_id: UUID) -> ResponseReturnValue:
    """One edition: where it is from, what it changed, and the businesses on it."""
    found = get_list(list_id)
    return render_template(
        "value_chain/screening/list.html",
        found=found,
        entries=list_entries(list_id, limit=ENTRIES_SHOWN),
        issues=ISSUE_NAMES,
        statuses=STATUSES,
        before=get_list(found.replaces_id) if found.replaces_id else None,
        changes=_changed(found),
        changes_in_words=changes_in_words,
        new_matches=count_new_matches(list_id),
        is_screened=is_screened(found),
    )


def _changed(found: ScreeningList) -> list[tuple[str, str, Sequence[Entry]]]:
    """Kinds of change, their words and first entries; a very long list has a file instead."""
    changes = load_changes(found) if found.entries <= LONGEST_COMPARED else None
    if changes is None:
        return []
    told = [(kind, words, getattr(changes, kind)) for kind, words in CHANGES.items()]
    return [(kind, words, entries[:CHANGES_SHOWN]) for kind, words, entries in told if entries]


@bp.post("/lists/<uuid:list_id>/changes")
@requires(Permission.RISK_EXPORT, reads_first=True)
def export(list_id: UUID) -> ResponseReturnValue:
    """The changes of a release against the one before, as CSV."""
    made = screening_export.export_changes(list_id, act=g.act)
    return as_download(made)


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
            act=g.act,
        )
        if row.answer is MatchAnswer.SAME:
            told = gettext("Confirmed. A finding is recorded with the list as its source.")
            flash(told, "success")
            return redirect(url_for("findings.show", finding_id=row.finding_id))
        flash(gettext("Decision saved. The same two records are not matched again."), "success")
        return redirect(url_for(".index"))

    return answer_form(form, save, lambda: _match_page(match_id, form))


def _match_page(match_id: UUID, form: DecisionForm) -> str:
    row = get_match(match_id)
    node = get_node(row.node_id)
    return render_template(
        "value_chain/screening/match.html",
        row=row,
        entry=get_entry(row.listed_id),
        statuses=STATUSES,
        edition=get_list(row.list_id),
        node=node,
        chain=get_chain(node.chain_id),
        form=form,
        answers=ANSWER_WORDS,
        decider=get_user(row.decided_by_id) if row.decided_by_id else None,
        can_decide=row.answer is not MatchAnswer.SAME,
    )
