"""Forms of roles that need a second factor, and of the removal of a lost one."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from ddplatform.accounts.organisation_factors.proof import MOST_WORDS, Way
from ddplatform.infrastructure.access.roles import KEEPERS, ROLES, RoleId
from ddplatform.languages import lazy_gettext as _

RECOMMENDED = frozenset({*KEEPERS, RoleId.SAFEGUARDING_OFFICER, RoleId.AUDITOR})
"""Roles whose account opens people and settings, cases of children, or everything."""
NOTES = {role.value: _("Recommended") for role in RECOMMENDED}

WAYS = {
    Way.IN_PERSON: _("Seen in person"),
    Way.KNOWN_VOICE: _("By telephone, a voice that I know"),
    Way.VIDEO_CALL: _("In a video call"),
    Way.OTHER: _("Another way"),
}
WAY_NOTES = {
    Way.IN_PERSON.value: _("You met and know the person, or compared an official photo."),
    Way.KNOWN_VOICE.value: _("You called a number that you had before this request."),
    Way.VIDEO_CALL.value: _("You know the face. A picture or a recording is no proof."),
}


class RolesForm(FlaskForm):  # type: ignore[misc]
    """Roles that need a second factor."""

    roles = SelectMultipleField(
        _("Roles that need a second factor"),
        choices=[SelectChoice(role.id.value, role.label) for role in ROLES.values()],
        description=_(
            "Members in these roles who have none set one up right after their password, and reach "
            "nothing else before. Everybody else may set one up."
        ),
    )


class ProofForm(FlaskForm):  # type: ignore[misc]
    """How it is known who asks for the removal of a lost second factor."""

    way = RadioField(
        _("How do you know that it is this person who asks?"),
        choices=[SelectChoice(way.value, words) for way, words in WAYS.items()],
        description=_("An e-mail is no proof: whoever reads the mailbox could ask. It is logged."),
        validators=[InputRequired(_("Choose how you made sure who it is."))],
    )
    words = TextAreaField(
        _("Description of another way"),
        description=_("What you did. No numbers, dates or other contents of identity documents."),
        validators=[Length(max=MOST_WORDS)],
    )
