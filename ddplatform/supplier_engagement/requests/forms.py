"""What people fill in to send and to chase questionnaires."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import DateField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length

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
    """How much of a questionnaire is asked: of each by its size, or the same of everybody."""
    return RadioField(
        "How long",
        choices=[
            SelectChoice(BY_SIZE, "Short for small firms, full for the others"),
            SelectChoice(FULL, "Full for everybody"),
            SelectChoice(SHORT, "Short for everybody"),
        ],
        default=BY_SIZE,
        description=f"Small: the map says that fewer than {LIGHT_BELOW} people work there.",
    )


class SendForm(FlaskForm):  # type: ignore[misc]
    """How a questionnaire is sent."""

    due_on = DateField("Answers due on", validators=[DataRequired("Choose the last day.")])
    language = SelectField("Language of the questions")
    length = length_field()
    message = TextAreaField(
        "Your message",
        description="Say why you ask and whom to call. It stands on the first page.",
        validators=[Length(max=MAX_MESSAGE, message=f"At most {MAX_MESSAGE} characters.")],
    )


class OwnFileForm(FlaskForm):  # type: ignore[misc]
    """A form of one's own as a file."""

    file = FileField(
        "XLSForm",
        description="A workbook (.xlsx, .xls) or a table (.csv, .md) up to 10 MB, as ODK and "
        "KoboToolbox take it. Lists kept in other files cannot come along: put them on the "
        "sheet “choices”.",
        validators=[FileRequired("Choose the file.")],
    )
    media = MultipleFileField(
        "Pictures, sounds and films of its labels",
        description=f"Those that media::image, big-image, media::audio and media::video name, as "
        f"they are called there, or a .zip of them: {TAKEN_WORDS}. Up to {MAX_BYTES // 1024**2} MB "
        f"each and {MOST_BYTES // 1024**2} MB together. Phones load each of them: keep them small. "
        "The place and the day are taken off a picture; a sound or a film stays as it is.",
    )


class DueForm(FlaskForm):  # type: ignore[misc]
    """Another due date."""

    due_on = DateField("Answers due on", validators=[DataRequired("Choose the last day.")])


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why."""

    reason = TextAreaField(
        "Reason",
        validators=[DataRequired("Write the reason."), Length(max=1000, message="Shorten it.")],
    )
