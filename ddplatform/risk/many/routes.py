"""Pages of a step on many risks: selection in the register, preview, change, undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_account
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Invalid, NotFound
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.web.address_values import values_here
from ddplatform.languages import gettext
from ddplatform.risk.follow_up.models import RiskVerb
from ddplatform.risk.follow_up.views import owner_choices
from ddplatform.risk.many import services, views
from ddplatform.risk.many.queries import (
    Chosen,
    Mark,
    Wish,
    choose,
    get_lot,
    list_lots,
    mark_of,
    plan_step,
)
from ddplatform.risk.register.queries.basis import ALL_MAPS, Basis
from ddplatform.risk.register.queries.register import Asked
from ddplatform.risk.register.reading import read_asked, read_basis
from ddplatform.risk.register.views.lines import address, follow_query
from ddplatform.risk.register.views.register import filter_words
from ddplatform.risk.words.register_filter import query_of
from supply_chain.risk.follow_up import MOST_AT_ONCE
from supply_chain.vocabulary import Issue

bp = Blueprint("risk_many", __name__)


@dataclass(frozen=True)
class Choice:
    """The risks that were chosen, and how their choice goes on through the forms."""

    basis: Basis
    asked: Asked
    found: Chosen
    hidden: Sequence[tuple[str, object]]
    is_all: bool

    @property
    def back(self) -> str:
        """The list in which they were chosen."""
        return address(self.basis.chain, self.asked)

    @property
    def words(self) -> str:
        """The filters of that list."""
        return ", ".join(filter_words(self.asked.wanted, self.asked.follow))


@bp.get("/")
@requires(Permission.RISK_ASSESS)
@takes_lists("risk")
def show() -> ResponseReturnValue:
    """Possible steps for the selected risks; with a step, its effect."""
    choice = _choice()
    wish, faults = _wish() if choice.found.targets else (None, {})
    plan = plan_step(choice.found.targets, wish or Wish(_verb()), g.now.date())
    html = render_template(
        "risk/many/show.html",
        choice=choice,
        most=MOST_AT_ONCE,
        verb=_verb(),
        tabs=_tabs(choice),
        given=request.args,
        faults=faults,
        wish=wish,
        plan=plan,
        lines=list(views.lines_of(plan, wish)) if wish else (),
        left=views.left_of(plan) if wish else (),
        seen=mark_of(plan.change),
        people=owner_choices(plan.follow_ups, gettext("Each risk’s own owner")),
        owners=owner_choices(plan.follow_ups, gettext("The owner of the place")),
        emergency=views.EMERGENCY,
        delay=views.DELAY,
        involvement=views.INVOLVEMENT,
        lots=[(lot, views.VERBS[lot.verb]) for lot in list_lots()],
    )
    return html, 422 if faults else 200


@bp.post("/")
@requires(Permission.RISK_ASSESS)
@takes_lists("risk")
def carry_out() -> ResponseReturnValue:
    """Carry out the previewed step."""
    choice = _choice()
    wish, faults = _wish()
    if wish is None:
        raise Invalid(gettext("Choose a change."), fields=faults)
    plan = plan_step(choice.found.targets, wish, g.now.date())
    seen = request.form.get("seen", "")
    lot = services.carry_out(wish, plan, seen=seen, act=g.act)
    return redirect(url_for(".lot", lot_id=lot.id))


@bp.get("/<uuid:lot_id>")
@requires(Permission.RISK_READ)
def lot(lot_id: UUID) -> ResponseReturnValue:
    """The effect of a step on many risks, and its undo."""
    found = get_lot(lot_id)
    return render_template(
        "risk/many/lot.html",
        lot=found,
        title=views.VERBS[found.verb],
        by=get_account(found.created_by_id),
    )


@bp.post("/<uuid:lot_id>/undo")
@requires(Permission.RISK_ASSESS)
def undo(lot_id: UUID) -> ResponseReturnValue:
    """Undo a step on many risks."""
    services.undo(lot_id, act=g.act)
    return redirect(url_for(".lot", lot_id=lot_id))


def _tabs(choice: Choice) -> list[dict[str, object]]:
    """The steps, each with the same choice."""
    query: dict[str, Any] = {}
    for name, value in choice.hidden:
        query.setdefault(name, []).append(value)
    return [
        {
            "label": title,
            "href": url_for(".show", verb=verb.value, **query),
            "current": verb is _verb(),
        }
        for verb, title in views.VERBS.items()
    ]


def _choice() -> Choice:
    """The ticked rows, or all risks of the list."""
    given, asked = values_here(), read_asked(values_here(), g.identity.user_id)
    basis = read_basis(given.get("chain", ALL_MAPS))
    if basis is None:
        raise NotFound()
    is_all = given.get("all") == "1"
    marks = None if is_all else [mark for text in given.getlist("risk") for mark in _marks(text)]
    query = {**query_of(asked.wanted), **follow_query(asked.follow), "tie": asked.tie}
    hidden: list[tuple[str, object]] = [
        ("chain", basis.chain),
        ("view", asked.view.value),
        *((name, value) for name, value in query.items() if value is not None),
        *([("all", "1")] if is_all else [("risk", text) for text in given.getlist("risk")]),
    ]
    found = choose(basis.runs, asked, marks, g.now.date())
    return Choice(basis, asked, found, hidden, is_all)


def _marks(text: str) -> Sequence[Mark]:
    """A ticked row; nothing where the address was written by hand."""
    kind, _, rest = text.partition(":")
    key, _, code = rest.partition(":")
    try:
        return [Mark(kind == "tie", UUID(key), Issue(code))]
    except ValueError:
        return []


def _verb() -> RiskVerb:
    word = values_here().get("verb", "")
    known = {one.value for one in views.VERBS}
    return RiskVerb(word if word in known else "owner")


def _wish() -> tuple[Wish | None, dict[str, str]]:
    """The request, or its errors by field; neither before anything is requested."""
    if values_here().get("preview") != "1":
        return None, {}
    try:
        given = {**values_here().to_dict(), "verb": _verb().value}
        return services.read_wish(given, g.now.date()), {}
    except Invalid as error:
        return None, error.fields
