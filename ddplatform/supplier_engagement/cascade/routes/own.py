"""Pages of own suppliers: naming, proposal with or without the name, onward requests."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Conflict, NotFound, TooMany, status_of
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.one_row import required
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.cascade.forms import (
    KIND_WORDS,
    SHARE_WORDS,
    ForwardForm,
    OwnSupplierForm,
)
from ddplatform.supplier_engagement.cascade.models import OwnSupplier, ProposalState, ShareBand
from ddplatform.supplier_engagement.cascade.queries import (
    get_own_supplier,
    list_also_asked,
    list_buyer_proposals,
    list_own_suppliers,
)
from ddplatform.supplier_engagement.cascade.routes.blueprint import bp
from ddplatform.supplier_engagement.cascade.services import cascade
from ddplatform.supplier_engagement.cascade.services.cascade import OwnSupplierFields
from ddplatform.supplier_engagement.cascade.views import (
    ASKED_TAGS,
    ASKED_WORDS,
    PROPOSAL_WORDS,
)
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.responses.queries.responses import (
    AskedOfMe,
    find_response,
    get_request,
    list_asked_of_me,
    list_files,
    load_filled,
)
from ddplatform.supplier_engagement.submission.views import sections_of
from supply_chain.vocabulary import NodeKind

WORDS = {
    "ASKED_WORDS": ASKED_WORDS,
    "ASKED_TAGS": ASKED_TAGS,
    "KIND_WORDS": KIND_WORDS,
    "SHARE_WORDS": SHARE_WORDS,
    "PROPOSAL_WORDS": PROPOSAL_WORDS,
    "ProposalState": ProposalState,
}


@bp.route("/", methods=["GET", "POST"])
@requires(Permission.CASCADE_NAME)
def index() -> ResponseReturnValue:
    """The list of own suppliers, and one more."""
    form = OwnSupplierForm()

    def save() -> ResponseReturnValue:
        own = cascade.name_supplier(
            OwnSupplierFields(
                name=form.name.data,
                country=form.country.data,
                kind=NodeKind(form.kind.data),
                share_band=ShareBand(form.share_band.data),
            ),
            act=g.act,
        )
        return redirect(url_for(".show", own_supplier_id=own.id))

    return answer_form(form, save, lambda: _list_page(form))


@bp.get("/<uuid:own_supplier_id>/")
@requires(Permission.CASCADE_NAME)
def show(own_supplier_id: UUID) -> ResponseReturnValue:
    """One own supplier: the buyers that know of it, and its questionnaires."""
    return _page(get_own_supplier(own_supplier_id), _forward_form())


@bp.post("/<uuid:own_supplier_id>/tell")
@requires(Permission.CASCADE_NAME)
def tell(own_supplier_id: UUID) -> ResponseReturnValue:
    """Tell a buyer of it, with its name or without."""
    try:
        cascade.propose(
            own_supplier_id,
            required(request.form.get("assignment", type=UUID)),
            with_name=request.form.get("with_name") == "yes",
            act=g.act,
        )
    except (Conflict, TooMany) as error:
        form = _forward_form(empty=True)
        form.form_errors.append(f"{error.message} {error.advice}".strip())
        return _page(get_own_supplier(own_supplier_id), form), status_of(error)
    flash(gettext("The buyer was told, and decides whether it comes onto the map."), "success")
    return redirect(url_for(".show", own_supplier_id=own_supplier_id))


@bp.post("/<uuid:own_supplier_id>/forward")
@requires(Permission.CASCADE_NAME)
def forward(own_supplier_id: UUID) -> ResponseReturnValue:
    """Ask it the questions that one was asked."""
    own, form = get_own_supplier(own_supplier_id), _forward_form()

    def save() -> ResponseReturnValue:
        cascade.forward(
            own.id,
            UUID(form.version.data),
            email=form.email.data,
            message=form.message.data or "",
            act=g.act,
        )
        flash(gettext("The questions are on their way. The answers come to you."), "success")
        return redirect(url_for(".show", own_supplier_id=own.id))

    try:
        return answer_form(form, save, lambda: _page(own, form))
    except TooMany as error:
        form.form_errors.append(f"{error.message} {error.advice}")
        return _page(own, form), status_of(error)


@bp.get("/<uuid:own_supplier_id>/answers")
@requires(Permission.CASCADE_NAME)
def answers(own_supplier_id: UUID) -> ResponseReturnValue:
    """The answers of an own supplier, as submitted."""
    own = get_own_supplier(own_supplier_id)
    assignment = get_assignment(own.forwarded_id or UUID(int=0))
    row = find_response(assignment.id)
    if row is None or row.submitted_at is None:
        raise NotFound()
    filled = load_filled(assignment, row, now=g.now)
    return render_template(
        "supplier_engagement/cascade/answers.html",
        own=own,
        row=row,
        sections=sections_of(filled, list_files(row.id)),
    )


@bp.post("/<uuid:own_supplier_id>/remove")
@requires(Permission.CASCADE_NAME)
def remove(own_supplier_id: UUID) -> ResponseReturnValue:
    """Take it off the list."""
    cascade.remove_supplier(own_supplier_id, act=g.act)
    flash(gettext("Taken off your list."), "success")
    return redirect(url_for(".index"))


@bp.post("/told/<uuid:proposal_id>")
@requires(Permission.CASCADE_NAME)
def change_proposal(proposal_id: UUID) -> ResponseReturnValue:
    """Release a withheld name to a buyer, or withdraw the proposal."""
    change = cascade.release_name if "name" in request.form else cascade.withdraw_proposal
    told = change(proposal_id, act=g.act)
    return redirect(url_for(".show", own_supplier_id=told.own_supplier_id))


def _list_page(form: OwnSupplierForm) -> str:
    return render_template(
        "supplier_engagement/cascade/index.html",
        form=form,
        owned=list_own_suppliers(),
        told=list_buyer_proposals(),
        also_asked=list_also_asked(list_asked_of_me()),
        **WORDS,
    )


def _page(own: OwnSupplier, form: ForwardForm) -> str:
    told = list_buyer_proposals().get(own.id, ())
    knowing = {one.proposal.organisation_id for one in told if one.proposal.state != "withdrawn"}
    return render_template(
        "supplier_engagement/cascade/show.html",
        own=own,
        form=form,
        told=told,
        buyers=[one for one in _newest_of_each() if _buyer_of(one) not in knowing],
        **WORDS,
    )


def _newest_of_each() -> list[AskedOfMe]:
    """The newest questionnaire of each buyer."""
    return list({one.requester: one for one in list_asked_of_me()}.values())


def _buyer_of(asked: AskedOfMe) -> UUID:
    return get_request(asked.id).assignment.organisation_id


def _forward_form(*, empty: bool = False) -> ForwardForm:
    """The form of what is sent to it; `empty`: another form of the page was sent."""
    form = ForwardForm(None) if empty else ForwardForm()
    choices = {
        str(get_request(one.id).assignment.version_id): one.title for one in list_asked_of_me()
    }
    form.version.choices = list(choices.items())
    return form
