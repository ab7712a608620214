"""Pages of who holds a case: handing over, merging, emergency access and its review."""

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms.fields import SelectChoice

from ddplatform.accounts.officers.queries import list_officers
from ddplatform.due_diligence.blueprints.remedy import bp
from ddplatform.due_diligence.custody.forms import AskForm, HandOverForm, MergeForm, ReviewForm
from ddplatform.due_diligence.custody.queries import (
    find_open_handover,
    get_access,
    get_case_by_code,
    get_handover_to,
    list_handovers_to,
    list_mergeable,
    list_open_access,
)
from ddplatform.due_diligence.custody.services import emergency, handover, merging
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.queries.cases import get_case_for
from ddplatform.due_diligence.remedy.services import facts
from ddplatform.due_diligence.remedy.services.cases import note_reading
from ddplatform.due_diligence.remedy.views import case_page
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.forms.sent import answer_page
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext


@bp.get("/custody/")
@requires(Permission.CASE_WORK)
def custody() -> ResponseReturnValue:
    """The handovers that wait for this officer, and every emergency access."""
    return render_template(
        "due_diligence/custody/custody.html",
        handovers=list_handovers_to(g.identity.user_id),
        accesses=list_open_access(),
        own_id=g.identity.user_id,
    )


@bp.route("/<code>/hand-over", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
def hand_over(code: str) -> ResponseReturnValue:
    """Name the officer who is to manage the case."""
    case, form = _managed(code), HandOverForm()
    officers = list_officers(today=g.now.date())
    form.user.choices = [
        SelectChoice(str(user_id), name)
        for user_id, name in officers
        if user_id != g.identity.user_id
    ]

    def save() -> ResponseReturnValue:
        handover.name_successor(case, UUID(form.user.data), act=g.act)
        return _told(gettext("The officer was told. The case stays with you until they accept."))

    return answer_page(
        form,
        save,
        "due_diligence/custody/hand_over.html",
        case=case,
        waits=find_open_handover(case.id, g.identity.user_id),
    )


@bp.post("/<code>/hand-over/withdraw")
@requires(Permission.CASE_WORK)
def withdraw_handover(code: str) -> ResponseReturnValue:
    """Take the own handover back."""
    handover.withdraw_handover(_managed(code), act=g.act)
    return _told(gettext("The handover is withdrawn."))


@bp.post("/custody/handovers/<uuid:handover_id>/accept")
@requires(Permission.CASE_WORK)
def accept_handover(handover_id: UUID) -> ResponseReturnValue:
    """Take the case over."""
    waiting, case = get_handover_to(handover_id, g.identity.user_id)
    handover.accept_handover(waiting, case, act=g.act)
    flash(gettext("The case is yours now."), "success")
    return redirect(url_for(".show", code=case.code))


@bp.post("/custody/handovers/<uuid:handover_id>/decline")
@requires(Permission.CASE_WORK)
def decline_handover(handover_id: UUID) -> ResponseReturnValue:
    """Leave the case with who named this officer."""
    waiting, case = get_handover_to(handover_id, g.identity.user_id)
    handover.decline_handover(waiting, case, act=g.act)
    return _told(gettext("The case stays with your colleague."))


@bp.route("/<code>/merge", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
def merge(code: str) -> ResponseReturnValue:
    """Close a case whose child has another one of the same finding."""
    case, form = _managed(code), MergeForm()
    others = {one.code: one for one in list_mergeable(case, g.identity.user_id, today=g.now.date())}
    form.into.choices = [SelectChoice(other, other) for other in others]

    def save() -> ResponseReturnValue:
        merging.merge_case(case, others[form.into.data], act=g.act)
        flash(gettext("The cases are merged."), "success")
        return redirect(url_for(".show", code=form.into.data))

    return answer_page(form, save, "due_diligence/custody/merge.html", case=case, others=others)


@bp.route("/custody/emergency", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
def ask_access() -> ResponseReturnValue:
    """Ask to read a case that this officer is not assigned to."""
    form = AskForm()

    def save() -> ResponseReturnValue:
        case = get_case_by_code((form.code.data or "").strip().upper())
        emergency.ask_access(case, form.reason.data or "", act=g.act)
        return _told(gettext("All officers were told. Another officer has to agree."))

    return answer_page(form, save, "due_diligence/custody/ask.html")


@bp.route("/custody/emergency/<uuid:access_id>", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
def decide_access(access_id: UUID) -> ResponseReturnValue:
    """Agree to a request as a second officer."""
    access, case = get_access(access_id)
    form = FlaskForm()

    def save() -> ResponseReturnValue:
        emergency.agree_to_access(access, case, act=g.act)
        return _told(gettext("The case is open to the officer for 24 hours. All were told."))

    return answer_page(
        form,
        save,
        "due_diligence/custody/decide.html",
        access=access,
        case=case,
        reason=emergency.reason_of(access, case),
    )


@bp.post("/custody/emergency/<uuid:access_id>/refuse")
@requires(Permission.CASE_WORK)
def refuse_access(access_id: UUID) -> ResponseReturnValue:
    """Refuse a request, or withdraw the own one."""
    access, case = get_access(access_id)
    emergency.refuse_access(access, case, act=g.act)
    return _told(gettext("The request has ended. All officers were told."))


@bp.get("/custody/emergency/<uuid:access_id>/case")
@requires(Permission.CASE_WORK, leaves_event=True)
def read_case(access_id: UUID) -> ResponseReturnValue:
    """Read a case in an emergency; each reading is kept and shown on it."""
    access, case = get_access(access_id)
    emergency.require_running(access, act=g.act)
    note_reading(case, purpose="Emergency access", act=g.act)
    page = case_page(facts.open_case(case, act=g.act), None, at=g.now)
    return render_template(
        "due_diligence/custody/read.html", page=page, case=case, ends_at=access.ends_at
    )


@bp.route("/custody/emergency/<uuid:access_id>/review", methods=["GET", "POST"])
@requires(Permission.CASE_WORK)
def review_access(access_id: UUID) -> ResponseReturnValue:
    """Record whether an access was justified."""
    access, case = get_access(access_id)
    form = ReviewForm()

    def save() -> ResponseReturnValue:
        emergency.review_access(
            access,
            case,
            is_justified=form.is_justified.data == "yes",
            note=form.reason.data or "",
            act=g.act,
        )
        return _told(gettext("The review is recorded."))

    return answer_page(
        form,
        save,
        "due_diligence/custody/review.html",
        case=case,
        reason=emergency.reason_of(access, case),
    )


def _managed(code: str) -> RemediationCase:
    """A case that this officer manages; for its verifier it is as if it did not exist."""
    case, assignment = get_case_for(code, g.identity.user_id, today=g.now.date())
    if assignment.is_verifier:
        raise NotFound()
    return case


def _told(message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".custody"))
