"""Merge of all pairs above a score: their number, one confirmation, and the undo."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_account
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.queries import get_job
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.languages import gettext
from ddplatform.value_chain.blueprints.matching import bp
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.matching import views as words
from ddplatform.value_chain.matching.forms import ManyForm
from ddplatform.value_chain.matching.models import MatchRunKind, PairState
from ddplatform.value_chain.matching.queries.pairs import PairFilter, list_weakest
from ddplatform.value_chain.matching.queries.records import get_run
from ddplatform.value_chain.merging.services import many as matching_many

USUAL = 95
EXAMPLES = 5


@bp.route("/<uuid:chain_id>/many", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_MERGE)
def many(chain_id: UUID) -> ResponseReturnValue:
    """Choose a score, see how many pairs have it, and merge them all in one step."""
    chain = get_chain(chain_id)
    percent = request.args.get("score", USUAL, type=read_number)
    percent = min(100, max(round(100 * matching_many.LEAST_SCORE), percent))
    form = ManyForm(score=percent)

    def save() -> ResponseReturnValue:
        run = matching_many.request_merge_above(
            chain_id,
            float(form.score.data) / 100,
            seen=form.seen.data,
            act=g.act,
        )
        return redirect(url_for(".run", match_run_id=run.id))

    def show() -> str:
        least = float(form.score.data or percent) / 100
        wanted = PairFilter(state=PairState.OPEN, least=least, is_two=True)
        return render_template(
            "value_chain/merging/many.html",
            chain=chain,
            form=form,
            count=matching_many.count_above(chain_id, least),
            percent=round(100 * least),
            lowest=round(100 * matching_many.LEAST_SCORE),
            weakest=list_weakest(chain_id, wanted, limit=EXAMPLES),
            words=words,
        )

    return answer_form(form, save, show)


@bp.get("/runs/<uuid:match_run_id>")
@requires(Permission.VALUE_CHAIN_READ)
def run(match_run_id: UUID) -> ResponseReturnValue:
    """The progress of a merge of many, and its result."""
    found = get_run(match_run_id)
    if found.kind is not MatchRunKind.MERGE:
        raise NotFound()
    return render_template(
        "value_chain/merging/run.html",
        run=found,
        chain=get_chain(found.chain_id),
        job=get_job(found.job_id) if found.job_id and found.finished_at is None else None,
        by=get_account(found.created_by_id) if found.created_by_id else None,
        percent=round(100 * (found.threshold or 0)),
    )


@bp.post("/runs/<uuid:match_run_id>/undo")
@requires(Permission.VALUE_CHAIN_MERGE)
def undo(match_run_id: UUID) -> ResponseReturnValue:
    """Split every merge of the run that is still in force."""
    matching_many.request_undo(match_run_id, act=g.act)
    flash(gettext("The merges are being undone."), "info")
    return redirect(url_for(".run", match_run_id=match_run_id))
