"""Forms to send questionnaires and reminders."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.languages import lazy_gettext as _
from ddplatform.supplier_engagement.own_forms.label_media import MAX_BYTES, TAKEN_WORDS
from ddplatform.supplier_engagement.own_forms.services.media import MOST_BYTES
from ddplatform.supplier_engagement.requests.services.requests import LIGHT_BELOW, MAX_MESSAGE

LANGUAGE_NAMES = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "ar": "العربية",
    "tr": "Türkçe",
    "sw": "Kiswahili",
    "zh": "中文",
}
SHORT, FULL, BY_SIZE = "short", "full", "by_size"


def length_field() -> RadioField:
    """The length of a questionnaire: by the size of each site, or the same for everybody."""
    return RadioField(
        _("Length"),
        choices=[
            SelectChoice(BY_SIZE, _("Short for small firms, full for the others")),
            SelectChoice(FULL, _("Full for all")),
            SelectChoice(SHORT, _("Short for all")),
        ],
        default=BY_SIZE,
        description=_("Small: the map shows fewer than %(number)s workers.", number=LIGHT_BELOW),
    )


class SendForm(FlaskForm):  # type: ignore[misc]
    """Settings for sending a questionnaire."""

    due_on = DateField(_("Answers due on"), validators=[DataRequired(_("Choose the last day."))])
    language = SelectField(_("Language of the questions"))
    length = length_field()
    message = TextAreaField(
        _("Your message"),
        description=_("Say why you ask and whom to call. It is shown on the first page."),
        validators=[
            Length(max=MAX_MESSAGE, message=_("At most %(number)s characters.", number=MAX_MESSAGE))
        ],
    )


class OwnFileForm(FlaskForm):  # type: ignore[misc]
    """A form of one's own as a file."""

    file = FileField(
        _("XLSForm"),
        description=_(
            "A workbook (.xlsx, .xls) or a table (.csv, .md) up to 10 MB, as ODK and "
            "KoboToolbox take it. Lists in other files cannot be imported: put them on the "
            "sheet “choices”. Author and company are removed from .xlsx files. An .xls file keeps "
            "them: choose one only if you agree to that."
        ),
        validators=[FileRequired(_("Choose the file."))],
    )
    media = MultipleFileField(
        _("Pictures, sounds and films of its labels"),
        description=_(
            "The files that media::image, big-image, media::audio and media::video name, under "
            "the same names, or a .zip of them: %(kinds)s. Up to %(each)s MB each and "
            "%(together)s MB together. Phones load each of them: keep them small. The place and "
            "the date are removed from a picture; a sound or a film stays unchanged.",
            kinds=TAKEN_WORDS,
            each=MAX_BYTES // 1024**2,
            together=MOST_BYTES // 1024**2,
        ),
    )


class DueForm(FlaskForm):  # type: ignore[misc]
    """Another due date."""

    due_on = DateField(_("Answers due on"), validators=[DataRequired(_("Choose the last day."))])


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why."""

    reason = TextAreaField(
        _("Reason"),
        validators=[
            DataRequired(_("Write the reason.")),
            Length(max=1000, message=_("At most %(number)s characters.", number=1000)),
        ],
    )
