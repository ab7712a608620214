"""Forms on events in the surroundings: format only, the rules are in services."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.core.due_diligence.context_kinds import context_kinds
from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.infrastructure.forms.choices import country_choices
from ddplatform.infrastructure.forms.numbers import LargeNumberField, NumberField
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.context_events.services.fields import SOURCE_TYPES, EventFields
from supply_chain.graph.areas import AreaKind

AREAS: Mapping[AreaKind, str] = {
    AreaKind.COUNTRY: _("A whole country"),
    AreaKind.REGION: _("A region of a country"),
    AreaKind.CIRCLE: _("A circle around a point"),
}


def _kinds() -> list[SelectChoice]:
    titles = (SelectChoice(ref, kind.title) for ref, kind in context_kinds().items())
    return [SelectChoice("", _("Choose")), *titles]


class EventForm(FlaskForm):  # type: ignore[misc]
    """An event: its kind, area, dates and source."""

    kind = SelectField(
        _("Kind of event"),
        choices=_kinds,
        validators=[InputRequired(_("Choose the kind of event."))],
    )
    title = StringField(
        _("Title"),
        description=_("As people know the event: “Flood on the Sassandra, November 2026”."),
        validators=[InputRequired(_("Enter a title.")), Length(max=160)],
    )
    description = TextAreaField(
        _("Description"),
        description=_("The effect on children there. Never write anything that leads to a child."),
        validators=[Length(max=4000)],
    )
    area = RadioField(
        _("Area"),
        choices=[SelectChoice(kind.value, word) for kind, word in AREAS.items()],
        default=AreaKind.COUNTRY.value,
        validators=[InputRequired(_("Choose the kind of area."))],
    )
    country = SelectField(
        _("Country"),
        description=_("Required for a country or a region; a circle may cross borders."),
    )
    region = StringField(
        _("Region"),
        description=_("For a region: its name as in your supplier list."),
        validators=[Length(max=200)],
    )
    latitude = NumberField(
        _("Latitude of the centre"),
        description=_("For a circle: degrees, for example 5.78."),
        validators=[Optional()],
    )
    longitude = NumberField(
        _("Longitude of the centre"),
        description=_("For a circle: degrees, for example -6.59."),
        validators=[Optional()],
    )
    radius_km = LargeNumberField(
        _("Radius in km"), description=_("For a circle."), validators=[Optional()]
    )
    starts_on = DateField(_("First day"), validators=[InputRequired(_("Enter the first day."))])
    ends_on = DateField(
        _("Last day"),
        description=_("Leave it empty if not known. The event then stays active until you end it."),
        validators=[Optional()],
    )
    source_type = SelectField(
        _("Type of source"),
        choices=[SelectChoice(ref, word) for ref, word in SOURCE_TYPES.items()],
        validators=[InputRequired(_("Choose the type of source."))],
    )
    source_publisher = StringField(
        _("Publisher"),
        description=_("For example “OCHA” or the name of the newspaper."),
        validators=[InputRequired(_("Name the publisher.")), Length(max=300)],
    )
    source_url = StringField(
        _("Address of the source"),
        description=_("Address of the page, beginning with https://"),
        validators=[InputRequired(_("Enter the address of the source.")), Length(max=1000)],
    )
    source_on = DateField(
        _("Published on"), validators=[InputRequired(_("Enter the date of publication."))]
    )

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        countries = [SelectChoice(code, name) for code, name in country_choices()[1:]]
        self.country.choices = [SelectChoice("", _("None")), *countries]

    def wanted(self) -> EventFields:
        """The typed values, as the service takes them."""
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
    """The same for an existing event."""


class EndForm(FlaskForm):  # type: ignore[misc]
    """The last day of an event."""

    ends_on = DateField(_("Last day"), validators=[InputRequired(_("Enter the last day."))])


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """The reason for the withdrawal of an event."""

    reason = TextAreaField(
        _("Reason for withdrawal"),
        description=_("The event stays readable, with your reason."),
        validators=[InputRequired(_("Give the reason for the withdrawal.")), Length(max=1000)],
    )
