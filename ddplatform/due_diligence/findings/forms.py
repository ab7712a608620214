"""What is typed about findings."""

from functools import partial

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

from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.core.due_diligence.tracking import tracking_words
from ddplatform.due_diligence.findings.models import FindingSource
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.languages import LazyText
from ddplatform.languages import lazy_gettext as _
from supply_chain.risk.control_names import CONTROL_NAMES
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.method import METHOD

HARM_CHOICES = [
    SelectChoice("potential", "It could happen"),
    SelectChoice("alleged", "It is said to have happened"),
    SelectChoice("confirmed", "It has happened, and we know it"),
]
SOURCES = {
    FindingSource.OWN_CHECK.value: "Own check or visit",
    FindingSource.QUESTIONNAIRE.value: "Answer to a questionnaire",
    FindingSource.AUDIT.value: "Audit",
    FindingSource.MEDIA.value: "Media or civil-society report",
    FindingSource.WORKER_VOICE.value: "Workers, families or communities",
    FindingSource.OFFICIAL_LIST.value: "Official list",
}
SOURCE_CHOICES = [SelectChoice(ref, name) for ref, name in SOURCES.items()]
DETECTING_CHOICES = [
    SelectChoice("", "No, others found it"),
    *(
        SelectChoice(ref, f"{ref} {CONTROL_NAMES[ref]}")
        for ref, detects in zip(METHOD.controls, METHOD.detects, strict=True)
        if detects
    ),
]
YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]
NO_CHILD = _("Never write a child's name, birth date or address.")


def _triggers() -> list[SelectChoice]:
    titles = tracking_words().triggers.items()
    return [SelectChoice("", "Choose"), *(SelectChoice(ref, title) for ref, title in titles)]


def _leverage_types() -> list[SelectChoice]:
    return [SelectChoice(ref, title) for ref, title in impact_words().leverage_types.items()]


def _involvement_question(ref: str) -> str:
    return impact_words().involvement_questions[ref]


def level_choices(trait: str) -> list[SelectChoice]:
    """The five levels of a trait of severity, each in words."""
    levels = impact_words().severity[trait]
    return [SelectChoice(str(level), f"{level}: {text}") for level, text in levels.items()]


def needed_text(label: str, missing: str, *, longest: int = 1000, hint: str = "") -> TextAreaField:
    """A text that may not stay empty; `missing` says what to enter."""
    return TextAreaField(
        label, description=hint, validators=[InputRequired(missing), Length(max=longest)]
    )


def yes_or_no(question: str, missing: str = "Answer with yes or no.") -> RadioField:
    """A question that is answered with yes or no."""
    return RadioField(question, choices=YES_NO, validators=[InputRequired(missing)])


def level(label: str, trait: str, *, hint: str = "") -> RadioField:
    """The five levels of a trait of severity."""
    return RadioField(
        label,
        choices=partial(level_choices, trait),
        description=hint,
        validators=[InputRequired("Choose a level.")],
    )


def detecting_control(*, hint: str = "") -> SelectField:
    """Which control of the site itself found the harm, if one did."""
    return SelectField(
        "Did a check of the site itself find it?",
        choices=DETECTING_CHOICES,
        description=hint,
        validators=[Optional()],
    )


class Expected(Optional):  # type: ignore[misc]
    """Wanted, and so not called optional; whether it may be left out is for the service to say."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"required": True}


class WordsForm(VersionForm):
    """Title and description of a finding."""

    title = StringField("Title", validators=[InputRequired("Enter a title."), Length(max=160)])
    description = needed_text(
        "What was found", "Enter what was found.", longest=4000, hint=NO_CHILD
    )


class RecordForm(FlaskForm):  # type: ignore[misc]
    """A new finding."""

    issue = SelectField(
        "Which right of children is touched",
        choices=[SelectChoice(*one) for one in ISSUE_NAMES.items()],
    )
    title = StringField("Title", validators=[InputRequired("Enter a title."), Length(max=160)])
    description = needed_text(
        "What was found",
        "Enter what was found.",
        longest=4000,
        hint=f"What, where, since when, how many. {NO_CHILD}",
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
    found_by_control = detecting_control(
        hint="Only for harm that has happened: a check that finds has worked."
    )


class GradeForm(VersionForm):
    """Severity, trait by trait, with reasons (UNGP 14)."""

    scale = level("How grave", "scale")
    scale_reason = needed_text("Why this level", "Enter the reason for this level.")
    scope = level(
        "How many children", "scope", hint="The higher of count and share of the children exposed."
    )
    scope_reason = needed_text("Why this level", "Enter the reason for this level.")
    irremediability = level("Can it be undone", "irremediability")
    irremediability_reason = needed_text("Why this level", "Enter the reason for this level.")
    vulnerable = BooleanField(
        "Children under 12, unaccompanied, with disabilities, or living at the work place",
        description="Makes the harm one level graver.",
    )
    is_emergency = yes_or_no("Is a child in danger now?", "Say whether this is an emergency.")
    delay_harms = RadioField(
        "Would waiting make it impossible to undo?",
        choices=[*YES_NO, SelectChoice("", "Not judged")],
        default="",
        validators=[Optional()],
    )


class InvolvementForm(VersionForm):
    """The involvement test (UNGP 13): the first yes decides."""

    inv_1 = RadioField(
        LazyText(_involvement_question, "INV-1"), choices=YES_NO, validators=[Expected()]
    )
    inv_1_reason = TextAreaField("Reason", validators=[Expected(), Length(max=1000)])
    inv_2 = RadioField(
        LazyText(_involvement_question, "INV-2"),
        choices=YES_NO,
        validators=[Optional()],
        description="Only if the answer above is no.",
    )
    inv_2_reason = TextAreaField("Reason", validators=[Expected(), Length(max=1000)])
    inv_3 = RadioField(
        LazyText(_involvement_question, "INV-3"),
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
    found_by_control = detecting_control()


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """One reason."""

    reason = needed_text("Reason", "Give the reason.")


class LeverageForm(VersionForm):
    """The leverage table (UNGP 19, commentary)."""

    is_grave_danger = yes_or_no("Immediate grave danger, or abuse imposed by a State?")
    has_leverage = yes_or_no("Can we make the partner change?")
    can_be_raised = yes_or_no("If not: could we build the leverage?")
    is_crucial = yes_or_no("Is there no reasonable alternative source?")
    types = SelectMultipleField("Leverage used or built", choices=_leverage_types)
    reason = needed_text("Why the leverage is enough, or is not", "Give the reason.")


class StepForm(VersionForm):
    """A step that asks for nothing more."""


class DeferForm(VersionForm):
    """Put off, with a day to look again."""

    reason = needed_text("Why it can wait", "Give the reason.")
    review_on = DateField(
        "Look at it again on",
        description="Within the next 12 months.",
        validators=[InputRequired("Choose a day.")],
    )


class PlanStepForm(VersionForm):
    """The step to a planned action: were the affected people asked?"""

    affected_consulted = yes_or_no("Were affected people or their representatives consulted?")
    no_consultation_reason = TextAreaField(
        "If not: why was it not possible?", validators=[Length(max=1000)]
    )


class ControlledForm(VersionForm):
    """The review finds the actions effective."""

    outcome = needed_text("What shows that the outcome was reached", "Say what shows it.")
    feedback = TextAreaField(
        "What affected people say, as codes or a summary",
        description=f"Needed where the harm is severe. {NO_CHILD}",
        validators=[Length(max=1000)],
    )


class IneffectiveForm(VersionForm):
    """The review finds the actions not effective."""

    reason = needed_text("What did not work", "Give the reason.")


class TriggerForm(VersionForm):
    """What asks for a new assessment."""

    trigger = SelectField("What happened", choices=_triggers, validators=[Optional()])


class ExitConditionForm(VersionForm):
    """One condition before a relationship ends."""

    is_met = BooleanField("This condition is met")
    words = needed_text("What this rests on", "Say what this rests on.")
    evidence_id = SelectField("Document that shows it", validators=[Optional()])


class SuspendForm(VersionForm):
    """New orders stop for now."""

    reason = needed_text("Why new orders stop", "Give the reason.")
    protection = needed_text(
        "How children and workers at the site are protected meanwhile",
        "Say how people at the site are protected.",
    )


class TurnForm(VersionForm):
    """A relationship ends, or goes on: one reason."""

    reason = needed_text("Reason", "Give the reason.")
