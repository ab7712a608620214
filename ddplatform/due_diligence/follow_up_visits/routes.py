"""Pages of follow-up visits: the list, the case worker's form, one recorded visit."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.due_diligence.blueprints.remedy import bp
from ddplatform.due_diligence.follow_up_visits.queries import get_visit, list_visits
from ddplatform.due_diligence.follow_up_visits.services import (
    Seen,
    Visit,
    Written,
    begin_visit,
    further_statements,
    newest_of,
    open_visit,
    open_visits,
    rhythm_of,
    write_visit,
)
from ddplatform.due_diligence.follow_up_visits.views import (
    FlagView,
    answers_of,
    flags_of,
    form_sections,
    summary,
    visits_page,
)
from ddplatform.due_diligence.remedy.models import RemediationCase
from ddplatform.due_diligence.remedy.queries.cases import get_case_for, get_origin
from ddplatform.due_diligence.remedy.services import cases as remedy
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.gate import keep_changes, requires
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.answering.views.fields import read_typed
from ddplatform.supplier_engagement.protection_services.queries import services_in


@bp.get("/<code>/visits")
@requires(Permission.CASE_WORK, leaves_event=True, fresh=True)
def visits(code: str) -> ResponseReturnValue:
    """The visits of a case by number, and the next one due."""
    case = _case(code)
    remedy.note_reading(case, purpose="Opened the follow-up visits", act=g.act)
    recorded, draft = open_visits(case, at=g.now)
    flags = _flags(case, [one for one in (newest_of(recorded), draft) if one])
    return render_template(
        "due_diligence/follow_up_visits/visits.html",
        case=case,
        page=visits_page(case, recorded, draft, rhythm_of(case, recorded, at=g.now), flags),
    )


def _flags(case: RemediationCase, visits: Sequence[Visit]) -> list[FlagView]:
    return flags_of(visits, services_in(get_origin(case).country))


@bp.get("/<code>/visits/form")
@requires(Permission.CASE_WORK, leaves_event=True, fresh=True)
def visit_form(code: str) -> ResponseReturnValue:
    """The form of one more visit, or of the one that is being written."""
    case = _case(code)
    draft = open_visits(case, at=g.now)[1]
    if draft is not None:
        remedy.note_reading(case, purpose="Opened a visit begun", act=g.act)
    return _form_page(case, draft or begin_visit(case, at=g.now))


@bp.post("/<code>/visits/form")
@requires(Permission.CASE_WORK)
@takes_lists("ticked", "not_names", "/*", "reply:/*")
def write(code: str) -> ResponseReturnValue:
    """Store the input; record the visit where that was pressed and nothing is wrong."""
    case = _case(code)
    written = write_visit(
        case,
        read_typed(request.form).values,
        seen=Seen(_number("number"), _number("seen")),
        record="record" in request.form,
        ticked=request.form.getlist("ticked"),
        not_names=request.form.getlist("not_names"),
        act=g.act,
    )
    if not written.is_sound:
        keep_changes()
        return _form_page(case, written.visit, written), 409 if _is_behind(written) else 422
    if "again" in request.form:
        return redirect(url_for(".visit_form", code=code))
    is_done = "record" in request.form
    words = (
        gettext("The visit is recorded.")
        if is_done
        else gettext("Saved, sealed in this case. Not recorded yet.")
    )
    flash(words, "success")
    return redirect(url_for(".visits", code=code))


@bp.get("/<code>/visits/<uuid:visit_id>")
@requires(Permission.CASE_WORK, leaves_event=True, fresh=True)
def visit(code: str, visit_id: UUID) -> ResponseReturnValue:
    """One visit as it was recorded."""
    case = _case(code)
    found = open_visit(case, get_visit(case.id, visit_id), at=g.now)
    remedy.note_reading(case, purpose="Opened a follow-up visit", act=g.act)
    return render_template(
        "due_diligence/follow_up_visits/visit.html",
        case=case,
        visit=found,
        sections=answers_of(found),
        statements=[words for flag, words in further_statements().items() if flag in found.ticked],
        flags=_flags(case, [found]),
    )


def _case(code: str) -> RemediationCase:
    return get_case_for(code, g.identity.user_id, today=g.now.date())[0]


def _number(name: str) -> int:
    return request.form.get(name, 0, type=read_number)


def _is_behind(written: Written) -> bool:
    return bool(written.clashes) or written.is_taken


def _form_page(case: RemediationCase, visit: Visit, written: Written | None = None) -> str:
    sections = form_sections(visit, written)
    return render_template(
        "due_diligence/follow_up_visits/visit_form.html",
        case=case,
        number=visit.row.number if visit.row else len(list_visits(case.id)) + 1,
        seen=visit.row.row_version if visit.row else 0,
        sections=sections,
        statements=further_statements(),
        ticked=visit.ticked,
        not_names=dict.fromkeys((*request.form.getlist("not_names"), *written.names))
        if written
        else (),
        problems=summary(sections) if written else [],
        written=written,
        flags=_flags(case, [visit]) if written else [],
    )
