"""The form of a check: format only, the rules are in services."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from ddplatform.core.due_diligence.grievance_checklist import grievance_checklist
from ddplatform.due_diligence.grievance_check.services import (
    CONSULTED_LENGTH,
    REASON_LENGTH,
    CheckFields,
)
from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.languages import lazy_gettext as _


def _scores() -> list[SelectChoice]:
    scores = grievance_checklist().scores.items()
    return [SelectChoice(str(score), f"{score} – {meaning}") for score, meaning in scores]


class CriterionForm(FlaskForm):  # type: ignore[misc]
    """The score of one criterion, with its reason."""

    score = RadioField(
        _("Score"), choices=_scores, validators=[InputRequired(_("Choose a score."))]
    )
    reason = TextAreaField(
        _("Reason"),
        description=_("What shows it, and what is missing. Never write about a child."),
        validators=[InputRequired(_("Give the reason.")), Length(max=REASON_LENGTH)],
    )
    consulted = StringField(
        _("Who was asked"),
        description=_(
            "Groups, never names: workers' committee, parents' association, youth group."
        ),
        validators=[Length(max=CONSULTED_LENGTH)],
    )
    checked_on = DateField(_("Day of the check"), validators=[InputRequired(_("Choose a day."))])

    def wanted(self) -> CheckFields:
        """The input as the service takes it."""
        return CheckFields(
            score=int(self.score.data),
            reason=self.reason.data,
            consulted=self.consulted.data or "",
            checked_on=self.checked_on.data,
        )
