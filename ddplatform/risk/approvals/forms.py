"""What people fill in to ask for a second person."""

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.risk.words.absences import ABSENCES
from ddplatform.value_chain.approvals.services.requests import LONGEST_REASON


class AbsenceForm(FlaskForm):  # type: ignore[misc]
    """Why a factor does not apply at a site."""

    reason_code = RadioField(
        "What is absent",
        choices=[SelectChoice(code.value, words) for code, words in ABSENCES.items()],
        validators=[InputRequired("Choose what is absent.")],
    )
    approval_reason = TextAreaField(
        "What it rests on",
        description="What was seen or read, and where. No names of children or workers.",
        validators=[Length(max=LONGEST_REASON)],
    )
    approval_until = DateField(
        "Until when",
        description="At most twelve months ahead. Then the factor counts as not known again.",
        validators=[Optional()],
    )
