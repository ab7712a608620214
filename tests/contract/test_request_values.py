"""Where the values of a request come from: one place each, one value unless a list is declared."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from tests.factories import Tenant, client_of

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "ddplatform").rglob("*.py"))
MERGED = re.compile(r"\brequest\.values\b|\bCombinedMultiDict\b")
NOT_OF_ADDRESS_OR_FORM = {"files"}
"""Uploads, whose names stand in `request.files`."""


def test_no_route_and_no_page_reads_address_and_form_merged():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in (*SOURCES, *(ROOT / "templates").rglob("*.html"))
        for match in MERGED.finditer(path.read_text(encoding="utf-8"))
    ]

    assert not found, "name the place, request.args or request.form:\n" + "\n".join(found)


def test_merged_reader_is_seen():
    assert MERGED.search('request.values.get("node")')
    assert not MERGED.search("of_request.values()")


def test_every_name_that_is_read_as_a_list_is_declared_in_its_domain():
    """And the other way round: a declaration that nothing reads would let two values pass."""
    read, declared = _read_as_list(), _declared()

    assert {domain: names - declared[domain] for domain, names in read.items()} == {
        domain: set() for domain in read
    }
    idle = {
        (domain, name)
        for domain, names in declared.items()
        for name in names
        if "*" not in name and name not in read.get(domain, set())
    }
    assert {name for _domain, name in idle} <= {"open"}, idle


def test_two_values_are_refused_in_words_and_equal_ones_are_not(app: Flask, tenant: Tenant):
    browser = client_of(app, tenant.manager.user_id)

    refused = browser.get("/account?page=1&page=2")

    assert refused.status_code == 422
    assert "The address has more than one value for “page”." in refused.get_data(as_text=True)
    assert browser.get("/account?page=1&page=1").status_code == 200


def test_program_is_refused_with_a_problem_of_its_own(app: Flask):
    answer = app.test_client().get("/api/v1/issues?limit=1&limit=500")

    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert "“limit”" in answer.get_json()["detail"]


def test_declared_list_takes_values_and_its_neighbour_does_not(app: Flask, tenant: Tenant):
    path = f"/o/{tenant.slug}/reference/compare"
    browser = client_of(app, tenant.manager.user_id)

    assert browser.get(f"{path}?c=FR&c=DE").status_code == 200
    assert browser.get(f"{path}?c=FR&c=DE&sort=1&sort=2").status_code == 422


def _domain_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[1]


def _calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def _read_as_list() -> dict[str, set[str]]:
    """By domain, the names that `getlist` and fields of several choices read."""
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            name = _list_name(node)
            if name and name not in NOT_OF_ADDRESS_OR_FORM:
                found.setdefault(_domain_of(path), set()).add(name)
    return found


def _list_name(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "getlist":
        return str(node.args[0].value) if isinstance(node.args[0], ast.Constant) else ""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        kind, target = node.value.func, node.targets[0]
        if getattr(kind, "id", "") == "SelectMultipleField" and isinstance(target, ast.Name):
            return target.id
    return ""


def _declared() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {_domain_of(path): set() for path in SOURCES}
    for path in SOURCES:
        for call in _calls(path):
            if getattr(call.func, "id", "") == "takes_lists":
                found[_domain_of(path)] |= {str(one.value) for one in call.args}  # type: ignore[attr-defined]
    return found
