"""What every template and style sheet keeps to, whoever writes it."""

import re
from pathlib import Path

import pytest
from flask import Flask

from ddplatform.web import filters

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
PUT_TOGETHER = re.compile(r"[bfx]-|s\d$")
"""Classes whose ending is a band, a shade or the place of a series."""
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _source(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def _rules(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def _app() -> Flask:
    app = Flask(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    filters.register(app)
    return app


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_every_template_compiles(path: Path) -> None:
    name = path.relative_to(ROOT / "templates").as_posix()
    assert _app().jinja_env.get_template(name).name == name


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_no_page_carries_a_style_attribute_or_an_event_handler(path: Path) -> None:
    source = _source(path)
    assert not re.findall(r"\sstyle\s*=|<style", source)
    assert not re.findall(r"[\s'\"]on[a-z]{3,}\s*=", source)


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_every_script_is_a_file_of_ours_and_carries_the_nonce(path: Path) -> None:
    for attributes, body in re.findall(
        r"<script\b([^>]*)>(.*?)</script>", _source(path), re.DOTALL
    ):
        assert "url_for('static'" in attributes
        assert 'nonce="{{ csp_nonce }}"' in attributes
        assert body.strip() == ""


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_nothing_is_marked_safe_in_a_template(path: Path) -> None:
    assert not re.findall(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false", _source(path))


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_no_page_loads_anything_from_another_host(path: Path) -> None:
    assert not re.findall(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", _source(path))


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_icon_names_are_written_out_so_that_the_sprite_can_hold_them(path: Path) -> None:
    for argument in re.findall(r"\bicon\(\s*([^,)]+)", _source(path)):
        literal = re.fullmatch(r"'[a-z0-9-]+'|\"[a-z0-9-]+\"", argument.strip())
        handed_over = argument.strip() in {"name", "item.icon"}
        assert literal or handed_over, f"icon({argument}) is put together at run time"


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_every_form_that_changes_something_carries_the_token(path: Path) -> None:
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", _source(path), re.DOTALL):
        # `fields(form)` writes every field of a form, its token too.
        carriers = ("csrf()", "csrf_token", "hidden_tag()", "fields(form)")
        assert any(carrier in form for carrier in carriers), form[:120]


@pytest.mark.parametrize("path", STYLES, ids=_name)
def test_style_sheets_use_logical_properties_only(path: Path) -> None:
    source = _rules(path)
    assert not re.findall(r"(?<![\w.#-])(?:[a-z]+-)*(?:left|right)(?:-[a-z]+)*\s*:", source)
    assert not re.findall(r":\s*(?:left|right)\b", source)


@pytest.mark.parametrize("path", STYLES, ids=_name)
def test_style_sheets_load_nothing(path: Path) -> None:
    source = _rules(path)
    assert "url(" not in source
    assert "@import" not in source


def test_both_dark_palettes_are_the_same() -> None:
    source = (ROOT / "static" / "css" / "core.css").read_text(encoding="utf-8")
    chosen = re.search(r"\[data-theme=dark\]\{(.*?)\}", source, re.DOTALL)
    device = re.search(r":root:not\(\[data-theme\]\)\{(.*?)\}", source, re.DOTALL)
    assert chosen is not None
    assert device is not None
    assert chosen[1] == device[1]


def test_every_class_of_the_style_sheets_is_on_some_page() -> None:
    folders = (ROOT / "templates", ROOT / "static" / "js", ROOT / "ddplatform" / "web")
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
