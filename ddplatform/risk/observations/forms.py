"""Forms of an observation: format only, the rules are in the services."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.infrastructure.forms.numbers import NumberField
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.observations.services import NOTE_LENGTH, REASON_LENGTH, SOURCE_LENGTH, Seen
from ddplatform.risk.words.observations import GRADES, SOURCE_TYPES


class ObservationForm(FlaskForm):  # type: ignore[misc]
    """An observation of one factor at a site."""

    factor = SelectField(_("Factor"), validators=[InputRequired(_("Choose a factor."))])
    value = RadioField(
        _("Observation"),
        choices=[SelectChoice(value, word) for value, word in GRADES.items()],
        validators=[InputRequired(_("Choose an observation."))],
    )
    source_type = SelectField(
        _("Source type"),
        choices=[
            SelectChoice("", _("Choose")),
            *(SelectChoice(ref, word) for ref, word in SOURCE_TYPES.items()),
        ],
        validators=[InputRequired(_("Choose a source type."))],
    )
    source = StringField(
        _("Source"),
        description=_(
            "The organisation, publication or meeting. Never name a worker, a child or a family."
        ),
        validators=[InputRequired(_("Enter the source.")), Length(max=SOURCE_LENGTH)],
    )
    source_url = StringField(
        _("Link to the source"),
        description=_("If it is published online."),
        validators=[Optional(), Length(max=1000)],
    )
    observed_on = DateField(
        _("Date of observation or publication"),
        description=_("Older observations carry less weight."),
        validators=[InputRequired(_("Enter the date."))],
    )
    note = TextAreaField(
        _("Details"),
        description=_(
            "What was observed and where, so that others can verify it. Nothing that could "
            "identify a child or a worker."
        ),
        validators=[InputRequired(_("Enter the details.")), Length(max=NOTE_LENGTH)],
    )

    def __init__(self, factors: list[SelectChoice], **more: Any) -> None:
        super().__init__(**more)
        self.factor.choices = [SelectChoice("", _("Choose")), *factors]

    def seen(self) -> Seen:
        """The typed values, as the service takes them."""
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
        _("Regional figure, per cent"), validators=[InputRequired(_("Enter the regional figure."))]
    )
    for_region = BooleanField(
        _("Apply to all sites in the region"),
        description=_("Sites that are added to the region later are included."),
    )

    def seen(self) -> Seen:
        """The typed values, as the service takes them."""
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
        _("Reason for withdrawal"),
        description=_("The observation remains visible with your reason."),
        validators=[InputRequired(_("Enter the reason.")), Length(max=REASON_LENGTH)],
    )
