"""One page for every short form about a finding or an action."""

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from ddplatform.duediligence.errors import StepNotAllowed
from ddplatform.errors import Invalid
from ddplatform.models.findings import Finding
from ddplatform.web.field_errors import show_at_fields
from supply_chain.errors import FileRefused

FORM_ERRORS = (Invalid, FileRefused, StepNotAllowed)
"""What a person can mend on the form, so the form is shown again with all that was typed."""


def show_problem(form: Form, error: Invalid | FileRefused | StepNotAllowed) -> None:
    """Put a rule that was found broken where it belongs: at its field, or above the form."""
    if isinstance(error, Invalid):
        show_at_fields(form, error)
    elif isinstance(error, FileRefused):
        form.files.errors = [*form.files.errors, f"{error.message} {error.advice}"]
    else:
        form.form_errors.extend(error.missing or (str(error),))


def status_of_form(form: Form) -> int:
    """422 while something in the form is wrong."""
    return 422 if form.errors or form.form_errors else 200


def form_page(
    form: Form,
    finding: Finding,
    *,
    heading: str,
    lead: str = "",
    button: str = "Save",
    status: int | None = None,
    **more: Any,
) -> ResponseReturnValue:
    """A form about a finding, shown again with all that was typed while something is wrong.

    Args:
        status: the HTTP status where it is neither 200 nor 422.
    """
    page = render_template(
        "findings/form.html",
        form=form,
        heading=heading,
        lead=lead,
        button=button,
        crumbs=[
            {"label": "Findings", "href": url_for("findings.index")},
            {"label": finding.title, "href": url_for("findings.show", finding_id=finding.id)},
        ],
        back=url_for("findings.show", finding_id=finding.id),
        **more,
    )
    return page, status or status_of_form(form)
