"""What people fill in about an observation: format only, rules stand in the services."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.infrastructure.forms.numbers import NumberField
from ddplatform.risk.observations.services import NOTE_LENGTH, REASON_LENGTH, SOURCE_LENGTH, Seen
from ddplatform.risk.words.observations import GRADES, SOURCE_TYPES


class ObservationForm(FlaskForm):  # type: ignore[misc]
    """An observation of one factor at a site."""

    factor = SelectField("Factor", validators=[InputRequired("Choose a factor.")])
    value = RadioField(
        "Observation",
        choices=[SelectChoice(value, word) for value, word in GRADES.items()],
        validators=[InputRequired("Choose an observation.")],
    )
    source_type = SelectField(
        "Source type",
        choices=[
            SelectChoice("", "Choose"),
            *(SelectChoice(ref, word) for ref, word in SOURCE_TYPES.items()),
        ],
        validators=[InputRequired("Choose a source type.")],
    )
    source = StringField(
        "Source",
        description="The organisation, publication or meeting. Never name a worker, a child "
        "or a family.",
        validators=[InputRequired("Enter the source."), Length(max=SOURCE_LENGTH)],
    )
    source_url = StringField(
        "Link to the source",
        description="If it is published online.",
        validators=[Optional(), Length(max=1000)],
    )
    observed_on = DateField(
        "Date of observation or publication",
        description="Older observations carry less weight.",
        validators=[InputRequired("Enter the date.")],
    )
    note = TextAreaField(
        "Details",
        description="What was observed and where, so that others can verify it. Nothing that could "
        "identify a child or a worker.",
        validators=[InputRequired("Enter the details."), Length(max=NOTE_LENGTH)],
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
    """A public statistic of the site's region."""

    value = None
    figure = NumberField(
        "Regional figure, per cent", validators=[InputRequired("Enter the regional figure.")]
    )
    for_region = BooleanField(
        "Apply to all sites in the region",
        description="Sites that are added to the region later are included.",
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
            for_region=self.for_region.data,
        )


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Reason for withdrawing an observation."""

    reason = TextAreaField(
        "Reason for withdrawal",
        description="The observation remains visible with your reason.",
        validators=[InputRequired("Enter the reason."), Length(max=REASON_LENGTH)],
    )
