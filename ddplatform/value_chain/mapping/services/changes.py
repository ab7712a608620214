"""Common steps of every change of a map by hand: stale forms, archiving, effects."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from ddplatform.accounts.organisations.queries import get_account
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.errors import Conflict
from ddplatform.infrastructure.registry import Registry
from ddplatform.infrastructure.stale_edits import refuse_stale
from ddplatform.languages import gettext
from ddplatform.value_chain.graph.services.tiers import refresh_tiers, refresh_tiers_near
from ddplatform.value_chain.history.services.steps import Cause, keep_step
from ddplatform.value_chain.mapping.models import SupplyLink, ValueChain, ValueChainNode
from ddplatform.value_chain.mapping.queries.maps import get_node
from ddplatform.value_chain.words.map_fields import value_words

Part = ValueChainNode | SupplyLink


class ChangeEffect(Protocol):
    """The effect of a later package once a map changed, or the evidence on its nodes."""

    def __call__(self, chain_id: UUID, cause: str, *, act: Act) -> object:
        """Part of the change that asks for it: no event of its own, no commit.

        Args:
            cause: `import`, `facts` or `answers`.
        """


AFTER_CHANGE: Registry[ChangeEffect] = Registry("what follows a change of a map")


def change_fields(
    part: Part, wanted: Mapping[str, Any], *, row_version: int, labels: Mapping[str, str]
) -> dict[str, Any]:
    """Set what a person changed in a form, and say what it was: field -> (before, after).

    Empty where nothing differs, so that the same form sent twice is harmless.

    Raises:
        Conflict: somebody changed it meanwhile; both versions are on the error.
    """
    changed = {
        name: (getattr(part, name), value)
        for name, value in wanted.items()
        if getattr(part, name) != value
    }
    if changed:
        refuse_stale(
            part,
            row_version,
            theirs={str(labels[k]): _words(k, before) for k, (before, _) in changed.items()},
            mine={str(labels[k]): _words(k, after) for k, (_, after) in changed.items()},
        )
    for name, (_, value) in changed.items():
        setattr(part, name, value)
    return changed


def archive(part: Part, name: str, *, act: Act) -> None:
    """Take a node or link out of its map.

    Raises:
        Conflict: it is archived already.
    """
    if part.archived_at is not None:
        raise Conflict(
            gettext("%(name)s is archived already.", name=name), gettext("Restore it first.")
        )
    part.archived_at, part.archived_by_id = act.at, act.by.user_id


def restore(part: Part, name: str) -> datetime:
    """Bring a node or link back into its map; returns when it was archived.

    Raises:
        Conflict: it is not archived.
    """
    if part.archived_at is None:
        raise Conflict(gettext("%(name)s is not archived.", name=name))
    moment: datetime = part.archived_at
    part.archived_at = part.archived_by_id = None
    return moment


def finish_change(
    chain: ValueChain, action: str, *, touched: Sequence[UUID], cause: Cause | None = None, act: Act
) -> None:
    """The end of every change by hand: next version, history, tiers, one reassessment queued.

    Args:
        action: as the event of the log calls it.
        touched: nodes whose own tier the change may move.
        cause: the merge it came with.
    """
    chain.version += 1
    keep_step(chain, action, cause=cause, act=act)
    refresh_tiers_near(chain, touched)
    follow_change(chain.id, "facts", act=act)


def finish_import(chain: ValueChain, action: str, *, cause: Cause, act: Act) -> None:
    """The same after a whole list, or after one was taken back: every tier is made anew."""
    chain.version += 1
    keep_step(chain, action, cause=cause, act=act)
    refresh_tiers(chain)
    follow_change(chain.id, "import", act=act)


def follow_change(chain_id: UUID, cause: str, *, act: Act) -> None:
    """Everything that later packages do after a change, in the order of their registration."""
    for follow in AFTER_CHANGE:
        follow(chain_id, cause, act=act)


def _words(field: str, value: Any) -> str:
    """A value as the form shows it, for the page that puts two versions side by side."""
    names = {value: _name(field, value)} if isinstance(value, UUID) else {}
    return value_words(field, value, names)


def _name(field: str, key: UUID) -> str:
    if field != "owner_id":
        return get_node(key).name
    account = get_account(key)
    return account.name if account else gettext("not known")
