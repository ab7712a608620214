"""The shipped report definitions: sections, facts, columns and order of each report.

A definition is data (`data/<ref>.yaml`); `composition.py` has one function for each kind of
block named there.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from ddplatform.documents.definitions.plans import Definition
from ddplatform.documents.definitions.reader import read_definition
from ddplatform.documents.errors import DefinitionRefused


def data_folder() -> Traversable:
    """The folder of the shipped definitions."""
    return files("ddplatform.documents.definitions") / "data"


def list_definitions() -> tuple[str, ...]:
    """Refs of all shipped definitions, sorted."""
    names = (entry.name for entry in data_folder().iterdir())
    return tuple(sorted(name[:-5] for name in names if name.endswith(".yaml")))


@cache
def load_definition(ref: str) -> Definition:
    """Read a shipped definition.

    Raises:
        DefinitionRefused: there is none of that ref, or it is broken.
    """
    if ref not in list_definitions():
        known = ", ".join(list_definitions())
        raise DefinitionRefused(ref, (f"There is no such definition. Use one of: {known}.",))
    return read_definition(ref, (data_folder() / f"{ref}.yaml").read_text(encoding="utf-8"))
