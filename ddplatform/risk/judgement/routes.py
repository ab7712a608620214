"""Forms of one risk: severity, points, urgency; approval and end of changes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import issue_of
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.blueprints.risk import bp
from ddplatform.risk.judgement import services as judging
from ddplatform.risk.judgement.forms import ChangeForm, EndForm, SeverityForm, UrgencyForm
from ddplatform.risk.judgement.queries import judged as risk_judged
from ddplatform.risk.judgement.services import TRAITS, Severity, Urgency
from ddplatform.risk.words import codes as words
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from supply_chain.risk.salience import Involvement
from supply_chain.vocabulary import Issue

DELAY: dict[str, bool | None] = {"": None, "yes": True, "no": False}
SAVED = _("Saved. The score is updated by the next assessment, which is under way.")


@bp.route("/nodes/<uuid:node_id>/<issue>/severity", methods=["GET", "POST"])
@requires(Permission.RISK_ASSESS)
def judge_severity(node_id: UUID, issue: str) -> ResponseReturnValue:
    """Judge how grave, wide and irreversible harm would be."""
    node, about = get_node(node_id), issue_of(issue)
    form = SeverityForm()
    if request.method == "GET":
        _fill_severity(form, risk_judged.find_judgement(node_id, about))

    def save() -> str:
        traits = {trait: int(form[trait].data) if form[trait].data else None for trait in TRAITS}
        judging.judge_severity(
            node_id,
            about,
            Severity(**traits, vulnerable=form.vulnerable.data),
            reasons={t: form[f"{t}_reason"].data or "" for t in (*TRAITS, "vulnerable")},
            act=g.act,
        )
        return str(SAVED)

    return _answer("risk/judgement/judge_severity.html", form, save, node=node, issue=about)


def _fill_severity(form: SeverityForm, kept: risk_judged.Judged | None) -> None:
    """The judgement so far stands in the form, so that one trait can be judged anew."""
    if kept is None:
        return
    for trait in TRAITS:
        value = getattr(kept, trait)
        form[trait].data = "" if value is None else str(value)
        form[f"{trait}_reason"].data = kept.reasons.get(trait, "")
    form.vulnerable.data = kept.vulnerable
    form.vulnerable_reason.data = kept.reasons.get("vulnerable", "")


@bp.route("/nodes/<uuid:node_id>/<issue>/points", methods=["GET", "POST"])
@requires(Permission.RISK_ASSESS)
def change_score(node_id: UUID, issue: str) -> ResponseReturnValue:
    """Raise a score at once, or ask a second person to lower it."""
    node, about = get_node(node_id), issue_of(issue)
    form = ChangeForm()

    def save() -> str:
        change = judging.change_score(
            node_id,
            about,
            points=float(form.points.data),
            note=form.note.data or "",
            expires_on=form.expires_on.data,
            act=g.act,
        )
        if change.is_raise:
            return str(SAVED)
        return gettext("Requested. It counts once a second person approves it.")

    now = risk_judged.find_current_points(node_id, about)
    return _answer(
        "risk/judgement/change_score.html", form, save, node=node, issue=about, now_is=now
    )


@bp.route("/nodes/<uuid:node_id>/<issue>/urgency", methods=["GET", "POST"])
@requires(Permission.RISK_ASSESS)
def note_salience(node_id: UUID, issue: str) -> ResponseReturnValue:
    """Set the urgency of a risk, and the involvement of the business."""
    node, about = get_node(node_id), issue_of(issue)
    form = UrgencyForm()
    if request.method == "GET":
        _fill_urgency(form, risk_judged.find_note(node_id, about))

    def save() -> str:
        involvement = form.involvement.data
        judging.note_salience(
            node_id,
            about,
            Urgency(
                is_emergency=form.is_emergency.data,
                delay_harms=DELAY[form.delay_harms.data or ""],
                involvement=Involvement(involvement) if involvement else None,
            ),
            reason=form.reason.data or "",
            act=g.act,
        )
        return str(SAVED)

    return _answer("risk/judgement/note_salience.html", form, save, node=node, issue=about)


def _fill_urgency(form: UrgencyForm, kept: risk_judged.Noted | None) -> None:
    if kept is None:
        return
    form.is_emergency.data = kept.is_emergency
    form.delay_harms.data = {None: "", True: "yes", False: "no"}[kept.delay_harms]
    form.involvement.data = kept.involvement or ""
    form.reason.data = kept.reason


@bp.post("/changes/<uuid:change_id>/decide")
@requires(Permission.RISK_APPROVE)
def decide_change(change_id: UUID) -> ResponseReturnValue:
    """Approve or refuse a lowering that another person requested."""
    approve = request.form.get("decision") == "approve"
    change = judging.decide_change(change_id, approve=approve, act=g.act)
    flash(str(SAVED) if approve else gettext("Refused. The score stays as it is."), "success")
    return redirect(_address(change.node_id, change.issue))


@bp.route("/changes/<uuid:change_id>/end", methods=["GET", "POST"])
@requires(Permission.RISK_ASSESS)
def end_change(change_id: UUID) -> ResponseReturnValue:
    """End a raise or a lowering before its time."""
    change = risk_judged.get_change(change_id)
    node, form = get_node(change.node_id), EndForm()

    def save() -> str:
        judging.end_change(change_id, reason=form.reason.data or "", act=g.act)
        return str(SAVED)

    return _answer(
        "risk/judgement/end_change.html", form, save, node=node, issue=change.issue, change=change
    )


def _answer(
    template: str,
    form: FlaskForm,
    save: Callable[[], str],
    *,
    node: ValueChainNode,
    issue: Issue,
    **shown: Any,
) -> ResponseReturnValue:
    back = _address(node.id, issue)

    def saved() -> ResponseReturnValue:
        flash(save(), "success")
        return redirect(back)

    return answer_page(
        form, saved, template, node=node, issue=issue, back=back, words=words, **shown
    )


def _address(node_id: UUID, issue: Issue) -> str:
    return url_for("risk.show", node_id=node_id, issue=issue.value)
