"""What is typed about people and settings."""

from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Email, Length, Optional

from ddplatform.access.roles import ROLES

ROLE_CHOICES = [SelectChoice(role.id.value, role.title) for role in ROLES.values()]
ROLE_NOTES = {role.id.value: role.description for role in ROLES.values()}


class RoleForm(FlaskForm):  # type: ignore[misc]
    """A role, and until when."""

    role = RadioField(
        "Role", choices=ROLE_CHOICES, validators=[DataRequired("Choose one of the roles.")]
    )
    access_until = DateField(
        "Last day of access",
        description="Auditors need one. Leave it empty for everybody who stays.",
        validators=[Optional()],
    )


class InviteForm(RoleForm):
    """A person to be invited by mail."""

    name = StringField("Name", validators=[DataRequired("Enter the name."), Length(max=120)])
    email = EmailField(
        "E-mail address",
        validators=[
            DataRequired("Enter the e-mail address."),
            Email("This is not an e-mail address. Example: name@company.com"),
            Length(max=254),
        ],
    )


class SettingsForm(FlaskForm):  # type: ignore[misc]
    """What is told about the organisation."""

    name = StringField(
        "Name of the organisation",
        validators=[DataRequired("Enter the name."), Length(max=200)],
    )
