"""Filter in the address, as every page of a map reads and shows it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import request

from ddplatform.infrastructure.web.address_values import carried
from ddplatform.value_chain.filters.queries.named import load_names
from ddplatform.value_chain.filters.views import (
    FilterBar,
    filter_bar,
    filter_query,
    filter_words,
    read_filter,
)
from supply_chain.search.node_filter import NodeFilter


def asked_filter(*, standing: bool = False) -> NodeFilter:
    """The filter of this request.

    Args:
        standing: only active nodes of the map, as in every view but the list.
    """
    return read_filter(request.args, standing=standing)


def asked_bar(
    chain_id: UUID, endpoint: str, wanted: NodeFilter, *, is_like: bool = False
) -> FilterBar:
    """The bar above the view that is open; what else stands in its address stays.

    Args:
        endpoint: of the view, for example `value_chain.matrix`.
    """
    named = load_names(filter_query(wanted).items())
    return filter_bar(chain_id, endpoint, wanted, carried(), named, is_like=is_like)


def said_words(said: Mapping[str, Any]) -> dict[str, str]:
    """The filter in an address, in words by name."""
    return filter_words(said, load_names(said.items()))
