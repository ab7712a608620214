"""The page of the review queue: by priority, with samples of unremarkable responses."""

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.vocabulary import QuestionnaireState as State
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.queries import find_going_on
from ddplatform.infrastructure.typed_values import read_signed
from ddplatform.infrastructure.web.address_values import number, values_here
from ddplatform.infrastructure.web.list_pages import going_on, read_place, write_place
from ddplatform.infrastructure.words.questionnaire_states import STATE_WORDS
from ddplatform.languages import gettext
from ddplatform.supplier_engagement.blueprints.questionnaires import bp
from ddplatform.supplier_engagement.library.queries import COUNT_CAP
from ddplatform.supplier_engagement.review.models import ReviewSample
from ddplatform.supplier_engagement.review.queries.queue import (
    DrawnRow,
    find_sample,
    list_drawn,
    list_queue,
    list_unremarkable,
)
from ddplatform.supplier_engagement.review.services.sampling import (
    ACCEPT_REST,
    LEAST,
    ask_to_accept_rest,
    draw_sample,
)

SIZE = 10


@bp.get("/review")
@requires(Permission.RESPONSE_READ)
def queue() -> ResponseReturnValue:
    """Responses waiting for review."""
    return _page()


@bp.post("/review/sample")
@requires(Permission.RESPONSE_REVIEW)
def draw() -> ResponseReturnValue:
    """Draw some of the unremarkable answers."""
    campaign_id = request.form.get("campaign", type=UUID)
    size = request.form.get("size", type=number) or 0
    try:
        draw_sample(size, campaign_id=campaign_id, act=g.act)
    except Invalid as error:
        return _page(fault=error.fields.get("size", error.message))
    flash(gettext("The sample was drawn. Review each response in it."), "success")
    return redirect(url_for(".queue", campaign=campaign_id) + "#sample")


@bp.post("/review/sample/<uuid:sample_id>/accept")
@requires(Permission.RESPONSE_REVIEW)
def accept_what_is_left(sample_id: UUID) -> ResponseReturnValue:
    """Accept the responses represented by the sample."""
    sample = ask_to_accept_rest(sample_id, act=g.act)
    flash(gettext("The others are being accepted in the background."), "success")
    return redirect(url_for(".queue", campaign=sample.campaign_id))


def _left_out(sample: ReviewSample | None) -> int:
    """The number of responses that a finished sample represented but did not accept."""
    if sample is None or sample.accepted_at is None:
        return 0
    if find_going_on(f"{ACCEPT_REST}:{sample.id}") is not None:
        return 0
    return len(sample.rest) - sample.accepted


def _page(fault: str = "") -> ResponseReturnValue:
    campaign_id = values_here().get("campaign", type=UUID)
    page = list_queue(
        campaign_id=campaign_id, after=read_place(request.args.get("after", ""), read_signed)
    )
    sample = find_sample(campaign_id)
    drawn = list_drawn(sample) if sample else ()
    html = render_template(
        "supplier_engagement/review/queue.html",
        page=page,
        total=f"{COUNT_CAP:,}+" if page.total > COUNT_CAP else f"{page.total:,}",
        words=STATE_WORDS,
        campaign_id=campaign_id,
        next_href=going_on(after=write_place(*page.after)) if page.after else None,
        sample=sample,
        sample_left=_left_out(sample),
        drawn=drawn,
        is_looked_at=all(row.status is State.ACCEPTED for row in drawn),
        open_ones=sum(1 for row in drawn if _is_open(row)),
        unremarkable=len(list_unremarkable(campaign_id)),
        least=LEAST,
        size=_kept_size(),
        fault=fault,
    )
    return html, 422 if fault else 200


def _is_open(row: DrawnRow) -> bool:
    return row.status is not State.ACCEPTED


def _kept_size() -> Any:
    return request.form.get("size", SIZE)
