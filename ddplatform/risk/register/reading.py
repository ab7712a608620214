"""Request to the register in an address or a form, and the runs behind the answer."""

from typing import Any
from uuid import UUID

from ddplatform.infrastructure.errors import NotFound
from ddplatform.infrastructure.web.address_values import day, number
from ddplatform.risk.register.queries.basis import ALL_MAPS, Basis, basis_of
from ddplatform.risk.register.queries.register import Asked, View
from ddplatform.risk.runs.queries.runs import list_map_heads
from ddplatform.risk.words.register_filter import read_filter
from supply_chain.risk.follow_up import NOBODY, FollowUpFilter, OpenStep


def read_basis(chain: str) -> Basis | None:
    """The runs that a list is asked of: of one map, or of all; None: RM-2.0 has scored none.

    Raises:
        NotFound: no such map.
    """
    maps = list_map_heads()
    if chain == ALL_MAPS:
        return basis_of(maps, None)
    found = next((one for one in maps if str(one.id) == chain), None)
    if found is None:
        raise NotFound()
    return basis_of(maps, found.id)


def read_asked(given: Any, me: UUID | None) -> Asked:
    """The request in an address or a form; unknown values are ignored.

    Args:
        me: who asks, where the owner is "me".
    """
    view, step = given.get("view", View.ACT.value), given.get("step", "")
    return Asked(
        view=View(view) if view in {one.value for one in View} else View.ACT,
        wanted=read_filter(given),
        tie=given.get("tie", type=number),
        number=given.get("page", default=1, type=number),
        follow=FollowUpFilter(
            owner=_owner(given.get("owner", ""), me),
            step=OpenStep(step) if step in {one.value for one in OpenStep} else None,
        ),
        since=given.get("on", type=day) or given.get("since", type=day),
    )


def _owner(text: str, me: UUID | None) -> str:
    if text in ("", NOBODY):
        return text
    try:
        return str(me) if text == "me" else str(UUID(text))
    except ValueError:
        return ""
