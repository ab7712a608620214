"""Page and order of a list of the atlas, as the address requests them."""

from collections.abc import Sequence

from flask import request

from ddplatform.infrastructure.web.address_values import carried, number
from ddplatform.risk.atlas.views.lists import Here, Page, Row, page_of


def list_open() -> Here:
    """The list that is open, with the values in its address."""
    return Here(str(request.endpoint), carried().to_dict())


def asked_sort(sorts: Sequence[str], otherwise: str) -> str:
    """The order in the address; an unknown word is passed over."""
    text = request.args.get("sort", "")
    return text if text in sorts else otherwise


def asked_page(rows: Sequence[Row]) -> Page[Row]:
    """The page that the address asks for."""
    return page_of(rows, request.args.get("from", default=0, type=number), list_open())
