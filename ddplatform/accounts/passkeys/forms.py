"""The form of a new passkey."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from ddplatform.accounts.passkeys.services.ceremonies import MAX_ANSWER
from ddplatform.languages import lazy_gettext as _


class PasskeyForm(FlaskForm):  # type: ignore[misc]
    """A name for a new passkey, and what the browser answered."""

    name = StringField(
        _("Name of the passkey"),
        description=_("So that you know it again, for example: my phone."),
        validators=[DataRequired(_("Give the passkey a name.")), Length(max=60)],
    )
    passkey = HiddenField(validators=[Length(max=MAX_ANSWER)])
