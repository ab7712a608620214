"""What is typed about people and settings."""

from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, RadioField, StringField, TelField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Email, Length, Optional, Regexp

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


class ColleagueForm(FlaskForm):  # type: ignore[misc]
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


class InviteForm(RoleForm, ColleagueForm):
    """A person to be invited by mail, with a role."""


class SettingsForm(FlaskForm):  # type: ignore[misc]
    """What is told about the organisation."""

    name = StringField(
        "Name of the organisation",
        validators=[DataRequired("Enter the name."), Length(max=200)],
    )
    help_name = StringField(
        "Who helps suppliers",
        description="A function, not a person: it stays when people leave. "
        "Example: Supplier help desk",
        validators=[Length(max=120)],
    )
    help_email = EmailField(
        "E-mail address for their questions",
        validators=[
            Optional(),
            Email("This is not an e-mail address. Example: help@company.com"),
            Length(max=254),
        ],
    )
    help_phone = TelField(
        "Phone number for their questions",
        description="With the country code. Example: +44 20 7946 0000",
        validators=[
            Optional(),
            Regexp(r"^[+0-9][0-9 ()/.-]{4,39}$", message="Write digits, like +44 20 7946 0000."),
        ],
    )
