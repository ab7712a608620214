"""What is typed to ask for a report or to check a file."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired

from ddplatform.documents.definitions.shipped import list_definitions, load_definition

AUDIENCE_NOTES = {
    "public": "No sites, no names, no titles of findings. Counts of 1 to 4 children are never "
    "shown to anybody.",
    "auditor": "Sites, reasons and evidence; cases about children as guarded counts.",
    "board": "The same, for the body that has to decide.",
}


class NewReportForm(FlaskForm):  # type: ignore[misc]
    """Which report, for whom, over what."""

    definition = SelectField("Report", validators=[DataRequired("Choose the report.")])
    audience = RadioField(
        "Who will read it",
        choices=[SelectChoice(ref, ref.capitalize()) for ref in AUDIENCE_NOTES],
        default="auditor",
        validators=[DataRequired("Choose who will read it.")],
    )
    chain = SelectField("Value chain", validators=[DataRequired("Choose the value chain.")])
    period_from = DateField(
        "First day of the period", validators=[DataRequired("Enter the first day.")]
    )
    period_to = DateField(
        "Last day of the period", validators=[DataRequired("Enter the last day.")]
    )

    def offer(self, chains: Sequence[tuple[UUID, str]]) -> None:
        """Offer the maps and the definitions that exist."""
        self.chain.choices = [(str(key), name) for key, name in chains]
        self.definition.choices = [(ref, load_definition(ref).title) for ref in list_definitions()]


class CheckForm(FlaskForm):  # type: ignore[misc]
    """A file to be held against the sealed reports."""

    file: Any = FileField(
        "File of a report",
        description="PDF, Excel, JSON or CSV pack, exactly as it was downloaded.",
        validators=[FileRequired("Choose the file.")],
    )
