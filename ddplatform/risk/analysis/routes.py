"""Pages of analyses: the overview of a map, one question, its answer as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import carried
from ddplatform.infrastructure.web.downloads import as_download, asked_form
from ddplatform.infrastructure.web.page_context import may
from ddplatform.languages import ENGLISH, speaking
from ddplatform.risk.analysis.queries.answers import find_answer
from ddplatform.risk.analysis.services import export_analysis
from ddplatform.risk.analysis.views.answers import answer_of
from ddplatform.risk.analysis.views.cells import AnalysisPage, address_of
from ddplatform.risk.analysis.views.words import WORDS
from ddplatform.risk.analysis_answers.queries.issue_flows import load_bands
from ddplatform.risk.analysis_answers.queries.questions import (
    NAMED,
    NEEDS_NODE,
    TAKES_NODE,
    Analysis,
    Asked,
)
from ddplatform.risk.analysis_answers.views.content import as_tables
from ddplatform.value_chain.filters.queries.search import find_meant
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import get_chain
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.vocabulary import Issue, RiskBand

bp = Blueprint("analysis", __name__)

PUBLIC = tuple(what for what in Analysis if what is not Analysis.ORIGINS)
OTHERS = f"any({', '.join(repr(what.value) for what in PUBLIC)})"
LONGEST = 200
FEW, MOST_IN_FILES = 10, 200


@dataclass(frozen=True)
class End:
    """One end of a question as the address gives it: a node, or words that may mean several."""

    node: UUID | None
    words: str = ""
    """The typed words, where they match no node or several."""
    choices: tuple[tuple[str, str], ...] = ()
    """(name, address) of the nodes that it may mean."""
    are_called_so: bool = False
    """Whether the choices have these words in their names, or are only like them."""


@bp.get("/<uuid:chain_id>/")
@requires(Permission.VALUE_CHAIN_READ)
@limited(Use.COSTLY_PAGE)
def index(chain_id: UUID) -> ResponseReturnValue:
    """All questions about a map, each with its answer in a sentence and a few bars."""
    chain = get_chain(chain_id)
    asked = [what for what in Analysis if what in PUBLIC or may(Permission.RISK_READ)]
    pages = [_page(chain, Asked(what, most=FEW)) for what in asked]
    return render_template(
        "risk/analysis/index.html", chain=chain, pages=pages, basis=pages[0].found.basis
    )


@bp.get(f"/<uuid:chain_id>/<{OTHERS}:what>")
@requires(Permission.VALUE_CHAIN_READ)
@limited(Use.COSTLY_PAGE)
def show(chain_id: UUID, what: str) -> ResponseReturnValue:
    """One question about a map; `node` and `to` say about whom."""
    return _answered(chain_id, Analysis(what))


@bp.get("/<uuid:chain_id>/origins")
@requires(Permission.RISK_READ)
@limited(Use.COSTLY_PAGE)
def origins(chain_id: UUID) -> ResponseReturnValue:
    """Origins of the exposure of a node to one issue."""
    return _answered(chain_id, Analysis.ORIGINS)


@bp.post(f"/<uuid:chain_id>/<{OTHERS}:what>/export")
@requires(Permission.VALUE_CHAIN_EXPORT, reads_first=True)
def export(chain_id: UUID, what: str) -> ResponseReturnValue:
    """The answer as a workbook or CSV."""
    return _exported(chain_id, Analysis(what))


@bp.post("/<uuid:chain_id>/origins/export")
@requires(Permission.RISK_EXPORT, reads_first=True)
def export_origins(chain_id: UUID) -> ResponseReturnValue:
    """The origins of an exposure as a workbook or CSV."""
    return _exported(chain_id, Analysis.ORIGINS)


def _answered(chain_id: UUID, what: Analysis) -> ResponseReturnValue:
    chain = get_chain(chain_id)
    node, other = _end(chain_id, "node"), _end(chain_id, "to")
    issue = _issue()
    if request.args.get("q") and not (node.words or other.words):
        return redirect(address_of(chain_id, what, node=node.node, to=other.node, issue=issue))
    most = FEW if what is Analysis.DEPENDENCE else NAMED
    page = _page(chain, Asked(what, node.node, other.node, issue, most))
    return render_template(
        "risk/analysis/show.html",
        chain=chain,
        page=page,
        bands=_bands(page),
        basis=page.found.basis,
        head=page.found.head,
        open_ends=[end for end in (node, other) if end.words],
        typed=(node.words, other.words),
        takes_node=what in TAKES_NODE,
        needs_node=what in NEEDS_NODE,
        takes_two=what is Analysis.PATHS,
        issues=list(ISSUE_NAMES.items()) if what is Analysis.ORIGINS else [],
        issue_name=ISSUE_NAMES[issue.value],
        questions=_questions(page),
        export_href=_export_address(page),
    )


def _page(chain: ValueChain, asked: Asked) -> AnalysisPage:
    return AnalysisPage(chain, asked, find_answer(chain, asked))


def _bands(page: AnalysisPage) -> Mapping[UUID, RiskBand | None]:
    """The band of each node that is drawn, on the issue that is asked about."""
    run_id, keys = page.chain.current_run_id, page.ways.keys
    return load_bands(run_id, keys, page.asked.issue) if run_id and page.ways.spots else {}


def _questions(page: AnalysisPage) -> list[dict[str, object]]:
    """The other questions, about the same node where there is one."""
    about = page.answer.about[0].key if page.asked.node and page.answer.about else None
    return [
        {
            "label": WORDS[what].title,
            "href": page.address(what, node=about if what in TAKES_NODE else None),
            "current": what is page.asked.what,
        }
        for what in Analysis
        if what in PUBLIC or may(Permission.RISK_READ)
    ]


def _end(chain_id: UUID, name: str) -> End:
    """One end from the address: an id, or words that a person typed."""
    text = request.args.get(name, "").strip()[:LONGEST]
    if not text:
        return End(None)
    try:
        return End(UUID(text))
    except ValueError:
        meant = find_meant(chain_id, text)
    if meant.one is not None:
        return End(meant.one)
    choices = tuple((one.name, _with(name, str(one.id))) for one in meant.nodes)
    return End(None, text, choices, meant.are_called_so)


def _with(name: str, value: str) -> str:
    """This address with one end chosen."""
    given: dict[str, Any] = {**carried().to_dict(), **(request.view_args or {}), name: value}
    return url_for(request.endpoint or "", **given)


def _export_address(page: AnalysisPage) -> str:
    asked = page.asked
    given: dict[str, Any] = {"chain_id": page.chain_id, "node": asked.node, "to": asked.other}
    if asked.what is Analysis.ORIGINS:
        return url_for("analysis.export_origins", **given, issue=asked.issue.value)
    return url_for("analysis.export", **given, what=asked.what.value)


def _issue() -> Issue:
    text = request.args.get("issue", "")
    return Issue(text) if text in set(Issue) else Issue.CL


def _exported(chain_id: UUID, what: Analysis) -> ResponseReturnValue:
    form = asked_form()
    node, other = _end(chain_id, "node"), _end(chain_id, "to")
    asked = Asked(what, node=node.node, other=other.node, issue=_issue(), most=MOST_IN_FILES)
    chain = get_chain(chain_id)
    found = find_answer(chain, asked)
    with speaking(ENGLISH):
        tables = as_tables(answer_of(found), found.basis)
    made = export_analysis(chain, found, tables, form, act=g.act)
    return as_download(made)
