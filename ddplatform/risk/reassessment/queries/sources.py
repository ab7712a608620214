"""Registered signs of later packages that a place is due for reassessment."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Select

from ddplatform.infrastructure.registry import Registry

SUBJECTS: Registry[Callable[[], Select[UUID, UUID]]] = Registry("subjects of documents")
"""Table -> the key of each of its rows that documents are about, and the node it stands at."""
OPEN_WORK: Registry[Callable[[], Select[UUID]]] = Registry("open work at places")
"""Table -> the nodes at which something is still to be done."""
OWNERS: Registry[Callable[[], Select[UUID, UUID | None]]] = Registry("owners of open work")
"""Table -> the nodes with open work, and who of the organisation does it; the newest come last."""
