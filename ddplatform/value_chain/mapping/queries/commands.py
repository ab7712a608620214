"""Maps that commands name; what they say is read by operators, in English."""

from ddplatform.infrastructure.errors import NotFound
from ddplatform.value_chain.mapping.models import ValueChain
from ddplatform.value_chain.mapping.queries.maps import find_chain


def get_chain_called(name: str) -> ValueChain:
    """A map by its name or by the word in its address, or NotFound."""
    found = find_chain(name)
    if found is None:
        raise NotFound(f"There is no map called “{name}”.", "Check the name.")
    return found
