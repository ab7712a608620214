"""Forms of the first steps: format checks only; business rules are in the services."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, MultipleFileField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Email, Length

from ddplatform.infrastructure.access.roles import ROLES, RoleId
from ddplatform.infrastructure.forms.choices import country_choices, sector_choices
from ddplatform.languages import lazy_gettext as _
from ddplatform.reporting.first_run.services import Business

UPLOAD, MADE_UP, NONE = "upload", "made_up", "none"
STARTS = {
    UPLOAD: _("Upload a supplier list"),
    MADE_UP: _("Try it with a made-up list"),
    NONE: _("Begin without a list"),
}
START_NOTES = {
    UPLOAD: _("A list from your purchasing system: names and countries are enough."),
    MADE_UP: _("Twelve places that do not exist, each marked “made-up”. One click removes them."),
    NONE: _("Your map holds your own business alone; a list can follow at any time."),
}
COLLEAGUES = (RoleId.SUSTAINABILITY_MANAGER, RoleId.ANALYST, RoleId.ADMIN)
"""Roles offered to a first colleague; all others are on the page of people."""


class ListForm(FlaskForm):  # type: ignore[misc]
    """The list that the first map begins with."""

    start = RadioField(
        _("Supplier list"),
        choices=[SelectChoice(value, label) for value, label in STARTS.items()],
        default=UPLOAD,
        validators=[DataRequired(_("Choose how to begin."))],
    )
    files = MultipleFileField(
        _("File with your suppliers"),
        description=_(
            "CSV, XLSX, XLS or JSON, up to 10 MB. Any column names will do. Author and company are "
            "removed from XLSX files. An XLS file keeps them: choose one only if you agree to that."
        ),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: whoever uploads a list chooses a file."""
        is_sound = bool(super().validate(extra_validators))
        if self.start.data == UPLOAD and not any(file.filename for file in self.files.data or ()):
            text = _("Choose a file, or try the made-up list.")
            self.files.errors = [*self.files.errors, text]
            return False
        return is_sound


class BeginForm(ListForm):
    """The own business, its purchases, and the list."""

    name = StringField(
        _("Your own business"),
        description=_("It is at the end of the chain and is assessed like every place."),
        validators=[DataRequired(_("Name your own business.")), Length(max=300)],
    )
    country = SelectField(_("Country of your own business"))
    sector_ref = SelectField(_("Sector of your own business"))
    map_name = StringField(
        _("What you buy"),
        description=_("The name of your first map, for example “Cocoa” or “Spring collection”."),
        default=_("All purchases"),
        validators=[DataRequired(_("Say what you buy.")), Length(max=200)],
    )

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.country.choices = [SelectChoice(*choice) for choice in country_choices()]
        self.sector_ref.choices = [SelectChoice(*choice) for choice in sector_choices()]

    def business(self) -> Business:
        """The input as the service takes it."""
        return Business(
            map_name=self.map_name.data,
            name=self.name.data,
            country=self.country.data or None,
            sector_ref=self.sector_ref.data or None,
        )


class ColleagueForm(FlaskForm):  # type: ignore[misc]
    """A colleague to be invited meanwhile."""

    name = StringField(_("Name"), validators=[DataRequired(_("Enter the name.")), Length(max=120)])
    email = EmailField(
        _("E-mail address"),
        validators=[
            DataRequired(_("Enter the e-mail address.")),
            Email(_("This is not an e-mail address. Example: name@company.com")),
            Length(max=254),
        ],
    )
    role = SelectField(
        _("Role"),
        choices=[SelectChoice(role.value, ROLES[role].title) for role in COLLEAGUES],
        default=RoleId.SUSTAINABILITY_MANAGER.value,
    )
