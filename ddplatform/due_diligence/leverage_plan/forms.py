"""Forms of the leverage plan: format only, the rules are in services."""

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.core.due_diligence.leverage_plan import Escalation, StepResult
from ddplatform.due_diligence.leverage_plan.services import TEXT_LENGTH
from ddplatform.due_diligence.leverage_plan.words import ESCALATIONS, RESULTS
from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.languages import lazy_gettext as _


def _kinds() -> list[SelectChoice]:
    types = impact_words().leverage_types.items()
    return [SelectChoice("", _("Choose")), *(SelectChoice(ref, title) for ref, title in types)]


class LeverageStepForm(VersionForm):
    """A step to be planned."""

    kind = SelectField(
        _("Kind of leverage"),
        choices=_kinds,
        validators=[InputRequired(_("Choose a kind of leverage from the list."))],
    )
    text = TextAreaField(
        _("What will be done"),
        description=_("With whom, and how you will know that it worked."),
        validators=[InputRequired(_("Say what will be done.")), Length(max=TEXT_LENGTH)],
    )
    owner_id = SelectField(
        _("Responsible"), validators=[InputRequired(_("Choose somebody of your organisation."))]
    )
    due = DateField(_("Planned for"), validators=[InputRequired(_("Choose a day."))])


class LeverageResultForm(VersionForm):
    """What a step achieved."""

    result = RadioField(
        _("Result"),
        choices=[SelectChoice(value.value, RESULTS[value]) for value in StepResult],
        validators=[InputRequired(_("Choose a result."))],
    )
    reason = TextAreaField(
        _("What changed, or why it did not"),
        validators=[InputRequired(_("Give the reason.")), Length(max=TEXT_LENGTH)],
    )


class EscalationForm(VersionForm):
    """The decision after repeated failure."""

    choice = RadioField(
        _("How to go on"),
        choices=[SelectChoice(value.value, ESCALATIONS[value]) for value in Escalation],
        validators=[InputRequired(_("Choose how to go on."))],
    )
    reason = TextAreaField(
        _("Reason"), validators=[InputRequired(_("Give the reason.")), Length(max=TEXT_LENGTH)]
    )
