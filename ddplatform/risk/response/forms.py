"""What is typed about the figures of suppliers."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

LONGEST = 2000


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """The answer to a supplier who questions a line."""

    answer = TextAreaField(
        "Answer to the supplier",
        description="The supplier reads it. Never name who told you something.",
        validators=[InputRequired("Write an answer."), Length(max=LONGEST)],
    )
