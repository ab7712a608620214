"""Pages of a bulk change of sites: selection, preview, change, undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ddplatform.accounts.organisations.queries import get_account
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.repeated import takes_lists
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.gate import requires
from ddplatform.infrastructure.jobs.queries import get_job
from ddplatform.infrastructure.web.address_values import values_here
from ddplatform.languages import gettext
from ddplatform.languages import lazy_gettext as _
from ddplatform.value_chain.blueprints.value_chain import bp
from ddplatform.value_chain.bulk_changes.models import BulkChange, BulkVerb
from ddplatform.value_chain.bulk_changes.queries import (
    NAMES_SHOWN,
    LeftOut,
    Plan,
    Wish,
    count_links_at,
    get_change,
    list_changes,
    list_left_unchanged,
    plan_change,
)
from ddplatform.value_chain.bulk_changes.services import changes as bulk_changes
from ddplatform.value_chain.bulk_changes.views import FURTHER_STEPS
from ddplatform.value_chain.filters.address import asked_filter, said_words
from ddplatform.value_chain.filters.queries.filters import list_meant
from ddplatform.value_chain.filters.queries.labels import load_labels
from ddplatform.value_chain.filters.views import filter_query, read_filter
from ddplatform.value_chain.mapping.queries.maps import get_chain

VERB_WORDS: Mapping[BulkVerb, str] = {
    BulkVerb.OWNER: _("Assign an owner"),
    BulkVerb.GROUP: _("Assign to a group"),
    BulkVerb.ADD_TAG: _("Add a tag"),
    BulkVerb.REMOVE_TAG: _("Remove a tag"),
    BulkVerb.ARCHIVE: _("Archive"),
}
LEFT_WORDS: Mapping[LeftOut, str] = {
    LeftOut.SAME: _("No change needed"),
    LeftOut.ARCHIVED: _("Archived"),
    LeftOut.OWN: _("Own operation: can be archived on its own page only"),
    LeftOut.FULL: _("Maximum number of tags reached"),
    LeftOut.GONE: _("Not in this map"),
}


@dataclass(frozen=True)
class Chosen:
    """The sites that were chosen, and how their choice goes on through the forms."""

    keys: Sequence[UUID]
    hidden: Sequence[tuple[str, str]]
    words: Sequence[str]
    """The filters behind it, in words; empty where rows were ticked."""


@bp.get("/<uuid:chain_id>/many")
@requires(Permission.VALUE_CHAIN_EDIT)
@takes_lists("node")
def many(chain_id: UUID) -> ResponseReturnValue:
    """Possible steps for the selected sites; with a step, its effect."""
    chain, chosen = get_chain(chain_id), _chosen(chain_id)
    back = url_for(".table", chain_id=chain_id, **filter_query(asked_filter()))
    too_many = len(chosen.keys) > bulk_changes.MOST
    wish, fault = _wish() if chosen.keys and not too_many else (None, "")
    plan = plan_change(chain_id, wish, chosen.keys) if wish else None
    html = render_template(
        "value_chain/bulk_changes/many.html",
        chain=chain,
        chosen=chosen,
        back=back,
        verbs=VERB_WORDS,
        verb=request.args.get("verb", ""),
        value=request.args.get("value", "") if wish is None else wish.value,
        fault=fault,
        too_many=bulk_changes.too_many_words() if too_many else "",
        labels=load_labels(chain_id),
        wish=wish,
        told=_told(wish) if wish else "",
        plan=plan,
        seen=bulk_changes.mark_of(list(plan.before)) if plan else "",
        links_leaving=_links(chain_id, wish, plan),
        left_words=LEFT_WORDS,
        names_shown=NAMES_SHOWN,
        at_once=bulk_changes.PART,
        further=_further(chosen),
        earlier=[(row, change_words(row)) for row in list_changes(chain_id)],
    )
    return html, 422 if fault else 200


@bp.post("/<uuid:chain_id>/many")
@requires(Permission.VALUE_CHAIN_EDIT)
@takes_lists("node")
def change_many(chain_id: UUID) -> ResponseReturnValue:
    """Carry out the previewed change."""
    chosen = _chosen(chain_id)
    wish, fault = _wish()
    if wish is None:
        raise Invalid(fault or gettext("Choose a change."))
    change = bulk_changes.request_change(
        chain_id,
        wish,
        chosen.keys,
        seen=request.form.get("seen", ""),
        act=g.act,
    )
    return redirect(url_for(".many_change", bulk_change_id=change.id))


@bp.get("/many/<uuid:bulk_change_id>")
@requires(Permission.VALUE_CHAIN_READ)
def many_change(bulk_change_id: UUID) -> ResponseReturnValue:
    """The progress of a bulk change, and its undo."""
    change = get_change(bulk_change_id)
    is_running = change.job_id is not None and change.finished_at is None
    return render_template(
        "value_chain/bulk_changes/many_change.html",
        change=change,
        chain=get_chain(change.chain_id),
        told=change_words(change),
        job=get_job(change.job_id) if is_running and change.job_id else None,
        by=get_account(change.created_by_id),
        kept=list_left_unchanged(change.id) if change.kept else (),
        names_shown=NAMES_SHOWN,
    )


@bp.post("/many/<uuid:bulk_change_id>/stop")
@requires(Permission.VALUE_CHAIN_EDIT)
def stop_many(bulk_change_id: UUID) -> ResponseReturnValue:
    """Stop a change that goes on; what is done stays."""
    change = bulk_changes.stop(bulk_change_id, act=g.act)
    if change.finished_at is None:
        flash(gettext("The change stops after the part in progress."), "info")
    return redirect(url_for(".many_change", bulk_change_id=bulk_change_id))


@bp.post("/many/<uuid:bulk_change_id>/undo")
@requires(Permission.VALUE_CHAIN_EDIT)
def undo_many(bulk_change_id: UUID) -> ResponseReturnValue:
    """Take a change of many back."""
    bulk_changes.undo(bulk_change_id, act=g.act)
    return redirect(url_for(".many_change", bulk_change_id=bulk_change_id))


def _chosen(chain_id: UUID) -> Chosen:
    """The ticked sites, or all that match the filters of the address."""
    if values_here().get("all") == "1":
        said = filter_query(read_filter(values_here()))
        keys = list_meant(chain_id, read_filter(values_here()), limit=bulk_changes.MOST + 1)
        words = list(said_words(said).values()) or [gettext("All sites of the map")]
        return Chosen(keys, [("all", "1"), *said.items()], words)
    keys = list(dict.fromkeys(values_here().getlist("node", type=UUID)))
    return Chosen(keys, [("node", str(key)) for key in keys], ())


def _wish() -> tuple[Wish | None, str]:
    """The request, or the reason why it is not possible."""
    word = values_here().get("verb", "")
    if word not in set(BulkVerb):
        return None, ""
    try:
        return bulk_changes.read_wish(BulkVerb(word), values_here().get("value", "")), ""
    except Invalid as error:
        return None, next(iter(error.fields.values()), str(error))


def _further(chosen: Chosen) -> list[tuple[str, Mapping[str, Any]]]:
    """Steps of other features: template, and its content."""
    return [
        (step.template, step.load(len(chosen.keys)))
        for step in FURTHER_STEPS
        if g.identity.has(step.permission)
    ]


def _links(chain_id: UUID, wish: Wish | None, plan: Plan | None) -> int:
    is_archiving = wish is not None and wish.verb is BulkVerb.ARCHIVE
    return count_links_at(chain_id, list(plan.before)) if plan and is_archiving else 0


def _told(wish: Wish) -> str:
    """A step in words, as the second half of a sentence."""
    if wish.verb is BulkVerb.OWNER:
        account = get_account(UUID(wish.value)) if wish.value else None
        name = account.name if account else gettext("unassigned")
        return gettext("owner: %(name)s", name=name)
    if wish.verb is BulkVerb.GROUP:
        if not wish.value:
            return gettext("removed from their groups")
        return gettext("group “%(name)s”", name=wish.value)
    return {
        BulkVerb.ADD_TAG: gettext("tag “%(tag)s” added", tag=wish.value),
        BulkVerb.REMOVE_TAG: gettext("tag “%(tag)s” removed", tag=wish.value),
        BulkVerb.ARCHIVE: gettext("archived"),
    }[wish.verb]


def change_words(change: BulkChange) -> str:
    """A change of many in words."""
    return _told(Wish(change.verb, change.value))
