"""Caches of the process: those that go by the id of a row are emptied between tests."""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any, get_type_hints
from uuid import UUID

import ddplatform
from ddplatform.risk.reference.queries.figures import figures_of_release
from ddplatform.risk.response.queries.silence import read_unanswered
from tests.stored_worlds import caches

BY_CONTENT = {
    "ddplatform.supplier_engagement.library.queries._plans": "by the checksum of a definition",
    "ddplatform.supplier_engagement.questions.queries._asked": "by the checksum of a definition",
    "ddplatform.supplier_engagement.translations.queries.texts._forms": "by the checksum of a definition",
}
BY_ID = {figures_of_release, read_unanswered}
CRITERIA = "ddplatform.infrastructure.tenancy._criterion"
"""By the id of an organisation, and the same for every row with this id."""


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(ddplatform.__path__, "ddplatform."):
        if "migrations" not in found.name:
            yield importlib.import_module(found.name)


def own_names(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Names that a module itself defines, with what stands there."""
    for name, value in vars(module).items():
        if getattr(value, "__module__", module.__name__) == module.__name__:
            yield f"{module.__name__}.{name}", value


def test_every_dictionary_that_a_module_fills_is_emptied_or_goes_by_content() -> None:
    known = {id(cache) for cache in caches()}
    filled = {
        name
        for module in modules()
        for name, value in own_names(module)
        if isinstance(value, dict)
        and name.rpartition(".")[2].startswith("_")
        and name.rpartition(".")[2].islower()
        and not name.rpartition(".")[2].startswith("__")
        and id(value) not in known
    }

    assert filled == set(BY_CONTENT)


def test_every_cached_function_of_an_id_is_emptied() -> None:
    by_id = {
        name: value
        for module in modules()
        for name, value in own_names(module)
        if isinstance(value, functools._lru_cache_wrapper)
        and UUID in get_type_hints(inspect.unwrap(value)).values()
    }

    assert {value for name, value in by_id.items() if name != CRITERIA} == BY_ID
