"""Undo of an import as one step, while nothing depends on it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Conflict
from ddplatform.languages import gettext
from ddplatform.value_chain.history.queries.values import typed
from ddplatform.value_chain.import_steps.queries.dependents import list_dependents
from ddplatform.value_chain.import_steps.queries.since import is_new, keys_of, load_undo
from ddplatform.value_chain.import_steps.services.approvals import take_back
from ddplatform.value_chain.imports.queries import get_import_for_change
from ddplatform.value_chain.mapping.models import (
    ImportStatus,
    MapImport,
    SupplyLink,
    ValueChain,
    ValueChainNode,
)
from ddplatform.value_chain.mapping.queries.maps import get_chain_for_change, list_rows_by_key
from ddplatform.value_chain.mapping.services.changes import finish_import
from ddplatform.value_chain.matching_imports.services.sources import withdraw
from ddplatform.value_chain.words.dependents import counted


def obstacle_to_undo(row: MapImport) -> str | None:
    """The reason why an import cannot be undone any more, in words; None where it can."""
    if row.status is not ImportStatus.APPLIED:
        return gettext("It is not applied.")
    words = [counted(one.one, one.many, one.count) for one in list_dependents(row)]
    if not words:
        return None
    return gettext("These records depend on it: %(records)s.", records=", ".join(words))


def undo_import(import_id: UUID, *, act: Act) -> MapImport:
    """Take an import back: new nodes and links are archived, changed ones are as before.

    Raises:
        Conflict: something depends on it.
    """
    row = get_import_for_change(import_id)
    chain = get_chain_for_change(row.chain_id)
    obstacle = obstacle_to_undo(row)
    if obstacle is not None:
        raise Conflict(
            gettext("This import cannot be undone. %(obstacle)s", obstacle=obstacle),
            gettext("Change or archive single sites instead."),
        )
    steps = load_undo(row)
    changed = row.counts.get("applied", {})
    _take_back(chain, row, steps, act=act)
    row.status, row.undone_at, row.undone_by_id = ImportStatus.UNDONE, act.at, act.by.user_id
    if any(changed.values()) or any(steps.values()):
        finish_import(chain, "map_import:undo", cause=row, act=act)
    audit.record("map_import:undo", row, act=act, chain=chain.id, **dict[str, Any](changed))
    return row


def _take_back(chain: ValueChain, row: MapImport, steps: Mapping[str, Any], *, act: Act) -> None:
    archived = {"archived_at": act.at, "archived_by_id": act.by.user_id}
    # Rows that are archived at the moment of the step need no note in the history of the map.
    for model in (ValueChainNode, SupplyLink):
        db.session.execute(
            update(model)
            .where(is_new(row, model), model.archived_at.is_(None))
            .values(**archived, row_version=model.row_version + 1)
            .execution_options(synchronize_session=False)
        )
    for node in _entities(ValueChainNode, steps.get("nodes_revived", {})):
        _set_back(node, steps["nodes_revived"][str(node.id)])
        node.archived_at = act.at
    for node in _entities(ValueChainNode, steps.get("nodes_changed", {})):
        _set_back(node, steps["nodes_changed"][str(node.id)])
    withdraw(UUID(key) for key in steps.get("asked_again", ()))
    for link in _entities(SupplyLink, steps.get("links_changed", {})):
        _set_back(link, steps["links_changed"][str(link.id)])
    for model, name in ((ValueChainNode, "nodes_gone"), (SupplyLink, "links_gone")):
        for gone in _entities(model, steps.get(name, ())):
            gone.archived_at = gone.archived_by_id = None
    take_back(
        chain,
        row,
        keys_of(steps, "links_changed"),
        keys_of(steps, "nodes_changed", "nodes_revived"),
        act=act,
    )


def _entities(model: Any, keys: Iterable[str]) -> list[Any]:
    return list_rows_by_key(model, map(UUID, keys))


def _set_back(row: ValueChainNode | SupplyLink, before: Mapping[str, Any]) -> None:
    for name, value in typed(type(row), before).items():
        setattr(row, name, value)
