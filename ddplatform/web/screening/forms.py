"""What people type about official lists and their prompts."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.models.screening import MatchAnswer
from ddplatform.services.findings import Harm
from ddplatform.services.screening_lists import ListFields
from ddplatform.web.findings.words import ISSUE_CHOICES
from supply_chain.vocabulary import Issue

ANSWERS = {
    MatchAnswer.SAME: "Yes, it is the same",
    MatchAnswer.NOT_SAME: "No, it is another one",
    MatchAnswer.UNSURE: "I cannot tell yet",
}


class ListForm(FlaskForm):  # type: ignore[misc]
    """An edition of an official list."""

    file = FileField(
        "File",
        description="A CSV, up to 25 MB and 100,000 lines, with one business a line and a column "
        "“name”; columns for country, address, other names and number are read too. "
        "Lists with columns on natural persons are refused.",
        validators=[FileRequired("Choose the file.")],
    )
    name = StringField(
        "Name of the list",
        description="The same for each edition, for example “UFLPA Entity List”.",
        validators=[InputRequired("Name the list."), Length(max=300)],
    )
    publisher = StringField(
        "Publisher", validators=[InputRequired("Name the publisher."), Length(max=300)]
    )
    edition_on = DateField(
        "Day of the edition", validators=[InputRequired("Enter the day of the edition.")]
    )
    source_url = StringField(
        "Address where it is published",
        validators=[InputRequired("Enter the address."), Length(max=1000)],
    )
    licence = StringField(
        "Terms of use",
        description="For example “Public domain (US Government work)”.",
        validators=[InputRequired("Name the terms of use."), Length(max=300)],
    )
    coverage = StringField(
        "What is missing",
        description="If it is only a part, for example “41 of about 144 names”.",
        validators=[Length(max=300)],
    )
    issue = SelectField(
        "What being on the list is about",
        choices=ISSUE_CHOICES,
        default=Issue.FL.value,
        validators=[InputRequired("Choose an issue.")],
    )

    def wanted(self) -> ListFields:
        """What was typed, as the service takes it."""
        return ListFields(
            name=self.name.data,
            publisher=self.publisher.data,
            edition_on=self.edition_on.data,
            licence=self.licence.data,
            source_url=self.source_url.data,
            coverage=self.coverage.data or "",
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
