"""Forms of policies: format only, the rules are in services."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from ddplatform.due_diligence.policies.models import ApprovalLevel, PolicyAnswer
from ddplatform.due_diligence.policies.services import REASON_LENGTH, TITLE_LENGTH, PolicyFields
from ddplatform.due_diligence.policies.words import ANSWERS, LEVELS
from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.infrastructure.forms.sent import VersionForm
from ddplatform.languages import lazy_gettext as _


class PolicyForm(FlaskForm):  # type: ignore[misc]
    """A version of a policy: title, languages, where it is published, review."""

    title = StringField(
        _("Title"), validators=[InputRequired(_("Enter a title.")), Length(max=TITLE_LENGTH)]
    )
    languages = StringField(
        _("Languages"),
        description=_(
            "Languages in which the policy can be read, as codes with commas: en, fr, bn."
        ),
        validators=[InputRequired(_("Enter at least one language.")), Length(max=400)],
    )
    public_url = StringField(
        _("Public web address"),
        description=_("Leave empty while the policy is not published."),
        validators=[Length(max=1000)],
    )
    review_on = DateField(
        _("Review date"),
        description=_("At most 24 months after the approval."),
        validators=[InputRequired(_("Choose a day."))],
    )

    def wanted(self) -> PolicyFields:
        """The input as the service takes it; codes in lower case, each once."""
        codes = (self.languages.data or "").replace(";", ",").lower().split(",")
        return PolicyFields(
            title=self.title.data,
            languages=tuple(dict.fromkeys(code.strip() for code in codes if code.strip())),
            public_url=self.public_url.data or "",
            review_on=self.review_on.data,
        )


class PolicyChangeForm(PolicyForm, VersionForm):
    """The same for a draft."""


class CheckForm(VersionForm):
    """The answer to a criterion, with its reason."""

    answer = RadioField(
        _("Does the policy meet this?"),
        choices=[SelectChoice(value.value, ANSWERS[value]) for value in PolicyAnswer],
        validators=[InputRequired(_("Choose an answer."))],
    )
    reason = TextAreaField(
        _("Reason"),
        description=_("Where the text says it, or what is missing. Never write about a child."),
        validators=[InputRequired(_("Give the reason.")), Length(max=REASON_LENGTH)],
    )


class ApproveForm(VersionForm):
    """The decision of the most senior level."""

    level = RadioField(
        _("Approved by"),
        choices=[SelectChoice(value.value, LEVELS[value]) for value in ApprovalLevel],
        validators=[InputRequired(_("Choose who approved it."))],
    )
    approved_on = DateField(
        _("Day of the decision"), validators=[InputRequired(_("Choose a day."))]
    )
