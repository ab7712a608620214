"""Forms of sign-up: format checks only; business rules are in the services."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Email, Length

from ddplatform.accounts.founding.services import Wanted
from ddplatform.accounts.sign_in.forms import NewPasswordForm
from ddplatform.infrastructure.forms.choices import country_choices, sector_choices
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _

NAME_LENGTH = 120
ORGANISATION_LENGTH = 200


class SignUpForm(FlaskForm):  # type: ignore[misc]
    """The work address, and a field that people leave empty."""

    email = StringField(
        _("Work e-mail address"),
        description=_("We send a link to it that proves the address is yours."),
        validators=[
            DataRequired(_("Enter your work e-mail address.")),
            Email(_("This is not an e-mail address. Example: name@company.com")),
            Length(max=254),
        ],
    )
    website = StringField(_("Leave this field empty"), validators=[Length(max=2000)])

    @property
    def is_robot(self) -> bool:
        """Whether the honeypot field, which people do not see, was filled."""
        return bool(self.website.data)


class OrganisationForm(FlaskForm):  # type: ignore[misc]
    """The organisation to be founded."""

    name = StringField(
        _("Name of the organisation"),
        validators=[
            DataRequired(_("Enter the name of the organisation.")),
            Length(max=ORGANISATION_LENGTH),
        ],
    )
    country = SelectField(_("Country"), validators=[DataRequired(_("Choose a country."))])
    sector_ref = SelectField(_("Sector"), description=_("What your own business does."))

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        countries = [("", gettext("Choose a country")), *country_choices()[1:]]
        self.country.choices = [SelectChoice(code, name) for code, name in countries]
        self.sector_ref.choices = [SelectChoice(ref, name) for ref, name in sector_choices()]

    def wanted(self) -> Wanted:
        """The input as the service takes it."""
        return Wanted(
            name=self.name.data, country=self.country.data, sector_ref=self.sector_ref.data or None
        )


class FounderForm(NewPasswordForm, OrganisationForm):
    """The same with the account of somebody who has none yet."""

    person = StringField(
        _("Your name"), validators=[DataRequired(_("Enter your name.")), Length(max=NAME_LENGTH)]
    )

    def wanted(self) -> Wanted:
        return Wanted(
            name=self.name.data,
            country=self.country.data,
            sector_ref=self.sector_ref.data or None,
            person=self.person.data,
            password=self.password.data,
        )
