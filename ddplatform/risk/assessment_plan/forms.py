"""What is typed for a plan, and for assigning its lines."""

from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from ddplatform.risk.assessment_plan.services.plans import MOST, NAME_LENGTH
from ddplatform.risk.words.plans import AIMS, SPREADS
from supply_chain.analysis.visit_plan_field import Aim, Spread


def _number(label: str, hint: str = "", *, most: int = MOST, least: int = 0) -> IntegerField:
    return IntegerField(
        label,
        description=hint,
        validators=[
            Optional(),
            NumberRange(min=least, max=most, message=f"A number from {least:,} to {most:,}."),
        ],
    )


class PlanForm(FlaskForm):  # type: ignore[misc]
    """A new plan: an aim and a budget."""

    name = StringField(
        "Name of the plan",
        description="For example “Visits in spring”.",
        validators=[InputRequired("Give the plan a name."), Length(max=NAME_LENGTH)],
    )
    chain_id = SelectField("Map", choices=[])
    aim = RadioField(
        "What for",
        choices=[SelectChoice(value, label) for value, label in AIMS.items()],
        default=Aim.LEARN.value,
    )
    visits = _number("Visits, at most")
    questionnaires = _number("Questionnaires, at most")
    amount = _number(
        "Or an amount to spend",
        "Whole units of the currency. Numbers above still hold as limits; 0 leaves a kind out.",
        most=10**9,
        least=1,
    )
    currency = StringField(
        "Currency",
        description="Three letters, for example EUR.",
        validators=[Optional(), Regexp(r"^[A-Z]{3}$", message="Three capital letters, as EUR.")],
    )
    cost_visit = _number("One visit costs", most=10**7, least=1)
    cost_questionnaire = _number("One questionnaire costs", most=10**7, least=1)
    spread = RadioField(
        "Spread over regions",
        choices=[SelectChoice(value, label) for value, label in SPREADS.items()],
        default=Spread.SOME.value,
        description="Neighbours share schools, labour providers and prices, so that a second "
        "visit in a region teaches partly the same.",
    )


class AssignForm(FlaskForm):  # type: ignore[misc]
    """How the chosen lines are assigned."""

    version_id = SelectField("Questionnaire", choices=[], validators=[Optional()])
    answers_due = DateField("Answers due", validators=[Optional()])
    message = TextAreaField("Message to the suppliers", validators=[Length(max=2000)])
    owner_id = SelectField("Who answers for the visits", choices=[], validators=[Optional()])
    visits_due = DateField("Visits due", validators=[Optional()])
