"""What is typed about documents."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.adapters.uploads import ALLOWED_WORDS


class AddForm(FlaskForm):  # type: ignore[misc]
    """A new document."""

    document = FileField(
        "Document or photo",
        description=f"{ALLOWED_WORDS}, up to 25 MB. Places and makers in pictures are taken off.",
        validators=[FileRequired("Choose a file.")],
    )
    description = StringField(
        "What it shows", description="Never a child's name.", validators=[Length(max=300)]
    )
    issued_on = DateField("Issued on", validators=[Optional()])
    valid_until = DateField(
        "Valid until",
        description="You are told before it runs out.",
        validators=[Optional()],
    )
    confidentiality = RadioField(
        "Who may open it",
        choices=[
            SelectChoice("normal", "Everybody of the organisation who may read documents"),
            SelectChoice("restricted", "Only who keeps restricted documents"),
        ],
        default="normal",
        validators=[InputRequired("Choose who may open it.")],
    )


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Why a document is taken out of use."""

    reason = TextAreaField(
        "Why it is withdrawn", validators=[InputRequired("Give the reason."), Length(max=500)]
    )
