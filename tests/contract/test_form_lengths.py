"""Every text that a form takes has a length, and a password is hidden while it is typed."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wtforms import Form, HiddenField, PasswordField, StringField
from wtforms.validators import Length, Regexp

import ddplatform
from ddplatform.accounts.sign_in import forms as sign_in

ROOT = Path(__file__).resolve().parents[2]
ENDLESS = re.compile(r"(?<!\\)[*+]|\{\d+,\}")
"""Parts of a pattern that match any number of signs."""


def forms() -> Iterator[type[Form]]:
    for module in pkgutil.walk_packages(ddplatform.__path__, "ddplatform."):
        if module.name.endswith(".forms") or ".forms." in module.name:
            importlib.import_module(module.name)
    waiting = [Form]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("ddplatform."):
            yield form


def text_fields() -> dict[str, list[Any]]:
    """Name of a field -> its validators; ids and versions in hidden fields are no texts."""
    found = {}
    for form in forms():
        for name in dir(form):
            field = getattr(form, name)
            kind = getattr(field, "field_class", None)
            if kind and issubclass(kind, StringField) and not issubclass(kind, HiddenField):
                given = [*field.args[1:2], field.kwargs.get("validators") or ()]
                found[f"{form.__name__}.{name}"] = [one for part in given for one in part]
    return found


def is_bounded(validator: Any) -> bool:
    if isinstance(validator, Regexp):
        pattern = validator.regex.pattern
        return (
            bool(pattern.endswith("$")) and ENDLESS.search(re.sub(r"\[.*?\]", "", pattern)) is None
        )
    return isinstance(validator, Length) and validator.max > 0


def test_every_text_field_has_a_length():
    fields = text_fields()

    assert len(fields) > 80
    assert [name for name, has in fields.items() if not any(map(is_bounded, has))] == []


def test_passwords_are_typed_in_hidden_fields_that_password_managers_may_fill():
    hidden = {
        name
        for form in (sign_in.SignInForm, sign_in.JoinForm, sign_in.ChangePasswordForm)
        for name in dir(form)
        if getattr(getattr(form, name), "field_class", None) is PasswordField
    }
    pages = (ROOT / "templates/accounts/sign_in").glob("*.html")
    typed = [page for page in pages if "form.password" in page.read_text(encoding="utf-8")]
    scripts = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "static/js").glob("*.js")
    )

    assert hidden == {"password", "again", "current"}
    assert typed
    for page in typed:
        words = page.read_text(encoding="utf-8")
        assert "current-password" in words or "new-password" in words, page.name
    assert "paste" not in scripts
