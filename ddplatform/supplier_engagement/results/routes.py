"""Pages of results: the answers of all respondents to each question, and file exports."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.core.due_diligence.suppression import Shown
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.countries import country_name
from ddplatform.infrastructure.web.downloads import as_download
from ddplatform.languages import gettext, lazy_gettext
from ddplatform.supplier_engagement.blueprints.questionnaires import bp
from ddplatform.supplier_engagement.campaigns.queries.campaigns import get_campaign
from ddplatform.supplier_engagement.library.queries import get_version, load_plan
from ddplatform.supplier_engagement.results.queries.results import (
    By,
    OptionCount,
    QuestionResult,
    count_answers,
    groups_of,
    list_results,
    load_respondents,
)
from ddplatform.supplier_engagement.results.services import (
    FORMS,
    SHAPES,
    export_evidence,
    export_results,
)
from ddplatform.supplier_engagement.results.views.rows import long_tables, wide_tables

BY_WORDS = {
    None: lazy_gettext("All together"),
    By.COUNTRY: lazy_gettext("By country"),
    By.TIER: lazy_gettext("By tier"),
}
FILLS = ((0.2, "f-low"), (0.5, "f-medium"), (0.8, "f-high"))
"""Upper end of the risk value of an answer -> its fill; unscored answers have the plain one."""
LEGEND = (
    ("f-low", "good practice"),
    ("f-medium", "some risk"),
    ("f-high", "raised risk"),
    ("f-critical", "serious risk"),
    ("f-accent", "says nothing of risk"),
)


@bp.get("/results")
@requires(Permission.RESPONSE_READ)
def results() -> ResponseReturnValue:
    """Every version that somebody answered."""
    return render_template("supplier_engagement/results/results.html", rows=list_results())


@bp.get("/results/<uuid:version_id>")
@requires(Permission.RESPONSE_READ)
def result(version_id: UUID) -> ResponseReturnValue:
    """Each question of a version over all respondents, or over those of a campaign."""
    version, form = get_version(version_id), load_plan(version_id).form
    campaign_id = request.args.get("campaign", type=UUID)
    campaign = get_campaign(campaign_id) if campaign_id else None
    by = _by()
    everyone = load_respondents(version_id, today=g.now.date())
    respondents = [one for one in everyone if campaign_id in (None, one.campaign_id)]
    answers = count_answers(form, respondents, by=by, everyone=everyone if campaign else ())
    columns = [_group(key, by) for key in groups_of(respondents, by)]
    return render_template(
        "supplier_engagement/results/result.html",
        version=version,
        form=form,
        campaign=campaign,
        many=len(respondents),
        columns=columns,
        questions=[_drawn(one, columns) for one in answers if one.answered],
        legend=LEGEND,
        views=[
            {
                "label": words,
                "href": url_for(
                    ".result",
                    version_id=version_id,
                    campaign=campaign_id,
                    by=kind.value if kind else None,
                ),
                "current": kind is by,
            }
            for kind, words in BY_WORDS.items()
        ],
    )


def _by() -> By | None:
    text = request.args.get("by", "")
    return By(text) if text in set(By) else None


def _group(key: Any, by: By | None) -> str:
    if by is By.TIER:
        if key is None:
            return gettext("No path to the own business")
        return gettext("Own business") if key == 0 else gettext("Tier %(number)s", number=key)
    return country_name(key) if key else gettext("Not known")


def _drawn(one: QuestionResult, columns: Sequence[str]) -> dict[str, Any]:
    """A question with a bar for each answer that somebody gave, or for each group."""
    given = [option for option in one.options if option.shown != 0]
    most = max((_length(option.shown) for option in given), default=0) or 1
    is_scored = any(option.risk is not None for option in given)
    return {
        "ref": one.ref,
        "label": one.label,
        "answered": one.answered,
        "middle": one.middle,
        "options": given,
        "nobody": [option.label for option in one.options if option.shown == 0],
        "bars": [
            {
                "label": option.label,
                "parts": _bar(_fill(option), _length(option.shown), most),
                "text": _words(option.shown),
            }
            for option in given
        ],
        "multiples": _multiples(given, columns) if is_scored else [],
    }


def _bar(fill: str, length: int, most: int) -> list[tuple[str, int]]:
    return [(fill, length), ("f-sunken", most - length)]


def _multiples(options: Sequence[OptionCount], columns: Sequence[str]) -> list[dict[str, Any]]:
    """A small bar for each group, good answers first; a group with hidden counts has none."""
    ordered = sorted(options, key=lambda option: option.risk or 0.0)
    found = []
    for place, label in enumerate(columns):
        shown = [option.by_group[place] for option in ordered]
        is_whole = all(isinstance(count, int) for count in shown)
        parts = [
            (_fill(option), _length(count)) for option, count in zip(ordered, shown, strict=True)
        ]
        text = _words(sum(_length(count) for count in shown)) if is_whole else "not shown"
        found.append({"label": label, "parts": parts if is_whole else [], "text": text})
    return found


def _length(shown: Shown) -> int:
    return shown if isinstance(shown, int) else 0


def _words(shown: Shown) -> str:
    return f"{shown:,}" if isinstance(shown, int) else shown


def _fill(option: OptionCount) -> str:
    if option.risk is None:
        return "f-accent"
    risk = option.risk
    return next((fill for upper, fill in FILLS if risk < upper), "f-critical")


@bp.post("/results/<uuid:version_id>/export")
@requires(Permission.QUESTIONNAIRE_EXPORT, reads_first=True)
def export_answers(version_id: UUID) -> ResponseReturnValue:
    """All answers as a file."""
    form = next((one for one in FORMS if one == request.form.get("form")), None)
    shape = next((one for one in SHAPES if one == request.form.get("shape")), None)
    if form is None or shape is None:
        raise NotFound()
    make = wide_tables if shape == "wide" else long_tables
    made = export_results(version_id, form, shape, make, campaign_id=_campaign(), act=g.act)
    return as_download(made)


@bp.post("/results/<uuid:version_id>/documents")
@requires(Permission.QUESTIONNAIRE_EXPORT, reads_first=True)
def export_documents(version_id: UUID) -> ResponseReturnValue:
    """The documents behind the answers in one archive."""
    try:
        made = export_evidence(version_id, campaign_id=_campaign(), act=g.act)
    except Invalid as error:
        flash(f"{error.message} {error.advice}".strip(), "info")
        return redirect(url_for(".result", version_id=version_id, campaign=_campaign()))
    return as_download(made)


def _campaign() -> UUID | None:
    return request.form.get("campaign", type=UUID)
