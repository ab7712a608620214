"""Sharing of answers with a further buyer: by consent, for a section, until a day.

The receiving buyer sees the answers with the day on which they were given, never to whom. When a
consent is withdrawn or expires, that buyer no longer sees them; its earlier conclusions stay.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from ddplatform.audit.services import log as audit
from ddplatform.core.months import add_months
from ddplatform.evidence.search import services as evidence_search
from ddplatform.evidence.uploads import services as evidence
from ddplatform.evidence.uploads.models import Evidence, EvidenceLink
from ddplatform.evidence.uploads.queries.documents import get_evidence
from ddplatform.infrastructure.access.identity import Act, system_identity
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.receiving.services.entries import forget_hidden
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.supplier_engagement.responses.models import Response as ResponseRow
from ddplatform.supplier_engagement.responses.queries.responses import (
    FileOfAnswer,
    Filled,
    find_response,
    get_request,
    list_files,
    load_filled,
)
from ddplatform.supplier_engagement.responses.services.drafts import (
    count_progress,
    finish,
    mark_given,
    open_draft,
)
from ddplatform.supplier_engagement.responses.services.prefill import put_answers
from ddplatform.supplier_engagement.sharing.models import SectionShare
from ddplatform.supplier_engagement.sharing.queries.sharing import (
    Source,
    find_share,
    get_share,
    get_source,
    list_run_out,
)
from ddplatform.supplier_engagement.sharing.queries.shown import (
    list_flags_of_rounds,
    list_shared_answers,
    list_shared_files,
)
from questionnaires import Page
from questionnaires.form.form import UPLOADS
from questionnaires.scoring.given import without_places

EXPIRE = "sharing:expire"
TELL = "sharing:tell_ended"
MOST_MONTHS = 12


def share_section(
    assignment_id: UUID, response_id: UUID, section: str, *, months: int, act: Act
) -> SectionShare:
    """Show one section of answers that another buyer has to this one too, until a day.

    Only blank answers are filled: nothing that was typed here is replaced. A section that is
    complete by it counts as done, unless a question of it has other words than the one that was
    answered: then it is looked at first. Nothing reaches the buyer before the answers are sent.

    Args:
        response_id: the round that was sent to the other buyer.
        months: how long the buyer may see it, 1 to 12.

    Raises:
        Invalid: longer than a year, or nothing of it is asked in this section.
        NotFound: no such answers of this supplier, or too old.
        Conflict: nothing is being written now.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise Invalid(fields={"months": gettext("Choose 1 to 12 months.")})
    filled = open_draft(assignment_id, at=act.at)
    source = get_source(filled, response_id, at=act.at)
    texts = source.in_section(filled, section)
    if not texts:
        raise Invalid(
            gettext("Nothing of this section was asked before, or you answered it here already."),
            gettext("Choose another section."),
        )
    share = _new_share(filled, source, section, months=months, act=act)
    paths = set(put_answers(filled.form, texts)) | _copy_files(
        filled,
        source,
        section,
        act=act,
    )
    finish(filled, page="", act=act)
    mark_given(filled, paths, given_at=source.sent_at, share_id=share.id)
    share.reworded = _reworded(source, paths)
    _count_as_done(filled, section, is_reworded=bool(share.reworded))
    audit.record(
        "sharing:grant",
        share,
        act=act,
        section=section,
        given_to_first=response_id,
        answers=len(paths),
        reworded=len(share.reworded),
        expires_on=share.expires_on,
    )
    return share


def _reworded(source: Source, paths: Collection[str]) -> dict[str, str]:
    filled = {without_places(path) for path in paths}
    return {path: words for path, words in source.reworded.items() if path in filled}


def _new_share(
    filled: Filled, source: Source, section: str, *, months: int, act: Act
) -> SectionShare:
    share = SectionShare(
        organisation_id=filled.row.organisation_id,
        respondent_organisation_id=filled.row.respondent_organisation_id,
        assignment_id=filled.assignment.id,
        section=section,
        given_at=source.sent_at,
        expires_on=add_months(act.at.date(), months),
        granted_at=act.at,
        granted_by_id=act.by.user_id,
    )
    db.session.add(share)
    db.session.flush()  # answers point to it
    return share


def _copy_files(filled: Filled, source: Source, section: str, *, act: Act) -> set[str]:
    """Documents are kept once more, in the folder of this buyer; returns where they stand."""
    uploads = {
        question.path
        for question in filled.form.form.section(section).questions()
        if question.kind in UPLOADS
    }
    found = set()
    for path, files in source.files.items():
        if without_places(path) in uploads and not filled.form.answers().get(path):
            names = [_copy(filled.row, path, file, act=act) for file in files]
            filled.form.set(path, ", ".join(names))
            found.add(path)
    return found


def _copy(row: ResponseRow, path: str, file: FileOfAnswer, *, act: Act) -> str:
    first = get_evidence(file.evidence_id, with_restricted=True)
    content = adapters().files.get(first.storage_organisation_id, first.sha256)
    copy = Evidence(
        organisation_id=row.organisation_id,
        respondent_organisation_id=row.respondent_organisation_id,
        sha256=adapters().files.put(row.organisation_id, content),
        storage_organisation_id=row.organisation_id,
        filename=first.filename,
        media_type=first.media_type,
        size_bytes=first.size_bytes,
        description=first.description,
        confidentiality=first.confidentiality,
        is_stripped=first.is_stripped,
        traces=first.traces,
        issued_on=first.issued_on,
        valid_until=first.valid_until,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(copy)
    db.session.flush()  # its link names it
    evidence_search.search_if_waiting(copy, act=act)
    evidence.attach(copy, row, at=act.at, path=path)
    return copy.filename


def _count_as_done(filled: Filled, section: str, *, is_reworded: bool) -> None:
    page = next((page for page in filled.pages if page.name == section), None)
    others = [name for name in filled.row.visited_sections if name != section]
    if is_reworded:
        filled.row.visited_sections = others
    elif page is not None and _is_complete(page):
        filled.row.visited_sections = [*others, section]
    count_progress(filled)


def _is_complete(page: Page) -> bool:
    return not any(page.problems())


def release_shares(row: ResponseRow) -> None:
    """The answers were sent: the buyer reads on which day the shared ones were given."""
    db.session.execute(
        update(SectionShare)
        .where(SectionShare.assignment_id == row.assignment_id, SectionShare.ended_at.is_(None))
        .values(is_released=True)
        .execution_options(synchronize_session=False)
    )


def end_share(share_id: UUID, *, act: Act) -> SectionShare:
    """Take a consent back: the buyer sees the answers under it no longer, nor their documents.

    Answers not sent yet are blank again, to be answered.

    Raises:
        NotFound: this organisation gave no such consent.
        Conflict: it ended already.
    """
    share = _held(get_share(share_id))
    if share.ended_at is not None:
        raise Conflict(
            gettext("This consent ended already."),
            gettext("The buyer does not see these answers."),
        )
    _end(share, act=act)
    audit.record("sharing:end", share, act=act, section=share.section)
    return share


def expire_shares(*, act: Act) -> int:
    """End the consents of the acting organisation whose last day is past; returns how many."""
    run_out = [_held(share) for share in list_run_out(act.at)]
    found = [share for share in run_out if share.ended_at is None]
    for share in found:
        _end(share, act=Act(system_identity(act.by.organisation_id), act.at))
        audit.record(
            "sharing:expire",
            share,
            act=Act(system_identity(act.by.organisation_id), act.at),
            expires_on=share.expires_on,
        )
    return len(found)


def tell_ended(share_id: UUID, *, act: Act) -> None:
    """Remove answers no longer shown from the buyer's results; its log records it."""
    share = find_share(share_id)
    if share is not None:
        forget_hidden(share.assignment_id, share.section)
        audit.record("sharing:was_ended", share, act=act, section=share.section)


def _held(share: SectionShare) -> SectionShare:
    """The same consent, held with the answers under it: first those, as who sends them does."""
    find_response(share.assignment_id, for_change=True)
    return get_share(share.id, for_change=True)


def _end(share: SectionShare, *, act: Act) -> None:
    share.ended_at, share.ended_by_id = act.at, act.by.user_id
    hidden = {(answer.response_id, answer.path) for answer in _hide_answers(share)}
    hidden |= {(link.target_id, link.path or "") for link in _hide_files(share, at=act.at)}
    _blank_flags(hidden)
    db.session.flush()  # what was hidden is not read any more
    newest = find_response(share.assignment_id)
    if newest is not None and newest.submitted_at is None:
        paths = [path for response_id, path in sorted(hidden) if response_id == newest.id]
        _blank(share.assignment_id, newest, paths, act=act)
    if share.is_released:
        jobs.enqueue(
            TELL,
            {"share_id": str(share.id)},
            act=Act(system_identity(share.organisation_id), act.at),
            unique_key=f"{TELL}:{share.id}",
        )


def _blank(assignment_id: UUID, row: ResponseRow, paths: list[str], *, act: Act) -> None:
    """Questions not sent yet are asked again; documents of one's own stay where they are."""
    request = get_request(assignment_id)
    filled = load_filled(request.assignment, row, now=act.at, plan=request.plan)
    left = list_files(row.id)
    for path in paths:
        filled.form.set(path, ", ".join(file.filename for file in left.get(path, ())))
    finish(filled, page="", act=act)


def _hide_answers(share: SectionShare) -> Sequence[Answer]:
    found = list_shared_answers(share.id)
    for answer in found:
        answer.is_released = False
    return found


def _blank_flags(hidden: Collection[tuple[UUID, str]]) -> None:
    """The existence of a red flag stays with the buyer, who acts on it; the answer does not."""
    for flag in list_flags_of_rounds({response_id for response_id, _ in hidden}):
        if (flag.response_id, flag.path) in hidden:
            flag.answer = ""


def _hide_files(share: SectionShare, *, at: datetime) -> Sequence[EvidenceLink]:
    """Withhold the documents that came with a consent."""
    found = list_shared_files(share)
    for link, document in found:
        link.is_released = document.is_released = False
        document.withdrawn_at = document.withdrawn_at or at
    return [link for link, _ in found]
