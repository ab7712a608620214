"""Saved views of a map: created for the whole organisation, renamed and removed."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.db import db
from ddplatform.infrastructure.errors import Invalid
from ddplatform.infrastructure.plain_text import fault_in
from ddplatform.languages import gettext as _
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.saved_views.models import SavedView, ViewKind
from ddplatform.value_chain.saved_views.queries import MOST, get_view, list_views
from supply_chain.search.node_filter import FILTERS

NAME_LENGTH = 80
VALUE_LENGTH = 200
MANY = "open"
"""The one part that an address may have several times; of any other the first counts."""
MOST_OPEN = 12
KEPT: Mapping[ViewKind, frozenset[str]] = {
    ViewKind.MAP: frozenset({*FILTERS, "focus", "depth", "show", "open", "by", "colour"}),
    ViewKind.TABLE: frozenset({*FILTERS, "sort"}),
    ViewKind.MATRIX: frozenset({*FILTERS, "colour"}),
    ViewKind.ALL_SITES: frozenset({*FILTERS, "colour"}),
    ViewKind.WORLD: frozenset({*FILTERS, "colour", "size"}),
    ViewKind.AROUND: frozenset({*FILTERS, "focus", "depth", "open", "colour"}),
}
"""The parts of an address that make the view; the page number does not."""


def shown_address_parts(kind: ViewKind, address: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The parts of an address that a view saves, each part once and in one order.

    Two addresses that show the same have the same parts. Empty and unknown parts are passed over
    and overlong ones cut, as the pages do.
    """
    values: dict[str, list[str]] = {}
    for name, value in address:
        if name in KEPT[kind]:
            values.setdefault(name, []).append(value.strip()[:VALUE_LENGTH].strip())
    parts = {
        (name, value)
        for name, found in values.items()
        for value in found[: MOST_OPEN if name == MANY else 1]
        if value
    }
    return [list(part) for part in sorted(parts)]


def save(
    chain_id: UUID, kind: ViewKind, name: str, address: Iterable[tuple[str, str]], *, act: Act
) -> SavedView:
    """Save a view of a map under a name.

    Args:
        address: the pairs behind the question mark of the page, as they are.

    Raises:
        NotFound: no such map.
        Invalid: no name, one that is taken, or as many views as a map keeps.
    """
    chain = get_chain(chain_id)
    _check_name(chain.id, name)
    view = SavedView(
        chain_id=chain.id,
        kind=kind,
        name=name.strip(),
        address=shown_address_parts(kind, address),
        created_at=act.at,
        created_by_id=act.by.user_id,
    )
    db.session.add(view)
    db.session.flush()  # the event names it
    audit.record("saved_view:save", view, act=act, name=view.name, kind=kind, address=view.address)
    return view


def rename(view_id: UUID, name: str, *, act: Act) -> SavedView:
    """Give a view another name; the same name again changes nothing.

    Raises:
        NotFound: no such view, or it was removed.
        Invalid: no name, or one that is taken.
    """
    view = get_view(view_id)
    if name.strip() == view.name:
        return view
    _check_name(view.chain_id, name, but=view.id)
    before, view.name = view.name, name.strip()
    audit.record("saved_view:rename", view, act=act, name=(before, view.name))
    return view


def remove(view_id: UUID, *, act: Act) -> None:
    """Take a view out of the list for everybody; the map stays as it is.

    Raises:
        NotFound: no such view, or it was removed already.
    """
    view = get_view(view_id)
    view.archived_at, view.archived_by_id = act.at, act.by.user_id
    audit.record("saved_view:remove", view, act=act, name=view.name)


def _check_name(chain_id: UUID, name: str, *, but: UUID | None = None) -> None:
    if fault := fault_in(name, label=_("a name"), longest=NAME_LENGTH):
        raise Invalid(fields={"name": fault})
    others = [view for view in list_views(chain_id) if view.id != but]
    if any(view.name.casefold() == name.strip().casefold() for view in others):
        raise Invalid(fields={"name": _("A view of this map has this name. Choose another one.")})
    if len(others) >= MOST:
        told = _("A map keeps %(most)s views. Remove one that is not needed.", most=MOST)
        raise Invalid(fields={"name": told})
