"""All questions on one page and on paper, for reading before, during and after answering."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from flask import g, render_template, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_help_contact, get_organisation
from ddplatform.documents import lazy
from ddplatform.documents.content import Photo
from ddplatform.documents.exports import PDF, ExportedFile
from ddplatform.documents.paper.questions import (
    PaperQuestion,
    PaperSection,
    QuestionPaper,
    render_questions,
)
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.gate import public, requires
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.infrastructure.web.filters import day
from ddplatform.languages import current_language, gettext, ngettext
from ddplatform.supplier_engagement.blueprints.respond import bp as respond
from ddplatform.supplier_engagement.blueprints.responses import bp
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import get_version
from ddplatform.supplier_engagement.own_forms.queries.media import MediaFile, get_media, list_media
from ddplatform.supplier_engagement.own_forms.services.media import read
from ddplatform.supplier_engagement.own_forms.serving import serve
from ddplatform.supplier_engagement.own_forms.views import views_of
from ddplatform.supplier_engagement.questions.queries import get_title
from ddplatform.supplier_engagement.questions.views import (
    QuestionToRead,
    SectionToRead,
    all_questions,
)
from ddplatform.supplier_engagement.respondents.links import find_invitation
from ddplatform.supplier_engagement.respondents.services.join import get_invited
from ddplatform.supplier_engagement.responses.queries.responses import get_request
from ddplatform.supplier_engagement.translations.queries.texts import Wording, load_wording
from ddplatform.supplier_engagement.words.translations import review_words
from questionnaires import minutes_of, seconds_in_all
from questionnaires.form.label_media import named_line
from questionnaires.form.languages import tongue_of


@bp.get("/<uuid:assignment_id>/questions")
@requires(Permission.RESPONSE_ANSWER)
def questions(assignment_id: UUID) -> ResponseReturnValue:
    """Every question of this questionnaire, to be read first."""
    asked = get_request(assignment_id)
    back = url_for(".show", assignment_id=assignment_id)
    paper = url_for(".questions_pdf", assignment_id=assignment_id)
    return _page(
        asked.assignment,
        back=back,
        paper=paper,
        media=lambda name: url_for(".media", assignment_id=assignment_id, name=name),
        asked=asked,
    )


@bp.get("/<uuid:assignment_id>/questions.pdf")
@requires(Permission.RESPONSE_ANSWER)
def questions_pdf(assignment_id: UUID) -> ResponseReturnValue:
    """The same on paper."""
    return _paper(get_request(assignment_id).assignment)


@respond.get("/respond/<token>/questions")
@public
def questions_first(token: str) -> ResponseReturnValue:
    """Every question, for holders of the link who have not begun."""
    assignment = _invited(token)
    back = url_for("respond.open_questions", token=token)
    paper = url_for("respond.questions_first_pdf", token=token)
    return _page(
        assignment,
        back=back,
        paper=paper,
        media=lambda name: url_for("respond.questions_first_media", token=token, name=name),
    )


@respond.get("/respond/<token>/questions.pdf")
@public
def questions_first_pdf(token: str) -> ResponseReturnValue:
    """The same on paper."""
    return _paper(_invited(token))


@respond.get("/respond/<token>/media/<name>")
@public
def questions_first_media(token: str, name: str) -> ResponseReturnValue:
    """Media files of the labels of these questions."""
    return serve(get_media(get_version(_invited(token).version_id), name))


def _invited(token: str) -> Assignment:
    invitation = find_invitation(token)
    if invitation.used_at is not None or invitation.expires_at < g.now:
        raise NotFound(gettext("This link does not work any more."), gettext("Ask for a new link."))
    return get_invited(invitation)


def _wording(assignment: Assignment) -> Wording:
    return load_wording(assignment.version_id, assignment.organisation_id)


def _sections(assignment: Assignment, wording: Wording) -> list[SectionToRead]:
    form = wording.plan.form
    return list(
        all_questions(form, tongue_of(form, current_language()), light=assignment.light_mode)
    )


def _count(sections: Sequence[SectionToRead]) -> int:
    """The number of numbered questions: a further field is not counted as one of its own."""
    return sum(1 for section in sections for question in section.questions if question.number)


def _minutes(assignment: Assignment, wording: Wording) -> int:
    return minutes_of(seconds_in_all(wording.plan.form, light=assignment.light_mode))


def _time(minutes: int) -> str:
    return ngettext("about %(num)s minute", "about %(num)s minutes", minutes)


def _page(
    assignment: Assignment,
    *,
    back: str,
    paper: str,
    media: Callable[[str], str],
    asked: object = None,
) -> ResponseReturnValue:
    wording = _wording(assignment)
    sections = _sections(assignment, wording)
    count = _count(sections)
    names = {one.name for one in list_media(get_version(assignment.version_id))}
    more = {"asked": asked} if asked else {}
    return render_template(
        "supplier_engagement/questions/questions.html",
        sections=sections,
        tongue=tongue_of(wording.plan.form, current_language()),
        count=count,
        minutes=_minutes(assignment, wording),
        review=wording.review(current_language()),
        title=get_title(assignment.version_id, wording.titles, current_language()),
        requester=get_organisation(assignment.organisation_id).name,
        assignment=assignment,
        help=get_help_contact(assignment.organisation_id, assignment.sent_by_id),
        back=back,
        paper=paper,
        media=lambda files: views_of(files, names, media),
        **more,
    )


def _paper(assignment: Assignment) -> ResponseReturnValue:
    with lazy.scripts.speaking_on_paper():
        content = _drawn(assignment)
    return as_download(ExportedFile("questions.pdf", PDF, content))


def _drawn(assignment: Assignment) -> bytes:
    wording = _wording(assignment)
    sections = _sections(assignment, wording)
    requester = get_organisation(assignment.organisation_id).name
    came_along = {one.name: one for one in list_media(get_version(assignment.version_id))}
    return render_questions(
        QuestionPaper(
            title=get_title(assignment.version_id, wording.titles, current_language()),
            requester=gettext("%(name)s asks", name=requester),
            respondent=assignment.node_name,
            statement=gettext(
                "Every question that may be asked, to be read and talked over first. "
                "Answers are given on the page of the link, not here."
            ),
            lines=(
                (gettext("Please answer by"), day(assignment.due_on)),
                (gettext("Questions"), str(_count(sections))),
                (gettext("Time, if all are asked"), _time(_minutes(assignment, wording))),
            ),
            note_title=gettext("Honest answers bring help, not loss of orders"),
            note=gettext(
                "Every work place has problems. If you tell of one, you plan together what helps. "
                "Never write the name of a child."
            ),
            translation=review_words(wording.review(current_language())),
            sections=[
                PaperSection(
                    one.number, one.title, [_printed(q, came_along) for q in one.questions]
                )
                for one in sections
            ],
            language=current_language(),
        )
    )


def _printed(question: QuestionToRead, came_along: Mapping[str, MediaFile]) -> PaperQuestion:
    files = [one for one in question.files if one.name in came_along]
    return PaperQuestion(
        question.number,
        question.label,
        [words for words, _ in question.choices],
        [*(named_line(one) for one in files if not one.is_picture), *_remarks(question)],
        [Photo(read(came_along[one.name]), one.label) for one in files if one.is_picture],
    )


def _remarks(question: QuestionToRead) -> list[str]:
    found = [question.hint] if question.hint else []
    if question.is_many:
        found.append(gettext("More than one answer may be right."))
    if question.is_conditional:
        found.append(gettext("Asked only after certain answers."))
    if question.is_repeated:
        found.append(gettext("Asked for each entry of a list."))
    if question.takes_files:
        found.append(gettext("A photo or document can be added."))
    if question.why:
        found.append(gettext("Why we ask: %(why)s", why=question.why))
    return found
