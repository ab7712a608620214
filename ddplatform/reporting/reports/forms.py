"""Forms to request a report or to verify a file."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired

from ddplatform.documents.definitions.shipped import list_definitions, load_definition
from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.languages import lazy_gettext as _

AUDIENCE_NOTES = {
    "public": _(
        "No sites, no names, no titles of findings. Counts of 1 to 4 children are never shown to "
        "anybody."
    ),
    "auditor": _("Sites, reasons and evidence; cases about children as guarded counts."),
    "board": _("The same, for the body that has to decide."),
}
AUDIENCES = {"public": _("Public"), "auditor": _("Auditor"), "board": _("Board")}
EDITIONS = {
    "public": _("edition for the public"),
    "auditor": _("edition for the auditor"),
    "board": _("edition for the board"),
}
"""The title of a report's edition for its readers."""


class NewReportForm(FlaskForm):  # type: ignore[misc]
    """Type, audience and scope of a report."""

    definition = SelectField(_("Report"), validators=[DataRequired(_("Choose the report."))])
    audience = RadioField(
        _("Who will read it"),
        choices=[SelectChoice(ref, word) for ref, word in AUDIENCES.items()],
        default="auditor",
        validators=[DataRequired(_("Choose who will read it."))],
    )
    chain = SelectField(_("Value chain"), validators=[DataRequired(_("Choose the value chain."))])
    period_from = DateField(
        _("First day of the period"), validators=[DataRequired(_("Enter the first day."))]
    )
    period_to = DateField(
        _("Last day of the period"), validators=[DataRequired(_("Enter the last day."))]
    )

    def offer(self, chains: Sequence[tuple[UUID, str]]) -> None:
        """Offer the maps and the definitions that exist."""
        self.chain.choices = [(str(key), name) for key, name in chains]
        self.definition.choices = [(ref, load_definition(ref).title) for ref in list_definitions()]


class CheckForm(FlaskForm):  # type: ignore[misc]
    """A file to be held against the sealed reports."""

    file: Any = FileField(
        _("File of a report"),
        description=_("PDF, Excel, JSON or CSV pack, exactly as it was downloaded."),
        validators=[FileRequired(_("Choose the file."))],
    )
