"""The form of the page of set-up."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from ddplatform.languages import lazy_gettext as _


class SetUpForm(FlaskForm):  # type: ignore[misc]
    """The first code of an app, with the secret that the page showed."""

    offer = HiddenField(validators=[DataRequired(_("Open this page again."))])
    code = StringField(
        _("Code of the app"),
        description=_("The six digits that the app shows for this account now."),
        validators=[DataRequired(_("Enter the code that the app shows.")), Length(max=20)],
    )
