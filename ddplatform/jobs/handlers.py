"""Which service call each job's name stands for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ddplatform.access.identity import Identity
from ddplatform.access.permissions import Permission
from ddplatform.db import finish, unit_of_work
from ddplatform.queries.risk_runs import has_run
from ddplatform.reports.errors import FactsRefused
from ddplatform.services import (
    action_reminders,
    assessment_changes,
    assessment_nightly,
    assessments,
    audit,
    bulk_changes,
    campaign_reminders,
    campaign_sending,
    campaigns,
    cascade,
    case_officers,
    demo_removal,
    invitations,
    map_apply,
    map_import,
    map_past_days,
    match_search,
    matching_imports,
    matching_many,
    matching_preview,
    reassessment_triggers,
    report_sealing,
    response_review_sampling,
    returned_books,
    returned_books_mail,
    screening,
    screening_lists,
    sessions,
    sharing,
    visit_plan_requests,
    what_if_requests,
)
from ddplatform.services.assessment_leftovers import clear_begun
from ddplatform.services.questionnaire_library import publish_shipped
from ddplatform.services.questionnaire_reminders import CHASE, REMIND, chase, send_reminder
from ddplatform.services.reports import BUILD
from ddplatform.services.response_receiving import receive
from ddplatform.services.response_review import TELL_ESCALATED, TELL_RETURNED
from ddplatform.services.response_review_mails import tell_escalated, tell_returned
from ddplatform.services.response_submission import RECEIVE
from ddplatform.services.returned_books_mail import tell_brought
from ddplatform.services.risk import REASSESS
from ddplatform.tenancy import acting_in

Result = Mapping[str, Any] | None


@dataclass(frozen=True)
class JobContext:
    """What a handler may know of its job."""

    payload: Mapping[str, Any]
    by: Identity
    at: datetime
    progress: Callable[[int, int], None]
    """Tell how much is done of how much; only between units of work."""
    id: UUID | None = None
    """The job itself: the same at each attempt."""

    def id_of(self, name: str) -> UUID:
        """An id of the payload."""
        return UUID(self.payload[name])

    @contextmanager
    def unit(self) -> Iterator[None]:
        """A unit of work in the tenant of the job, for staged handlers."""
        with unit_of_work(), acting_in(self.by.organisation_id):
            yield

    @contextmanager
    def look(self) -> Iterator[None]:
        """Reading in the tenant of the job: nothing is kept, and nobody waits for it to end."""
        with acting_in(self.by.organisation_id):
            try:
                yield
            finally:
                finish(ok=False)


@dataclass(frozen=True)
class Handler:
    """How a job is done. Every handler can run twice: the worker may be killed at any time."""

    run: Callable[[JobContext], Result]
    permission: Permission | None = None
    """What the requester must still be allowed when the job runs."""
    is_staged: bool = False
    """Long work: it opens its own units of work and reports progress between them."""


def _send_invitation(job: JobContext) -> None:
    retry_of = job.payload.get("retry_of")
    invitations.send(job.id_of("invitation_id"), at=job.at, retry_of=retry_of)


def _tell_officers(job: JobContext) -> None:
    case_officers.send_news(job.id_of("user_id"), at=job.at)


def _sign_checkpoint(job: JobContext) -> None:
    audit.sign_checkpoint(at=job.at)


def _drop_sample_files(job: JobContext) -> None:
    demo_removal.drop_files(job.payload)


def _end_consents(job: JobContext) -> Result:
    return {"ended": sharing.expire_shares(by=job.by, at=job.at)}


def _refresh_cascade(job: JobContext) -> Result:
    return {"changed": cascade.refresh_states()}


def _tell_consent_ended(job: JobContext) -> None:
    sharing.tell_ended(job.id_of("share_id"), by=job.by, at=job.at)


def _end_expired_sessions(job: JobContext) -> Result:
    return {"ended": sessions.end_expired_sessions(at=job.at)}


def _preview_import(job: JobContext) -> None:
    import_id = job.id_of("import_id")
    with job.look():
        plan = map_import.plan_reading(import_id, job.by)
    job.progress(1, 4)
    opened = map_import.open_files(plan)
    with job.unit():
        plan = map_import.recall_mapping(import_id, plan, opened)
    job.progress(2, 4)
    reading = map_import.read_files(plan, opened)
    job.progress(3, 4)
    with job.look():
        asked = matching_preview.plan_doubles(import_id, reading)
    doubles = matching_imports.find_doubles(asked)
    with job.unit():
        map_import.keep_preview(import_id, reading, doubles)


def _apply_import(job: JobContext) -> Result:
    import_id = job.id_of("import_id")
    with job.look():
        plan = map_import.plan_reading(import_id, job.by)
    job.progress(1, 4)
    reading = map_import.read_files(plan)
    job.progress(2, 4)
    with job.look():
        compared = map_apply.compare_import(import_id, reading)
    job.progress(3, 4)
    with job.unit():
        done = map_apply.apply_import(
            import_id,
            reading,
            compared,
            archive_links=bool(job.payload.get("archive_links")),
            by=job.by,
            at=job.at,
        )
        matching_preview.search_after(import_id, done, by=job.by, at=job.at)
        return done


def _search_duplicates(job: JobContext) -> Result:
    run_id = job.id_of("run_id")
    return match_search.search(run_id, unit=job.unit, progress=job.progress, at=job.at)


def _merge_many(job: JobContext) -> Result:
    return matching_many.merge_many(
        job.id_of("run_id"), unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _undo_many(job: JobContext) -> Result:
    return matching_many.undo_many(
        job.id_of("run_id"), unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _change_many(job: JobContext) -> Result:
    return bulk_changes.carry_out(
        job.id_of("change_id"), unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _accept_rest(job: JobContext) -> Result:
    return response_review_sampling.accept_rest(
        job.id_of("sample_id"), unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _send_campaign(job: JobContext) -> Result:
    assert job.id is not None
    return campaign_sending.carry_out(
        job.id_of("campaign_id"), job.id, unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _go_on_with_campaigns(job: JobContext) -> Result:
    return campaign_sending.go_on_with_all(by=job.by, at=job.at)


def _remind_of_campaigns(job: JobContext) -> Result:
    return campaign_reminders.remind_by_calendar(unit=job.unit, by=job.by, at=job.at)


def _tell_owner(job: JobContext) -> None:
    campaign_reminders.tell_owner(job.id_of("campaign_id"), job.id_of("user_id"), at=job.at)


def _assess_chain(job: JobContext) -> Result:
    if job.id is not None:
        with job.look():
            if has_run(job.id):
                return {"run_id": str(job.id)}  # killed between its last commit and its own end
        clear_begun(job.id, job.id_of("chain_id"), by=job.by, unit=job.unit)
    chain_id, cause = job.id_of("chain_id"), job.payload.get("cause", "import")
    done = assessment_changes.assess_changes(
        chain_id, cause, as_of=job.at.date(), by=job.by, at=job.at, unit=job.unit, run_id=job.id
    )
    if isinstance(done, UUID):
        return {"run_id": str(done)}
    assessed = assessments.assess_chain(
        chain_id,
        cause,
        as_of=job.at.date(),
        by=job.by,
        at=job.at,
        unit=job.unit,
        progress=job.progress,
        run_id=job.id,
        whole_because=done,
    )
    return {"run_id": str(assessed.run_id)}


def _renew_assessments(job: JobContext) -> Result:
    return assessment_nightly.ask_whole_runs(by=job.by, at=job.at)


def _chase(job: JobContext) -> Result:
    publish_shipped(job.at)  # a new version of the product may bring new questionnaires
    return chase(by=job.by, at=job.at)


def _send_reminder(job: JobContext) -> None:
    send_reminder(job.id_of("assignment_id"))


def _receive_answers(job: JobContext) -> None:
    receive(job.id_of("response_id"), by=job.by, at=job.at)


def _tell_returned(job: JobContext) -> None:
    tell_returned(job.id_of("assignment_id"))


def _tell_escalated(job: JobContext) -> None:
    tell_escalated(job.id_of("assignment_id"), by=job.by)


def _read_books(job: JobContext) -> Result:
    key = job.id_of("delivery_id")
    return returned_books.carry_out(
        key, look=job.look, unit=job.unit, progress=job.progress, by=job.by, at=job.at
    )


def _build_report(job: JobContext) -> Result:
    report_id = job.id_of("report_id")
    try:
        with job.unit():
            frozen = report_sealing.freeze(report_id, by=job.by, at=job.at)
        if frozen is None:
            return {"report_id": str(report_id)}
        job.progress(1, 3)
        made = report_sealing.render(frozen)
    except FactsRefused as refusal:
        with job.unit():  # another try would find the same facts
            report_sealing.mark_failed(report_id, str(refusal), by=job.by, at=job.at)
        return None
    job.progress(2, 3)
    with job.unit():
        return report_sealing.seal(report_id, made, by=job.by, at=job.at)


def _ask_reminders(job: JobContext) -> Result:
    return {"people": action_reminders.ask_reminders(by=job.by, at=job.at)}


def _mail_reminder(job: JobContext) -> Result:
    sent = action_reminders.send_reminder(job.id_of("user_id"), by=job.by, at=job.at)
    return {"sent": sent}


def _look_for_changes(job: JobContext) -> Result:
    return reassessment_triggers.look_for_changes(by=job.by, at=job.at, unit=job.unit)


def _screen(job: JobContext) -> Result:
    return screening.screen(by=job.by, at=job.at, unit=job.unit)


def _make_plan(job: JobContext) -> Result:
    assert job.id is not None
    return visit_plan_requests.make_requested(
        job.id,
        job.payload,
        look=job.look,
        unit=job.unit,
        progress=job.progress,
        by=job.by,
        at=job.at,
    )


def _read_past_day(job: JobContext) -> Result:
    return map_past_days.prepare(job.payload, look=job.look)


def _score_map(job: JobContext) -> Result:
    return what_if_requests.prepare(job.payload, look=job.look)


HANDLERS: dict[str, Handler] = {
    action_reminders.REMIND: Handler(_ask_reminders),
    action_reminders.MAIL: Handler(_mail_reminder),
    "invitation:send": Handler(_send_invitation),
    case_officers.TELL_OFFICERS: Handler(_tell_officers),
    "audit:checkpoint": Handler(_sign_checkpoint),
    "session:expire": Handler(_end_expired_sessions),
    sharing.EXPIRE: Handler(_end_consents),
    cascade.REFRESH: Handler(_refresh_cascade),
    sharing.TELL: Handler(_tell_consent_ended),
    demo_removal.DROP_FILES: Handler(_drop_sample_files),
    CHASE: Handler(_chase),
    REMIND: Handler(_send_reminder),
    TELL_RETURNED: Handler(_tell_returned),
    TELL_ESCALATED: Handler(_tell_escalated),
    RECEIVE: Handler(_receive_answers),
    # No permission: any change of a map or its facts may ask, whoever made it.
    REASSESS: Handler(_assess_chain, is_staged=True),
    assessment_nightly.RENEW: Handler(_renew_assessments),
    map_import.PREVIEW: Handler(_preview_import, Permission.VALUE_CHAIN_IMPORT, is_staged=True),
    map_import.APPLY: Handler(_apply_import, Permission.VALUE_CHAIN_IMPORT, is_staged=True),
    # No permission: a list that came in may ask, whoever brought it.
    match_search.SEARCH: Handler(_search_duplicates, is_staged=True),
    matching_many.MERGE_MANY: Handler(_merge_many, Permission.VALUE_CHAIN_MERGE, is_staged=True),
    matching_many.UNDO_MANY: Handler(_undo_many, Permission.VALUE_CHAIN_MERGE, is_staged=True),
    bulk_changes.CHANGE: Handler(_change_many, Permission.VALUE_CHAIN_EDIT, is_staged=True),
    # No permission: whoever started it may have left, and those who were asked wait.
    campaigns.SEND: Handler(_send_campaign, is_staged=True),
    response_review_sampling.ACCEPT_REST: Handler(
        _accept_rest, Permission.RESPONSE_REVIEW, is_staged=True
    ),
    returned_books.READ: Handler(_read_books, Permission.QUESTIONNAIRE_ASSIGN, is_staged=True),
    returned_books_mail.TELL: Handler(lambda job: tell_brought(job.id_of("assignment_id"))),
    campaign_sending.CONTINUE: Handler(_go_on_with_campaigns),
    campaign_reminders.REMIND: Handler(_remind_of_campaigns, is_staged=True),
    campaign_reminders.TELL: Handler(_tell_owner),
    bulk_changes.UNDO: Handler(_change_many, Permission.VALUE_CHAIN_EDIT, is_staged=True),
    reassessment_triggers.LOOK: Handler(_look_for_changes, is_staged=True),
    screening_lists.SCREEN: Handler(_screen, is_staged=True),
    map_past_days.PREPARE: Handler(_read_past_day, Permission.VALUE_CHAIN_READ, is_staged=True),
    what_if_requests.PREPARE: Handler(_score_map, Permission.RISK_READ, is_staged=True),
    visit_plan_requests.MAKE: Handler(_make_plan, Permission.VISIT_PLAN_MAKE, is_staged=True),
    BUILD: Handler(_build_report, Permission.REPORT_REQUEST, is_staged=True),
}

PERIODIC: dict[str, int] = {
    "audit:checkpoint": 900,
    "session:expire": 3600,
    CHASE: 21_600,
    campaign_sending.CONTINUE: 900,
    campaign_reminders.REMIND: 21_600,
    action_reminders.REMIND: 86_400,
    sharing.EXPIRE: 3600,
    cascade.REFRESH: 3600,
    reassessment_triggers.LOOK: 86_400,
    assessment_nightly.RENEW: 86_400,
    screening_lists.SCREEN: 3600,
}
"""Job name -> seconds between two runs, for each organisation."""
