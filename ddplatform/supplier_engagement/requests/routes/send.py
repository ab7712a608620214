"""Pages to send a questionnaire: choice of suppliers or sites to visit, then settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.forms.field_errors import show_at_fields
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import values_here
from ddplatform.infrastructure.words.questionnaire_states import STATE_WORDS
from ddplatform.languages import gettext, ngettext
from ddplatform.supplier_engagement.blueprints.questionnaires import bp
from ddplatform.supplier_engagement.library.queries import get_version, list_library, load_plan
from ddplatform.supplier_engagement.library.services import require_sent_by_link
from ddplatform.supplier_engagement.requests.forms import (
    BY_SIZE,
    FULL,
    LANGUAGE_NAMES,
    SHORT,
    SendForm,
)
from ddplatform.supplier_engagement.requests.queries import propose_questionnaires
from ddplatform.supplier_engagement.requests.services.requests import (
    MAX_AT_ONCE,
    Sending,
    assign,
    is_small,
    propose_due_date,
)
from ddplatform.supplier_engagement.translations.queries.texts import load_wording
from ddplatform.value_chain.filters.queries.lists import NodeOrder, list_nodes
from ddplatform.value_chain.mapping.models import ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node, list_chains
from questionnaires import Answerer, Form, modules
from supply_chain.search.node_filter import NodeFilter


@dataclass(frozen=True)
class Fit:
    """Another questionnaire that fits a node."""

    title: str
    href: str
    reason: str


@bp.get("/send/<uuid:version_id>")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def choose(version_id: UUID) -> ResponseReturnValue:
    """Choose the suppliers of one map, the riskiest first; those it fits are chosen already.

    Of a visit nobody is chosen for the sender: the method proposes it to no place.
    """
    is_visit = require_sent_by_link(version_id) is Answerer.ASSESSOR
    chains = list_chains()
    chain_id = request.args.get("chain", type=UUID) or (chains[0].id if chains else None)
    wanted = NodeFilter(
        q=request.args.get("q", "").strip(), country=request.args.get("country", "").strip().upper()
    )
    page = None
    if chain_id is not None:
        after = request.args.get("after", type=UUID)
        page = list_nodes(chain_id, wanted, order=NodeOrder.RISK, after=after)
    form = load_plan(version_id).form
    return render_template(
        "supplier_engagement/requests/choose.html",
        form=form,
        chosen=request.args.get("pick") != "none"
        and not (is_visit or _is_for_everyone(form.form_id)),
        is_visit=is_visit,
        reasons=_reasons(form.form_id, [row.id for row in page.rows] if page else []),
        version_id=version_id,
        chains=[(str(chain.id), chain.name) for chain in chains],
        chain_id=chain_id,
        wanted=wanted,
        page=page,
        most=MAX_AT_ONCE,
        words={state.value: word for state, (word, _) in STATE_WORDS.items()},
    )


def _has_short(form: Form) -> bool:
    """Whether the form marks questions for small firms; else there is one length only."""
    return any(question.extras.get("dd:light") == "yes" for question in form.questions())


def _is_for_everyone(ref: str) -> bool:
    module = modules().get(ref)
    return module is not None and module.everyone


def _reasons(ref: str, node_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Why this questionnaire fits each of these nodes; one that it does not fit is left out."""
    found = propose_questionnaires(node_ids, today=g.now.date())
    return {
        node_id: one.reason
        for node_id, proposals in found.items()
        for one in proposals
        if one.ref == ref
    }


@bp.get("/visit/<uuid:node_id>")
@requires(Permission.QUESTIONNAIRE_ASSIGN)
def visit(node_id: UUID) -> ResponseReturnValue:
    """The newest checklist of a visit, to be assigned to somebody for one place."""
    node = get_node(node_id)
    for row in list_library():
        if row.answered_by is Answerer.ASSESSOR:
            return redirect(url_for(".details", version_id=row.version_id, node=node.id))
    words = gettext("The library has no checklist of a visit yet: press “Check for new versions”.")
    flash(words, "warning")
    return redirect(url_for(".library"))


@bp.route("/send/<uuid:version_id>/details", methods=["GET", "POST"])
@requires(Permission.QUESTIONNAIRE_ASSIGN)
@takes_lists("node")
def details(version_id: UUID) -> ResponseReturnValue:
    """Due date, language, length, message, and an address where the map has none."""
    is_visit = require_sent_by_link(version_id) is Answerer.ASSESSOR
    nodes = _chosen()
    if not nodes:
        none = gettext("Choose at least one supplier.")
        flash(gettext("Choose at least one site.") if is_visit else none, "warning")
        return redirect(url_for(".choose", version_id=version_id, chain=values_here().get("chain")))
    questions = load_wording(version_id, g.identity.organisation_id).plan.form
    # A choice of very many comes in the body: an address takes so many letters only.
    begins = request.form.get("begin") == "1"
    due_on = propose_due_date(g.now.date())
    form = SendForm(None, due_on=due_on) if begins else SendForm(due_on=due_on)
    form.language.choices = _languages(questions)
    problems: Mapping[str, str] = {}
    if not begins and form.validate_on_submit():
        try:
            sent = assign(
                _sending(version_id, form, has_short=_has_short(questions)),
                {node.id: request.form.get(f"email-{node.id}", "") for node in nodes},
                act=g.act,
            )
        except Invalid as error:
            problems = error.fields
            show_at_fields(form, error)
        else:
            flash(_told(len(sent), is_visit), "success")
            return redirect(url_for(".index"))
    return _details_page(version_id, questions, form, nodes, problems, is_visit)


def _told(many: int, is_visit: bool) -> str:
    if is_visit:
        return ngettext(
            "Assigned: %(num)s visit. The assessor gets a mail with a link.",
            "Assigned: %(num)s visits. Each assessor gets a mail with a link.",
            many,
        )
    return ngettext(
        "Sent to %(num)s supplier. Each gets a mail with a link.",
        "Sent to %(num)s suppliers. Each gets a mail with a link.",
        many,
    )


def _details_page(
    version_id: UUID,
    questions: Form,
    form: SendForm,
    nodes: Sequence[ValueChainNode],
    problems: Mapping[str, str],
    is_visit: bool,
) -> ResponseReturnValue:
    also = {} if is_visit else _also_fit(questions.form_id, nodes)
    rows = [
        _row(node, problems.get(f"email-{node.id}"), also.get(node.id, ()), is_visit)
        for node in nodes
    ]
    html = render_template(
        "supplier_engagement/requests/details.html",
        is_visit=is_visit,
        questions=questions,
        has_short=_has_short(questions),
        version=get_version(version_id),
        form=form,
        rows=rows,
        problems=[
            {"href": f"#email-{row['id']}", "label": row["name"], "messages": [row["problem"]]}
            for row in rows
            if row["problem"]
        ],
    )
    return html, 422 if form.errors or form.form_errors else 200


def _also_fit(ref: str, nodes: Sequence[ValueChainNode]) -> Mapping[UUID, Sequence[Fit]]:
    """The other questionnaires for its kind of business that fit each node."""
    library = {row.ref: row for row in list_library()}
    found = propose_questionnaires([node.id for node in nodes], today=g.now.date())
    return {
        node_id: [
            Fit(
                title=library[one.ref].title,
                href=url_for(".details", version_id=library[one.ref].version_id, node=node_id),
                reason=one.reason,
            )
            for one in proposals
            if one.ref != ref and one.ref in library and not _is_for_everyone(one.ref)
        ]
        for node_id, proposals in found.items()
    }


def _row(
    node: ValueChainNode, problem: str | None, also: Sequence[Fit], is_visit: bool
) -> dict[str, Any]:
    known = "" if is_visit else node.contact_email or ""
    return {
        "id": node.id,
        "name": node.name,
        "country": node.country,
        "email": request.form.get(f"email-{node.id}", known),
        "is_small": is_small(node),
        "problem": problem,
        "also": also,
    }


def _sending(version_id: UUID, form: SendForm, *, has_short: bool) -> Sending:
    length = form.length.data if has_short else FULL
    return Sending(
        version_id=version_id,
        due_on=form.due_on.data,
        language=form.language.data,
        light_mode=None if length == BY_SIZE else length == SHORT,
        message=form.message.data or "",
    )


def _chosen() -> Sequence[ValueChainNode]:
    ids = values_here().getlist("node", type=UUID)
    nodes = []
    for node_id in dict.fromkeys(ids[: MAX_AT_ONCE + 1]):
        try:
            nodes.append(get_node(node_id))
        except NotFound:
            continue  # gone since the list was shown
    return nodes


def _languages(form: Form) -> list[SelectChoice]:
    """The languages the questions are written in: "French (fr)" is fr; a form without is en."""
    codes = [name.rpartition("(")[2].rstrip(")").strip() or "en" for name in form.languages]
    return [SelectChoice(code, LANGUAGE_NAMES.get(code, code)) for code in codes]
