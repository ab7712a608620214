"""The form of roles that need a second factor."""

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.fields import SelectChoice

from ddplatform.infrastructure.access.roles import KEEPERS, ROLES, RoleId
from ddplatform.languages import lazy_gettext as _

RECOMMENDED = frozenset({*KEEPERS, RoleId.SAFEGUARDING_OFFICER, RoleId.AUDITOR})
"""Roles whose account opens people and settings, cases of children, or everything."""
NOTES = {role.value: _("Recommended") for role in RECOMMENDED}


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
