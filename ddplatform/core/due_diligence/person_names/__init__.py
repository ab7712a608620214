"""Names of people in free text, in the languages of the interface."""

from ddplatform.core.due_diligence.person_names.search import find_names

__all__ = ["find_names"]
