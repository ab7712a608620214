"""Sampling of unremarkable responses: a random few are reviewed, then the rest follows.

Unremarkable: no red flag, no check, no raised risk, and nobody else gave identical answers.
The draw, its seed and the outcome stay in the sample and in the log.
"""

import secrets
from collections.abc import Sequence
from random import Random
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.core.due_diligence.lifecycle import require_step
from ddplatform.core.due_diligence.step_facts import QuestionnaireFacts
from ddplatform.core.due_diligence.vocabulary import Machine
from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict, Invalid
from ddplatform.infrastructure.jobs import services as jobs
from ddplatform.infrastructure.jobs.context import Progress, Unit
from ddplatform.languages import gettext, ngettext
from ddplatform.supplier_engagement.campaigns.queries.campaigns import get_campaign
from ddplatform.supplier_engagement.requests.services.requests import show_on_map
from ddplatform.supplier_engagement.responses.models import ResponseStatus
from ddplatform.supplier_engagement.review.models import ReviewSample
from ddplatform.supplier_engagement.review.queries.queue import (
    get_sample,
    hold_rest,
    list_drawn,
    list_rest,
    list_unremarkable,
)

ACCEPT_REST = "review_sample:accept_rest"
LEAST, MOST = 3, 200
BATCH = 100


def draw_sample(size: int, *, campaign_id: UUID | None = None, act: Act) -> ReviewSample:
    """Draw some of the unremarkable responses that wait for a review.

    Raises:
        NotFound: no such campaign.
        Invalid: too small a sample, or too few unremarkable responses for it to represent more.
    """
    if campaign_id is not None:
        get_campaign(campaign_id)
    if not LEAST <= size <= MOST:
        raise Invalid(
            fields={
                "size": gettext(
                    "Enter a number from %(least)s to %(most)s.", least=LEAST, most=MOST
                )
            }
        )
    waiting = list_unremarkable(campaign_id)
    if len(waiting) <= size:
        raise Invalid(
            fields={
                "size": ngettext(
                    "%(num)s unremarkable response waits. Review it.",
                    "%(num)s unremarkable responses wait. Review each, or draw a smaller sample.",
                    len(waiting),
                )
            }
        )
    seed = secrets.token_hex(8)
    drawn = Random(seed).sample(list(waiting), size)
    sample = ReviewSample(
        campaign_id=campaign_id,
        drawn=sorted(str(key) for key in drawn),
        rest=sorted(str(key) for key in set(waiting) - set(drawn)),
        seed=seed,
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(sample)
    db.session.flush()  # the event names it
    audit.record(
        "review_sample:draw",
        sample,
        act=act,
        seed=seed,
        drawn=sample.drawn,
        rest=len(sample.rest),
    )
    return sample


def ask_to_accept_rest(sample_id: UUID, *, act: Act) -> ReviewSample:
    """Accept the responses represented by a sample, in the background.

    Raises:
        Conflict: not all of the sample is accepted, or this was asked for already.
    """
    sample = get_sample(sample_id, for_change=True)
    if sample.accepted_at is not None:
        raise Conflict(gettext("The rest of this sample is accepted already."))
    drawn = list_drawn(sample)
    open_ones = [row.node_name for row in drawn if row.status is not State.ACCEPTED]
    if open_ones:
        raise Conflict(
            gettext(
                "Not all of the sample is accepted: %(names)s.", names=", ".join(open_ones[:5])
            ),
            gettext("Review each of them. If one shows a problem, review the rest one by one."),
        )
    sample.accepted_at, sample.accepted_by_id = act.at, act.by.user_id
    payload = {"sample_id": str(sample.id)}
    jobs.enqueue(ACCEPT_REST, payload, act=act, unique_key=f"{ACCEPT_REST}:{sample.id}")
    audit.record("review_sample:accept_rest", sample, act=act, rest=len(sample.rest))
    return sample


def accept_rest(sample_id: UUID, *, unit: Unit, progress: Progress, act: Act) -> dict[str, int]:
    """Accept one batch per transaction; responses changed since the draw are left to a person."""
    while True:
        with unit():
            sample = get_sample(sample_id, for_change=True)
            waiting = list_rest(sample, limit=BATCH)
            _accept_batch(sample, waiting, act=act)
            done, total = sample.accepted, len(sample.rest)
        if not waiting:
            return {"accepted": done, "left": total - done}
        progress(done, total)


def _accept_batch(sample: ReviewSample, response_ids: Sequence[UUID], *, act: Act) -> None:
    """Responses that somebody began to review meanwhile are left to that person."""
    found = hold_rest(sample, response_ids)
    for assignment, row in found:
        facts = QuestionnaireFacts(
            reviewer=act.by.user_id, respondent=row.declared_by_id, red_flags_looked_at=True
        )
        require_step(Machine.QUESTIONNAIRE, State.SUBMITTED, State.UNDER_REVIEW, facts)
        require_step(Machine.QUESTIONNAIRE, State.UNDER_REVIEW, State.ACCEPTED, facts)
        assignment.status, assignment.decided_at = State.ACCEPTED, act.at
        row.status = ResponseStatus.ACCEPTED
        show_on_map(assignment)
        audit.record("response:accept", row, act=act, sample=sample.id)
    sample.accepted += len(found)
