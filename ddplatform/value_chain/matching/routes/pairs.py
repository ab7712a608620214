"""Pages of likely duplicates of a map: the list, and the search for them."""

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.forms.choices import country_choices
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.models import Job
from ddplatform.infrastructure.jobs.queries import get_job
from ddplatform.infrastructure.typed_values import read_finite
from ddplatform.infrastructure.web.list_pages import going_on, read_place, write_place
from ddplatform.languages import gettext
from ddplatform.value_chain.blueprints.matching import bp
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.matching import views as words
from ddplatform.value_chain.matching.models import MatchRun, MatchRunKind
from ddplatform.value_chain.matching.queries.pairs import (
    COUNT_CAP,
    PAGE_SIZE,
    PairFilter,
    count_pairs,
    list_pairs,
)
from ddplatform.value_chain.matching.queries.records import find_last_run
from ddplatform.value_chain.matching.services import search as match_search


@bp.get("/<uuid:chain_id>/")
@requires(Permission.VALUE_CHAIN_READ)
def index(chain_id: UUID) -> ResponseReturnValue:
    """Pairs of a map, the likeliest first, filtered by the address."""
    chain = get_chain(chain_id)
    wanted, after = _filter(), read_place(request.args.get("after", ""), read_finite)
    rows = list_pairs(chain_id, wanted, after=after, limit=PAGE_SIZE + 1)
    run = find_last_run(chain_id, MatchRunKind.SEARCH)
    total = count_pairs(chain_id, wanted)
    return render_template(
        "value_chain/matching/index.html",
        chain=chain,
        rows=rows[:PAGE_SIZE],
        total=f"{COUNT_CAP:,}+" if total > COUNT_CAP else f"{total:,}",
        wanted=wanted,
        least=round(100 * wanted.least),
        state=request.args.get("state", ""),
        is_filtered=wanted != PairFilter(),
        is_first_page=after is None,
        more=_more(chain_id, rows),
        countries=[("", gettext("All countries")), *country_choices()[1:]],
        run=run,
        job=job_of(run),
        words=words,
    )


def job_of(run: MatchRun | None) -> Job | None:
    """The job of a run that is not finished; None where there is nothing to wait for."""
    return get_job(run.job_id) if run and run.job_id and run.finished_at is None else None


def _filter() -> PairFilter:
    args = request.args
    return PairFilter(
        state=words.CHOICES.get(args.get("state", "")),
        least=_percent(args.get("score", "")),
        country=args.get("country", "")[:2],
        q=args.get("q", "").strip()[:200],
    )


def _percent(text: str) -> float:
    return min(100, int(text)) / 100 if text.isdecimal() and len(text) < 4 else 0.0


def _more(chain_id: UUID, rows: Any) -> str | None:
    if len(rows) <= PAGE_SIZE:
        return None
    last = rows[PAGE_SIZE - 1]
    return going_on(after=write_place(last.score, last.id))


@bp.post("/<uuid:chain_id>/search")
@requires(Permission.VALUE_CHAIN_MERGE)
@limited(Use.CALCULATION)
def search(chain_id: UUID) -> ResponseReturnValue:
    """Look through the whole map for likely duplicates, behind the page."""
    match_search.request_search(chain_id, act=g.act)
    searching = gettext("The map is being searched. You can leave this page; the search continues.")
    flash(searching, "info")
    return redirect(url_for(".index", chain_id=chain_id))
