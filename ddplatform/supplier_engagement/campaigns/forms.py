"""What is typed to plan a campaign."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

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
    """How a campaign asks."""

    name = StringField(
        "Name of the campaign",
        description="For yourselves; suppliers do not read it.",
        validators=[DataRequired("Give the campaign a name."), Length(max=NAME_LENGTH)],
    )
    due_on = DateField("Answers due on", validators=[DataRequired("Choose the last day.")])
    language = SelectField(
        "Language of the questions",
        choices=[SelectChoice(code, name) for code, name in LANGUAGE_NAMES.items()],
        description="A questionnaire that is not written in it is asked in its own language.",
    )
    length = length_field()
    message = TextAreaField(
        "Your note",
        description="Why you ask, and whom to call. It stands in the mail and on the first page.",
        validators=[Length(max=MAX_MESSAGE, message=f"At most {MAX_MESSAGE} characters.")],
    )
    per_day = IntegerField(
        "At most so many a day",
        description="Empty: all at once. The riskiest suppliers are asked first.",
        validators=[Optional()],
    )
    reminder_days = StringField(
        "Reminders",
        description="Days from the due date, with commas: -7 is a week before, 0 the day itself, "
        "7 a week after. Who has answered is not reminded.",
        default="-7, -1, 1",
    )
    most_reminders = IntegerField(
        "At most so many reminders to one supplier",
        default=3,
        validators=[InputRequired("Write a number; 0 sends none.")],
    )
    escalate_after = IntegerField(
        "Tell who answers for a supplier after so many days late",
        description="Empty: nobody is told. Where nobody answers for it, you are told.",
        validators=[Optional()],
    )

    def validate_reminder_days(self, field: StringField) -> None:
        """Whole numbers with commas."""
        if read_days(field.data or "") is None:
            raise ValidationError(
                f"Write whole numbers from -{FURTHEST} to {FURTHEST} with commas, such as -7, 1."
            )

    def how(self) -> How:
        """What was typed."""
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
    """A new campaign: also what is asked."""

    modules = SelectMultipleField(
        "Questionnaires", choices=[], validators=[DataRequired("Choose at least one.")]
    )
    by_rule = BooleanField("Only where it fits the supplier, by what the map knows", default=True)


def how_fields(campaign: Campaign) -> dict[str, object]:
    """What the form of a campaign begins with."""
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
