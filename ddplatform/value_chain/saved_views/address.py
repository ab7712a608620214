"""Saved view that is open, according to the address of the page."""

from collections.abc import Sequence
from uuid import UUID

from flask import request

from ddplatform.value_chain.saved_views.models import ViewKind
from ddplatform.value_chain.saved_views.queries import ViewRow
from ddplatform.value_chain.saved_views.services import shown_address_parts
from ddplatform.value_chain.saved_views.views import ViewBar, view_bar


def asked_parts(kind: ViewKind) -> list[list[str]]:
    """The parts of the open address that a view saves."""
    return shown_address_parts(kind, request.args.items(multi=True))


def asked_view_bar(chain_id: UUID, kind: ViewKind, views: Sequence[ViewRow]) -> ViewBar:
    """The bar of saved views above the page that is open."""
    return view_bar(chain_id, kind, views, asked_parts(kind))
