"""What people fill in about a risk."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, DecimalField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.risk.words.codes import INVOLVEMENTS, STEPS

LONGEST = 2000
NOT_JUDGED = SelectChoice("", "Not judged yet")
YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]


def _steps(trait: str) -> list[SelectChoice]:
    steps = enumerate(STEPS[trait], 1)
    return [NOT_JUDGED, *(SelectChoice(str(step), f"{step}: {text}") for step, text in steps)]


def _reason(label: str) -> TextAreaField:
    return TextAreaField(
        label,
        description="What was seen or read, and where. No names of children or workers.",
        validators=[Length(max=LONGEST)],
    )


class SeverityForm(FlaskForm):  # type: ignore[misc]
    """How grave, how many, can it be undone; each with its reason."""

    scale = RadioField("How grave is the harm?", choices=_steps("scale"), default="")
    scale_reason = _reason("Why this step of scale")
    scope = RadioField("How many children?", choices=_steps("scope"), default="")
    scope_reason = _reason("Why this step of scope")
    irremediability = RadioField("Can it be undone?", choices=_steps("irremediability"), default="")
    irremediability_reason = _reason("Why this step")
    vulnerable = BooleanField(
        "Children at most risk are affected",
        description="Under 12, unaccompanied, with disabilities, or living at the work place. "
        "Adds 1 to scale.",
    )
    vulnerable_reason = _reason("Which children, and how it is known")


class ChangeForm(FlaskForm):  # type: ignore[misc]
    """A score that somebody sees differently."""

    points = DecimalField(
        "Points it should have",
        description="From 0 to 100; 5 points double the odds. More than now counts at once; "
        "for less a second person has to approve.",
        validators=[InputRequired("Give points from 0 to 100.")],
        places=None,
    )
    note = TextAreaField(
        "Why",
        description="What was seen or read, and where, so that others can check it.",
        validators=[Length(max=LONGEST)],
    )
    expires_on = DateField(
        "Until when",
        description="Needed to lower; at most twelve months ahead. Leave it empty for a raise.",
        validators=[Optional()],
    )


class UrgencyForm(FlaskForm):  # type: ignore[misc]
    """What the order of risks asks beyond scores."""

    is_emergency = BooleanField(
        "A child is known to be in danger now",
        description="Comes first in the register. Call the child protection contact first.",
    )
    delay_harms = RadioField(
        "Would delay make the harm impossible to undo?",
        choices=[NOT_JUDGED, *YES_NO],
        default="",
    )
    involvement = RadioField(
        "How are we involved?",
        choices=[NOT_JUDGED, *(SelectChoice(*item) for item in INVOLVEMENTS.items())],
        default="",
    )
    reason = TextAreaField("What this rests on", validators=[Length(max=LONGEST)])


class EndForm(FlaskForm):  # type: ignore[misc]
    """Why a change of a score ends now."""

    reason = TextAreaField("Why it ends now", validators=[Length(max=LONGEST)])
