"""Forms about the owner and the deferral of a risk."""

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from ddplatform.risk.follow_up.services import LONGEST

NO_NAMES = "No names of children or workers."


class OwnerForm(FlaskForm):  # type: ignore[misc]
    """Who looks after a risk."""

    owner = SelectField("Owner")


class DeferralForm(FlaskForm):  # type: ignore[misc]
    """Until when a risk is deferred, and why."""

    review_on = DateField(
        "Review date",
        description="At most 12 months ahead. On that day the risk is shown as due for review.",
        validators=[Optional()],
    )
    owner = SelectField(
        "Owner", description="Owns the risk and looks at it again on the review date."
    )
    reason = TextAreaField("Reason", description=NO_NAMES, validators=[Length(max=LONGEST)])


class EndForm(FlaskForm):  # type: ignore[misc]
    """Why a deferral ends."""

    reason = TextAreaField("Reason", description=NO_NAMES, validators=[Length(max=LONGEST)])
