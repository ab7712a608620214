"""Forms of the public door. They carry no form token: there is no session that it could guard."""

from collections.abc import Iterable, Mapping

from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from ddplatform.due_diligence.concern_door.words import ABOUT, WHO, YES_NO_UNKNOWN
from ddplatform.due_diligence.concerns.services.texts import LONGEST
from ddplatform.languages import lazy_gettext as _


def choices_of(words: Mapping[str, str]) -> list[SelectChoice]:
    """Choices with their words."""
    return [SelectChoice(value, label) for value, label in words.items()]


def long_text(label: str, field: str, hint: str = "") -> TextAreaField:
    """A text that is searched for what leads to a person before it is kept."""
    too_long = _("Shorten this to %(most)s characters.", most=LONGEST[field])
    limit = Length(max=LONGEST[field], message=too_long)
    return TextAreaField(label, description=hint, validators=[Optional(), limit])


class DoorForm(FlaskForm):  # type: ignore[misc]
    """A form of a page that leaves no trace: words can be confirmed as no person's name."""

    class Meta:
        """Nothing a browser keeps gives access here, so there is nothing to protect by a token."""

        csrf = False

    nonce = HiddenField(validators=[Optional(), Length(max=64)])
    not_names = SelectMultipleField(
        _("These words are not the name of a person"),
        description=_("Tick only the names of firms, places or things."),
        choices=[],
        validate_choice=False,
    )

    def offer(self, words: Iterable[str]) -> None:
        """Let these words be confirmed; without any the field is left out."""
        choices = [SelectChoice(word, f"“{word}”") for word in dict.fromkeys(words)]
        if choices:
            self.not_names.choices = choices
        elif "not_names" in self:
            del self.not_names


class ConcernForm(DoorForm):
    """A concern, in own words or by a few questions."""

    text = long_text(
        _("What happens?"),
        "text",
        _(
            "Write no names, phone numbers or birth dates. Say “the foreman” or “a girl of about "
            "12” instead."
        ),
    )
    about = RadioField(_("What is it about?"), choices=choices_of(ABOUT), validators=[Optional()])
    place = StringField(
        _("Where? The firm or the place"),
        validators=[Optional(), Length(max=LONGEST["place"])],
    )
    country = SelectField(_("Country"), choices=[], validators=[Optional()])
    in_danger = RadioField(
        _("Is somebody in danger now?"), choices=choices_of(YES_NO_UNKNOWN), default="unknown"
    )
    who = RadioField(_("Who are you?"), choices=choices_of(WHO), validators=[Optional()])
    fears_reprisal = RadioField(
        _("Could somebody be punished because you tell us?"),
        choices=choices_of(YES_NO_UNKNOWN),
        default="unknown",
    )
    seen_help = HiddenField(validators=[Optional(), Length(max=1)])


class CodeForm(DoorForm):
    """The code of a concern."""

    code = StringField(
        _("Your code"),
        validators=[DataRequired(_("Enter your code.")), Length(max=60)],
    )


class ThreadForm(CodeForm):
    """What can be done in a thread: read again, write, withdraw, appeal."""

    act = HiddenField(validators=[Optional(), Length(max=10)])
    message = long_text(_("Your message"), "message")
    reprisal = RadioField(
        _("Has anybody threatened or punished you or others because of this?"),
        choices=choices_of({"no": _("No"), "yes": _("Yes")}),
        validators=[Optional()],
    )
