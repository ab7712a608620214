"""Forms of handing over, merging and emergency access."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from ddplatform.due_diligence.remedy.forms import short_text
from ddplatform.languages import lazy_gettext as _


class HandOverForm(FlaskForm):  # type: ignore[misc]
    """The officer who is to manage the case."""

    user = SelectField(_("Safeguarding officer"), choices=[])


class MergeForm(FlaskForm):  # type: ignore[misc]
    """The case that goes on."""

    into = SelectField(_("Case that goes on"), choices=[])


class AskForm(FlaskForm):  # type: ignore[misc]
    """The case, and why an officer who is not assigned has to read it."""

    code = StringField(
        _("Code of the case"), validators=[DataRequired(_("Enter the code.")), Length(max=20)]
    )
    reason = short_text(_("Reason"), required=True)


class ReviewForm(FlaskForm):  # type: ignore[misc]
    """Whether the access was justified."""

    is_justified = RadioField(
        _("Was the access justified?"),
        choices=[SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))],
        validators=[DataRequired(_("Choose one."))],
    )
    reason = short_text(_("Reason"), required=True)
