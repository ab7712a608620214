"""One page for all short forms about a finding or an action, with the link back."""

from collections.abc import Callable
from typing import Required, TypedDict, Unpack
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import Form

from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.languages import gettext


class FormWords(TypedDict, total=False):
    """What the page of a short form says above it and on its button."""

    heading: Required[str]
    lead: str
    button: str


def finding_form(
    form: Form,
    finding: Finding,
    *,
    heading: str,
    lead: str = "",
    button: str = "",
    hint: str = "",
) -> str:
    """The page of a form about a finding."""
    return render_template(
        "due_diligence/findings/form.html",
        form=form,
        heading=heading,
        lead=lead,
        button=button or gettext("Save"),
        hint=hint,
        above={"label": gettext("Findings"), "href": url_for("findings.index")},
        about=finding.title,
        back=url_for("findings.show", finding_id=finding.id),
    )


def action_form(
    form: Form, action: MitigationAction, *, heading: str, lead: str = "", button: str = ""
) -> str:
    """The page of a form about an action."""
    return render_template(
        "due_diligence/findings/form.html",
        form=form,
        heading=heading,
        lead=lead,
        button=button or gettext("Save"),
        above={"label": gettext("Actions"), "href": url_for("findings.actions")},
        about=action.title,
        back=url_for("findings.action", action_id=action.id),
    )


def answer_about_finding(
    form: FlaskForm,
    save: Callable[[], ResponseReturnValue],
    finding: Finding,
    **told: Unpack[FormWords],
) -> ResponseReturnValue:
    """Answer a short form about a finding."""
    return answer_form(form, save, lambda: finding_form(form, finding, **told))


def answer_about_action(
    form: FlaskForm,
    save: Callable[[], ResponseReturnValue],
    action: MitigationAction,
    **told: Unpack[FormWords],
) -> ResponseReturnValue:
    """Answer a short form about an action."""
    return answer_form(form, save, lambda: action_form(form, action, **told))


def saved_finding(finding_id: UUID, message: str = "") -> ResponseReturnValue:
    """Back to the finding."""
    flash(message or gettext("Saved."), "success")
    return redirect(url_for("findings.show", finding_id=finding_id))


def saved_action(action_id: UUID, message: str = "") -> ResponseReturnValue:
    """Back to the action."""
    flash(message or gettext("Saved."), "success")
    return redirect(url_for("findings.action", action_id=action_id))
