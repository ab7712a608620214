"""Pages of approvals: lists, one request, decisions, and the request for a factor."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Conflict, Invalid, NotAllowed, NotFound
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import issue_of, number
from ddplatform.languages import gettext
from ddplatform.risk.approvals import views
from ddplatform.risk.approvals.forms import AbsenceForm
from ddplatform.risk.approvals.queries import requests as queries
from ddplatform.risk.approvals.queries import shares
from ddplatform.risk.approvals.queries.requests import View
from ddplatform.risk.approvals.services import absences as approval_absences
from ddplatform.risk.approvals.services import steps as approval_steps
from ddplatform.risk.approvals.services import work as approval_work
from ddplatform.risk.approvals.services.steps import Decided
from ddplatform.risk.words import codes as words
from ddplatform.value_chain.approvals.models import ApprovalKind
from ddplatform.value_chain.approvals.services.requests import Wish
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.risk.rm2.method import METHOD
from supply_chain.vocabulary import Issue

bp = Blueprint("approvals", __name__)
MOST_AT_ONCE = queries.PAGE


@bp.get("/")
@requires(Permission.RISK_READ)
def show() -> ResponseReturnValue:
    """Pending, active and decided requests, and buyers confirmed beyond their input."""
    view, kind = _view(request.args.get("view")), _kind(request.args.get("kind"))
    at_page, today = max(1, request.args.get("page", 1, type=number)), g.now.date()
    if view is View.SHARES:
        return _show_shares(at_page)
    decider = approval_steps.decider_of(g.identity)
    found = queries.load_page(view, kind, at_page, decider, today=today)
    lowered = queries.list_lowerings(today) if view is View.WAITING and kind is None else (0, ())
    return render_template(
        "risk/approvals/show.html",
        found=found,
        rows=views.rows_of(found),
        view=view,
        kind=kind,
        kinds=views.kind_choices(),
        tabs=views.tabs_of(found, view, kind, shares.count_over_confirmed()),
        paging=views.paging_of(found, view, kind),
        lowerings_total=lowered[0],
        lowerings=lowered[1],
        words=words,
    )


def _show_shares(at_page: int) -> ResponseReturnValue:
    buyers = shares.load_over_confirmed(at_page)
    counted = queries.load_page(View.WAITING, None, 1, None, today=g.now.date())
    return render_template(
        "risk/approvals/shares.html",
        buyers=buyers,
        tabs=views.tabs_of(counted, View.SHARES, None, buyers.total),
        paging=views.paging_of_shares(buyers),
    )


def _view(text: str | None) -> View:
    return View(text) if text in {one.value for one in View} else View.WAITING


def _kind(text: str | None) -> ApprovalKind | None:
    return ApprovalKind(text) if text in {one.value for one in ApprovalKind} else None


@bp.get("/<uuid:request_id>")
@requires(Permission.RISK_READ)
def request_page(request_id: UUID) -> ResponseReturnValue:
    """One request with all of its parts."""
    return _show_request(request_id)


def _show_request(request_id: UUID, problem: str = "") -> str:
    decider, today = approval_steps.decider_of(g.identity), g.now.date()
    asked = queries.load_asked(request_id, decider, today=today)
    at_page = max(1, request.args.get("page", 1, type=number))
    parts = queries.load_parts(asked, at_page)
    return render_template(
        "risk/approvals/request.html",
        asked=asked,
        row=views.row_of(asked),
        work=views.work_of(asked),
        parts=parts,
        lines=views.parts_of(parts),
        paging=views.paging_of_parts(parts, request_id),
        effect=views.EFFECTS[asked.kind],
        is_own=asked.created_by_id is not None and asked.created_by_id == g.identity.user_id,
        problem=problem,
    )


@bp.post("/<uuid:request_id>/decide")
@requires(Permission.RISK_APPROVE)
@takes_lists("part")
def decide(request_id: UUID) -> ResponseReturnValue:
    """Approve or refuse all pending parts of a request, or the selected ones."""
    approve = request.form.get("what") == "approve"
    try:
        done = approval_steps.decide(
            request_id,
            approve=approve,
            parts=_ticked_parts(),
            note=request.form.get("note", ""),
            act=g.act,
        )
    except Invalid as error:
        return _show_request(request_id, " ".join(error.fields.values())), 422
    flash(views.decided_words(done, approve=approve), "success")
    return redirect(url_for(".request_page", request_id=request_id))


@bp.post("/<uuid:request_id>/end")
@requires(Permission.RISK_ASSESS)
def end(request_id: UUID) -> ResponseReturnValue:
    """End the pending and active parts of a request, or the selected ones."""
    try:
        done = approval_steps.end(
            request_id,
            parts=_ticked_parts(),
            reason=request.form.get("note", ""),
            act=g.act,
        )
    except Invalid as error:
        return _show_request(request_id, " ".join(error.fields.values())), 422
    flash(views.ended_words(done), "success")
    return redirect(url_for(".request_page", request_id=request_id))


@bp.post("/decisions/<uuid:decision_id>/stop")
@requires(Permission.RISK_ASSESS)
def stop(decision_id: UUID) -> ResponseReturnValue:
    """Stop a decision in the background; parts that have taken it keep it."""
    stopped = approval_work.stop(decision_id, act=g.act)
    return redirect(url_for(".request_page", request_id=stopped.request_id))


def _ticked_parts() -> Sequence[UUID] | None:
    """None: all of them."""
    is_ticked = request.form.get("scope") == "ticked"
    return request.form.getlist("part", type=UUID) if is_ticked else None


@bp.post("/decide")
@requires(Permission.RISK_APPROVE)
@takes_lists("request")
def decide_many() -> ResponseReturnValue:
    """Approve or refuse several requests, each as a whole and with an event of its own."""
    approve, note = request.form.get("what") == "approve", request.form.get("note", "")
    parts = left = 0
    going_on = False
    for request_id in request.form.getlist("request", type=UUID)[:MOST_AT_ONCE]:
        try:
            done = approval_steps.decide(
                request_id,
                approve=approve,
                note=note,
                act=g.act,
            )
        except (Conflict, NotAllowed, NotFound):
            left += 1  # decided meanwhile, or not for this person: nothing was changed
        except Invalid as error:
            flash(" ".join(error.fields.values()), "error")
            break
        else:
            parts, left = parts + done.parts, left + done.left
            going_on = going_on or done.is_going_on
    if parts or left:
        flash(views.decided_words(Decided(parts, left, going_on), approve=approve), "success")
    return redirect(url_for(".show"))


@bp.route("/not-applicable/<uuid:node_id>/<factor>", methods=["GET", "POST"])
@requires(Permission.RISK_ASSESS)
def not_applicable(node_id: UUID, factor: str) -> ResponseReturnValue:
    """Ask that a factor is left out at a site; `issue` is the page to go back to."""
    node, form = get_node(node_id), AbsenceForm()
    if factor not in METHOD.factor_index:
        raise NotFound()
    issue = issue_of(request.args.get("issue"))
    back = url_for("risk_explanation.show", node_id=node_id, issue=issue.value)

    def save() -> ResponseReturnValue:
        wish = Wish(reason=form.approval_reason.data or "", expires_on=form.approval_until.data)
        code = form.reason_code.data
        approval_absences.ask_not_applicable(node_id, factor, code, wish, act=g.act)
        flash(
            gettext("Waiting for approval by a second person. Until then the factor is not known."),
            "success",
        )
        return redirect(back)

    def page() -> str:
        return render_template(
            "risk/approvals/not_applicable.html",
            form=form,
            node=node,
            issue=Issue(issue),
            factor=views.name_of(factor),
            refused=approval_absences.refusal(node, factor, at=g.now),
            back=back,
            words=words,
        )

    return answer_form(form, save, page)
