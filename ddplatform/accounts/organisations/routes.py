"""Pages of people and settings."""

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.blueprints.organisations import bp
from ddplatform.accounts.organisations.forms import (
    ROLE_NOTES,
    ColleagueForm,
    InviteForm,
    RoleForm,
    SettingsForm,
)
from ddplatform.accounts.organisations.queries import (
    get_invitation,
    get_membership,
    get_organisation,
    get_person,
    list_open_invitations,
    list_people,
)
from ddplatform.accounts.organisations.services.organisations import (
    rename_organisation,
    set_help_contact,
)
from ddplatform.accounts.organisations.services.people import (
    change_role,
    invite,
    invite_colleague,
    send_again,
    withdraw_invitation,
)
from ddplatform.accounts.second_factor.queries import list_with_factor
from ddplatform.accounts.storage.queries import count_used
from ddplatform.accounts.storage.views import shown_space
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import ROLES, RoleId
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext


@bp.get("/people/")
@requires(Permission.PEOPLE_READ)
def people() -> ResponseReturnValue:
    """The people of the organisation with their roles."""
    members = list_people()
    return render_template(
        "accounts/organisations/people.html",
        people=members,
        with_factor=list_with_factor([person.user_id for person in members]),
        invitations=list_open_invitations(),
        roles=ROLES,
    )


@bp.route("/people/invite", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE, fresh=True)
def invite_person() -> ResponseReturnValue:
    """Invite somebody by mail."""
    form = InviteForm()

    def save() -> ResponseReturnValue:
        invite(
            email=form.email.data,
            name=form.name.data,
            role=RoleId(form.role.data),
            access_until=form.access_until.data,
            act=g.act,
        )
        return _told(gettext("An invitation is on its way to %(email)s.", email=form.email.data))

    return answer_page(form, save, "accounts/organisations/invite.html", notes=ROLE_NOTES)


@bp.route("/people/colleague", methods=["GET", "POST"])
@requires(Permission.PEOPLE_INVITE_COLLEAGUE, fresh=True)
def colleague() -> ResponseReturnValue:
    """Invite a colleague who answers questions together with this person."""
    form = ColleagueForm()

    def save() -> ResponseReturnValue:
        invite_colleague(email=form.email.data, name=form.name.data, act=g.act)
        return _told(gettext("An invitation is on its way to %(email)s.", email=form.email.data))

    return answer_page(form, save, "accounts/organisations/colleague.html")


@bp.route("/people/<uuid:user_id>/role", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE, fresh=True)
def role(user_id: UUID) -> ResponseReturnValue:
    """Give a member another role."""
    person = get_person(user_id)
    form = RoleForm(role=person.role_id.value, access_until=person.access_until)

    def save() -> ResponseReturnValue:
        change_role(
            get_membership(person.membership_id),
            role=RoleId(form.role.data),
            access_until=form.access_until.data,
            act=g.act,
        )
        return _told(gettext("%(name)s has a new role and must sign in again.", name=person.name))

    return answer_page(
        form, save, "accounts/organisations/role.html", person=person, notes=ROLE_NOTES
    )


@bp.post("/people/invitations/<uuid:invitation_id>/again")
@requires(Permission.PEOPLE_MANAGE, fresh=True)
def invite_again(invitation_id: UUID) -> ResponseReturnValue:
    """Send a fresh link; the old one stops working."""
    send_again(get_invitation(invitation_id), act=g.act)
    return _told(gettext("A fresh link is on its way."))


@bp.post("/people/invitations/<uuid:invitation_id>/withdraw")
@requires(Permission.PEOPLE_MANAGE)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """Make an invitation worthless."""
    withdraw_invitation(get_invitation(invitation_id), act=g.act)
    return _told(gettext("The invitation is withdrawn."))


@bp.route("/settings/", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_UPDATE)
def settings() -> ResponseReturnValue:
    """The name of the organisation, and the help contact of its suppliers."""
    organisation = get_organisation(g.organisation.id)
    form = SettingsForm(obj=organisation)

    def save() -> ResponseReturnValue:
        set_help_contact(
            organisation,
            name=form.help_name.data or "",
            email=form.help_email.data or "",
            phone=form.help_phone.data or "",
            act=g.act,
        )
        rename_organisation(organisation, name=form.name.data, act=g.act)
        flash(gettext("Saved."), "success")
        return redirect(url_for(".settings"))

    needing = [ROLES[RoleId(role)].label for role in organisation.second_factor_roles]
    return answer_page(
        form,
        save,
        "accounts/organisations/settings.html",
        needing=needing,
        space=shown_space(count_used(), adapters().quotas.of_organisation),
    )


def _told(message: str) -> ResponseReturnValue:
    """Back to the people, with a message on the change."""
    flash(message, "success")
    return redirect(url_for(".people"))
