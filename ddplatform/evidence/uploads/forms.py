"""Forms of documents."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.infrastructure.adapters.uploads import ALLOWED_WORDS
from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.languages import lazy_gettext as _


class AddForm(FlaskForm):  # type: ignore[misc]
    """A new document."""

    document = FileField(
        _("Document or photo"),
        description=_(
            "%(kinds)s, up to 25 MB. Places and makers in pictures are taken off.",
            kinds=ALLOWED_WORDS.replace(" and ", ", "),
        ),
        validators=[FileRequired(_("Choose a file."))],
    )
    description = StringField(
        _("What it shows"),
        description=_("Never a child’s name."),
        validators=[Length(max=300)],
    )
    issued_on = DateField(_("Issued on"), validators=[Optional()])
    valid_until = DateField(
        _("Valid until"),
        description=_("You are told before it runs out."),
        validators=[Optional()],
    )
    confidentiality = RadioField(
        _("Who may open it"),
        choices=[
            SelectChoice("normal", _("Everybody of the organisation who may read documents")),
            SelectChoice("restricted", _("Only who keeps restricted documents")),
        ],
        default="normal",
        validators=[InputRequired(_("Choose who may open it."))],
    )


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Why a document is taken out of use."""

    reason = TextAreaField(
        _("Why it is withdrawn"),
        validators=[InputRequired(_("Give the reason.")), Length(max=500)],
    )
