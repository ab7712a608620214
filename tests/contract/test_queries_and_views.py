"""Queries hand out data and views make wording and tables of it: who of them may import what."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.test_code_rules import ROOT, imported_by, modules, name_of, nodes_of

LAYERS = frozenset(
    {"models", "queries", "services", "forms", "views", "routes", "commands", "jobs", "words"}
)
WHICH_LANGUAGE = frozenset({"ENGLISH", "current_language"})
"""Stored texts have translations, so which language is spoken is asked like any other fact."""
OF_REQUEST = frozenset({"flask", *(f"flask.{name}" for name in ("g", "request", "session"))})
ANSWERS = frozenset({"flask.abort", "flask.flash", "flask.redirect"})
DATABASE = ("sqlalchemy", "ddplatform.infrastructure.db", "ddplatform.infrastructure.tenancy")


def layer_of(dotted: str) -> str:
    """The layer that a dotted name stands in; empty for what stands beside the layers."""
    return next((part for part in dotted.split(".") if part in LAYERS), "")


def is_function(dotted: str) -> bool:
    """Whether the last name is no class and no constant, as it is written."""
    return not dotted.rpartition(".")[2][:1].isupper()


def is_under(dotted: str, *packages: str) -> bool:
    return any(f"{dotted}.".startswith(f"{package}.") for package in packages)


def makes_wording(imported: str) -> bool:
    """Whether a query that imports this makes tables or wording itself."""
    if is_under(imported, "ddplatform.languages"):
        return imported.rpartition(".")[2] not in WHICH_LANGUAGE
    return is_under(imported, "ddplatform.documents", "flask_babel") or (
        is_under(imported, "ddplatform") and layer_of(imported) in {"views", "words"}
    )


def looks_up(imported: str) -> bool:
    """Whether who imports this asks the database or the request, or changes something."""
    calls = layer_of(imported) in {"queries", "services"} and is_function(imported)
    return calls or imported in OF_REQUEST | ANSWERS or is_under(imported, *DATABASE)


def imports_of(path: Path) -> Iterator[str]:
    for node in nodes_of(path):
        yield from imported_by(node)


def files_of(layer: str) -> list[Path]:
    found = modules("ddplatform")
    return [path for path in found if layer_of(name_of(path)[:-3].replace("/", ".")) == layer]


def module_of(dotted: str) -> Path | None:
    """The file that a name is imported from, where it is one of ours."""
    path = ROOT / f"{dotted.rpartition('.')[0].replace('.', '/')}.py"
    return path if path.is_file() else None


def test_queries_return_data_and_make_no_tables_and_no_wording():
    wrong = [
        f"{name_of(path)} -> {imported}"
        for path in files_of("queries")
        for imported in imports_of(path)
        if makes_wording(imported)
    ]

    assert wrong == []


def test_services_queries_and_models_know_no_http():
    wrong = [
        f"{name_of(path)} -> {imported}"
        for layer in ("models", "queries", "services")
        for path in files_of(layer)
        for imported in imports_of(path)
        if is_under(imported, "flask", "werkzeug")
    ]

    assert wrong == []


def test_views_call_no_query_and_no_service_and_read_no_request():
    """Frozen values of queries and services, classes and constants, are what they are given."""
    wrong = [
        f"{name_of(path)} -> {imported}"
        for path in files_of("views")
        for imported in imports_of(path)
        if looks_up(imported)
    ]

    assert wrong == []


def test_functions_beside_the_layers_that_views_call_look_nothing_up_either():
    wrong = [
        f"{name_of(path)} -> {imported} -> {further}"
        for path in files_of("views")
        for imported in imports_of(path)
        if is_under(imported, "ddplatform") and not layer_of(imported) and is_function(imported)
        if (beside := module_of(imported))
        and not is_under(imported, "ddplatform.infrastructure", "ddplatform.documents")
        for further in imports_of(beside)
        if looks_up(further)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("code", "is_wording"),
    [
        ("from ddplatform.documents.content import Table", True),
        ("from ddplatform.documents import words", True),
        ("from ddplatform.languages import gettext", True),
        ("from ddplatform import languages", True),
        ("from flask_babel import format_date", True),
        ("from ddplatform.risk.words.figures import GRADES", True),
        ("from ddplatform.risk.scenarios.views.words import change_words", True),
        ("from ddplatform.languages import current_language", False),
        ("from ddplatform.value_chain.pictures.queries.views import MapView", False),
        ("from questionnaires import own_words", False),
    ],
)
def test_rule_sees_what_makes_wording(code, is_wording):
    (imported,) = imported_by(ast.parse(code).body[0])

    assert makes_wording(imported) is is_wording


@pytest.mark.parametrize(
    ("code", "is_looking"),
    [
        ("from ddplatform.value_chain.mapping.queries.maps import get_chain", True),
        ("from ddplatform.risk.analysis.queries import answers", True),
        ("from ddplatform.due_diligence.remedy.services import seal", True),
        ("from ddplatform.infrastructure.db import db", True),
        ("from sqlalchemy import select", True),
        ("from flask import request", True),
        ("from flask import g", True),
        ("import flask", True),
        ("from ddplatform.risk.analysis.queries.answers import Answered", False),
        ("from ddplatform.value_chain.pictures.queries.groups import NOT_KNOWN", False),
        ("from flask import url_for", False),
    ],
)
def test_rule_sees_what_looks_up(code, is_looking):
    (imported,) = imported_by(ast.parse(code).body[0])

    assert looks_up(imported) is is_looking
