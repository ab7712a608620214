"""Pages of an organisation about second factors: who needs one, and colleagues who lost theirs."""

from uuid import UUID

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.blueprints.organisations import bp
from ddplatform.accounts.organisation_factors.forms import NOTES, WAY_NOTES, ProofForm, RolesForm
from ddplatform.accounts.organisation_factors.proof import IdentityProof, Way
from ddplatform.accounts.organisation_factors.services import (
    remove_factor_of_colleague,
    require_factor_of,
)
from ddplatform.accounts.organisations.queries import get_organisation, get_person
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext


@bp.route("/settings/second-factor", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_UPDATE, fresh=True)
@takes_lists("roles")
def second_factor_roles() -> ResponseReturnValue:
    """Choose which roles need a second factor."""
    organisation = get_organisation(g.organisation.id)
    form = RolesForm(roles=organisation.second_factor_roles)

    def save() -> ResponseReturnValue:
        roles = [RoleId(role) for role in form.roles.data or []]
        require_factor_of(organisation, roles, act=g.act)
        flash(gettext("Saved."), "success")
        return redirect(url_for(".settings"))

    return answer_page(form, save, "accounts/organisation_factors/roles.html", notes=NOTES)


@bp.route("/people/<uuid:user_id>/second-factor", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE, fresh=True)
def colleague_factor(user_id: UUID) -> ResponseReturnValue:
    """Remove the second factor of a colleague who lost it, and say how it is known who asks."""
    person = get_person(user_id)
    form = ProofForm()

    def save() -> ResponseReturnValue:
        proof = IdentityProof(Way(form.way.data), form.words.data or "")
        remove_factor_of_colleague(person, proof=proof, act=g.act)
        flash(
            gettext(
                "The second factor of %(name)s is removed, and they are told by e-mail.",
                name=person.name,
            ),
            "success",
        )
        return redirect(url_for(".people"))

    page = "accounts/organisation_factors/colleague.html"
    return answer_page(form, save, page, person=person, notes=WAY_NOTES)
