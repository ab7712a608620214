"""What every template and style sheet keeps to, whoever writes it."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import TemplateError

from ddplatform.infrastructure.web import filters

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
PUT_TOGETHER = re.compile(r"[bfx]-|s\d$|g[A-E]$")
"""Classes whose ending is a band, a shade, the place of a series or a grade."""
PACKAGES = (
    *("infrastructure", "audit", "accounts", "evidence", "value_chain", "supplier_engagement"),
    *("risk", "due_diligence", "reporting", "demo"),
)
"""From the earliest to the latest, as in the import contracts."""
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _source(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def _rules(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def _faults(paths: Iterable[Path], found_in: Callable[[Path], Iterable[object]]) -> list[str]:
    """What is found in these files, each with the name of its file."""
    return [f"{_name(path)}: {found}" for path in paths for found in found_in(path)]


def test_every_template_compiles() -> None:
    app = Flask(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    filters.register(app)

    def broken(path: Path) -> Iterator[str]:
        try:
            app.jinja_env.get_template(path.relative_to(ROOT / "templates").as_posix())
        except TemplateError as error:
            yield repr(error)

    assert len(TEMPLATES) > 100
    assert _faults(TEMPLATES, broken) == []


def test_a_template_takes_nothing_from_a_later_package() -> None:
    taken = re.compile(r"{%-?\s*(?:extends|include|from|import)\s+['\"](\w+)/")

    def later(path: Path) -> list[str]:
        own = path.relative_to(ROOT / "templates").parts[0]
        named = taken.findall(_source(path))
        return [one for one in named if one in PACKAGES and _place(one) > _place(own)]

    assert set(PACKAGES) <= {path.name for path in (ROOT / "templates").iterdir()}
    assert _faults(PAGES, later) == []


def _place(folder: str) -> int:
    """Where a folder stands among the packages; components, layouts and mails come before all."""
    return PACKAGES.index(folder) if folder in PACKAGES else -1


def test_no_page_carries_a_style_attribute_or_an_event_handler() -> None:
    pattern = re.compile(r"\sstyle\s*=|<style|[\s'\"]on[a-z]{3,}\s*=")
    assert _faults(PAGES, lambda path: pattern.findall(_source(path))) == []


def test_every_script_is_a_file_of_ours_and_carries_the_nonce() -> None:
    def foreign(path: Path) -> Iterator[str]:
        for script in re.finditer(r"<script\b([^>]*)>(.*?)</script>", _source(path), re.DOTALL):
            is_ours = "url_for('static'" in script[1] and 'nonce="{{ csp_nonce }}"' in script[1]
            if not is_ours or script[2].strip():
                yield script[0]

    assert _faults(PAGES, foreign) == []


def test_nothing_is_marked_safe_in_a_template() -> None:
    pattern = re.compile(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false")
    assert _faults(TEMPLATES, lambda path: pattern.findall(_source(path))) == []


def test_no_page_loads_anything_from_another_host() -> None:
    pattern = re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//")
    assert _faults(PAGES, lambda path: pattern.findall(_source(path))) == []


def test_icon_names_are_written_out_so_that_the_sprite_can_hold_them() -> None:
    def put_together(path: Path) -> Iterator[str]:
        for argument in re.findall(r"\bicon\(\s*([^,)]+)", _source(path)):
            literal = re.fullmatch(r"'[a-z0-9-]+'|\"[a-z0-9-]+\"", argument.strip())
            handed_over = argument.strip() in {"name", "item.icon"}
            if not literal and not handed_over:
                yield f"icon({argument}) is put together at run time"

    assert _faults(PAGES, put_together) == []


def test_every_form_that_changes_something_carries_the_token() -> None:
    # `fields(form)` writes every field of a form, its token too. Pages that leave no trace have no
    # session, and nothing a browser keeps gives access there (decision 40).
    carriers = ("csrf()", "csrf_token", "hidden_tag()", "fields(form)")
    traceless = ROOT / "templates/due_diligence/concern_door"

    def bare(path: Path) -> Iterator[str]:
        forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", _source(path), re.DOTALL)
        return (form[:120] for form in forms if not any(carrier in form for carrier in carriers))

    assert _faults([page for page in PAGES if page.parent != traceless], bare) == []


def test_style_sheets_use_logical_properties_only() -> None:
    physical = re.compile(
        r"(?<![\w.#-])(?:[a-z]+-)*(?:left|right)(?:-[a-z]+)*\s*:|:\s*(?:left|right)\b"
    )
    assert _faults(STYLES, lambda path: physical.findall(_rules(path))) == []


def test_style_sheets_load_nothing() -> None:
    assert _faults(STYLES, lambda path: re.findall(r"url\(|@import", _rules(path))) == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (test_no_page_carries_a_style_attribute_or_an_event_handler, '<p style="color:red">'),
        (test_no_page_carries_a_style_attribute_or_an_event_handler, '<p onclick="go()">'),
        (test_every_script_is_a_file_of_ours_and_carries_the_nonce, "<script>go()</script>"),
        (test_nothing_is_marked_safe_in_a_template, "{{ words|safe }}"),
        (test_no_page_loads_anything_from_another_host, '<img src="//host/x.png">'),
        (test_icon_names_are_written_out_so_that_the_sprite_can_hold_them, "{{ icon(a ~ b) }}"),
        (test_every_form_that_changes_something_carries_the_token, '<form method="post"></form>'),
    ],
)
def test_rule_names_the_page_that_breaks_it(
    monkeypatch: pytest.MonkeyPatch, rule: Callable[[], None], source: str
) -> None:
    broken = ROOT / "templates" / "broken.html"
    real = Path.read_text
    monkeypatch.setattr(f"{__name__}.PAGES", [broken])
    monkeypatch.setattr(f"{__name__}.TEMPLATES", [broken])
    monkeypatch.setattr(
        Path, "read_text", lambda path, **how: source if path == broken else real(path, **how)
    )
    with pytest.raises(AssertionError, match=r"templates/broken\.html"):
        rule()


def test_both_dark_palettes_are_the_same() -> None:
    source = (ROOT / "static" / "css" / "core.css").read_text(encoding="utf-8")
    chosen = re.search(r"\[data-theme=dark\]\{(.*?)\}", source, re.DOTALL)
    device = re.search(r":root:not\(\[data-theme\]\)\{(.*?)\}", source, re.DOTALL)
    assert chosen is not None
    assert device is not None
    assert chosen[1] == device[1]


def test_every_class_of_the_style_sheets_is_on_some_page() -> None:
    folders = (ROOT / "templates", ROOT / "static" / "js", ROOT / "ddplatform")
    files = (path for folder in folders for path in folder.rglob("*"))
    pages = "\n".join(p.read_text("utf-8") for p in files if p.suffix in (".html", ".js", ".py"))
    written = set(re.findall(r"[\w-]+", pages))
    unused = {
        name
        for path in STYLES
        for selector in re.findall(r"([^{}]+)\{", re.sub(r"\"[^\"]*\"", "", _rules(path)))
        for name in re.findall(r"\.(-?[a-zA-Z_][\w-]*)", selector)
        if name not in written and not PUT_TOGETHER.match(name)
    }

    assert unused == set()
