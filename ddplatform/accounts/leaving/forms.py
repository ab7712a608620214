"""The form of a leaver."""

from collections.abc import Iterable
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from ddplatform.accounts.organisations.queries import Person
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _


class LeaverForm(FlaskForm):  # type: ignore[misc]
    """Who takes over; not asked where there is nothing to take over."""

    successor = SelectField(_("Who takes over"), validators=[Optional()])

    def offer(self, people: Iterable[Person], leaver_id: UUID) -> None:
        """Offer the active colleagues of the leaver."""
        colleagues = [
            SelectChoice(str(person.user_id), person.name)
            for person in people
            if person.is_active and person.user_id != leaver_id
        ]
        self.successor.choices = [SelectChoice("", gettext("Choose a colleague")), *colleagues]

    @property
    def successor_id(self) -> UUID | None:
        """The chosen colleague; None for nobody."""
        return UUID(self.successor.data) if self.successor.data else None
