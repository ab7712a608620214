"""Forms of requests for approval by a second person."""

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.words.absences import ABSENCES
from ddplatform.value_chain.approvals.services.requests import LONGEST_REASON


class AbsenceForm(FlaskForm):  # type: ignore[misc]
    """The reason why a factor does not apply at a site."""

    reason_code = RadioField(
        _("Reason"),
        choices=[SelectChoice(code.value, words) for code, words in ABSENCES.items()],
        validators=[InputRequired(_("Choose the reason."))],
    )
    approval_reason = TextAreaField(
        _("Evidence"),
        description=_("What was seen or read, and where. No names of children or workers."),
        validators=[Length(max=LONGEST_REASON)],
    )
    approval_until = DateField(
        _("End date"),
        description=_(
            "At most twelve months ahead. After this date the factor counts as not known again."
        ),
        validators=[Optional()],
    )
