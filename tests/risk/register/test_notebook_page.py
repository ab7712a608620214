"""The examples of docs/notebook.md, run in order on files of a map that the services made."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from flask import Flask

from ddplatform.config import ROOT
from ddplatform.infrastructure.access.identity import Act
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.value_chain.map_files.services.export import export_chain
from tests.conftest import NOW
from tests.factories import Tenant, csrf_token, signed_in_client
from tests.risk_maps import CocoaMap, acting, assess

PAGE = (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
MOST_LINES = 120


@pytest.fixture
def folder(
    app: Flask, tenant: Tenant, cocoa: CocoaMap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder, the one to work in, with the files that the page names."""
    assess(tenant, cocoa.chain)
    with acting(tenant):
        for form in ("graphml", "json"):
            made = export_chain(cocoa.chain, form, act=Act(tenant.manager, NOW))
            (tmp_path / f"cocoa.{form}").write_bytes(made.content)
    manager = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    token = csrf_token(manager, "/o/acme/value-chain/new")
    sent = {"csrf_token": token, "form": "parquet", "view": "all"}
    answer = manager.post(f"/o/acme/risk/register/{cocoa.chain}/export", data=sent)
    assert "cocoa-risks-v" in answer.headers["Content-Disposition"]
    (tmp_path / "cocoa-risks.parquet.zip").write_bytes(answer.data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def found(folder: Path) -> dict[str, Any]:
    """The names that the examples leave behind."""
    names: dict[str, Any] = {}
    for example in EXAMPLES:
        exec(compile(example, "docs/notebook.md", "exec"), names)
    return names


def test_the_examples_of_the_page_run_and_find_what_the_map_holds(found: dict[str, Any]) -> None:
    assert len(EXAMPLES) > 5
    assert [found["exact"].nodes[node]["name"] for node in found["own"]] == ["Maison Cacao"]
    assert len(found["behind"]) == 2 and found["unknown"] == []
    assert set(found["ranking"]["place"]) == {"Maison Cacao", "Lagune Export", "Espoir farm group"}
    assert "unknown-origin:" in " ".join({*found["risks"]["place_id"]} - {*found["ranking"].index})
    assert found["ranking"].set_index("place")["reaches"]["Espoir farm group"] == 2


def test_every_column_and_attribute_of_the_page_is_there(found: dict[str, Any]) -> None:
    columns, attributes = table_of("| column |"), table_of("| attribute |")
    exact = found["exact"]
    told = [values for _, values in exact.nodes(data=True)]
    told += [values for *_, values in exact.edges(data=True)]

    assert columns <= {*found["risks"].columns}
    assert attributes <= {name for values in told for name in values}


def test_types_of_the_register_are_those_of_the_page(found: dict[str, Any]) -> None:
    risks: pd.DataFrame = found["risks"]

    assert risks["index"].between(0, 100).all() and risks["completeness"].between(0, 1).all()
    assert (str(risks["tier"].dtype), str(risks["index"].dtype)) == ("Int64", "float64")
    assert str(risks["deferred_until"].dtype).startswith("datetime64")
    assert risks["owner"].isna().all() and not (risks["owner"] == "").any()


def table_of(head: str) -> set[str]:
    """The names in the first column of a table of the page."""
    lines = PAGE.split(head)[1].split("\n\n")[0].splitlines()[2:]
    return {name for line in lines for name in re.findall(r"`([\w]+)`", line.split("|")[1])}


def test_the_page_can_be_read_in_a_few_minutes() -> None:
    assert len(PAGE.splitlines()) <= MOST_LINES
