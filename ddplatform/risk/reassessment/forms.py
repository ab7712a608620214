"""Forms on sites due for reassessment."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from ddplatform.accounts.organisations.queries import list_people
from ddplatform.core.due_diligence.reassessment import SeenBy, triggers
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _


def _seen_by_people() -> list[SelectChoice]:
    seen = (one for one in triggers().values() if SeenBy.PERSON in one.seen_by)
    return [SelectChoice(one.ref, one.title) for one in seen]


class ChangeForm(FlaskForm):  # type: ignore[misc]
    """Something changed at a site."""

    trigger = RadioField(
        _("Change"),
        choices=_seen_by_people,
        validators=[InputRequired(_("Choose what changed."))],
    )
    note = TextAreaField(
        _("Description"),
        description=_("What you know, and the source. Never write a child's name or address."),
        validators=[InputRequired(_("Describe the change.")), Length(max=2000)],
    )


class CloseForm(FlaskForm):  # type: ignore[misc]
    """The note that closes a review of the site."""

    note = TextAreaField(
        _("Outcome and next steps"),
        description=_("Stays with the site. Never write a child's name or address."),
        validators=[InputRequired(_("Record the outcome and the decision.")), Length(max=2000)],
    )


class OwnerForm(FlaskForm):  # type: ignore[misc]
    """The person who reviews the site."""

    owner = SelectField(_("Owner"))

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        people = [SelectChoice(str(one.user_id), one.name) for one in list_people()]
        self.owner.choices = [SelectChoice("", gettext("Unassigned")), *people]
