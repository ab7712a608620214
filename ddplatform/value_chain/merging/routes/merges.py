"""Merges of a map, and their undo."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.typed_values import read_number
from ddplatform.languages import gettext
from ddplatform.value_chain.blueprints.matching import bp
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.merging.queries.merges import PAGE_SIZE, get_merge, list_merges
from ddplatform.value_chain.merging.queries.sides import load_sides
from ddplatform.value_chain.merging.services import decisions as matching


@bp.get("/<uuid:chain_id>/merged")
@requires(Permission.VALUE_CHAIN_READ)
def merged(chain_id: UUID) -> ResponseReturnValue:
    """The merges of a map, the last one first."""
    before = request.args.get("before", type=read_number)
    rows = list_merges(chain_id, before=before, limit=PAGE_SIZE + 1)
    return render_template(
        "value_chain/merging/merged.html",
        chain=get_chain(chain_id),
        rows=rows[:PAGE_SIZE],
        older=rows[PAGE_SIZE - 1].number if len(rows) > PAGE_SIZE else None,
        is_first_page=before is None,
    )


@bp.route("/merges/<uuid:merge_id>/split", methods=["GET", "POST"])
@requires(Permission.VALUE_CHAIN_MERGE)
def split(merge_id: UUID) -> ResponseReturnValue:
    """The second step before two nodes come apart again."""
    merge = get_merge(merge_id)
    if request.method == "POST":
        ask_again = request.form.get("then") == "ask"
        matching.split(merge_id, ask_again=ask_again, act=g.act)
        flash(gettext("The records are split again, each with what it had before."), "success")
        return redirect(url_for("value_chain.node", node_id=merge.absorbed_id))
    survivor, absorbed = load_sides((merge.survivor_id, merge.absorbed_id))
    return render_template(
        "value_chain/merging/split.html",
        merge=merge,
        chain=get_chain(merge.chain_id),
        survivor=survivor.node,
        absorbed=absorbed.node,
    )
