"""What people type to come in."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from ddplatform.adapters.passwords import MAX_LENGTH, MIN_LENGTH

NEW_PASSWORD_HINT = f"At least {MIN_LENGTH} characters. Four random words are easy to keep in mind."


class SignInForm(FlaskForm):  # type: ignore[misc]
    """E-mail address and password."""

    email = StringField(
        "E-mail address", validators=[DataRequired("Enter your e-mail address."), Length(max=254)]
    )
    password = PasswordField(
        "Password", validators=[DataRequired("Enter your password."), Length(max=MAX_LENGTH)]
    )


class ForgottenForm(FlaskForm):  # type: ignore[misc]
    """Where to send a link for a new password."""

    email = StringField(
        "E-mail address", validators=[DataRequired("Enter your e-mail address."), Length(max=254)]
    )


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, typed twice."""

    password = PasswordField(
        "New password",
        description=NEW_PASSWORD_HINT,
        validators=[DataRequired("Choose a password."), Length(max=MAX_LENGTH)],
    )
    again = PasswordField(
        "The same password again",
        validators=[
            DataRequired("Write the same password once more."),
            EqualTo("password", "The two passwords differ. Write the same one in both fields."),
        ],
    )


class JoinForm(NewPasswordForm):
    """Name and password of somebody who was invited."""

    name = StringField("Your name", validators=[DataRequired("Enter your name."), Length(max=120)])


class ChangePasswordForm(NewPasswordForm):
    """The password in use, then a new one."""

    current = PasswordField(
        "Password in use", validators=[DataRequired("Enter the password you use now.")]
    )
