"""The page on which an administrator removes a leaver."""

from uuid import UUID

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.blueprints.organisations import bp
from ddplatform.accounts.leaving.forms import LeaverForm
from ddplatform.accounts.leaving.services import list_held, remove_and_hand_over
from ddplatform.accounts.organisations.queries import get_membership, get_person, list_people
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext

SHOWN = 20
"""Titles of one kind that the page shows; of more it gives the number."""


@bp.route("/people/<uuid:user_id>/remove", methods=["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE, fresh=True)
def remove(user_id: UUID) -> ResponseReturnValue:
    """Take somebody out, in two steps, and hand over what they answer for."""
    person = get_person(user_id)
    form = LeaverForm()
    form.offer(list_people(), user_id)

    def save() -> ResponseReturnValue:
        membership = get_membership(person.membership_id)
        remove_and_hand_over(membership, successor_id=form.successor_id, act=g.act)
        flash(gettext("%(name)s is no longer a member.", name=person.name), "success")
        return redirect(url_for(".people"))

    held = list_held(user_id)
    return answer_page(
        form, save, "accounts/leaving/remove.html", person=person, held=held, most=SHOWN
    )
