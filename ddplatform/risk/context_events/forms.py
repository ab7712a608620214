"""What people type about events in the surroundings: format only, rules stand in services."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.core.due_diligence.context_kinds import context_kinds
from ddplatform.infrastructure.forms.choices import country_choices
from ddplatform.infrastructure.forms.numbers import LargeNumberField, NumberField
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.risk.context_events.services.fields import SOURCE_TYPES, EventFields
from supply_chain.graph.areas import AreaKind

AREAS: Mapping[AreaKind, str] = {
    AreaKind.COUNTRY: "A whole country",
    AreaKind.REGION: "A region of it",
    AreaKind.CIRCLE: "A circle around a point",
}


def _kinds() -> list[SelectChoice]:
    titles = (SelectChoice(ref, kind.title) for ref, kind in context_kinds().items())
    return [SelectChoice("", "Choose"), *titles]


class EventForm(FlaskForm):  # type: ignore[misc]
    """An event: what, where, when, and who says so."""

    kind = SelectField(
        "What happens",
        choices=_kinds,
        validators=[InputRequired("Choose what happens.")],
    )
    title = StringField(
        "Title",
        description="As people will know it again: “Flood on the Sassandra, November 2026”.",
        validators=[InputRequired("Enter a title."), Length(max=160)],
    )
    description = TextAreaField(
        "What is known",
        description="What it means for children there. Never write anything that leads to a child.",
        validators=[Length(max=4000)],
    )
    area = RadioField(
        "Area",
        choices=[SelectChoice(kind.value, word) for kind, word in AREAS.items()],
        default=AreaKind.COUNTRY.value,
        validators=[InputRequired("Choose the kind of area.")],
    )
    country = SelectField(
        "Country", description="Needed for a country or a region; a circle may cross borders."
    )
    region = StringField(
        "Region",
        description="For a region: its name as it stands in your supplier list.",
        validators=[Length(max=200)],
    )
    latitude = NumberField(
        "Latitude of the centre",
        description="For a circle: degrees, for example 5.78.",
        validators=[Optional()],
    )
    longitude = NumberField(
        "Longitude of the centre",
        description="For a circle: degrees, for example -6.59.",
        validators=[Optional()],
    )
    radius_km = LargeNumberField(
        "Radius in km", description="For a circle.", validators=[Optional()]
    )
    starts_on = DateField("First day", validators=[InputRequired("Enter the first day.")])
    ends_on = DateField(
        "Last day",
        description="Leave it empty while nobody knows. The event then goes on until you end it.",
        validators=[Optional()],
    )
    source_type = SelectField(
        "Who says so",
        choices=[SelectChoice(ref, word) for ref, word in SOURCE_TYPES.items()],
        validators=[InputRequired("Choose who says so.")],
    )
    source_publisher = StringField(
        "Publisher",
        description="For example “OCHA” or the name of the newspaper.",
        validators=[InputRequired("Name the publisher."), Length(max=300)],
    )
    source_url = StringField(
        "Address of the source",
        description="Of the page that says so, beginning with https://",
        validators=[InputRequired("Enter the address of the source."), Length(max=1000)],
    )
    source_on = DateField(
        "Published on", validators=[InputRequired("Enter the day of the publication.")]
    )

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        countries = [SelectChoice(code, name) for code, name in country_choices()[1:]]
        self.country.choices = [SelectChoice("", "None"), *countries]

    def wanted(self) -> EventFields:
        """What was typed, as the service takes it."""
        return EventFields(
            kind=self.kind.data,
            title=self.title.data,
            description=self.description.data or "",
            area=AreaKind(self.area.data),
            country=self.country.data or None,
            region=self.region.data or None,
            latitude=self.latitude.data,
            longitude=self.longitude.data,
            radius_km=self.radius_km.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            source_type=self.source_type.data,
            source_publisher=self.source_publisher.data,
            source_url=self.source_url.data,
            source_on=self.source_on.data,
        )


class EventChangeForm(EventForm, VersionForm):
    """The same for an event that stands."""


class EndForm(FlaskForm):  # type: ignore[misc]
    """The last day of an event."""

    ends_on = DateField("Last day", validators=[InputRequired("Enter the last day.")])


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Why an event is taken back."""

    reason = TextAreaField(
        "Why is it withdrawn?",
        description="It stays readable, with your reason.",
        validators=[InputRequired("Say why it is withdrawn."), Length(max=1000)],
    )
