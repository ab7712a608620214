"""Forms of the officers: entering a concern, answering, steps, handover, link."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from ddplatform.due_diligence.concern_door.forms import ConcernForm, choices_of, long_text
from ddplatform.due_diligence.concern_handling.words import CHANNELS, REPRISALS
from ddplatform.due_diligence.remedy.forms import TextForm
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.languages import LANGUAGES, own_name
from ddplatform.languages import lazy_gettext as _


class EntryForm(ConcernForm):
    """A concern that reached an officer another way."""

    class Meta:
        """An officer is signed in, so that the form is guarded by a token."""

        csrf = True

    channel = RadioField(
        _("How did it arrive?"),
        choices=choices_of(CHANNELS),
        validators=[DataRequired(_("Choose one."))],
    )
    language = SelectField(
        _("Language of the person"),
        choices=[SelectChoice(code, own_name(code)) for code in LANGUAGES],
    )


class AnswerForm(TextForm):
    """A message to the complainant."""

    message = long_text(_("Message to the complainant"), "message")


class StepForm(TextForm, VersionForm):
    """A step of a concern."""

    reprisal = RadioField(
        _("Has the complainant or anybody else been threatened or punished?"),
        choices=choices_of(REPRISALS),
        validators=[DataRequired(_("Choose one."))],
    )
    stated = SelectMultipleField(_("What has been done"), choices=[], validate_choice=False)
    safety = RadioField(
        _("May somebody still be unsafe?"),
        choices=choices_of({"yes": _("Yes"), "no": _("No"), "": _("As before")}),
        default="",
    )
    reason = long_text(_("Reason"), "reason")
    message = long_text(
        _("Message to the complainant"),
        "message",
        _("It waits in the thread. A proposed remedy is described here."),
    )


class HandOverForm(VersionForm):
    """The officer who handles the concern from now on."""

    user = SelectField(_("Safeguarding officer"), choices=[])


class LinkForm(VersionForm):
    """The finding of the matter."""

    finding = SelectField(_("Finding"), choices=[], validators=[DataRequired(_("Choose one."))])
    effect = RadioField(
        _("Effect on the risk"),
        description=_(
            "Colleagues who read findings see that harm is alleged. Nothing of the concern is "
            "copied there."
        ),
        choices=choices_of(
            {
                "credible": _("Credible allegation: raises the likelihood at once"),
                "none": _("None: the concern only belongs to this matter"),
            }
        ),
        validators=[DataRequired(_("Choose one."))],
    )


class DoorSwitchForm(FlaskForm):  # type: ignore[misc]
    """Opening or closing the public page."""

    to = HiddenField(validators=[Optional(), Length(max=5)])
