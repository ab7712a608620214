"""Questionnaire pages of the supplier: the list, the sections of one, help."""

from collections.abc import Callable
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.protection_services import DIRECTORY
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import current_language
from ddplatform.supplier_engagement.answering.queries import seconds_left_on
from ddplatform.supplier_engagement.answering.views.fields import field_id
from ddplatform.supplier_engagement.blueprints.responses import bp
from ddplatform.supplier_engagement.protection_services.queries import services_by_country
from ddplatform.supplier_engagement.respondents.queries import (
    given_on,
    load_people,
    said_at,
    said_on,
    taker_of,
)
from ddplatform.supplier_engagement.respondents.services.people import leave_section, take_section
from ddplatform.supplier_engagement.responses.queries.responses import (
    asked_back,
    get_newest_round,
    get_request,
    list_asked_of_me,
    list_files,
    list_messages,
)
from ddplatform.supplier_engagement.responses.services.drafts import is_done
from ddplatform.supplier_engagement.responses.services.responses import start
from ddplatform.supplier_engagement.sharing.queries.sharing import has_sources
from ddplatform.supplier_engagement.translations.queries.texts import Review
from ddplatform.supplier_engagement.words.translations import review_words
from questionnaires import Page, minutes_of
from questionnaires.form.languages import tongue_of


@bp.app_context_processor
def _words() -> dict[str, Callable[[Review], str]]:
    """For the layout of every page that shows a questionnaire."""
    return {"review_words": review_words}


@bp.get("/")
@requires(Permission.RESPONSE_ANSWER)
def index() -> ResponseReturnValue:
    """Every questionnaire that somebody asks of this supplier."""
    return render_template(
        "supplier_engagement/answering/index.html",
        asked_list=list_asked_of_me(),
        State=State,
        is_assessor=_is_assessor(),
    )


def _is_assessor() -> bool:
    return bool(g.identity.role_id is RoleId.ASSESSOR)


@bp.get("/help")
@requires(Permission.RESPONSE_ANSWER)
def help_page() -> ResponseReturnValue:
    """Help contacts at each buyer, and guidance for a child in danger."""
    contacts = list(dict.fromkeys(asked.help for asked in list_asked_of_me()))
    return render_template(
        "supplier_engagement/answering/help.html",
        contacts=contacts,
        services=services_by_country(),
        directory=DIRECTORY,
        is_assessor=_is_assessor(),
    )


@bp.get("/<uuid:assignment_id>/")
@requires(Permission.RESPONSE_ANSWER)
def show(assignment_id: UUID) -> ResponseReturnValue:
    """The sections of one questionnaire, the progress of each, and the questions asked back."""
    asked = get_request(assignment_id)
    filled = get_newest_round(asked, now=g.now)
    pages, files = filled.pages, list_files(filled.row.id)
    left = {page.name: seconds_left_on(page, filled, files) for page in pages}
    back = asked_back(list_messages(assignment_id)) if asked.is_writable else frozenset()
    people = load_people()
    said = said_at(filled, people)
    tongue = tongue_of(filled.form.form, current_language(), filled.row.language)
    return render_template(
        "supplier_engagement/answering/show.html",
        asked=asked,
        row=filled.row,
        is_writable=asked.is_writable,
        State=State,
        tongue=tongue,
        sections=[
            {
                "page": page,
                "lang": tongue.of_section(filled.form.form, page.name),
                "done": is_done(page, filled.row),
                "asked_back": _first_of(page, back),
                "questions": len({one.number for one in page.questions() if one.number}),
                "minutes": minutes_of(left[page.name]),
                "said": said_on(page, said),
                "taken_by": people.name(taker) if (taker := taker_of(filled, page.name)) else "",
                "is_mine": taker is not None and taker == g.identity.user_id,
                "given": given_on(page, filled),
            }
            for page in pages
        ],
        shows_people=people.are_several,
        has_sources=asked.is_writable and has_sources(asked.assignment, at=g.now),
        minutes=minutes_of(sum(left[p.name] for p in pages if not is_done(p, filled.row))),
    )


@bp.post("/<uuid:assignment_id>/take/<name>")
@requires(Permission.RESPONSE_ANSWER)
def take(assignment_id: UUID, name: str) -> ResponseReturnValue:
    """Tell colleagues that one answers a section, or that one does not any more."""
    change = leave_section if "leave" in request.form else take_section
    change(assignment_id, name, act=g.act)
    return redirect(url_for(".show", assignment_id=assignment_id) + f"#s-{name}")


@bp.post("/<uuid:assignment_id>/start")
@requires(Permission.RESPONSE_ANSWER)
def begin(assignment_id: UUID) -> ResponseReturnValue:
    """Open the questions, or open them again after they came back."""
    start(assignment_id, act=g.act)
    return redirect(url_for(".show", assignment_id=assignment_id))


def _first_of(page: Page, paths: frozenset[str]) -> str:
    """The position of the first of these questions on the page; empty where there is none."""
    found = (item.state.path for item in page.questions() if item.state.path in paths)
    return field_id(next(found, ""))
