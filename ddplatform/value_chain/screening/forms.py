"""What people type about official lists and their prompts."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.core.due_diligence.vocabulary import Harm
from ddplatform.value_chain.screening.models import MatchAnswer
from ddplatform.value_chain.screening.services.lists import ListFields, official_fields
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.screening.words import list_words
from supply_chain.vocabulary import Issue

ANSWERS = {
    MatchAnswer.SAME: "Yes, it is the same",
    MatchAnswer.NOT_SAME: "No, it is another one",
    MatchAnswer.UNSURE: "I cannot tell yet",
}


OTHER = "other"


def _lists() -> list[SelectChoice]:
    known = (
        SelectChoice(ref, f"{official.name} ({official.publisher})")
        for ref, official in list_words().official.items()
    )
    return [*known, SelectChoice(OTHER, "Another list")]


class ListForm(FlaskForm):  # type: ignore[misc]
    """An edition of an official list; the fields from `name` on describe one that is not known."""

    file = FileField(
        "File",
        description="A CSV (up to 25 MB and 100,000 lines) or the saved web page with its tables "
        "(HTML, up to 10 MB), with one business a row and a column “name”, “Name of Entity”, "
        "“Entity” or “Manufacturer”; columns for country, date, status, address, other names and "
        "number are read too. Lists with columns on natural persons are refused.",
        validators=[FileRequired("Choose the file.")],
    )
    kind = SelectField("List", choices=_lists, default=OTHER)
    edition_on = DateField(
        "Date of the edition",
        description="Leave it empty if the saved page states when it was last updated.",
        validators=[Optional()],
    )
    coverage = StringField(
        "Coverage",
        description="If it is only a part, for example “41 of 144 names as of 15 January 2025”.",
        validators=[Length(max=300)],
    )
    confirm = BooleanField("I have checked the file: import it anyway")
    name = StringField(
        "Name of the list",
        description="The same for each edition, for example “Register of employers”.",
        validators=[Length(max=300)],
    )
    publisher = StringField("Publisher", validators=[Length(max=300)])
    source_url = StringField("Address where it is published", validators=[Length(max=1000)])
    licence = StringField(
        "Terms of use",
        description="For example “Public domain (US Government work)”.",
        validators=[Length(max=300)],
    )
    issue = SelectField(
        "Issue that the list is about",
        choices=[SelectChoice(*one) for one in ISSUE_NAMES.items()],
        default=Issue.FL.value,
    )

    OF_THE_FILE = ("file", "kind", "edition_on", "coverage")
    OF_ANOTHER_LIST = ("name", "publisher", "source_url", "licence", "issue")

    def wanted(self) -> ListFields:
        """What was typed, as the service takes it."""
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
        "Is it the same?",
        choices=[SelectChoice(answer.value, word) for answer, word in ANSWERS.items()],
        validators=[InputRequired("Say whether it is the same.")],
    )
    harm = RadioField(
        "If it is the same: what does the list say?",
        choices=[
            SelectChoice(Harm.POTENTIAL.value, "Harm to children could happen there"),
            SelectChoice(Harm.ALLEGED.value, "Harm to children is said to have happened there"),
        ],
        default=Harm.POTENTIAL.value,
        validators=[Optional()],
    )
    note = TextAreaField(
        "What did you look at?",
        description="Needed if it is the same: what shows it, such as the register number.",
        validators=[Length(max=2000)],
    )
