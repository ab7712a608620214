"""Pages that compare two dates of a map: additions, removals, changes, authors and reasons."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from ddplatform.documents.exports import AnalysisForm
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import day
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.languages import gettext
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.changes.queries.bands import load_day_bands
from ddplatform.value_chain.changes.queries.days import (
    Compared,
    Difference,
    What,
    compare_days,
)
from ddplatform.value_chain.changes.services import export_changes
from ddplatform.value_chain.changes.views import HOW_WORDS, WHAT_WORDS, counted
from ddplatform.value_chain.history.asked import UNREADABLE, paging, start_of_page
from ddplatform.value_chain.history.services.days import check_days
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.words.map_fields import difference_words, who_words, why_words
from supply_chain.vocabulary import RiskBand

PAGE_SIZE = 50


@bp.get("/<uuid:chain_id>/changes")
@requires(Permission.VALUE_CHAIN_READ)
def changes(chain_id: UUID) -> ResponseReturnValue:
    """The differences between two days; without days, from the start of the map until today."""
    chain = get_chain(chain_id)
    days, problems = _days(chain)
    shown: dict[str, Any] = {
        "chain": chain,
        "problems": problems,
        "typed": {name: request.args.get(name, "")[:20] for name in ("first", "second")},
        "days": days,
    }
    if days is None:
        return render_template("value_chain/changes/changes.html", **shown), 422
    found = compare_days(chain, *days)
    rows = _asked_for(found.differences)
    start = start_of_page(len(rows), PAGE_SIZE)
    page = rows[start : start + PAGE_SIZE]
    return render_template(
        "value_chain/changes/changes.html",
        **shown,
        counts=counted(Counter((one.what, one.how) for one in _once(found.differences))),
        rows=[(one, *difference_words(one, found.names)) for one in page],
        paging_of=paging(start, len(page), len(rows), PAGE_SIZE),
        what_words=WHAT_WORDS,
        who_words=who_words,
        why_words=why_words,
        whats=[("", gettext("All")), *((what.value, word) for what, word in WHAT_WORDS.items())],
        hows=[("", gettext("All")), *((how.value, word) for how, word in HOW_WORDS.items())],
        **_bands(chain, found, page),
    )


@bp.post("/<uuid:chain_id>/changes/export")
@requires(Permission.VALUE_CHAIN_EXPORT, reads_first=True)
def changes_export(chain_id: UUID) -> ResponseReturnValue:
    """All that is not the same on two days as a workbook or CSV."""
    chain = get_chain(chain_id)
    days, problems = _days(chain)
    if days is None:
        raise Invalid(fields=problems)
    form: AnalysisForm = "csv" if request.form.get("form") == "csv" else "xlsx"
    made = export_changes(chain_id, *days, form, act=g.act)
    return as_download(made)


def _days(chain: ValueChain) -> tuple[tuple[date, date] | None, dict[str, str]]:
    """The two days of the address, or the error in each."""
    found, problems = {}, {}
    otherwise = {"first": chain.created_at.date(), "second": g.now.date()}
    for name, usual in otherwise.items():
        try:
            found[name] = day(text) if (text := request.args.get(name, "").strip()) else usual
        except ValueError:
            problems[name] = UNREADABLE
    if problems:
        return None, problems
    try:
        check_days(chain, found["first"], found["second"], today=g.now.date())
    except Invalid as error:
        return None, dict(error.fields)
    return (found["first"], found["second"]), {}


def _asked_for(found: Sequence[Difference]) -> Sequence[Difference]:
    q = request.args.get("q", "").strip().casefold()[:200]
    what, how = request.args.get("what", ""), request.args.get("how", "")
    return [
        one
        for one in found
        if (not what or one.what.value == what)
        and (not how or one.how.value == how)
        and (not q or q in one.name.casefold())
    ]


def _once(found: Sequence[Difference]) -> Sequence[Difference]:
    """One of each part of the map, however many of its values changed."""
    return list({one.part_id: one for one in found}.values())


def _bands(chain: ValueChain, found: Compared, page: Sequence[Difference]) -> dict[str, Any]:
    """Bands of the nodes of a page and of the whole map, then and now."""
    keys = sorted({one.part_id for one in page if one.what is What.NODE})
    then, now = (load_day_bands(chain.id, past, keys) for past in (found.first, found.second))
    return {"then": then, "now_bands": now, "bands": [*reversed(RiskBand), None]}
