"""One page for every short form about a finding or an action, and the way back from it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from ddplatform.due_diligence.findings.models import Finding, MitigationAction
from ddplatform.languages import gettext


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


def saved_finding(finding_id: UUID, message: str = "") -> ResponseReturnValue:
    """Back to the finding."""
    flash(message or gettext("Saved."), "success")
    return redirect(url_for("findings.show", finding_id=finding_id))


def saved_action(action_id: UUID, message: str = "") -> ResponseReturnValue:
    """Back to the action."""
    flash(message or gettext("Saved."), "success")
    return redirect(url_for("findings.action", action_id=action_id))
