"""Form of a supplier's question about a line."""

from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from ddplatform.languages import lazy_gettext as _

LONGEST = 2000


class QuestionForm(FlaskForm):  # type: ignore[misc]
    """The line in question, and the error in it."""

    line = RadioField(_("Which line?"), choices=[], validators=[InputRequired(_("Choose a line."))])
    reason = TextAreaField(
        _("What is wrong?"),
        description=_("Never write a child’s name here."),
        validators=[InputRequired(_("Write what is wrong.")), Length(max=LONGEST)],
    )
