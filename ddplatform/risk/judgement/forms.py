"""Forms of judgements on a risk."""

from functools import partial

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.infrastructure.forms.bounded import DateField, DecimalField
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.words.codes import INVOLVEMENTS, STEPS

LONGEST = 2000
NOT_JUDGED = SelectChoice("", _("Not yet assessed"))
YES_NO = [SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))]


def _steps(trait: str) -> list[SelectChoice]:
    steps = enumerate(STEPS[trait], 1)
    return [NOT_JUDGED, *(SelectChoice(str(step), f"{step}: {text}") for step, text in steps)]


def _reason(label: str) -> TextAreaField:
    return TextAreaField(
        label,
        description=_("What was seen or read, and where. No names of children or workers."),
        validators=[Length(max=LONGEST)],
    )


class SeverityForm(FlaskForm):  # type: ignore[misc]
    """Scale, scope and irremediability, each with its reason."""

    scale = RadioField(
        _("Scale: how grave is the harm?"), choices=partial(_steps, "scale"), default=""
    )
    scale_reason = _reason(_("Reason for the scale"))
    scope = RadioField(
        _("Scope: how many children are affected?"), choices=partial(_steps, "scope"), default=""
    )
    scope_reason = _reason(_("Reason for the scope"))
    irremediability = RadioField(
        _("Irremediability: can the harm be undone?"),
        choices=partial(_steps, "irremediability"),
        default="",
    )
    irremediability_reason = _reason(_("Reason for the irremediability"))
    vulnerable = BooleanField(
        _("Children at most risk are affected"),
        description=_(
            "Under 12, unaccompanied, with disabilities, or living at the work place. "
            "Adds 1 to scale."
        ),
    )
    vulnerable_reason = _reason(_("Which children, and how it is known"))


class ChangeForm(FlaskForm):  # type: ignore[misc]
    """A proposed change of a score."""

    points = DecimalField(
        _("New points"),
        description=_(
            "From 0 to 100; 5 points double the odds. A raise counts at once; "
            "a lowering needs the approval of a second person."
        ),
        validators=[InputRequired(_("Enter points from 0 to 100."))],
        places=None,
    )
    note = TextAreaField(
        _("Reason"),
        description=_("What was seen or read, and where, so that others can check it."),
        validators=[Length(max=LONGEST)],
    )
    expires_on = DateField(
        _("Expiry date"),
        description=_(
            "Required for a lowering, at most twelve months ahead. Optional for a raise."
        ),
        validators=[Optional()],
    )


class UrgencyForm(FlaskForm):  # type: ignore[misc]
    """The judgements that the order of risks needs beyond scores."""

    is_emergency = BooleanField(
        _("A child is known to be in danger now"),
        description=_("Comes first in the register. Call the child protection contact first."),
    )
    delay_harms = RadioField(
        _("Would delay make the harm impossible to undo?"),
        choices=[NOT_JUDGED, *YES_NO],
        default="",
    )
    involvement = RadioField(
        _("Involvement: how are we involved?"),
        choices=[NOT_JUDGED, *(SelectChoice(*item) for item in INVOLVEMENTS.items())],
        default="",
    )
    reason = TextAreaField(_("Basis of this assessment"), validators=[Length(max=LONGEST)])


class EndForm(FlaskForm):  # type: ignore[misc]
    """The reason for the end of a change of a score."""

    reason = TextAreaField(_("Reason for ending it"), validators=[Length(max=LONGEST)])
