"""One pair side by side: same, different, or later."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_account
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.forms.sent import VersionForm, answer_form
from ddplatform.infrastructure.gate import requires
from ddplatform.languages import gettext
from ddplatform.value_chain.blueprints.matching import bp
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.matching import views as words
from ddplatform.value_chain.matching.forms import DecideForm
from ddplatform.value_chain.matching.models import PairState
from ddplatform.value_chain.matching.queries.pairs import find_next_pair
from ddplatform.value_chain.matching.queries.records import get_pair
from ddplatform.value_chain.matching.views import compare
from ddplatform.value_chain.merging.queries.merges import find_merge_of_pair
from ddplatform.value_chain.merging.queries.sides import load_sides
from ddplatform.value_chain.merging.services import decisions as matching
from ddplatform.value_chain.merging.services.decisions import Decided


@bp.route("/pairs/<uuid:pair_id>", methods=["GET"])
@requires(Permission.VALUE_CHAIN_READ)
def pair(pair_id: UUID) -> ResponseReturnValue:
    """Both nodes side by side with their differences marked."""
    return _page(pair_id, DecideForm(formdata=None))


@bp.post("/pairs/<uuid:pair_id>")
@requires(Permission.VALUE_CHAIN_MERGE)
def decide(pair_id: UUID) -> ResponseReturnValue:
    """Keep the decision and go on to the next pair."""
    form = DecideForm()

    def save() -> ResponseReturnValue:
        done = matching.decide(
            pair_id,
            PairState(form.decision.data),
            version=form.version_number,
            keep_id=_uuid(form.keep.data),
            act=g.act,
        )
        flash(_said(done), "success")
        return redirect(_next(done.pair.chain_id, pair_id))

    return answer_form(form, save, lambda: _page(pair_id, form))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _said(done: Decided) -> str:
    if done.merge is not None:
        return gettext("The records are merged. Under “Merged” you can split them again.")
    if done.pair.state is PairState.SAME:
        return gettext("The records stay merged.")
    if done.pair.state is PairState.DIFFERENT:
        return gettext("Kept separate. The decision applies as long as both records stay the same.")
    return gettext("The decision is postponed.")


def _next(chain_id: UUID, pair_id: UUID) -> str:
    key = find_next_pair(chain_id, but=pair_id)
    if key is None:
        return url_for(".index", chain_id=chain_id)
    return url_for(".pair", pair_id=key)


@bp.post("/pairs/<uuid:pair_id>/reopen")
@requires(Permission.VALUE_CHAIN_MERGE)
def reopen(pair_id: UUID) -> ResponseReturnValue:
    """Take the decision back: the question is open again."""
    form = VersionForm()

    def save() -> ResponseReturnValue:
        matching.take_decision_back(pair_id, version=form.version_number, act=g.act)
        flash(gettext("The decision is open again."), "success")
        return redirect(url_for(".pair", pair_id=pair_id))

    return answer_form(form, save, lambda: _page(pair_id, form))


def _page(pair_id: UUID, form: VersionForm) -> str:
    found = get_pair(pair_id)
    left, right = load_sides((found.left_id, found.right_id))
    stays, _ = matching.survivor_of(found)
    asked = request.form.get("keep")
    return render_template(
        "value_chain/matching/pair.html",
        pair=found,
        chain=get_chain(found.chain_id),
        left=left,
        right=right,
        rows=compare(left, right),
        keep=asked if asked in (str(found.left_id), str(found.right_id)) else str(stays),
        form=form,
        words=words,
        next_href=_next(found.chain_id, pair_id),
        decided_by=get_account(found.decided_by_id) if found.decided_by_id else None,
        merge=find_merge_of_pair(pair_id),
        version=form.version.data or found.row_version,
    )
