"""What is typed about findings."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.duediligence.impacts import impact_words
from ddplatform.web.findings.words import (
    DETECTING_CHOICES,
    ISSUE_CHOICES,
    LEVERAGE_CHOICES,
    SOURCE_CHOICES,
    TRIGGER_CHOICES,
    YES_NO,
    level_choices,
)
from ddplatform.web.sent_forms import VersionForm

HARM_CHOICES = [
    SelectChoice("potential", "It could happen"),
    SelectChoice("alleged", "It is said to have happened"),
    SelectChoice("confirmed", "It has happened, and we know it"),
]
NO_CHILD = "Never write a child's name, birth date or address."
REASON = [InputRequired("Enter the reason for this level."), Length(max=1000)]
_QUESTIONS = impact_words().involvement_questions


class Expected(Optional):  # type: ignore[misc]
    """Wanted, and so not called optional; whether it may be left out is for the service to say."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"required": True}


class WordsForm(VersionForm):
    """Title and description of a finding."""

    title = StringField("Title", validators=[InputRequired("Enter a title."), Length(max=160)])
    description = TextAreaField(
        "What was found",
        description=NO_CHILD,
        validators=[InputRequired("Enter what was found."), Length(max=4000)],
    )


class RecordForm(FlaskForm):  # type: ignore[misc]
    """A new finding."""

    issue = SelectField("Which right of children is touched", choices=ISSUE_CHOICES)
    title = StringField("Title", validators=[InputRequired("Enter a title."), Length(max=160)])
    description = TextAreaField(
        "What was found",
        description=f"What, where, since when, how many. {NO_CHILD}",
        validators=[InputRequired("Enter what was found."), Length(max=4000)],
    )
    harm = RadioField(
        "Has it happened?",
        choices=HARM_CHOICES,
        validators=[InputRequired("Choose what is known.")],
        description="Harm that has happened raises the score at once and asks for help first.",
    )
    source = SelectField("Where it comes from", choices=SOURCE_CHOICES)
    self_disclosed = BooleanField(
        "The site told of it itself",
        description="Shown beside the score. Openness is never a reason to leave.",
    )
    found_by_control = SelectField(
        "Did a check of the site itself find it?",
        choices=DETECTING_CHOICES,
        validators=[Optional()],
        description="Only for harm that has happened: a check that finds has worked.",
    )


class GradeForm(VersionForm):
    """Severity, trait by trait, with reasons (UNGP 14)."""

    scale = RadioField(
        "How grave",
        choices=level_choices("scale"),
        validators=[InputRequired("Choose a level.")],
    )
    scale_reason = TextAreaField("Why this level", validators=REASON)
    scope = RadioField(
        "How many children",
        choices=level_choices("scope"),
        validators=[InputRequired("Choose a level.")],
        description="The higher of count and share of the children exposed.",
    )
    scope_reason = TextAreaField("Why this level", validators=REASON)
    irremediability = RadioField(
        "Can it be undone",
        choices=level_choices("irremediability"),
        validators=[InputRequired("Choose a level.")],
    )
    irremediability_reason = TextAreaField("Why this level", validators=REASON)
    vulnerable = BooleanField(
        "Children under 12, unaccompanied, with disabilities, or living at the work place",
        description="Makes the harm one level graver.",
    )
    is_emergency = RadioField(
        "Is a child in danger now?",
        choices=YES_NO,
        validators=[InputRequired("Say whether this is an emergency.")],
    )
    delay_harms = RadioField(
        "Would waiting make it impossible to undo?",
        choices=[*YES_NO, SelectChoice("", "Not judged")],
        default="",
        validators=[Optional()],
    )


class InvolvementForm(VersionForm):
    """The involvement test (UNGP 13): the first yes decides."""

    inv_1 = RadioField(_QUESTIONS["INV-1"], choices=YES_NO, validators=[Expected()])
    inv_1_reason = TextAreaField("Reason", validators=[Expected(), Length(max=1000)])
    inv_2 = RadioField(
        _QUESTIONS["INV-2"],
        choices=YES_NO,
        validators=[Optional()],
        description="Only if the answer above is no.",
    )
    inv_2_reason = TextAreaField("Reason", validators=[Expected(), Length(max=1000)])
    inv_3 = RadioField(
        _QUESTIONS["INV-3"],
        choices=YES_NO,
        validators=[Optional()],
        description="Only if both answers above are no.",
    )
    inv_3_reason = TextAreaField("Reason", validators=[Expected(), Length(max=1000)])
    minority_view = TextAreaField(
        "What those said who saw it otherwise", validators=[Length(max=1000)]
    )


class OwnerForm(VersionForm):
    """Who answers for a finding."""

    owner_id = SelectField("Owner", validators=[Optional()])


class HarmForm(FlaskForm):  # type: ignore[misc]
    """A potential impact has become an actual one."""

    harm = RadioField(
        "What is known?",
        choices=HARM_CHOICES[1:],
        validators=[InputRequired("Choose what is known.")],
    )
    self_disclosed = BooleanField("The site told of it itself")
    found_by_control = SelectField(
        "Did a check of the site itself find it?",
        choices=DETECTING_CHOICES,
        validators=[Optional()],
    )


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """One reason."""

    reason = TextAreaField(
        "Reason", validators=[InputRequired("Give the reason."), Length(max=1000)]
    )


class LeverageForm(VersionForm):
    """The leverage table (UNGP 19, commentary)."""

    is_grave_danger = RadioField(
        "Immediate grave danger, or abuse imposed by a State?",
        choices=YES_NO,
        validators=[InputRequired("Answer with yes or no.")],
    )
    has_leverage = RadioField(
        "Can we make the partner change?",
        choices=YES_NO,
        validators=[InputRequired("Answer with yes or no.")],
    )
    can_be_raised = RadioField(
        "If not: could we build the leverage?",
        choices=YES_NO,
        validators=[InputRequired("Answer with yes or no.")],
    )
    is_crucial = RadioField(
        "Is there no reasonable alternative source?",
        choices=YES_NO,
        validators=[InputRequired("Answer with yes or no.")],
    )
    types = SelectMultipleField("Leverage used or built", choices=LEVERAGE_CHOICES)
    reason = TextAreaField(
        "Why the leverage is enough, or is not",
        validators=[InputRequired("Give the reason."), Length(max=1000)],
    )


class StepForm(VersionForm):
    """A step that asks for nothing more."""


class DeferForm(VersionForm):
    """Put off, with a day to look again."""

    reason = TextAreaField(
        "Why it can wait", validators=[InputRequired("Give the reason."), Length(max=1000)]
    )
    review_on = DateField(
        "Look at it again on",
        description="Within the next 12 months.",
        validators=[InputRequired("Choose a day.")],
    )


class PlanStepForm(VersionForm):
    """The step to a planned action: were the affected people asked?"""

    affected_consulted = RadioField(
        "Were affected people or their representatives consulted?",
        choices=YES_NO,
        validators=[InputRequired("Answer with yes or no.")],
    )
    no_consultation_reason = TextAreaField(
        "If not: why was it not possible?", validators=[Length(max=1000)]
    )


class ControlledForm(VersionForm):
    """The review finds the actions effective."""

    outcome = TextAreaField(
        "What shows that the outcome was reached",
        validators=[InputRequired("Say what shows it."), Length(max=1000)],
    )
    feedback = TextAreaField(
        "What affected people say, as codes or a summary",
        description=f"Needed where the harm is severe. {NO_CHILD}",
        validators=[Length(max=1000)],
    )


class IneffectiveForm(VersionForm):
    """The review finds the actions not effective."""

    reason = TextAreaField(
        "What did not work", validators=[InputRequired("Give the reason."), Length(max=1000)]
    )


class TriggerForm(VersionForm):
    """What asks for a new assessment."""

    trigger = SelectField("What happened", choices=TRIGGER_CHOICES, validators=[Optional()])
