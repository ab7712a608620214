"""The workbook of one questionnaire, in the language of the supplier."""

from datetime import datetime
from uuid import UUID

from babel.dates import format_date

from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import current_locale, direction_of, gettext, speaking
from ddplatform.supplier_engagement.library.queries import get_version
from ddplatform.supplier_engagement.own_forms.queries.media import list_media
from ddplatform.supplier_engagement.responses.queries.responses import (
    Request,
    find_response,
    get_request,
    load_filled,
)
from ddplatform.supplier_engagement.translations.queries.texts import Review, load_wording
from ddplatform.supplier_engagement.words.translations import review_words
from questionnaires import Response
from questionnaires.form.languages import language_of
from questionnaires.workbook.words import BookWords
from questionnaires.workbook.workbook import BookFacts, write_answer_workbook


def write_book(assignment_id: UUID, *, at: datetime) -> tuple[str, bytes]:
    """The name and the bytes of the workbook with the current answers.

    Raises:
        Conflict: the questions were never opened.
    """
    request = get_request(assignment_id)
    row = find_response(assignment_id)
    if row is None:
        raise Conflict(
            gettext("These questions are not open yet."), gettext("Open them on their page first.")
        )
    filled = load_filled(request.assignment, row, now=at, plan=request.plan)
    form = request.plan.form
    language = language_of(form, row.language)
    source = None
    if language not in (None, form.default_language):
        source = Response(
            request.plan,
            filled.form.answers(),
            now=at,
            seed=str(row.id),
            last_saved=filled.form.last_saved,
        )
    with speaking(row.language):
        facts = BookFacts(
            assignment=str(assignment_id),
            response=str(row.id),
            round=row.round,
            title=request.title,
            requester=request.requester,
            respondent=request.assignment.node_name,
            due=format_date(request.assignment.due_on, "long", current_locale()),
            written=at.isoformat(),
        )
        wording = load_wording(request.assignment.version_id, request.assignment.organisation_id)
        words = book_words(row.language, wording.review(row.language))
    book = write_answer_workbook(
        filled.form,
        facts,
        words,
        source=source,
        language=language,
        light=request.assignment.light_mode,
        files=[one.name for one in list_media(get_version(request.assignment.version_id))],
    )
    return f"{_plain(request)}.xlsx", book


def _plain(request: Request) -> str:
    form = request.plan.form
    return f"{form.form_id}-{str(request.assignment.id)[:8]}"


def book_words(language: str, review: Review) -> BookWords:
    """The words of a workbook in the language spoken now.

    Args:
        review: how far a person has confirmed the translation of its questions.
    """
    return BookWords(
        is_right_to_left=direction_of(language) == "rtl",
        read_me=gettext("Read me"),
        question=gettext("Question"),
        source=gettext("In the language of the form"),
        answer=gettext("Your answer"),
        state=gettext("State"),
        help=gettext("Help"),
        number=gettext("No."),
        number_in_text=gettext("No. in: {title}"),
        new=gettext("new"),
        needed=_bare(gettext("needed")),
        optional=_bare(gettext("if you like")),
        answered=_bare(gettext("answered")),
        now_applies=_bare(gettext("applies, as you answered so far")),
        not_applicable=_bare(gettext("does not apply")),
        yes=_bare(gettext("Yes")),
        no=_bare(gettext("No")),
        file=gettext("Add files on the page of this section."),
        from_list=gettext("Choose one of the answers in the list."),
        go_to_text=gettext("Fill in the sheet: {title}"),
        about_text=(
            gettext("{requester} asks. {respondent} answers."),
            gettext("Please send your answers by {due}."),
        ),
        translation=review_words(review),
        advice=(
            gettext("Write in the yellow cells only. The other cells are locked."),
            gettext("Some answers have a list: click the cell, then the arrow beside it."),
            gettext("Grey lines do not apply to you. Leave them empty."),
            gettext(
                "Where a sheet has one row for each entry (a site, a supplier), use the rows"
                " marked new."
            ),
            gettext("Do not move, add or delete rows, columns or sheets."),
            gettext("Never write the name of a child or of a worker."),
            gettext(
                "When you are done, save the workbook as .xlsx and upload it where you downloaded"
                " it. You see what will change before anything is kept. Nothing is sent until you"
                " press Send."
            ),
        ),
    )


def _bare(word: str) -> str:
    """A word that a formula can hold."""
    return word.replace('"', "")
