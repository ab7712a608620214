"""Forms of second factors."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from ddplatform.infrastructure.access.roles import KEEPERS, ROLES, RoleId
from ddplatform.languages import lazy_gettext as _

RECOMMENDED = frozenset({*KEEPERS, RoleId.SAFEGUARDING_OFFICER, RoleId.AUDITOR})
"""Roles whose account opens people and settings, cases of children, or everything."""
NOTES = {role.value: _("Recommended") for role in RECOMMENDED}


class SetUpForm(FlaskForm):  # type: ignore[misc]
    """The first code of an app, with the secret that the page showed."""

    offer = HiddenField(validators=[DataRequired(_("Open this page again."))])
    code = StringField(
        _("Code of the app"),
        description=_("The six digits that the app shows for this account now."),
        validators=[DataRequired(_("Enter the code that the app shows.")), Length(max=20)],
    )


class RolesForm(FlaskForm):  # type: ignore[misc]
    """Roles that need a second factor."""

    roles = SelectMultipleField(
        _("Roles that need a second factor"),
        choices=[SelectChoice(role.id.value, role.label) for role in ROLES.values()],
        description=_(
            "Members in these roles who have none set one up right after their password, and reach "
            "nothing else before. Everybody else may set one up."
        ),
    )
