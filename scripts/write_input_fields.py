"""docs/input-fields.csv: every field of every form with the rules of its value.

Usage: python -m scripts.write_input_fields
"""

import csv
import importlib
import pkgutil
from collections.abc import Iterator
from io import StringIO
from typing import Any

from wtforms import Form
from wtforms.validators import (
    AnyOf,
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
)

import ddplatform
from scripts.page_tables import DOCS

FILE = DOCS / "input-fields.csv"
PLACES = frozenset({"forms", "routes"})
"""Modules and packages that hold forms."""
HEADINGS = ("form", "field", "kind", "required", "rules")


def forms() -> list[type[Form]]:
    """Every form of the product, by its module and name."""
    for module in pkgutil.walk_packages(ddplatform.__path__, "ddplatform."):
        if PLACES.intersection(module.name.split(".")):
            importlib.import_module(module.name)
    found, waiting = set(), [Form]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("ddplatform.") and "<" not in form.__qualname__:
            found.add(form)
    return sorted(found, key=lambda form: (form.__module__, form.__name__))


def content() -> str:
    """The file as it should be."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    for form in forms():
        writer.writerows(_rows(form))
    return text.getvalue()


def _rows(form: type[Form]) -> Iterator[tuple[str, ...]]:
    for name in sorted(dir(form)):
        field = getattr(form, name)
        kind = getattr(field, "field_class", None)
        if kind is None:
            continue
        given = [*field.args[1:2], field.kwargs.get("validators") or ()]
        validators = [one for part in given for one in part]
        rules = [rule for one in validators if (rule := _rule(one))]
        if hasattr(form, f"validate_{name}"):
            rules.append(f"validate_{name}")
        is_required = any(_requires(one) for one in validators)
        yield (
            f"{form.__module__.removeprefix('ddplatform.')}.{form.__name__}",
            name,
            kind.__name__.removesuffix("Field"),
            "yes" if is_required else "",
            "; ".join(rules),
        )


def _requires(validator: Any) -> bool:
    return (
        isinstance(validator, DataRequired | InputRequired)
        or "Required" in type(validator).__name__
    )


def _rule(validator: Any) -> str:
    match validator:
        case Length(min=least, max=most) if least > 0:
            return f"{least} to {most} characters"
        case Length(max=most):
            return f"at most {most} characters"
        case NumberRange(min=least, max=most):
            return f"from {'any' if least is None else least} to {'any' if most is None else most}"
        case Regexp(regex=pattern):
            return f"matches {pattern.pattern}"
        case AnyOf(values=values):
            return f"one of {', '.join(map(str, values))}"
        case Email():
            return "a mail address"
        case Optional() | DataRequired() | InputRequired():
            return ""
        case _:
            named = getattr(validator, "__name__", type(validator).__name__)
            return "" if "Required" in named else str(named).lstrip("_")


if __name__ == "__main__":
    FILE.write_text(content(), encoding="utf-8")
