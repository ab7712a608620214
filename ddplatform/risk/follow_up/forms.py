"""Forms about the owner and the deferral of a risk."""

from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.validators import Length, Optional

from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.follow_up.services import LONGEST

NO_NAMES = _("No names of children or workers.")


class OwnerForm(FlaskForm):  # type: ignore[misc]
    """The owner of a risk."""

    owner = SelectField(_("Owner"))


class DeferralForm(FlaskForm):  # type: ignore[misc]
    """Until when a risk is deferred, and why."""

    review_on = DateField(
        _("Review date"),
        description=_("At most 12 months ahead. On that day the risk is shown as due for review."),
        validators=[Optional()],
    )
    owner = SelectField(
        _("Owner"), description=_("Owns the risk and reviews it on the review date.")
    )
    reason = TextAreaField(_("Reason"), description=NO_NAMES, validators=[Length(max=LONGEST)])


class EndForm(FlaskForm):  # type: ignore[misc]
    """The reason for the end of a deferral."""

    reason = TextAreaField(_("Reason"), description=NO_NAMES, validators=[Length(max=LONGEST)])
