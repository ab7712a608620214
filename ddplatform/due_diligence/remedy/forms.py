"""What is typed about a case. No field for a name, a date of birth, an address or a photo."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
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
from ddplatform.due_diligence.remedy.services.cases import PAYERS

TEXT_HINT = "Codes and roles only: no names, dates, places, numbers. At most 280 characters."


def _choices(words: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


def _to_choose(words: Mapping[str, str]) -> list[SelectChoice]:
    """Nothing is chosen before somebody does."""
    return [SelectChoice("", "Choose"), *_choices(words)]


def _support_items() -> list[SelectChoice]:
    return [SelectChoice(ref, item["title"]) for ref, item in impact_words().support_items.items()]


def short_text(label: str, *, required: bool = False) -> TextAreaField:
    """Free text of a case: short, and warned of."""
    first = DataRequired("Write a few words.") if required else Optional()
    limit = Length(max=LONGEST_TEXT, message=f"Shorten this to {LONGEST_TEXT} characters.")
    return TextAreaField(label, description=TEXT_HINT, validators=[first, limit])


class OpenForm(FlaskForm):  # type: ignore[misc]
    """What is known when a case is opened (REM-01)."""

    alert_source = SelectField(
        "Where the alert came from",
        choices=lambda: _to_choose(impact_words().alert_sources),
        validators=[DataRequired("Choose where the alert came from.")],
    )
    work_class = SelectField(
        "What it is about",
        choices=lambda: _to_choose(impact_words().work_classes),
        validators=[DataRequired("Choose what it is about.")],
    )
    age_band = SelectField(
        "Age band",
        choices=lambda: _choices(impact_words().age_bands),
        default="undetermined",
    )
    danger = RadioField(
        "Is the child in danger now?",
        description="Not known counts as danger: the time limits are shorter then.",
        choices=[
            SelectChoice("yes", "Yes"),
            SelectChoice("no", "No"),
            SelectChoice("unknown", "Not known"),
        ],
        default="unknown",
    )
    note = short_text("Note for the case manager")


class StepForm(FlaskForm):  # type: ignore[misc]
    """One step of the protocol."""

    ticked = SelectMultipleField("What is true now", choices=[], validate_choice=False)
    note = short_text("Note")


class MoveForm(FlaskForm):  # type: ignore[misc]
    """Going on to another stage."""

    reason = short_text("Reason")
    reference = StringField(
        "Body referred to and its reference code", validators=[Optional(), Length(max=120)]
    )


class SupportForm(FlaskForm):  # type: ignore[misc]
    """One item of help and who pays."""

    item = SelectField("What", choices=_support_items)
    payer = SelectField(
        "Who pays", choices=[SelectChoice(payer, payer.capitalize()) for payer in PAYERS]
    )
    amount = IntegerField("Amount", validators=[Optional(), NumberRange(min=0)])
    currency = StringField("Currency", validators=[Optional(), Length(min=3, max=3)])


class SupportStatusForm(FlaskForm):  # type: ignore[misc]
    """How far one item of help is."""

    status = SelectField(
        "State",
        choices=[
            SelectChoice(SupportStatus.PLANNED.value, "Planned"),
            SelectChoice(SupportStatus.STARTED.value, "Started"),
            SelectChoice(SupportStatus.DELIVERED.value, "Delivered"),
            SelectChoice(SupportStatus.DROPPED.value, "Dropped"),
        ],
    )


class CriterionForm(FlaskForm):  # type: ignore[misc]
    """One closure criterion, judged."""

    is_met = BooleanField("This criterion is met")
    basis = short_text("What this rests on", required=True)


class AssignForm(FlaskForm):  # type: ignore[misc]
    """One more person who may open the case."""

    user = SelectField("Safeguarding officer", choices=[])
    is_verifier = BooleanField("As independent verifier, not as case manager")
