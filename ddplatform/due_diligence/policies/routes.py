"""Pages of policies: list, one version with its checklist, draft, approval, next version."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.policy_checklist import policy_checklist
from ddplatform.due_diligence.policies import services as policies
from ddplatform.due_diligence.policies import views, words
from ddplatform.due_diligence.policies.forms import (
    ApproveForm,
    CheckForm,
    PolicyChangeForm,
    PolicyForm,
)
from ddplatform.due_diligence.policies.models import (
    ApprovalLevel,
    PolicyAnswer,
    PolicyState,
    PolicyVersion,
)
from ddplatform.due_diligence.policies.queries import (
    get_check,
    get_version,
    list_checks,
    list_documents,
    list_policies,
    list_versions,
    name_people,
)
from ddplatform.due_diligence.policies.services import Approval
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext

bp = Blueprint("policies", __name__)


@bp.get("/")
@requires(Permission.PRACTICE_READ)
def index() -> ResponseReturnValue:
    """Policies: the approved version and the draft of each."""
    rows, today = list_policies(), g.now.date()
    may_edit = g.identity.has(Permission.PRACTICE_EDIT)
    return render_template(
        "due_diligence/policies/index.html",
        rows=rows,
        due=views.review_notices(rows, today) if may_edit else (),
        criteria=len(policy_checklist().items),
        today=today,
        views=views,
        words=words,
    )


@bp.get("/<uuid:policy_version_id>")
@requires(Permission.PRACTICE_READ)
def show(policy_version_id: UUID) -> ResponseReturnValue:
    """One version: approval, documents, checklist, other versions."""
    version, checks = get_version(policy_version_id), list_checks(policy_version_id)
    documents = list_documents(
        [policy_version_id, *(check.id for check in checks)],
        with_restricted=g.identity.has(Permission.EVIDENCE_RESTRICTED),
    )
    is_draft = version.state is PolicyState.DRAFT
    approves = is_draft and g.identity.has(Permission.PRACTICE_APPROVE)
    return render_template(
        "due_diligence/policies/show.html",
        version=version,
        obstacle=policies.find_obstacle(version, g.identity) if approves else None,
        checks=checks,
        documents=documents,
        versions=list_versions(version.policy_id),
        people=name_people(policy_version_id),
        items=policy_checklist().items,
        is_draft=is_draft,
        today=g.now.date(),
        views=views,
        words=words,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.PRACTICE_EDIT)
def new() -> ResponseReturnValue:
    """Start a policy with its first draft."""
    today: date = g.now.date()
    form = PolicyForm(review_on=policy_checklist().latest_review(today))

    def save() -> ResponseReturnValue:
        version = policies.start_policy(form.wanted(), act=g.act)
        return _saved(version.id, gettext("Draft saved. Add its document and the checklist."))

    return answer_page(form, save, "due_diligence/policies/form.html", version=None)


@bp.route("/<uuid:policy_version_id>/edit", methods=["GET", "POST"])
@requires(Permission.PRACTICE_EDIT)
def edit(policy_version_id: UUID) -> ResponseReturnValue:
    """Change a draft."""
    version = get_version(policy_version_id)
    form = PolicyChangeForm(
        title=version.title,
        languages=", ".join(version.languages),
        public_url=version.public_url or "",
        review_on=version.review_on,
        version=version.row_version,
    )

    def save() -> ResponseReturnValue:
        policies.change_version(
            policy_version_id, form.wanted(), version=form.version_number, act=g.act
        )
        return _saved(policy_version_id, gettext("Saved."))

    return answer_page(form, save, "due_diligence/policies/form.html", version=version)


@bp.route("/checks/<uuid:policy_check_id>", methods=["GET", "POST"])
@requires(Permission.PRACTICE_EDIT)
def answer(policy_check_id: UUID) -> ResponseReturnValue:
    """Answer one criterion of the checklist."""
    check = get_check(policy_check_id)
    form = CheckForm(
        answer=check.answer.value if check.answer else None,
        reason=check.reason,
        version=check.row_version,
    )

    def save() -> ResponseReturnValue:
        policies.answer_check(
            policy_check_id,
            PolicyAnswer(form.answer.data),
            form.reason.data,
            version=form.version_number,
            act=g.act,
        )
        return _saved(check.version_id, gettext("Saved."), check.item)

    return answer_page(
        form,
        save,
        "due_diligence/policies/step.html",
        version=get_version(check.version_id),
        heading=check.item,
        lead=policy_checklist().items[check.item].title,
        button=gettext("Save"),
    )


@bp.route("/<uuid:policy_version_id>/approve", methods=["GET", "POST"])
@requires(Permission.PRACTICE_APPROVE)
def approve(policy_version_id: UUID) -> ResponseReturnValue:
    """Record the decision of the most senior level."""
    version = get_version(policy_version_id)
    form = ApproveForm(version=version.row_version)

    def save() -> ResponseReturnValue:
        decision = Approval(ApprovalLevel(form.level.data), form.approved_on.data)
        policies.approve(policy_version_id, decision, version=form.version_number, act=g.act)
        return _saved(policy_version_id, gettext("Approved. This version is not changed any more."))

    return answer_page(
        form,
        save,
        "due_diligence/policies/step.html",
        version=version,
        heading=gettext("Record the approval"),
        lead=gettext(
            "Another person than those who wrote the version and answered its checklist records "
            "who approved it. An approved version is not changed; a new version replaces it."
        ),
        button=gettext("Record the approval"),
    )


@bp.post("/<uuid:policy_version_id>/next")
@requires(Permission.PRACTICE_EDIT)
def next_version(policy_version_id: UUID) -> ResponseReturnValue:
    """Begin the next version of a policy."""
    version: PolicyVersion = get_version(policy_version_id)
    made = policies.start_version(version.policy_id, act=g.act)
    return _saved(made.id, gettext("The new version is a draft. Add its document."))


def _saved(version_id: UUID, message: str, part: str | None = None) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".show", policy_version_id=version_id, _anchor=part))
