"""Form submission: the change, or the form again with its errors and all input."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import FileField, Form, HiddenField
from wtforms.validators import InputRequired

from ddplatform.core.due_diligence.errors import StepNotAllowed
from ddplatform.infrastructure.errors import Conflict, Invalid, status_of
from ddplatform.infrastructure.forms.field_errors import show_at_fields
from ddplatform.infrastructure.typed_values import find_number
from ddplatform.infrastructure.words.problems import in_words
from ddplatform.languages import lazy_gettext as _
from supply_chain.errors import FileRefused

Refused = Invalid | Conflict | StepNotAllowed | FileRefused
REFUSALS = (Invalid, Conflict, StepNotAllowed, FileRefused)
NOT_OPEN = _("This step is not open yet")
NO_SUCH_STEP = _("It stands elsewhere by now, and this step does not lead on from there.")


class VersionForm(FlaskForm):  # type: ignore[misc]
    """A change that begins on a version of the record."""

    version = HiddenField(validators=[InputRequired(_("Open this page again."))])

    @property
    def version_number(self) -> int:
        """The version that was shown; 0 for none, which is always stale."""
        return find_number(str(self.version.data), 0)


@dataclass(frozen=True)
class Refusal:
    """The message above a form that a rule refused; `versions`: label, yours, theirs."""

    title: str
    versions: tuple[dict[str, str], ...] = ()


def answer_form(
    form: FlaskForm, save: Callable[[], ResponseReturnValue], show: Callable[[], str]
) -> ResponseReturnValue:
    """Answer the page of a form, whether it is opened or sent.

    Args:
        save: makes the change through a service, and says where to go on.
        show: draws the page of the form, with its problems where it has some.

    Returns:
        What `save` answers; else the page: 200 when it is opened, 422 when something typed is
        wrong, 409 when the step is not open or somebody else was quicker. All input stays in it.
    """
    if form.validate_on_submit():
        try:
            return save()
        except REFUSALS as error:
            show_refusal(form, error)
            return show(), status_of(error)
    return show(), 422 if form.errors else 200


def answer_page(
    form: FlaskForm, save: Callable[[], ResponseReturnValue], template: str, /, **values: Any
) -> ResponseReturnValue:
    """As `answer_form`, for a page that shows its form and values that are at hand already."""
    return answer_form(form, save, lambda: render_template(template, form=form, **values))


def show_refusal(form: Form, error: Refused) -> None:
    """Put a rule that was found broken where it belongs: at its field, or above the form.

    A stale form goes on from the newest version: sent again, it stands in place of the other.
    """
    if isinstance(error, Invalid):
        show_at_fields(form, error)
    elif isinstance(error, FileRefused):
        field = next(one for one in form if isinstance(one, FileField))
        field.errors = [*field.errors, f"{in_words(error.message)} {in_words(error.advice)}"]
    elif isinstance(error, StepNotAllowed):
        form.form_errors.extend(error.missing or (NO_SUCH_STEP,))
        form.refusal = Refusal(NOT_OPEN)
    else:
        words = (error.advice,) if error.theirs else (error.message, error.advice)
        form.form_errors.append(" ".join(words).strip())
        form.refusal = Refusal(str(error.title), versions_of(error))
        if error.version is not None:
            form.version.data = error.version


def versions_of(error: Conflict) -> tuple[dict[str, str], ...]:
    """Both versions of a record changed by two people, as rows of a table."""
    return tuple(
        {"label": label, "theirs": theirs, "yours": error.mine.get(label, "")}
        for label, theirs in error.theirs.items()
    )
