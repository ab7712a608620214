"""Forms on official lists and their prompts."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.infrastructure.forms.bounded import DateField
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.screening.models import MatchAnswer
from ddplatform.value_chain.screening.services.lists import ListFields, official_fields
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.screening.words import list_words
from supply_chain.vocabulary import Issue

ANSWERS = {
    MatchAnswer.SAME: _("Same business or site"),
    MatchAnswer.NOT_SAME: _("Another business"),
    MatchAnswer.UNSURE: _("Cannot tell yet"),
}


OTHER = "other"


def _lists() -> list[SelectChoice]:
    known = (
        SelectChoice(ref, f"{official.name} ({official.publisher})")
        for ref, official in list_words().official.items()
    )
    return [*known, SelectChoice(OTHER, _("Another list"))]


class ListForm(FlaskForm):  # type: ignore[misc]
    """An edition of an official list; the fields from `name` on describe one that is not known."""

    file = FileField(
        _("File"),
        description=_(
            "A CSV (up to 25 MB and 100,000 lines) or the saved web page with its tables "
            "(HTML, up to 10 MB), with one business a row and a column “name”, “Name of Entity”, "
            "“Entity” or “Manufacturer”; columns for country, date, status, address, other names "
            "and number are read too. Lists with columns on natural persons are refused."
        ),
        validators=[FileRequired(_("Choose the file."))],
    )
    kind = SelectField(_("List"), choices=_lists, default=OTHER)
    edition_on = DateField(
        _("Date of the edition"),
        description=_("Leave it empty if the saved page states when it was last updated."),
        validators=[Optional()],
    )
    coverage = StringField(
        _("Coverage"),
        description=_("If it is only a part, for example “41 of 144 names as of 15 January 2025”."),
        validators=[Length(max=300)],
    )
    confirm = BooleanField(_("I have checked the file: import it anyway"))
    name = StringField(
        _("Name of the list"),
        description=_("The same for each edition, for example “Register of employers”."),
        validators=[Length(max=300)],
    )
    publisher = StringField(_("Publisher"), validators=[Length(max=300)])
    source_url = StringField(_("Address where it is published"), validators=[Length(max=1000)])
    licence = StringField(
        _("Terms of use"),
        description=_("For example “Public domain (US Government work)”."),
        validators=[Length(max=300)],
    )
    issue = SelectField(
        _("Issue that the list is about"),
        choices=[SelectChoice(*one) for one in ISSUE_NAMES.items()],
        default=Issue.FL.value,
    )

    OF_THE_FILE = ("file", "kind", "edition_on", "coverage")
    OF_ANOTHER_LIST = ("name", "publisher", "source_url", "licence", "issue")

    def wanted(self) -> ListFields:
        """The typed values, as the service takes them."""
        coverage = self.coverage.data or ""
        if self.kind.data != OTHER:
            day = self.edition_on.data
            return official_fields(self.kind.data, edition_on=day, coverage=coverage)
        return ListFields(
            name=self.name.data or "",
            publisher=self.publisher.data or "",
            edition_on=self.edition_on.data,
            licence=self.licence.data or "",
            source_url=self.source_url.data or "",
            coverage=coverage,
            issue=Issue(self.issue.data),
        )


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """Whether an entry and a site are the same."""

    answer = RadioField(
        _("Decision"),
        choices=[SelectChoice(answer.value, word) for answer, word in ANSWERS.items()],
        validators=[InputRequired(_("Choose a decision."))],
    )
    harm = RadioField(
        _("If it is the same: harm according to the list"),
        choices=[
            SelectChoice(Harm.POTENTIAL.value, _("Potential harm to children")),
            SelectChoice(Harm.ALLEGED.value, _("Alleged harm to children")),
        ],
        default=Harm.POTENTIAL.value,
        validators=[Optional()],
    )
    note = TextAreaField(
        _("Evidence"),
        description=_("Required if it is the same: what shows it, such as the register number."),
        validators=[Length(max=2000)],
    )
