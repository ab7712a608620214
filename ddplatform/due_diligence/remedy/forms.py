"""Forms of a case, without any field for a name, a date of birth, an address or a photo."""

from collections.abc import Iterable, Mapping

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
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from ddplatform.core.due_diligence.free_text import LONGEST_TEXT
from ddplatform.core.due_diligence.impacts import impact_words
from ddplatform.due_diligence.remedy.models import SupportStatus
from ddplatform.infrastructure.forms.bounded import IntegerField
from ddplatform.languages import lazy_gettext as _

TEXT_HINT = _("Codes and roles only: no names, dates, places, numbers. At most 280 characters.")

PAYER_WORDS = {
    "us": _("Us"),
    "supplier": _("Supplier"),
    "shared": _("Shared"),
    "another buyer": _("Another buyer"),
    "public service": _("Public service"),
}
"""Possible payers of help, as services know them."""
SUPPORT_WORDS = {
    SupportStatus.PLANNED.value: _("Planned"),
    SupportStatus.STARTED.value: _("Started"),
    SupportStatus.DELIVERED.value: _("Delivered"),
    SupportStatus.DROPPED.value: _("Dropped"),
}


def _choices(words: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


def _to_choose(words: Mapping[str, str]) -> list[SelectChoice]:
    """Nothing is chosen before somebody does."""
    return [SelectChoice("", _("Choose")), *_choices(words)]


def _support_items() -> list[SelectChoice]:
    return [SelectChoice(ref, item["title"]) for ref, item in impact_words().support_items.items()]


def short_text(label: str, *, required: bool = False) -> TextAreaField:
    """Free text of a case: short, and warned of."""
    first = DataRequired(_("Write a few words.")) if required else Optional()
    too_long = _("Shorten this to %(most)s characters.", most=LONGEST_TEXT)
    limit = Length(max=LONGEST_TEXT, message=too_long)
    return TextAreaField(label, description=TEXT_HINT, validators=[first, limit])


class TextForm(FlaskForm):  # type: ignore[misc]
    """A form with a free text, in which words that are no person's name can be confirmed."""

    not_names = SelectMultipleField(
        _("Not a person’s name"),
        description=_(
            "Tick only what names a firm, a place or a thing. The log of the case keeps that you "
            "confirmed it, without the words."
        ),
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


class OpenForm(TextForm):
    """Facts known when a case is opened (REM-01)."""

    alert_source = SelectField(
        _("Source of the alert"),
        choices=lambda: _to_choose(impact_words().alert_sources),
        validators=[DataRequired(_("Choose the source of the alert."))],
    )
    work_class = SelectField(
        _("Type of work"),
        choices=lambda: _to_choose(impact_words().work_classes),
        validators=[DataRequired(_("Choose the type of work."))],
    )
    age_band = SelectField(
        _("Age band"),
        choices=lambda: _choices(impact_words().age_bands),
        default="undetermined",
    )
    danger = RadioField(
        _("Is the child in danger now?"),
        description=_("“Not known” counts as danger: the time limits are then shorter."),
        choices=[
            SelectChoice("yes", _("Yes")),
            SelectChoice("no", _("No")),
            SelectChoice("unknown", _("Not known")),
        ],
        default="unknown",
    )
    note = short_text(_("Note for the case manager"))


class StepForm(TextForm):
    """One step of the protocol."""

    ticked = SelectMultipleField(_("What is true now"), choices=[], validate_choice=False)
    note = short_text(_("Note"))


class MoveForm(TextForm):
    """Going on to another stage."""

    reason = short_text(_("Reason"))
    reference = StringField(
        _("Body referred to and its reference code"), validators=[Optional(), Length(max=120)]
    )


class SupportForm(FlaskForm):  # type: ignore[misc]
    """One support item and its payer."""

    item = SelectField(_("Support"), choices=_support_items)
    payer = SelectField(_("Who pays"), choices=_choices(PAYER_WORDS))
    amount = IntegerField(_("Amount"), validators=[Optional(), NumberRange(min=0)])
    currency = StringField(_("Currency"), validators=[Optional(), Length(min=3, max=3)])


class SupportStatusForm(FlaskForm):  # type: ignore[misc]
    """The state of one support item."""

    status = SelectField(
        _("State"),
        choices=_choices(SUPPORT_WORDS),
    )


class CriterionForm(TextForm):
    """One closure criterion, judged."""

    is_met = BooleanField(_("This criterion is met"))
    basis = short_text(_("Basis"), required=True)


class AssignForm(FlaskForm):  # type: ignore[misc]
    """One more person who may open the case."""

    user = SelectField(_("Safeguarding officer"), choices=[])
    is_verifier = BooleanField(_("As independent verifier, not as case manager"))
