"""Export of a view of a map as a file; each export is an event of the log."""

from collections.abc import Sequence
from uuid import UUID

from ddplatform.audit.services import log as audit
from ddplatform.infrastructure.access.identity import Act
from ddplatform.value_chain.mapping.queries.maps import get_chain
from ddplatform.value_chain.saved_views.models import ViewKind


def record_view_export(
    chain_id: UUID,
    view: ViewKind,
    form: str,
    *,
    asked: Sequence[Sequence[str]],
    nodes: int,
    act: Act,
) -> None:
    """Write down that a view went out.

    Args:
        asked: the parts of its address: filters, colour, what is open.
        nodes: how many nodes it shows, in groups or one by one.

    Raises:
        NotFound: no such map.
    """
    chain = get_chain(chain_id)
    audit.record_export(
        "value_chain:export",
        chain,
        act=act,
        view=view,
        form=form,
        asked=[list(part) for part in asked],
        nodes=nodes,
        version=chain.version,
    )
