"""Forms of campaign planning."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from ddplatform.infrastructure.forms.bounded import DateField, IntegerField
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.supplier_engagement.campaigns.models import Campaign
from ddplatform.supplier_engagement.campaigns.services.campaigns import FURTHEST, NAME_LENGTH, How
from ddplatform.supplier_engagement.requests.forms import (
    BY_SIZE,
    FULL,
    LANGUAGE_NAMES,
    SHORT,
    length_field,
)
from ddplatform.supplier_engagement.requests.services.requests import MAX_MESSAGE

LENGTHS = {None: BY_SIZE, True: SHORT, False: FULL}


class HowForm(FlaskForm):  # type: ignore[misc]
    """Settings of a campaign."""

    name = StringField(
        _("Name of the campaign"),
        description=_("Internal; suppliers do not see it."),
        validators=[DataRequired(_("Give the campaign a name.")), Length(max=NAME_LENGTH)],
    )
    due_on = DateField(_("Answers due on"), validators=[DataRequired(_("Choose the last day."))])
    language = SelectField(
        _("Language of the questions"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGE_NAMES.items()],
        description=_("A questionnaire not available in it is sent in its own language."),
    )
    length = length_field()
    message = TextAreaField(
        _("Your note"),
        description=_(
            "Why you ask, and whom to call. It is shown in the mail and on the first page."
        ),
        validators=[
            Length(max=MAX_MESSAGE, message=_("At most %(number)s characters.", number=MAX_MESSAGE))
        ],
    )
    per_day = IntegerField(
        _("Most questionnaires a day"),
        description=_("Empty: all at once. The suppliers of highest risk are asked first."),
        validators=[Optional()],
    )
    reminder_days = StringField(
        _("Reminders"),
        description=_(
            "Days from the due date, with commas: -7 is a week before, 0 the day itself, "
            "7 a week after. Suppliers who have answered are not reminded."
        ),
        default="-7, -1, 1",
        validators=[Length(max=200)],
    )
    most_reminders = IntegerField(
        _("Most reminders to one supplier"),
        default=3,
        validators=[InputRequired(_("Write a number; 0 sends none."))],
    )
    escalate_after = IntegerField(
        _("Notify the owner of a supplier after so many days late"),
        description=_("Empty: no notification. Where no owner is assigned, you are notified."),
        validators=[Optional()],
    )

    def validate_reminder_days(self, field: StringField) -> None:
        """Whole numbers with commas."""
        if read_days(field.data or "") is None:
            raise ValidationError(
                gettext(
                    "Write whole numbers from -%(number)s to %(number)s with commas, such as "
                    "-7, 1.",
                    number=FURTHEST,
                )
            )

    def how(self) -> How:
        """The settings entered."""
        lengths = {word: value for value, word in LENGTHS.items()}
        return How(
            name=self.name.data,
            due_on=self.due_on.data,
            language=self.language.data,
            light_mode=lengths[self.length.data],
            message=self.message.data or "",
            per_day=self.per_day.data,
            reminder_days=read_days(self.reminder_days.data or "") or (),
            most_reminders=self.most_reminders.data,
            escalate_after=self.escalate_after.data,
        )


class PlanForm(HowForm):
    """A new campaign: also its questionnaires."""

    modules = SelectMultipleField(
        _("Questionnaires"), choices=[], validators=[DataRequired(_("Choose at least one."))]
    )
    by_rule = BooleanField(
        _("Only where it fits the supplier, by the data of the map"), default=True
    )


def how_fields(campaign: Campaign) -> dict[str, object]:
    """Initial values of a campaign's form."""
    names = ("name", "due_on", "language", "message", "per_day", "most_reminders", "escalate_after")
    return {
        **{name: getattr(campaign, name) for name in names},
        "length": LENGTHS[campaign.light_mode],
        "reminder_days": ", ".join(str(day) for day in campaign.reminder_days),
    }


def read_days(text: str) -> Sequence[int] | None:
    """`-7, 1` as numbers; None where it is something else."""
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        return None
