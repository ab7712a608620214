"""The form for words that are taken out of a case."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length

from ddplatform.languages import lazy_gettext as _

LONGEST = 2_000


class RedactForm(FlaskForm):  # type: ignore[misc]
    """The words, and the confirmation that this cannot be undone."""

    words = TextAreaField(
        _("Words that identify a person, one line each"),
        description=_(
            "As they stand in the texts below. “[…]” replaces them wherever they stand in this "
            "case. This cannot be undone."
        ),
        validators=[
            DataRequired(_("Copy the words that lead to a person, one line each.")),
            Length(max=LONGEST, message=_("Shorten this to %(most)s characters.", most=LONGEST)),
        ],
    )
    is_sure = BooleanField(
        _("These words are to be destroyed for good"),
        validators=[DataRequired(_("Tick this box: the words cannot be brought back."))],
    )
