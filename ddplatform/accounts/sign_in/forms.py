"""Forms of sign-in and of new passwords."""

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length, StopValidation

from ddplatform.accounts.passkeys.services.ceremonies import MAX_ANSWER
from ddplatform.infrastructure.adapters.passwords import MAX_LENGTH, MIN_LENGTH
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _

NEW_PASSWORD_HINT = _(
    "At least %(min_length)s characters. Four random words are easy to keep in mind.",
    min_length=MIN_LENGTH,
)


class SignInForm(FlaskForm):  # type: ignore[misc]
    """E-mail address and password."""

    email = StringField(
        _("E-mail address"),
        validators=[DataRequired(_("Enter your e-mail address.")), Length(max=254)],
    )
    password = PasswordField(
        _("Password"), validators=[DataRequired(_("Enter your password.")), Length(max=MAX_LENGTH)]
    )


def _code_or_passkey(form: FlaskForm, field: Field) -> None:
    if not form.passkey.data and not (field.data or "").strip():
        raise StopValidation(_("Enter the code."))


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The second step: a code, or what the browser answered with a passkey."""

    code = StringField(
        _("Code"),
        description=_(
            "The six digits that your authenticator app shows now. Lost your phone? Enter one of "
            "your recovery codes."
        ),
        validators=[_code_or_passkey, Length(max=60)],
    )
    passkey = HiddenField(validators=[Length(max=MAX_ANSWER)])

    def ask_for_recovery_code(self) -> None:
        """Word the field for a person who has passkeys and no app."""
        self.code.label.text = gettext("Recovery code")
        self.code.description = gettext("Device with your passkey lost? Enter a recovery code.")


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """The password once more."""

    password = PasswordField(
        _("Password"), validators=[DataRequired(_("Enter your password.")), Length(max=MAX_LENGTH)]
    )


class ConfirmWithCodeForm(ConfirmForm, CodeForm):
    """The password once more, and a code."""


class ForgottenForm(FlaskForm):  # type: ignore[misc]
    """The address for a link to set a new password."""

    email = StringField(
        _("E-mail address"),
        validators=[DataRequired(_("Enter your e-mail address.")), Length(max=254)],
    )


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, typed twice."""

    password = PasswordField(
        _("New password"),
        description=NEW_PASSWORD_HINT,
        validators=[DataRequired(_("Choose a password.")), Length(max=MAX_LENGTH)],
    )
    again = PasswordField(
        _("The same password again"),
        validators=[
            DataRequired(_("Write the same password once more.")),
            Length(max=MAX_LENGTH),
            EqualTo("password", _("The two passwords differ. Write the same one in both fields.")),
        ],
    )


class JoinForm(NewPasswordForm):
    """Name and password of somebody who was invited."""

    name = StringField(
        _("Your name"), validators=[DataRequired(_("Enter your name.")), Length(max=120)]
    )


class ChangePasswordForm(NewPasswordForm):
    """The password in use, then a new one."""

    current = PasswordField(
        _("Password in use"),
        validators=[DataRequired(_("Enter the password you use now.")), Length(max=MAX_LENGTH)],
    )
