"""Pages of what-ifs: try changes, save them under a name, compare two, turn them into actions."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.access.uses import Use, limited
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.forms.sent import answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.downloads import as_download, asked_form
from ddplatform.languages import ENGLISH, gettext, speaking
from ddplatform.languages import lazy_gettext as _
from ddplatform.risk.blueprints.scenarios import bp
from ddplatform.risk.detail.queries.risks import list_chain_choices
from ddplatform.risk.scenario_scores.queries import find_begin
from ddplatform.risk.scenario_scores.views import wait_page
from ddplatform.risk.scenarios.queries import scenarios as what_if
from ddplatform.risk.scenarios.queries.details import MOST_IN_FILES, load_details
from ddplatform.risk.scenarios.services import scenarios as keeping
from ddplatform.risk.scenarios.services.export import export_what_if
from ddplatform.risk.scenarios.services.scenarios import NAME_LENGTH
from ddplatform.risk.scenarios.views import addresses, words
from ddplatform.risk.scenarios.views import rows as presenters
from ddplatform.risk.scenarios.views.content import as_tables
from ddplatform.value_chain.filters.queries.search import find_meant
from ddplatform.value_chain.mapping.models import ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_chain, get_link, get_node, list_links_of
from supply_chain.analysis.what_if_changes import Change, read_change
from supply_chain.reference.release import load_reference
from supply_chain.risk.control_names import CONTROL_NAMES
from supply_chain.risk.issue_names import ISSUE_NAMES
from supply_chain.risk.method import METHOD
from supply_chain.vocabulary import Issue

FOUND = 20


class KeepForm(FlaskForm):  # type: ignore[misc]
    """The name under which changes are kept."""

    name = StringField(
        _("Name"),
        description=_("For example “Bridge classes at two farm groups”."),
        validators=[InputRequired(_("Enter a name.")), Length(max=NAME_LENGTH)],
    )


@bp.get("/")
@requires(Permission.RISK_READ)
def index() -> ResponseReturnValue:
    """Saved what-ifs, and the entry point for a new one."""
    rows = what_if.list_saved()
    told = _in_words(rows)
    return render_template(
        "risk/scenarios/index.html",
        rows=[(row, told[row.id]) for row in rows],
        chains=list_chain_choices(),
    )


def _in_words(rows: Sequence[what_if.SavedRow]) -> dict[UUID, list[str]]:
    """Changes of each what-if in words; one statement a map."""
    changes = {row.id: _changes_of(row) for row in rows}
    refs: dict[UUID, set[str]] = {}
    for row in rows:
        refs.setdefault(row.chain_id, set()).update(what_if.refs_of(changes[row.id]))
    names = {chain_id: what_if.load_names(chain_id, found) for chain_id, found in refs.items()}
    return {
        row.id: [words.change_words(change, names[row.chain_id]) for change in changes[row.id]]
        for row in rows
    }


def _changes_of(row: what_if.SavedRow) -> list[Change]:
    return [read_change(values) for values in row.changes]


@bp.get("/try/<uuid:chain_id>")
@requires(Permission.RISK_READ)
@takes_lists("change")
@limited(Use.COSTLY_PAGE)
def try_on(chain_id: UUID) -> ResponseReturnValue:
    """Changes of the address, tried on the map of today; and a form for one more."""
    chain = get_chain(chain_id)
    changes = addresses.changes_in(request.args.getlist("change"))
    node = _node_at(chain_id)
    is_asked = node is not None and bool(request.args.get("do"))
    begin = find_begin(chain, g.now.date()) if changes or is_asked else None
    if begin is None and (changes or is_asked):
        return wait_page(chain, _here())
    problems: dict[str, str] = {}
    if node is not None and begin is not None and is_asked:
        try:
            new = addresses.new_change(node.external_ref, request.args, _ends())
        except addresses.NotReadable as error:
            problems = {error.field: error.message}
        else:
            tried = what_if.try_from(begin, [*changes, new])
            last = [p.text for p in tried.problems if p.place == len(changes)]
            if not last:
                return redirect(addresses.try_address(chain_id, [*changes, new]))
            problems = {request.args["do"]: last[0]}
    form = KeepForm(name=request.args.get("name", "")[:NAME_LENGTH])
    tried_now = what_if.try_from(begin, changes) if begin and changes else None
    return _try_page(chain, changes, node, problems, form, tried_now)


def _ends() -> tuple[str, str] | None:
    """Buyer and supplier of the link that the form of a share names."""
    link_id = request.args.get("link", type=UUID)
    if link_id is None or request.args["do"] != "share":
        return None
    link = get_link(link_id)
    return get_node(link.buyer_id).external_ref, get_node(link.supplier_id).external_ref


def _here() -> str:
    """The address of this page, with all that was asked for."""
    return request.full_path.rstrip("?")


def _node_at(chain_id: UUID) -> ValueChainNode | None:
    node_id = request.args.get("at", type=UUID)
    if node_id is None:
        return None
    node = get_node(node_id)
    if node.chain_id != chain_id:
        raise NotFound()
    return node


def _try_page(
    chain: ValueChain,
    changes: list[Change],
    node: ValueChainNode | None,
    problems: dict[str, str],
    form: KeepForm,
    tried: what_if.Tried | None,
) -> tuple[str, int]:
    q = request.args.get("q", "").strip()
    html = render_template(
        "risk/scenarios/try.html",
        chain=chain,
        form=form,
        q=q,
        meant=find_meant(chain.id, q, limit=FOUND) if q else None,
        node=node,
        supply=list_links_of(node.id) if node else None,
        problems=problems,
        typed=request.args,
        choices=_choices(),
        hidden=[addresses.text_of(change) for change in changes],
        **_outcome(chain.id, changes, tried),
    )
    return html, 422 if problems or form.errors else 200


def _outcome(chain_id: UUID, changes: list[Change], tried: what_if.Tried | None) -> dict[str, Any]:
    issue = _issue()
    broken = {problem.place: problem.text for problem in tried.problems} if tried else {}
    names = what_if.load_names(chain_id, what_if.refs_of(changes))
    moved = (
        what_if.load_moved(chain_id, tried, issue, most=presenters.ROWS)
        if tried and tried.changes
        else None
    )
    return {
        "changes": presenters.change_rows(chain_id, changes, broken, names),
        "shown": presenters.shown(moved) if moved else None,
        "issue": issue,
        "issues": ISSUE_NAMES,
        "leverage": words.leverage_words(),
        "today": g.now.date(),
    }


def _issue() -> Issue | None:
    code = request.args.get("issue", "")
    return Issue(code) if code in set(Issue) else None


def _choices() -> dict[str, list[tuple[str, str]]]:
    reference = load_reference()
    countries = sorted((c.short_name, c.alpha2) for c in reference.countries.values())
    goods = sorted((c.name, c.ref) for c in reference.commodities.values())
    return {
        "control": [(ref, f"{ref} {name}") for ref, name in CONTROL_NAMES.items()],
        "evidence": [
            (str(level), words.EVIDENCE[level]) for level in METHOD.policy.evidence_levels if level
        ],
        "country": [("", gettext("Not known")), *((code, name) for name, code in countries)],
        "commodity": [("", gettext("Not known")), *((ref, name) for name, ref in goods)],
    }


@bp.post("/try/<uuid:chain_id>/keep")
@requires(Permission.WHAT_IF_KEEP, reads_first=True)
@takes_lists("change")
def keep(chain_id: UUID) -> ResponseReturnValue:
    """Keep the changes under a name."""
    chain, form = get_chain(chain_id), KeepForm()
    changes = addresses.changes_in(request.form.getlist("change"))
    problem: dict[str, str] = {}
    begin = find_begin(chain, g.now.date())
    if begin is None:
        # Something new is known since the page was opened: what was typed goes along.
        typed = urlencode({"name": form.name.data or ""})
        return wait_page(chain, f"{addresses.try_address(chain_id, changes)}&{typed}")

    def save() -> ResponseReturnValue:
        try:
            kept = keeping.keep(chain_id, form.name.data, changes, act=g.act)
        except Invalid as error:
            problem.update({k: v for k, v in error.fields.items() if k == "changes"})
            raise
        flash(gettext("Scenario saved. The map is unchanged."), "success")
        return redirect(url_for(".show", what_if_id=kept.id))

    def show_again() -> str:
        tried = what_if.try_from(begin, changes) if changes else None
        return _try_page(chain, changes, None, problem, form, tried)[0]

    return answer_form(form, save, show_again)


@bp.get("/<uuid:what_if_id>")
@requires(Permission.RISK_READ)
@limited(Use.COSTLY_PAGE)
def show(what_if_id: UUID) -> ResponseReturnValue:
    """A kept what-if, tried anew on the map of today."""
    row = what_if.get_saved_row(what_if_id)
    changes, chain = _changes_of(row), get_chain(row.chain_id)
    begin = find_begin(chain, g.now.date())
    if begin is None:
        return wait_page(chain, _here())
    tried = what_if.try_from(begin, changes)
    others = [one for one in what_if.list_saved() if one.chain_id == row.chain_id]
    return render_template(
        "risk/scenarios/show.html",
        row=row,
        others=[(str(one.id), one.name) for one in others if one.id != row.id],
        try_href=addresses.try_address(row.chain_id, changes),
        **_outcome(row.chain_id, changes, tried),
    )


@bp.post("/<uuid:what_if_id>/export")
@requires(Permission.RISK_EXPORT, reads_first=True)
def export(what_if_id: UUID) -> ResponseReturnValue:
    """A kept what-if, tried anew, as a workbook or CSV."""
    form = asked_form()
    row = what_if.get_saved_row(what_if_id)
    chain = get_chain(row.chain_id)
    if find_begin(chain, g.now.date()) is None:
        return redirect(url_for(".show", what_if_id=what_if_id))
    told = load_details(chain, _changes_of(row), g.now.date(), name=row.name, most=MOST_IN_FILES)
    with speaking(ENGLISH):
        tables = as_tables(told)
    made = export_what_if(chain, told, tables, form, act=g.act)
    return as_download(made)


@bp.get("/<uuid:what_if_id>/compare")
@requires(Permission.RISK_READ)
@limited(Use.COSTLY_PAGE)
def compare(what_if_id: UUID) -> ResponseReturnValue:
    """Two what-ifs of one map side by side, both tried anew."""
    first = what_if.get_saved_row(what_if_id)
    other_id = request.args.get("with", type=UUID)
    if other_id is None:
        return redirect(url_for(".show", what_if_id=what_if_id))
    second = what_if.get_saved_row(other_id)
    if first.chain_id != second.chain_id:
        raise NotFound()
    chain = get_chain(first.chain_id)
    begin = find_begin(chain, g.now.date())
    if begin is None:
        return wait_page(chain, _here())
    one, two = (what_if.try_from(begin, _changes_of(row)) for row in (first, second))
    told, pairs = _in_words((first, second)), presenters.pairs_of(one, two)
    names = what_if.load_names(chain.id, [pair.node for pair in pairs])
    return render_template(
        "risk/scenarios/compare.html",
        both=[(row, told[row.id], t.what_if.counts()) for row, t in
              ((first, one), (second, two))],
        rows=presenters.compared(pairs, one, two, names),
        today=g.now.date(),
    )  # fmt: skip


@bp.get("/<uuid:what_if_id>/actions")
@requires(Permission.RISK_READ)
def actions(what_if_id: UUID) -> ResponseReturnValue:
    """Steps to make the changes real: findings and actions, leverage before any end."""
    row = what_if.get_saved_row(what_if_id)
    changes = _changes_of(row)
    refs = what_if.refs_of(changes)
    found = what_if.list_open_findings(row.chain_id, refs)
    return render_template(
        "risk/scenarios/actions.html",
        row=row,
        doings=presenters.doings(changes, found, what_if.load_names(row.chain_id, refs)),
        leverage=words.leverage_words(),
    )


@bp.route("/<uuid:what_if_id>/put-away", methods=["GET", "POST"])
@requires(Permission.WHAT_IF_KEEP)
def put_away(what_if_id: UUID) -> ResponseReturnValue:
    """Take it out of the list, after a second look."""
    row = what_if.get_saved_row(what_if_id)
    if request.method == "POST":
        keeping.put_away(what_if_id, act=g.act)
        flash(gettext("Scenario archived."), "success")
        return redirect(url_for(".index"))
    return render_template("risk/scenarios/put_away.html", row=row)
