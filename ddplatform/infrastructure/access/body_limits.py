"""The size of a request's body, by its address and by who sends it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

ANONYMOUS_BYTES = 512 * 1024
"""From anybody. Typed text that is carried through sign-in fits; the server keeps it in memory."""
FORM_BYTES = 2 * 1024 * 1024
"""A form of somebody who is signed in."""
FILES_BYTES = 26 * 1024 * 1024
"""A form with a file of 25 MB, where an address takes files."""

KnowsSender = Callable[[Mapping[str, Any]], bool]
"""Whether the values in an address name somebody who may send files without a session."""


class TakesBodies(Protocol):
    """What an endpoint declares (`gate.Access`)."""

    @property
    def takes_files(self) -> bool:
        """Whether its form holds files."""

    @property
    def knows_sender(self) -> KnowsSender | None:
        """Given where the secret in the address stands for a session."""


def largest_body(
    access: TakesBodies | None, values: Mapping[str, Any], has_session: Callable[[], bool]
) -> int:
    """The most bytes that an address takes.

    Args:
        access: None: there is no such address.
        values: the variables in the path.
        has_session: whether the browser is signed in, or was until lately: what somebody typed
            beside a file is to be kept although the session ended meanwhile.
    """
    if access is None:
        return ANONYMOUS_BYTES
    knows = access.knows_sender
    if knows is not None:
        return FILES_BYTES if knows(values) else ANONYMOUS_BYTES
    if not has_session():
        return ANONYMOUS_BYTES
    return FILES_BYTES if access.takes_files else FORM_BYTES
