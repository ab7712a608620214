"""Sending of a campaign in the background: one transaction per batch, nobody asked twice.

A worker that is killed leaves whole batches. Mails of a batch are written after their links are
kept, under names that follow from the assignment: written again, they are in the outbox once.
A mail server cannot promise that, so there a batch of mails is one mail.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import update

from ddplatform.accounts.organisations.models import Invitation, InvitationPurpose
from ddplatform.accounts.organisations.queries import (
    chosen_languages,
    get_help_contact,
    get_organisation,
)
from ddplatform.accounts.organisations.services.invitations import give_link
from ddplatform.accounts.organisations.services.people import INVITATION_LIFE
from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.adapters.installed import adapters
from ddplatform.infrastructure.adapters.mail import Mail, Refusal
from ddplatform.infrastructure.among import among
from ddplatform.infrastructure.bulk import rising_keys
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.jobs.context import Progress, Unit
from ddplatform.infrastructure.tenancy import insert_rows
from ddplatform.languages import in_one_language
from ddplatform.supplier_engagement.campaigns.models import Campaign, CampaignTarget, LeftOut
from ddplatform.supplier_engagement.campaigns.queries.campaigns import (
    ASSESSMENT_PLAN,
    PLANS,
    count_sending,
    find_nodes,
    get_campaign,
    list_going_on,
    list_mailed,
    list_to_mail,
    list_to_send,
)
from ddplatform.supplier_engagement.campaigns.services.campaigns import queue_sending, why_no_mail
from ddplatform.supplier_engagement.library.models import Assignment
from ddplatform.supplier_engagement.library.queries import find_open, list_visitors, load_plan
from ddplatform.supplier_engagement.requests.queries import list_unused_links_of
from ddplatform.supplier_engagement.requests.services.invitations import (
    give_to_server,
    note_mailed,
    note_refused,
    write_questions,
)
from ddplatform.supplier_engagement.requests.services.requests import is_small
from ddplatform.value_chain.mapping.models import NodeSummary, ValueChainNode
from questionnaires import Answerer, Response, pages

CONTINUE = "campaign:continue"
BATCH = 250


def carry_out(
    campaign_id: UUID, job_id: UUID, *, unit: Unit, progress: Progress, act: Act
) -> dict[str, int]:
    """Send the lines whose day has come; begun again it goes on where it ended.

    Raises:
        OSError, SMTPException: no mail goes out at all. What was sent stays sent.
    """
    delayed: set[UUID] = set()
    while True:
        with unit():
            count = send_batch(campaign_id, job_id, act=act)
            done, total = count_sending(campaign_id, today=act.at.date())
        _mail_all(campaign_id, delayed, unit=unit, at=act.at)
        if not count:
            return {"sent": done, "asked": total}
        progress(done, total)


def go_on_with_all(*, act: Act) -> dict[str, int]:
    """By the calendar: the next wave of each campaign, and mails that failed before."""
    found = list_going_on(act.at.date())
    for campaign in found:
        queue_sending(campaign, at=act.at)
    return {"campaigns": len(found)}


def send_batch(campaign_id: UUID, job_id: UUID, *, act: Act) -> int:
    """Make the assignments of one batch; returns how many lines were settled."""
    campaign = get_campaign(campaign_id, for_change=True)
    if campaign.stopped_at is not None or campaign.job_id != job_id:
        return 0
    lines = list_to_send(campaign_id, today=act.at.date(), limit=BATCH)
    if not lines:
        return 0
    nodes = find_nodes([line.node_id for line in lines])
    visitors = list_visitors(list(nodes))
    sent = [line for line in lines if _settle(line, nodes[line.node_id], visitors)]
    sent = _without_open(sent)
    rows = _assignments(campaign, sent, nodes, at=act.at)
    insert_rows(Assignment, rows)
    insert_rows(Invitation, _invitations(campaign, rows, at=act.at))
    for line, row in zip(sent, rows, strict=True):
        line.assignment_id = UUID(str(row["id"]))
    if campaign.plan_id is not None:
        # Of several questionnaires for a node the plan names the first.
        refs = [(nodes[line.node_id].external_ref, line.assignment_id) for line in reversed(sent)]
        asked = {ref: key for ref, key in refs if key is not None}
        PLANS.get(ASSESSMENT_PLAN).note_sent(campaign.plan_id, asked)
    db.session.execute(
        update(NodeSummary)
        .where(among(NodeSummary.node_id, [line.node_id for line in sent]))
        .values(questionnaire_status=State.SENT.value)
        .execution_options(synchronize_session=False)
    )
    db.session.flush()  # the next look counts what was sent
    audit.record(
        "campaign:send",
        campaign,
        act=act,
        sent=len(rows),
        first_place=lines[0].place,
        assignments=[str(row["id"]) for row in rows],
    )
    return len(lines)


def _settle(
    line: CampaignTarget, node: ValueChainNode, visitors: Container[tuple[UUID, str]]
) -> bool:
    """Whether a line can still be sent; changes since it was planned may exclude it."""
    if node.archived_at is not None:
        line.left_out = LeftOut.ARCHIVED
    else:
        line.left_out = why_no_mail(node.id, node.contact_email, visitors)
    return line.left_out is None


def _without_open(lines: Sequence[CampaignTarget]) -> list[CampaignTarget]:
    """Without those whose node was asked the same meanwhile."""
    by_version: dict[UUID, list[CampaignTarget]] = {}
    for line in lines:
        by_version.setdefault(line.version_id, []).append(line)
    for version_id, same in by_version.items():
        taken = find_open(version_id, [line.node_id for line in same])
        for line in same:
            if line.node_id in taken:
                line.left_out = LeftOut.HAS_IT
    return [line for line in lines if line.left_out is None]


def _assignments(
    campaign: Campaign,
    lines: Sequence[CampaignTarget],
    nodes: Mapping[UUID, ValueChainNode],
    *,
    at: datetime,
) -> list[dict[str, object]]:
    sections = _sections({line.version_id for line in lines}, at)
    found: list[dict[str, object]] = []
    for key, line in zip(rising_keys(len(lines)), lines, strict=True):
        node = nodes[line.node_id]
        light = is_small(node) if campaign.light_mode is None else campaign.light_mode
        found.append(
            {
                "id": key,
                "campaign_id": campaign.id,
                "node_id": node.id,
                "node_name": node.name,
                "node_country": node.country,
                "answered_by": Answerer.SUPPLIER,
                "version_id": line.version_id,
                "status": State.SENT,
                "invited_email": (node.contact_email or "").strip().lower(),
                "language": campaign.language,
                "light_mode": light,
                "message": campaign.message,
                "due_on": campaign.due_on,
                "sections_done": 0,
                "sections_total": sections[line.version_id, light],
                "round": 1,
                "reminders": 0,
                "mail_tries": 0,
                "sent_at": at,
                "sent_by_id": campaign.started_by_id,
            }
        )
    return found


def _sections(versions: set[UUID], at: datetime) -> Mapping[tuple[UUID, bool], int]:
    """The number of pages that a form begins with, by version and whether it is the short one."""
    empty = {version: Response(load_plan(version), None, now=at) for version in versions}
    return {
        (version, light): len(pages(form, light=light))
        for version, form in empty.items()
        for light in (False, True)
    }


def _invitations(
    campaign: Campaign, rows: Sequence[Mapping[str, object]], *, at: datetime
) -> list[dict[str, object]]:
    return [
        {
            "id": key,
            "purpose": InvitationPurpose.RESPOND,
            "email": row["invited_email"],
            "name": "",
            "assignment_id": row["id"],
            "created_at": at,
            "created_by_id": campaign.started_by_id,
            "expires_at": at + INVITATION_LIFE,
        }
        for key, row in zip(rising_keys(len(rows)), rows, strict=True)
    ]


# ---- mails -----------------------------------------------------------------------------------


def _mail_all(campaign_id: UUID, delayed: set[UUID], *, unit: Unit, at: datetime) -> None:
    """Every invitation that did not go out yet, each tried once; none of a stopped campaign.

    Args:
        delayed: those that were refused for now: their next try is that of the next job.
    """
    size = 1 if adapters().mailer.is_remote else BATCH
    after: UUID | None = None
    while True:
        with unit():
            is_stopped = get_campaign(campaign_id, for_change=True).stopped_at is not None
            waiting = [] if is_stopped else list_to_mail(campaign_id, after=after, limit=size)
            due = [row for row in waiting if row.id not in delayed]
            mails = _write_batch(campaign_id, due, at=at)
        if not waiting:
            return
        # One that is refused does not stop the others.
        refused = {
            row.id: told
            for row in due
            if row.id in mails
            and (told := give_to_server(mails[row.id], key=_key_of(row))) is not None
        }
        delayed.update(key for key, told in refused.items() if not told.is_lasting)
        with unit():
            _note(mails, refused, at=at)
        after = waiting[-1].id


def _write_batch(
    campaign_id: UUID, rows: Sequence[Assignment], *, at: datetime
) -> Mapping[UUID, Mail]:
    """Give these invitations their links, and write their mails."""
    waiting = {row.id: row for row in rows}
    campaign = get_campaign(campaign_id)
    buyer = get_organisation(campaign.organisation_id).name
    helper = get_help_contact(campaign.organisation_id, campaign.started_by_id)
    invitations = list_unused_links_of(list(waiting))
    chosen = chosen_languages([asked.invited_email for asked in waiting.values()])
    found: dict[UUID, Mail] = {}
    for invitation in invitations:
        asked = waiting[invitation.assignment_id or UUID(int=0)]
        invitation.expires_at = max(invitation.expires_at, at + timedelta(days=1))
        write = partial(
            write_questions,
            asked.invited_email,
            buyer=buyer,
            help_line=helper.line,
            link=give_link(invitation),
            until=invitation.expires_at,
            note=asked.message,
        )
        language = chosen.get(asked.invited_email, asked.language)
        found[asked.id] = in_one_language(language, write)
    return found


def _key_of(asked: Assignment) -> str:
    return f"{asked.sent_at:%Y%m%dT%H%M%S%f}-{asked.id.hex}"


def _note(mails: Mapping[UUID, Mail], refused: Mapping[UUID, Refusal], *, at: datetime) -> None:
    for row in list_mailed(list(mails)):
        if row.id not in refused:
            note_mailed(row, at=at)
        else:
            note_refused(row, refused[row.id])
