"""Weights a page may not pass (docs/performance.md, first visit, compressed)."""

import gzip
from pathlib import Path

import brotli

STATIC = Path(__file__).resolve().parents[2] / "static"
OF_SIGN_IN = STATIC / "js/passkeys.js"
"""Loaded by pages of sign-in, which load no other script."""
SCRIPTS = sorted({*(STATIC / "js").glob("*.js")} - {OF_SIGN_IN})
OF_ONE_AREA = STATIC / "css/risk.css"
"""Drawings of the risk pages, which no other page loads."""
STYLES = sorted({*(STATIC / "css").glob("*.css")} - {OF_ONE_AREA})
KIB = 1024


def _compressed(paths: list[Path]) -> int:
    return sum(len(brotli.compress(path.read_bytes(), quality=11)) for path in paths)


def test_our_own_scripts_stay_within_ten_kilobytes() -> None:
    assert SCRIPTS
    assert _compressed(SCRIPTS) <= 10 * KIB
    assert sum(len(gzip.compress(path.read_bytes())) for path in SCRIPTS) <= 10 * KIB


def test_script_of_the_sign_in_pages_stays_within_one_kilobyte_and_alone() -> None:
    assert len(gzip.compress(OF_SIGN_IN.read_bytes())) <= KIB
    templates = STATIC.parent / "templates"
    pages = [
        path.read_text(encoding="utf-8")
        for path in templates.rglob("*.html")
        if OF_SIGN_IN.name in path.read_text(encoding="utf-8") and "<script" in path.read_text()
    ]
    assert pages
    assert all(page.count("<script") == 1 for page in pages)
    assert all("{% extends 'layouts/public.html' %}" in page for page in pages)
    assert "<script" not in (templates / "layouts/public.html").read_text(encoding="utf-8")


def test_style_sheets_of_all_pages_together_stay_within_twelve_kilobytes() -> None:
    assert STYLES
    assert _compressed(STYLES) <= 12 * KIB


def test_a_style_sheet_of_one_area_stays_within_five_kilobytes_and_out_of_the_layouts() -> None:
    assert _compressed([OF_ONE_AREA]) <= 5 * KIB
    layouts = (STATIC.parent / "templates/layouts").glob("*.html")
    assert not any(OF_ONE_AREA.name in layout.read_text(encoding="utf-8") for layout in layouts)


def test_what_a_supplier_page_loads_beside_itself_leaves_room_for_its_answers() -> None:
    loaded = [STATIC / "css/core.css", STATIC / "css/supplier.css", STATIC / "js/autosave.js"]
    assert _compressed(loaded) <= 12 * KIB
