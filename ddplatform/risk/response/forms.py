"""Forms on the figures of suppliers."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from ddplatform.languages import lazy_gettext as _

LONGEST = 2000


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """The answer to a supplier who questions a line."""

    answer = TextAreaField(
        _("Answer to the supplier"),
        description=_("The supplier reads it. Never name a person who gave you information."),
        validators=[InputRequired(_("Enter an answer.")), Length(max=LONGEST)],
    )
