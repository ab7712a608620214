"""What is typed about actions."""

from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from ddplatform.adapters.uploads import ALLOWED_WORDS
from ddplatform.web.findings.forms import NO_CHILD, Expected, needed_text
from ddplatform.web.findings.words import CONTROL_CHOICES, EVIDENCE_CHOICES, INDICATOR_CHOICES
from ddplatform.web.sent_forms import VersionForm

CARRIERS = [
    SelectChoice("us", "Somebody of our organisation"),
    SelectChoice("supplier", "The supplier"),
]
FILES_HINT = f"At least one, unless some were sent before. {ALLOWED_WORDS}, up to 25 MB."


class PlanForm(FlaskForm):  # type: ignore[misc]
    """A new action."""

    title = StringField(
        "What is done", validators=[InputRequired("Enter a title."), Length(max=160)]
    )
    description = needed_text(
        "How, where, with whom",
        "Enter what is to be done.",
        longest=2000,
        hint="The supplier can read this where the supplier carries it out.",
    )
    carrier = RadioField(
        "Who carries it out",
        choices=CARRIERS,
        default="us",
        validators=[InputRequired("Choose who carries it out.")],
    )
    owner_id = SelectField(
        "Who of our organisation answers for it",
        choices=[],
        validators=[Expected()],
        description="Nobody is needed where the supplier carries it out.",
    )
    is_own_practice = BooleanField(
        "It changes our own purchasing practices",
        description="Such as price, lead time, volume or payment terms.",
    )
    control = SelectField(
        "Control it strengthens",
        choices=CONTROL_CHOICES,
        validators=[Optional()],
        description="Once verified, the residual risk is computed anew with it.",
    )
    indicator = SelectField(
        "Indicator that shows the effect",
        choices=INDICATOR_CHOICES,
        validators=[Optional()],
        description="Prefer an outcome: what changes for children.",
    )
    success_measure = needed_text(
        "How success is measured", "Say how success is measured.", hint="Baseline, target and unit."
    )
    budget_amount = IntegerField(
        "Budget in whole units",
        description="0 if it costs nothing.",
        validators=[Optional(), NumberRange(min=0, max=10**12)],
    )
    budget_currency = StringField(
        "Currency",
        description="Three letters, for example EUR.",
        validators=[Optional(), Regexp(r"^[A-Z]{3}$", message="Three capital letters, as EUR.")],
    )
    due_on = DateField("Due", validators=[InputRequired("Choose a day.")])


class ExtendForm(VersionForm):
    """Another day, with the reason."""

    due_on = DateField("New day", validators=[InputRequired("Choose a day.")])
    reason = needed_text("Why it takes longer", "Give the reason.")


class MoveForm(VersionForm):
    """A step of an action that needs a reason."""

    reason = needed_text("Reason", "Give the reason.")


class ProgressForm(FlaskForm):  # type: ignore[misc]
    """How far it is."""

    text = needed_text("How far is it?", "Write how far it is.", hint=NO_CHILD)


class ReportForm(VersionForm):
    """Done, with what shows it."""

    note = needed_text("What was done", "Write what was done.", hint=NO_CHILD)
    files = MultipleFileField(
        "Photos or documents that show it", description=FILES_HINT, validators=[Expected()]
    )


class VerifyForm(VersionForm):
    """What the verifier saw."""

    coverage = FloatField(
        "Share of the people, sites or volume reached, in %",
        validators=[InputRequired("Enter the share."), NumberRange(min=0, max=100)],
    )
    evidence_level = RadioField(
        "What the evidence shows",
        choices=EVIDENCE_CHOICES,
        validators=[InputRequired("Choose one of the five levels.")],
    )
    note = needed_text("What was seen that supports this", "Write what was seen.")
