"""The form of a webhook."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from ddplatform.api.webhooks.catalogue import Subject
from ddplatform.api.webhooks.words import SUBJECT_LABELS
from ddplatform.languages import lazy_gettext as _


class WebhookForm(FlaskForm):  # type: ignore[misc]
    """A webhook: its use, its address and its subjects."""

    name = StringField(
        _("What is it used for?"),
        description=_("For example: findings for the ERP system"),
        validators=[DataRequired(_("Enter what it is used for.")), Length(max=120)],
    )
    url = StringField(
        _("URL that receives the events"),
        description=_("It begins with https:// and names an allowed host."),
        validators=[DataRequired(_("Enter the URL.")), Length(max=500)],
    )
    subjects = SelectMultipleField(
        _("Events"),
        choices=[SelectChoice(one.value, label) for one, label in SUBJECT_LABELS.items()],
        description=_(
            "An event says that something changed; the program reads the change with a token."
        ),
        validators=[InputRequired(_("Choose at least one kind of event."))],
    )

    def offer(self, subjects: Iterable[Subject]) -> None:
        """Offer the subjects that the role of the person may read."""
        self.subjects.choices = [SelectChoice(one.value, SUBJECT_LABELS[one]) for one in subjects]
