"""Forms of governance: format only, the rules are in services."""

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ddplatform.core.due_diligence.governance import governance_words
from ddplatform.due_diligence.governance.models import Body
from ddplatform.due_diligence.governance.services import (
    TEXT_LENGTH,
    TITLE_LENGTH,
    BoardNote,
    ResponsibilityFields,
    TrainingFields,
)
from ddplatform.due_diligence.governance.words import BODIES
from ddplatform.infrastructure.forms.bounded import DateField, IntegerField
from ddplatform.languages import lazy_gettext as _


def _groups() -> list[SelectChoice]:
    known = governance_words().groups.values()
    return [
        SelectChoice("", _("Choose a group")),
        *(SelectChoice(one.ref, one.title) for one in known),
    ]


def _areas() -> list[SelectChoice]:
    known = governance_words().responsibilities.values()
    return [
        SelectChoice("", _("Choose an area")),
        *(SelectChoice(one.ref, one.title) for one in known),
    ]


class BoardNoteForm(FlaskForm):  # type: ignore[misc]
    """A meeting that reviewed due diligence."""

    held_on = DateField(_("Day of the meeting"), validators=[InputRequired(_("Choose a day."))])
    body = RadioField(
        _("Who met"),
        choices=[SelectChoice(value.value, BODIES[value]) for value in Body],
        description=_("Only a review by the governing body is evidence of oversight."),
        validators=[InputRequired(_("Choose who met."))],
    )
    discussed = TextAreaField(
        _("What was discussed"),
        description=_("On due diligence for child rights. Never write about a child."),
        validators=[InputRequired(_("Enter what was discussed.")), Length(max=TEXT_LENGTH)],
    )
    decided = TextAreaField(
        _("What was decided"),
        description=_("Where nothing was decided, say so."),
        validators=[InputRequired(_("Enter what was decided.")), Length(max=TEXT_LENGTH)],
    )
    review_on = DateField(
        _("Next review"),
        description=_("At most 12 months after the meeting."),
        validators=[InputRequired(_("Choose a day."))],
    )

    def wanted(self) -> BoardNote:
        """The input as the service takes it."""
        return BoardNote(
            held_on=self.held_on.data,
            body=Body(self.body.data),
            discussed=self.discussed.data,
            decided=self.decided.data,
            review_on=self.review_on.data,
        )


class TrainingForm(FlaskForm):  # type: ignore[misc]
    """A training of one group of staff."""

    held_on = DateField(_("Day of the training"), validators=[InputRequired(_("Choose a day."))])
    subject = StringField(
        _("Subject"),
        validators=[InputRequired(_("Enter the subject.")), Length(max=TITLE_LENGTH)],
    )
    group = SelectField(
        _("Group of staff"),
        description=_("One record for each group that was trained."),
        choices=_groups,
        validators=[InputRequired(_("Choose a group."))],
    )
    in_group = IntegerField(
        _("People in the group"),
        description=_("Everybody who belongs to it on that day."),
        validators=[InputRequired(_("Enter a whole number."))],
    )
    trained = IntegerField(
        _("People trained"),
        description=_("Of them, those who attended. 0 if nobody did."),
        validators=[InputRequired(_("Enter a whole number."))],
    )

    def wanted(self) -> TrainingFields:
        """The input as the service takes it."""
        return TrainingFields(
            held_on=self.held_on.data,
            group=self.group.data,
            subject=self.subject.data,
            in_group=self.in_group.data,
            trained=self.trained.data,
        )


class ResponsibilityForm(FlaskForm):  # type: ignore[misc]
    """The function that answers for an area."""

    area = SelectField(
        _("Area"),
        choices=_areas,
        validators=[InputRequired(_("Choose an area."))],
    )
    function_title = StringField(
        _("Function"),
        description=_("The title of the position, for example Chief procurement officer."),
        validators=[InputRequired(_("Enter the function.")), Length(max=TITLE_LENGTH)],
    )
    person_id = SelectField(
        _("Person"),
        description=_("Who holds the function now, if they use this platform."),
        choices=[],
        validators=[Optional()],
    )
    answers_for = TextAreaField(
        _("Responsibility"),
        description=_("What the function decides and to whom it reports."),
        validators=[InputRequired(_("Enter the responsibility.")), Length(max=TEXT_LENGTH)],
    )
    held_on = DateField(
        _("Responsible from"),
        description=_("From this day on it takes the place of the entry before it."),
        validators=[InputRequired(_("Choose a day."))],
    )

    def wanted(self) -> ResponsibilityFields:
        """The input as the service takes it."""
        return ResponsibilityFields(
            held_on=self.held_on.data,
            area=self.area.data,
            function_title=self.function_title.data,
            answers_for=self.answers_for.data,
            person_id=UUID(self.person_id.data) if self.person_id.data else None,
        )


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Why a record is wrong."""

    reason = TextAreaField(
        _("Reason"),
        validators=[InputRequired(_("Give the reason.")), Length(max=TEXT_LENGTH)],
    )
