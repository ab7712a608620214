"""What people fill in about an observation: format only, rules stand in the services."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.risk.observations.views import GRADES, SOURCE_TYPES
from ddplatform.services.place_observations import (
    NOTE_LENGTH,
    REASON_LENGTH,
    SOURCE_LENGTH,
    Seen,
)
from ddplatform.web.number_fields import NumberField


class ObservationForm(FlaskForm):  # type: ignore[misc]
    """One factor of a place as a source saw it."""

    factor = SelectField(
        "What was looked at", validators=[InputRequired("Choose what was looked at.")]
    )
    value = RadioField(
        "What was seen",
        choices=[SelectChoice(value, word) for value, word in GRADES.items()],
        validators=[InputRequired("Choose what was seen.")],
    )
    source_type = SelectField(
        "Who says so",
        choices=[
            SelectChoice("", "Choose"),
            *(SelectChoice(ref, word) for ref, word in SOURCE_TYPES.items()),
        ],
        validators=[InputRequired("Choose who says so.")],
    )
    source = StringField(
        "Who looked or published",
        description="An organisation, a publication or a meeting. Never the name of a worker, "
        "a child or a family.",
        validators=[InputRequired("Name who looked or published."), Length(max=SOURCE_LENGTH)],
    )
    source_url = StringField(
        "Address of the source",
        description="Where it can be read, if it can.",
        validators=[Optional(), Length(max=1000)],
    )
    observed_on = DateField(
        "Seen or published on",
        description="From this day the observation grows older and counts for less.",
        validators=[InputRequired("Enter the day.")],
    )
    note = TextAreaField(
        "What was seen or read, and where",
        description="So that others can check it. Nothing that leads to a child or a worker.",
        validators=[InputRequired("Say what was seen or read."), Length(max=NOTE_LENGTH)],
    )

    def __init__(self, factors: list[SelectChoice], **more: Any) -> None:
        super().__init__(**more)
        self.factor.choices = [SelectChoice("", "Choose"), *factors]

    def seen(self) -> Seen:
        """What was typed, as the service takes it."""
        return Seen(
            factor=self.factor.data,
            value=float(self.value.data),
            source_type=self.source_type.data,
            source=self.source.data,
            source_url=self.source_url.data or "",
            observed_on=self.observed_on.data,
            note=self.note.data,
        )


class FigureForm(ObservationForm):
    """A public figure of the region that the place stands in."""

    value = None
    figure = NumberField(
        "Figure in per cent", validators=[InputRequired("Enter the figure of the region.")]
    )

    def seen(self) -> Seen:
        """What was typed, as the service takes it."""
        return Seen(
            factor=self.factor.data,
            figure=self.figure.data,
            source_type=self.source_type.data,
            source=self.source.data,
            source_url=self.source_url.data or "",
            observed_on=self.observed_on.data,
            note=self.note.data,
        )


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Why an observation no longer counts."""

    reason = TextAreaField(
        "Why is it withdrawn?",
        description="It stays readable, with your reason.",
        validators=[InputRequired("Say why it is withdrawn."), Length(max=REASON_LENGTH)],
    )
