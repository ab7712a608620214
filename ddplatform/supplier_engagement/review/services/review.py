"""The requester's review: acceptance, questions back, acceptance of documents, return."""

from collections.abc import Sequence
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.lifecycle import require_step
from ddplatform.core.due_diligence.step_facts import QuestionnaireFacts
from ddplatform.core.due_diligence.vocabulary import Machine
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid, NotFound
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import gettext, lazy_gettext, ngettext
from ddplatform.supplier_engagement.library.queries import get_assignment
from ddplatform.supplier_engagement.receiving.services.receiving import refute_flag, score_again
from ddplatform.supplier_engagement.requests.services.requests import show_on_map
from ddplatform.supplier_engagement.responses.models import (
    AnswerMessage,
    AnswerReview,
    RedFlag,
    ResponseStatus,
    ReviewDecision,
)
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.queries.responses import (
    Filled,
    asked_back,
    find_response,
    get_response,
    list_messages,
    list_red_flags,
    load_filled,
)
from ddplatform.supplier_engagement.review.queries.reviews import (
    list_accepted_paths,
    list_decisions,
)

TELL_RETURNED = "questionnaire:tell_returned"
TELL_ESCALATED = "questionnaire:tell_escalated"
MAX_TEXT = 2000
WHOLE = ""
"""The path of a decision on a response as a whole."""
_FLAG = "flag:"


DECISION_WORDS = {
    ReviewDecision.ACCEPTED: lazy_gettext("Accepted"),
    ReviewDecision.ASKED_BACK: lazy_gettext("Clarification requested"),
    ReviewDecision.FINDING: lazy_gettext("Finding"),
    ReviewDecision.ESCALATED: lazy_gettext("Decision asked for"),
}


def accept_answer(assignment_id: UUID, path: str, *, seen: str | None = None, act: Act) -> None:
    """Take one answer as it is.

    Args:
        seen: id of the newest decision that the reviewer was shown, "" for none; None: not asked.

    Raises:
        Conflict: somebody else decided about this answer meanwhile; with both versions.
    """
    filled = _begin(assignment_id, act=act)
    _require_seen(filled, path, seen, mine=ReviewDecision.ACCEPTED, by=act.by)
    _decide(filled, path, ReviewDecision.ACCEPTED, act=act)
    audit.record("response:accept_answer", filled.row, act=act, path=path)


def judge_documents(
    assignment_id: UUID, path: str, *, accepted: bool, seen: str | None = None, act: Act
) -> None:
    """Record whether the documents of an answer support it; the answers are scored again.

    Raises:
        Conflict: as in `accept_answer`.
    """
    filled = _begin(assignment_id, act=act)
    _require_seen(filled, path, seen, mine=ReviewDecision.ACCEPTED, by=act.by)
    _decide(filled, path, ReviewDecision.ACCEPTED, act=act, evidence=accepted)
    db.session.flush()  # scoring reads the decision
    score_again(filled, act=act)
    audit.record("response:judge_documents", filled.row, act=act, path=path, accepted=accepted)


def ask_back(
    assignment_id: UUID, path: str, text: str, *, seen: str | None = None, act: Act
) -> None:
    """Ask about one answer; the supplier sees it at once and answers when it comes back.

    Raises:
        Invalid: there is no question in the text.
        Conflict: as in `accept_answer`.
    """
    if not text.strip():
        raise Invalid(fields={"text": gettext("Write what you want to know.")})
    if len(text) > MAX_TEXT:
        raise Invalid(
            fields={
                "text": gettext("Shorten the question to %(number)s characters.", number=MAX_TEXT)
            }
        )
    filled = _begin(assignment_id, act=act)
    _require_seen(filled, path, seen, mine=ReviewDecision.ASKED_BACK, note=text.strip(), by=act.by)
    _decide(filled, path, ReviewDecision.ASKED_BACK, act=act, note=text.strip())
    assignment = filled.assignment
    db.session.add(
        AnswerMessage(
            organisation_id=assignment.organisation_id,
            respondent_organisation_id=assignment.respondent_organisation_id,
            assignment_id=assignment.id,
            path=path,
            from_requester=True,
            author_name=act.by.name,
            text=text.strip(),
            created_at=act.at,
        )
    )
    audit.record("response:ask_back", filled.row, act=act, path=path)


def accept_section(assignment_id: UUID, section: str, *, act: Act) -> int:
    """Take every answer of a section that nobody decided about yet; returns how many.

    Raises:
        NotFound: no such section.
    """
    filled = _begin(assignment_id, act=act)
    page = next((page for page in filled.pages if page.name == section), None)
    if page is None:
        raise NotFound()
    decided = list_decisions(filled.row.id)
    flagged = {flag.path for flag in list_red_flags(filled.row.id) if flag.handled_at is None}
    paths = [item.state.path for item in page.questions()]
    open_ones = [path for path in paths if path not in decided and path not in flagged]
    for path in open_ones:
        _decide(filled, path, ReviewDecision.ACCEPTED, act=act)
    audit.record(
        "response:accept_section",
        filled.row,
        act=act,
        section=section,
        answers=len(open_ones),
    )
    return len(open_ones)


def return_answers(assignment_id: UUID, *, reason: str, act: Act) -> None:
    """Send the answers back for one more round.

    Raises:
        StepNotAllowed: nothing was asked back and no reason is given.
    """
    filled = _begin(assignment_id, act=act)
    asked = asked_back(list_messages(assignment_id))
    why = reason.strip() or (f"{len(asked)} questions asked back" if asked else "")
    _step(filled, State.RETURNED, _facts(filled, act.by, reason=why))
    filled.row.status = ResponseStatus.RETURNED
    jobs.enqueue(TELL_RETURNED, {"assignment_id": str(assignment_id)}, act=act)
    audit.record("response:return", filled.row, act=act, reason=why)


def escalate(assignment_id: UUID, *, reason: str, act: Act) -> None:
    """Hand the decision to the reviewers: each is notified, and the reason is recorded.

    The supplier reads only that the answers are being read.

    Raises:
        StepNotAllowed: no reason, or the answers are not in review.
    """
    filled = _begin(assignment_id, act=act)
    _step(filled, State.ESCALATED, _facts(filled, act.by, reason=reason))
    note = reason.strip()[:MAX_TEXT]
    _add(filled, WHOLE, ReviewDecision.ESCALATED, note=note, act=act)
    jobs.enqueue(TELL_ESCALATED, {"assignment_id": str(assignment_id)}, act=act)
    audit.record("response:escalate", filled.row, act=act, reason=reason.strip())


def accept_all(assignment_id: UUID, *, act: Act) -> None:
    """Close the review: every answer without a decision is taken as it is.

    Raises:
        Conflict: a question is asked back, maybe by somebody else: nobody would ever answer it.
        StepNotAllowed: a red flag was not looked at, or the reviewer answered it.
    """
    filled = _begin(assignment_id, act=act)
    _require_none_asked_back(filled)
    looked = all(flag.handled_at is not None for flag in list_red_flags(filled.row.id))
    _step(filled, State.ACCEPTED, _facts(filled, act.by, looked=looked))
    filled.row.status, filled.assignment.decided_at = ResponseStatus.ACCEPTED, act.at
    audit.record("response:accept", filled.row, act=act)


def turn_into_finding(response_id: UUID, path: str, *, act: Act) -> None:
    """Note on an answer that it became a finding; part of recording that, which leaves the event.

    Open answers and answers that were accepted meanwhile can become one alike.

    Raises:
        NotFound: no such answers, or no such question in them.
    """
    row = get_response(response_id)
    filled = load_filled(get_assignment(row.assignment_id), row, now=act.at)
    _decide(filled, path, ReviewDecision.FINDING, act=act)


def handle_flag(
    assignment_id: UUID,
    flag_id: UUID,
    *,
    note: str,
    refuted: bool,
    seen: str | None = None,
    act: Act,
) -> None:
    """Record the review of a red flag and the action on it; more can be added later.

    Args:
        refuted: it proved to be a mistake. Only then its fact ends: looking alone lowers no risk.
        seen: as in `accept_answer`, of what was said about the flag.

    Raises:
        Invalid: nothing is said, or too much.
        NotFound: the newest answers have no such flag.
        Conflict: somebody else looked at it meanwhile; with both versions.
    """
    if not note.strip():
        raise Invalid(fields={"note": gettext("Enter the measures taken, without names.")})
    if len(note) > MAX_TEXT:
        raise Invalid(
            fields={"note": gettext("Shorten it to %(number)s characters.", number=MAX_TEXT)}
        )
    filled = _begin(assignment_id, act=act)
    flag: RedFlag | None = next(
        (found for found in list_red_flags(filled.row.id) if found.id == flag_id), None
    )
    if flag is None:
        raise NotFound()
    _require_seen(
        filled, of_flag(flag.id), seen, mine=ReviewDecision.ACCEPTED, note=note.strip(), by=act.by
    )
    flag.handled_at, flag.handled_by_id = act.at, act.by.user_id
    # The flag itself is the supplier's too; what the reviewer says of it is not.
    _add(filled, of_flag(flag.id), ReviewDecision.ACCEPTED, note=note.strip(), act=act)
    if refuted:
        refute_flag(flag.id, at=act.at)
    audit.record(
        "red_flag:handle", flag, act=act, code=flag.code, note=note.strip(), refuted=refuted
    )


def of_flag(flag_id: UUID) -> str:
    """The path of reviewers' statements on a red flag."""
    return f"{_FLAG}{flag_id}"


def _require_none_asked_back(filled: Filled) -> None:
    decisions = list_decisions(filled.row.id).values()
    asking = [one for one in decisions if one.decision is ReviewDecision.ASKED_BACK]
    if asking:
        names = ", ".join(sorted({one.by for one in asking}))
        raise Conflict(
            ngettext(
                "%(names)s requested clarification on %(num)s of these answers; accepting them "
                "all would leave that request without an answer.",
                "%(names)s requested clarification on %(num)s of these answers; accepting them "
                "all would leave those requests without an answer.",
                len(asking),
                names=names,
            ),
            gettext("Send the answers back, or first accept each answer in question."),
        )


def _begin(assignment_id: UUID, *, act: Act) -> Filled:
    """The round in review; the first act of a reviewer begins the review."""
    get_assignment(assignment_id)
    row = find_response(assignment_id, for_change=True)
    # Read anew: whoever held the response before may have decided.
    assignment = get_assignment(assignment_id, for_change=True)
    if row is None or row.status is not ResponseStatus.SUBMITTED:
        raise Conflict(gettext("There are no answers to review now."))
    filled = load_filled(assignment, row, now=act.at)
    if assignment.status is State.SUBMITTED:
        _step(filled, State.UNDER_REVIEW, _facts(filled, act.by))
    return filled


def _facts(
    filled: Filled, by: Identity, *, reason: str = "", looked: bool = False
) -> QuestionnaireFacts:
    return QuestionnaireFacts(
        reviewer=by.user_id,
        respondent=filled.row.declared_by_id,
        reason=reason,
        red_flags_looked_at=looked,
    )


def _step(filled: Filled, to: State, facts: QuestionnaireFacts) -> None:
    require_step(Machine.QUESTIONNAIRE, filled.assignment.status, to, facts)
    filled.assignment.status = to
    show_on_map(filled.assignment)


def _require_seen(
    filled: Filled,
    path: str,
    seen: str | None,
    *,
    mine: ReviewDecision,
    note: str = "",
    by: Identity,
) -> None:
    """Two reviewers at one response: who was slower sees both decisions before one of them stands.

    The newest decision counts, and none is ever erased.
    """
    newest = list_decisions(filled.row.id).get(path)
    if seen is None or newest is None or str(newest.id) == seen or newest.by_id == by.user_id:
        return
    raise Conflict(
        gettext("%(person)s decided about this while you read it.", person=newest.by),
        gettext("Compare both decisions, then decide again: the newest decision applies."),
        theirs={newest.by: _words(path, newest.decision, newest.note)},
        mine={newest.by: _words(path, mine, note)},
    )


def _words(path: str, decision: ReviewDecision, note: str) -> str:
    word = gettext("Reviewed") if path.startswith(_FLAG) else str(DECISION_WORDS[decision])
    return word + (f": {note}" if note else "")


def _decide(
    filled: Filled,
    path: str,
    decision: ReviewDecision,
    *,
    act: Act,
    note: str = "",
    evidence: bool | None = None,
) -> None:
    if path not in _known_paths(filled):
        raise NotFound()
    if evidence is None:
        evidence = path in list_accepted_paths(filled.row.id)
    _add(filled, path, decision, evidence=evidence, note=note, act=act)


def _add(
    filled: Filled,
    path: str,
    decision: ReviewDecision,
    *,
    note: str,
    evidence: bool = False,
    act: Act,
) -> None:
    db.session.add(
        AnswerReview(
            response_id=filled.row.id,
            path=path,
            decision=decision,
            evidence_accepted=evidence,
            note=note,
            created_at=act.at,
            created_by_id=act.by.user_id,
        )
    )


def _known_paths(filled: Filled) -> Sequence[str]:
    return [item.state.path for page in filled.pages for item in page.questions()]


def get_reviewed(assignment_id: UUID) -> ResponseRow:
    """The newest round that the requester may read, or NotFound."""
    row = find_response(get_assignment(assignment_id).id)
    if row is None:
        raise NotFound()
    return row
