"""Forms of people and settings."""

from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, StringField, TelField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Email, Length, Optional, Regexp

from ddplatform.infrastructure.access.roles import ROLES, RoleId
from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.languages import lazy_gettext as _

NOT_GIVEN_HERE = frozenset({RoleId.ASSESSOR, RoleId.SAFEGUARDING_OFFICER})
"""Who visits answers in an organisation apart; an officer takes two people."""
ROLE_CHOICES = [
    SelectChoice(role.id.value, role.label)
    for role in ROLES.values()
    if role.id not in NOT_GIVEN_HERE
]
ROLE_NOTES = {role.id.value: role.description for role in ROLES.values()}


class RoleForm(FlaskForm):  # type: ignore[misc]
    """A role, and until when."""

    role = RadioField(
        _("Role"), choices=ROLE_CHOICES, validators=[DataRequired(_("Choose one of the roles."))]
    )
    access_until = DateField(
        _("Last day of access"),
        description=_("Auditors need one. Leave it empty for everybody who stays."),
        validators=[Optional()],
    )


class ColleagueForm(FlaskForm):  # type: ignore[misc]
    """A person to be invited by mail."""

    name = StringField(_("Name"), validators=[DataRequired(_("Enter the name.")), Length(max=120)])
    email = EmailField(
        _("E-mail address"),
        validators=[
            DataRequired(_("Enter the e-mail address.")),
            Email(_("This is not an e-mail address. Example: name@company.com")),
            Length(max=254),
        ],
    )


class InviteForm(RoleForm, ColleagueForm):
    """A person to be invited by mail, with a role."""


class SettingsForm(FlaskForm):  # type: ignore[misc]
    """Settings of the organisation."""

    name = StringField(
        _("Name of the organisation"),
        validators=[DataRequired(_("Enter the name.")), Length(max=200)],
    )
    help_name = StringField(
        _("Who helps suppliers"),
        description=_(
            "A function, not a person: it stays when people leave. Example: Supplier help desk"
        ),
        validators=[Length(max=120)],
    )
    help_email = EmailField(
        _("E-mail address for their questions"),
        validators=[
            Optional(),
            Email(_("This is not an e-mail address. Example: help@company.com")),
            Length(max=254),
        ],
    )
    help_phone = TelField(
        _("Phone number for their questions"),
        description=_("With the country code. Example: +44 20 7946 0000"),
        validators=[
            Optional(),
            Regexp(r"^[+0-9][0-9 ()/.-]{4,39}$", message=_("Write digits, like +44 20 7946 0000.")),
        ],
    )
