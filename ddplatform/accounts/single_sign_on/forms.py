"""The form that asks for the organisation at which somebody signs in."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from ddplatform.languages import lazy_gettext as _


class OrganisationForm(FlaskForm):  # type: ignore[misc]
    """A mail address at work, or the short name of the organisation."""

    organisation = StringField(
        _("Work e-mail address or organisation"),
        description=_("An organisation by its short name, as in the addresses of its pages."),
        validators=[
            DataRequired(_("Enter your e-mail address at work, or your organisation.")),
            Length(max=254),
        ],
    )
