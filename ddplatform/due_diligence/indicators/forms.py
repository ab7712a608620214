"""Forms of indicators: format only, the rules are in services."""

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.core.due_diligence.indicators import indicator_words
from ddplatform.due_diligence.indicators.services import (
    NOTE_LENGTH,
    SCOPE_LENGTH,
    SOURCE_LENGTH,
    Aim,
    Measured,
)
from ddplatform.due_diligence.indicators.words import kind_word
from ddplatform.infrastructure.forms.bounded import DateField, FloatField
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.languages import lazy_gettext as _
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.vocabulary import Issue

NO_CHILD = _("Never write a child's name, birth date or address.")


def _indicators() -> list[SelectChoice]:
    known = indicator_words().indicators
    named = (
        SelectChoice(ref, f"{ref} {one.title} ({kind_word(one)})") for ref, one in known.items()
    )
    return [SelectChoice("", _("Choose")), *named]


def _units() -> list[SelectChoice]:
    known = indicator_words().units
    return [
        SelectChoice("", _("Choose")),
        *(SelectChoice(ref, one.title) for ref, one in known.items()),
    ]


def _groups() -> list[SelectChoice]:
    known = indicator_words().groups
    return [
        SelectChoice("", _("Everybody")),
        *(SelectChoice(ref, title) for ref, title in known.items()),
    ]


class AimForm(FlaskForm):  # type: ignore[misc]
    """Scope, baseline and target."""

    scope = StringField(
        _("Scope"),
        description=_("Sites, goods or groups that it covers, in words that identify nobody."),
        validators=[InputRequired(_("Enter the scope.")), Length(max=SCOPE_LENGTH)],
    )
    baseline_value = FloatField(
        _("Baseline"),
        description=_("The value before the action began, if it was measured."),
        validators=[Optional()],
    )
    baseline_on = DateField(_("Day of the baseline"), validators=[Optional()])
    target_value = FloatField(
        _("Target"),
        description=_("Leave empty for counts of what was found."),
        validators=[Optional()],
    )
    target_on = DateField(_("Day of the target"), validators=[Optional()])

    def wanted(self) -> Aim:
        """The input as the service takes it."""
        return Aim(
            scope=self.scope.data,
            baseline_value=self.baseline_value.data,
            baseline_on=self.baseline_on.data,
            target_value=self.target_value.data,
            target_on=self.target_on.data,
        )


class ChangeForm(AimForm, VersionForm):
    """The same for an indicator that is tracked already."""


class StartForm(AimForm):
    """An indicator to track."""

    indicator = SelectField(
        _("Indicator"),
        choices=_indicators,
        validators=[InputRequired(_("Choose an indicator."))],
        description=_("Prefer an outcome: what changes for children."),
    )
    unit = SelectField(_("Unit"), choices=_units, validators=[InputRequired(_("Choose a unit."))])
    issue = SelectField(
        _("Issue"),
        choices=[
            SelectChoice("", _("None of these")),
            *(SelectChoice(ref.value, ISSUE_NAMES[ref]) for ref in Issue),
        ],
        validators=[Optional()],
    )


class ValueForm(FlaskForm):  # type: ignore[misc]
    """The value of one period."""

    period_start = DateField(
        _("First day of the period"), validators=[InputRequired(_("Choose a day."))]
    )
    period_end = DateField(
        _("Last day of the period"), validators=[InputRequired(_("Choose a day."))]
    )
    value = FloatField(_("Value"), validators=[InputRequired(_("Enter the value."))])
    of_group = SelectField(
        _("Group"),
        choices=_groups,
        validators=[Optional()],
        description=_("Values by age or gender are recorded beside the value of everybody."),
    )
    source = StringField(
        _("Source"),
        description=_("Who measured it, how, and among how many."),
        validators=[InputRequired(_("Enter the source.")), Length(max=SOURCE_LENGTH)],
    )
    note = TextAreaField(
        _("Note"), description=NO_CHILD, validators=[Optional(), Length(max=NOTE_LENGTH)]
    )

    def wanted(self) -> Measured:
        """The input as the service takes it."""
        return Measured(
            period_start=self.period_start.data,
            period_end=self.period_end.data,
            value=self.value.data,
            of_group=self.of_group.data or None,
            source=self.source.data,
            note=self.note.data or "",
        )
