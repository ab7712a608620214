"""Forms of findings."""

from functools import partial

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
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
from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.languages import LazyText
from ddplatform.languages import lazy_gettext as _
from supply_chain.risk.control_names import CONTROL_NAMES
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.method import METHOD

HARM_CHOICES = [
    SelectChoice("potential", _("Potential: it could happen")),
    SelectChoice("alleged", _("Alleged: it is reported to have happened")),
    SelectChoice("confirmed", _("Confirmed: it has happened")),
]
SOURCES = {
    FindingSource.OWN_CHECK.value: _("Own check or visit"),
    FindingSource.QUESTIONNAIRE.value: _("Answer to a questionnaire"),
    FindingSource.AUDIT.value: _("Audit"),
    FindingSource.MEDIA.value: _("Media or civil-society report"),
    FindingSource.WORKER_VOICE.value: _("Workers, families or communities"),
    FindingSource.OFFICIAL_LIST.value: _("Official list"),
}
SOURCE_CHOICES = [SelectChoice(ref, name) for ref, name in SOURCES.items()]
DETECTING_CHOICES = [
    SelectChoice("", _("No, others found it")),
    *(
        SelectChoice(ref, f"{ref} {CONTROL_NAMES[ref]}")
        for ref, detects in zip(METHOD.controls, METHOD.detects, strict=True)
        if detects
    ),
]
YES_NO = [SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))]
NO_CHILD = _("Never write a child's name, birth date or address.")


def _triggers() -> list[SelectChoice]:
    titles = tracking_words().triggers.items()
    return [SelectChoice("", _("Choose")), *(SelectChoice(ref, title) for ref, title in titles)]


def _leverage_types() -> list[SelectChoice]:
    return [SelectChoice(ref, title) for ref, title in impact_words().leverage_types.items()]


def _involvement_question(ref: str) -> str:
    return impact_words().involvement_questions[ref]


def level_choices(trait: str) -> list[SelectChoice]:
    """The five levels of a trait of severity, each in words."""
    levels = impact_words().severity[trait]
    return [SelectChoice(str(level), f"{level}: {text}") for level, text in levels.items()]


def needed_text(label: str, missing: str, *, longest: int = 1000, hint: str = "") -> TextAreaField:
    """A text that may not stay empty; `missing` is the prompt to enter it."""
    return TextAreaField(
        label, description=hint, validators=[InputRequired(missing), Length(max=longest)]
    )


def yes_or_no(question: str, missing: str = _("Answer with yes or no.")) -> RadioField:
    """A question that is answered with yes or no."""
    return RadioField(question, choices=YES_NO, validators=[InputRequired(missing)])


def level(label: str, trait: str, *, hint: str = "") -> RadioField:
    """The five levels of a trait of severity."""
    return RadioField(
        label,
        choices=partial(level_choices, trait),
        description=hint,
        validators=[InputRequired(_("Choose a level."))],
    )


def detecting_control(*, hint: str = "") -> SelectField:
    """The control of the site itself that found the harm, if one did."""
    return SelectField(
        _("Did a check of the site itself detect it?"),
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

    title = StringField(
        _("Title"), validators=[InputRequired(_("Enter a title.")), Length(max=160)]
    )
    description = needed_text(
        _("Description"), _("Enter a description."), longest=4000, hint=NO_CHILD
    )


class RecordForm(FlaskForm):  # type: ignore[misc]
    """A new finding."""

    issue = SelectField(
        _("Child-rights issue"),
        choices=[SelectChoice(*one) for one in ISSUE_NAMES.items()],
    )
    title = StringField(
        _("Title"), validators=[InputRequired(_("Enter a title.")), Length(max=160)]
    )
    description = needed_text(
        _("Description"),
        _("Enter a description."),
        longest=4000,
        hint=_("What, where, since when, how many. %(no_child)s", no_child=NO_CHILD),
    )
    harm = RadioField(
        _("Potential or actual impact"),
        choices=HARM_CHOICES,
        validators=[InputRequired(_("Choose what is known."))],
        description=_(
            "Harm that has happened raises the score at once. Helping the child comes first."
        ),
    )
    source = SelectField(_("Source"), choices=SOURCE_CHOICES)
    self_disclosed = BooleanField(
        _("Disclosed by the site itself"),
        description=_(
            "Shown beside the score. Self-disclosure is never grounds for disengagement."
        ),
    )
    found_by_control = detecting_control(
        hint=_("Only for harm that has happened. A check that detects harm counts as effective.")
    )


class GradeForm(VersionForm):
    """Severity, trait by trait, with reasons (UNGP 14)."""

    scale = level(_("Scale: gravity of the harm"), "scale")
    scale_reason = needed_text(_("Reason for this level"), _("Enter the reason for this level."))
    scope = level(
        _("Scope: number of children"),
        "scope",
        hint=_("The higher of count and share of the children exposed."),
    )
    scope_reason = needed_text(_("Reason for this level"), _("Enter the reason for this level."))
    irremediability = level(_("Irremediability"), "irremediability")
    irremediability_reason = needed_text(
        _("Reason for this level"), _("Enter the reason for this level.")
    )
    vulnerable = BooleanField(
        _("Children under 12, unaccompanied, with disabilities, or living at the work place"),
        description=_("Raises the scale by one level."),
    )
    is_emergency = yes_or_no(_("Is a child in danger now?"), _("Say whether this is an emergency."))
    delay_harms = RadioField(
        _("Would delay make the harm irremediable?"),
        choices=[*YES_NO, SelectChoice("", _("Not assessed"))],
        default="",
        validators=[Optional()],
    )


class InvolvementForm(VersionForm):
    """The involvement test (UNGP 13): the first yes decides."""

    inv_1 = RadioField(
        LazyText(_involvement_question, "INV-1"), choices=YES_NO, validators=[Expected()]
    )
    inv_1_reason = TextAreaField(_("Reason"), validators=[Expected(), Length(max=1000)])
    inv_2 = RadioField(
        LazyText(_involvement_question, "INV-2"),
        choices=YES_NO,
        validators=[Optional()],
        description=_("Only if the answer above is no."),
    )
    inv_2_reason = TextAreaField(_("Reason"), validators=[Expected(), Length(max=1000)])
    inv_3 = RadioField(
        LazyText(_involvement_question, "INV-3"),
        choices=YES_NO,
        validators=[Optional()],
        description=_("Only if both answers above are no."),
    )
    inv_3_reason = TextAreaField(_("Reason"), validators=[Expected(), Length(max=1000)])
    minority_view = TextAreaField(_("Dissenting view"), validators=[Length(max=1000)])


class OwnerForm(VersionForm):
    """The owner of a finding."""

    owner_id = SelectField(_("Owner"), validators=[Optional()])


class HarmForm(FlaskForm):  # type: ignore[misc]
    """A potential impact has become an actual one."""

    harm = RadioField(
        _("What is known"),
        choices=HARM_CHOICES[1:],
        validators=[InputRequired(_("Choose what is known."))],
    )
    self_disclosed = BooleanField(_("Disclosed by the site itself"))
    found_by_control = detecting_control()


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """One reason."""

    reason = needed_text(_("Reason"), _("Give the reason."))


class ConfirmForm(VersionForm):
    """The reason of whoever confirms the involvement."""

    reason = needed_text(_("Reason"), _("Give the reason."))


class LeverageForm(VersionForm):
    """The leverage table (UNGP 19, commentary)."""

    is_grave_danger = yes_or_no(_("Immediate grave danger, or abuse imposed by a State?"))
    has_leverage = yes_or_no(_("Do we have leverage over the business partner?"))
    can_be_raised = yes_or_no(_("If not: could leverage be increased?"))
    is_crucial = yes_or_no(
        _("Is the relationship crucial, without a reasonable alternative source?")
    )
    types = SelectMultipleField(_("Leverage used or built"), choices=_leverage_types)
    reason = needed_text(_("Why the leverage is sufficient, or is not"), _("Give the reason."))


class StepForm(VersionForm):
    """A step that asks for nothing more."""


class DeferForm(VersionForm):
    """Put off, with a day to look again."""

    reason = needed_text(_("Reason for deferral"), _("Give the reason."))
    review_on = DateField(
        _("Review date"),
        description=_("Within the next 12 months."),
        validators=[InputRequired(_("Choose a day."))],
    )


class PlanStepForm(VersionForm):
    """The step to a planned action: were the affected people asked?"""

    affected_consulted = yes_or_no(_("Were affected people or their representatives consulted?"))
    no_consultation_reason = TextAreaField(
        _("If not: why was it not possible?"), validators=[Length(max=1000)]
    )


class ControlledForm(VersionForm):
    """The review finds the actions effective."""

    outcome = needed_text(_("Evidence that the outcome was achieved"), _("Enter the evidence."))
    feedback = TextAreaField(
        _("Feedback of affected people, as codes or a summary"),
        description=_("Required where the harm is severe. %(no_child)s", no_child=NO_CHILD),
        validators=[Length(max=1000)],
    )


class IneffectiveForm(VersionForm):
    """The review finds the actions not effective."""

    reason = needed_text(_("What did not work"), _("Give the reason."))


class TriggerForm(VersionForm):
    """The trigger of a new assessment."""

    trigger = SelectField(
        _("Event that calls for reassessment"), choices=_triggers, validators=[Optional()]
    )


class ExitConditionForm(VersionForm):
    """One condition before a relationship ends."""

    is_met = BooleanField(_("This condition is met"))
    words = needed_text(_("Basis"), _("Enter the basis."))
    evidence_id = SelectField(_("Supporting document"), validators=[Optional()])


class SuspendForm(VersionForm):
    """New orders stop for now."""

    reason = needed_text(_("Reason for suspending new orders"), _("Give the reason."))
    protection = needed_text(
        _("How children and workers at the site are protected meanwhile"),
        _("Say how people at the site are protected."),
    )


class TurnForm(VersionForm):
    """A relationship ends, or goes on: one reason."""

    reason = needed_text(_("Reason"), _("Give the reason."))
