"""The form of an access token."""

from collections.abc import Iterable
from datetime import timedelta

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from ddplatform.infrastructure.access.permissions import Permission as P
from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.languages import LazyText
from ddplatform.languages import lazy_gettext as _

SCOPE_LABELS: dict[P, LazyText] = {
    P.VALUE_CHAIN_READ: _("Read maps and sites"),
    P.VALUE_CHAIN_EDIT: _("Add and change maps and sites"),
    P.RISK_READ: _("Read risks"),
    P.RISK_ASSESS: _("Request assessments"),
    P.QUESTIONNAIRE_READ: _("Read questionnaires and their state"),
    P.QUESTIONNAIRE_ASSIGN: _("Send questionnaires"),
    P.FINDING_READ: _("Read findings and actions"),
    P.FINDING_EDIT: _("Record findings"),
    P.ACTION_EDIT: _("Plan actions"),
    P.REPORT_READ: _("Read the list of reports"),
    P.REPORT_REQUEST: _("Request reports"),
    P.REPORT_EXPORT: _("Download reports"),
}
PROPOSED_LIFE = timedelta(days=90)


class TokenForm(FlaskForm):  # type: ignore[misc]
    """A token: its use, its scopes and its last day."""

    name = StringField(
        _("What is it used for?"),
        description=_("For example: supplier list of the ERP system"),
        validators=[DataRequired(_("Enter what it is used for.")), Length(max=120)],
    )
    scopes = SelectMultipleField(
        _("What the program may do"),
        choices=[SelectChoice(scope.value, label) for scope, label in SCOPE_LABELS.items()],
        description=_(
            "It acts on your behalf, and never does more than your role allows at that moment."
        ),
        validators=[InputRequired(_("Choose what the program may do."))],
    )
    expires_on = DateField(
        _("Last day"),
        description=_("At most a year away. After it the token stops working."),
        validators=[InputRequired(_("Choose the last day."))],
    )

    def offer(self, scopes: Iterable[P]) -> None:
        """Offer the scopes that the role of the person holds."""
        self.scopes.choices = [SelectChoice(one.value, SCOPE_LABELS[one]) for one in scopes]
