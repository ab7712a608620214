"""docs/sign-in.md lists every way in, and every word that no password may consist of."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from flask import Flask

from ddplatform.accounts.organisations.services import new_passwords
from ddplatform.core.passwords.guessing import common_passwords
from ddplatform.infrastructure.access.declared import access_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/sign-in.md").read_text(encoding="utf-8")
START = re.compile(r"from ddplatform\.accounts\.sign_in\.start import .*\bstart_session\b")
LOG_IN = "login_user("


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def texts() -> dict[str, str]:
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "ddplatform").rglob("*.py"))
    }


def test_every_module_that_signs_a_browser_in_is_in_the_table_and_no_other():
    rows = re.findall(r"^\|[^|]+\| `([\w/]+\.py)` \|", section("Ways for people"), re.MULTILINE)

    assert sorted(rows) == sorted(name for name, text in texts().items() if START.search(text))


def test_one_function_alone_signs_in_and_asks_for_the_second_factor():
    found = [name for name, text in texts().items() if LOG_IN in text]

    assert found == ["ddplatform/accounts/sign_in/start.py"]


def test_every_address_that_a_secret_opens_is_in_the_table(app: Flask):
    cells = re.findall(r"^\|[^|]+\|([^|]+)\|", section("Ways for programs"), re.MULTILINE)
    named = {name for cell in cells for name in re.findall(r"`([\w.*]+)`", cell)}
    opened = {
        f"{name.partition('.')[0]}.*"
        for name in app.view_functions
        if (access := access_of(app, name)) is not None and access.by_token
    }
    asking = {name for name, text in texts().items() if 'headers.get("Authorization"' in text}

    assert opened | {"health.show_metrics"} == named
    assert asking == {
        "ddplatform/infrastructure/gate_tokens.py",
        "ddplatform/infrastructure/health/routes.py",
    }


def test_words_of_the_product_and_the_size_of_the_list_are_those_of_the_data():
    words = section("Words that no password may consist of")
    data = yaml.safe_load(
        (ROOT / "ddplatform/core/passwords/data/patterns.yaml").read_text(encoding="utf-8")
    )

    [product] = re.findall(r"^- the product: (.+)$", words, flags=re.MULTILINE)
    assert product.split(", ") == data["product_words"]
    assert f"the {len(common_passwords()):,} most used passwords" in words


@pytest.mark.parametrize(
    ("password", "names"),
    [
        ("waymarkwaymark waymark", []),
        ("lighthousequarry.example", []),
        ("AdaezeOkonkwo2026", ["Adaeze Okonkwo"]),
        ("a.okonkwo@mill.example", ["a.okonkwo@mill.example"]),
        ("northernspinningmills", ["Northern Spinning Mills"]),
    ],
)
def test_password_of_words_on_the_page_is_refused(
    app: Flask, monkeypatch: pytest.MonkeyPatch, password: str, names: list[str]
):
    here = SimpleNamespace(base_url="https://lighthousequarry.example")
    monkeypatch.setattr(new_passwords, "adapters", lambda: here)

    with app.test_request_context():
        problem = new_passwords.new_password_problem(password, names=names)

    assert problem is not None and "consists mostly of" in problem
