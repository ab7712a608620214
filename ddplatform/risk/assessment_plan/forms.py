"""Forms of a plan and of the assignment of its lines."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from ddplatform.infrastructure.forms.bounded import DateField, IntegerField
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.assessment_plan.services.plans import MOST, NAME_LENGTH
from ddplatform.risk.words.plans import AIMS, SPREADS
from supply_chain.analysis.visit_plan_field import Aim, Spread


def _between(least: int, most: int) -> Any:
    return _("A number from %(least)s to %(most)s.", least=f"{least:,}", most=f"{most:,}")


def _number(label: str, hint: str = "", *, most: int = MOST, least: int = 0) -> IntegerField:
    return IntegerField(
        label,
        description=hint,
        validators=[
            Optional(),
            NumberRange(min=least, max=most, message=_between(least, most)),
        ],
    )


class PlanForm(FlaskForm):  # type: ignore[misc]
    """A new plan: an aim and a budget."""

    name = StringField(
        _("Name of the plan"),
        description=_("For example “Visits in spring”."),
        validators=[InputRequired(_("Enter a name for the plan.")), Length(max=NAME_LENGTH)],
    )
    chain_id = SelectField(_("Map"), choices=[])
    aim = RadioField(
        _("Aim"),
        choices=[SelectChoice(value, label) for value, label in AIMS.items()],
        default=Aim.LEARN.value,
    )
    visits = _number(_("Visits, at most"))
    questionnaires = _number(_("Questionnaires, at most"))
    amount = _number(
        _("Or an amount to spend"),
        _("Whole units of the currency. Numbers above still hold as limits; 0 leaves a kind out."),
        most=10**9,
        least=1,
    )
    currency = StringField(
        _("Currency"),
        description=_("Three letters, for example EUR."),
        validators=[Optional(), Regexp(r"^[A-Z]{3}$", message=_("Three capital letters, as EUR."))],
    )
    cost_visit = _number(_("Cost of one visit"), most=10**7, least=1)
    cost_questionnaire = _number(_("Cost of one questionnaire"), most=10**7, least=1)
    spread = RadioField(
        _("Spread over regions"),
        choices=[SelectChoice(value, label) for value, label in SPREADS.items()],
        default=Spread.SOME.value,
        description=_(
            "Neighbouring sites share schools, labour providers and prices, so a second visit in a "
            "region partly shows the same."
        ),
    )


class AssignForm(FlaskForm):  # type: ignore[misc]
    """The way in which the chosen lines are assigned."""

    version_id = SelectField(_("Questionnaire"), choices=[], validators=[Optional()])
    answers_due = DateField(_("Due date of the answers"), validators=[Optional()])
    message = TextAreaField(_("Message to the suppliers"), validators=[Length(max=2000)])
    owner_id = SelectField(_("Owner of the visits"), choices=[], validators=[Optional()])
    visits_due = DateField(_("Due date of the visits"), validators=[Optional()])
