"""Pages of safeguarding officers: who they are, and proposals about them."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from ddplatform.accounts.blueprints.organisations import bp
from ddplatform.accounts.officers.models import OfficerProposal
from ddplatform.accounts.officers.queries import get_proposal, list_officers, list_open_proposals
from ddplatform.accounts.officers.services import proposals
from ddplatform.accounts.organisations.forms import ColleagueForm
from ddplatform.accounts.organisations.queries import get_membership, get_person
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext


@bp.get("/people/officers/")
@requires(Permission.PEOPLE_READ)
def officers() -> ResponseReturnValue:
    """The safeguarding officers, and who is proposed."""
    return render_template(
        "accounts/officers/officers.html",
        officers=list_officers(today=g.now.date()),
        proposals=list_open_proposals(),
        hours=_wait_hours(),
    )


@bp.route("/people/officers/propose", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def propose_officer() -> ResponseReturnValue:
    """Propose a member, or somebody to be invited."""
    form = ColleagueForm()

    def save() -> ResponseReturnValue:
        proposals.propose(email=form.email.data, name=form.name.data, act=g.act)
        return _told(gettext("The proposal was sent to the safeguarding officers."))

    return answer_page(form, save, "accounts/officers/propose.html", hours=_wait_hours())


@bp.route("/people/officers/<uuid:user_id>/remove", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def propose_officer_removal(user_id: UUID) -> ResponseReturnValue:
    """Propose that an officer leaves, in two steps."""
    person = get_person(user_id)
    form = FlaskForm()
    if form.validate_on_submit():
        proposals.propose_removal(get_membership(person.membership_id), act=g.act)
        return _told(gettext("The proposal was sent to the safeguarding officers."))
    return render_template("accounts/officers/remove.html", person=person)


@bp.post("/people/officers/proposals/<uuid:officer_proposal_id>/agree")
@requires(Permission.CASE_WORK)
def agree_to_officer(officer_proposal_id: UUID) -> ResponseReturnValue:
    """Agree as a second person."""
    return _decide(officer_proposal_id, proposals.agree, gettext("Your agreement is recorded."))


@bp.post("/people/officers/proposals/<uuid:officer_proposal_id>/object")
@requires(Permission.CASE_WORK)
def object_to_officer(officer_proposal_id: UUID) -> ResponseReturnValue:
    """Object, which ends the proposal."""
    return _decide(officer_proposal_id, proposals.object_to, gettext("The proposal has ended."))


@bp.post("/people/officers/proposals/<uuid:officer_proposal_id>/withdraw")
@requires(Permission.PEOPLE_MANAGE)
def withdraw_officer(officer_proposal_id: UUID) -> ResponseReturnValue:
    """Take a proposal back."""
    return _decide(officer_proposal_id, proposals.withdraw, gettext("The proposal has ended."))


def _decide(proposal_id: UUID, verb: Callable[..., None], message: str) -> ResponseReturnValue:
    proposal: OfficerProposal = get_proposal(proposal_id)
    act: Act = g.act
    verb(proposal, act=act)
    return _told(message)


def _told(message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".officers"))


def _wait_hours() -> int:
    return int(adapters().officer_wait.total_seconds() // 3600)
