"""The frames of pages: what they show with everything, and with nothing."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, flash, render_template, render_template_string

from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import ROLES, Role
from ddplatform.infrastructure.web import filters
from ddplatform.infrastructure.web.page_context import GROUPS

ROOT = Path(__file__).resolve().parents[3]
EVERYTHING: dict[str, Any] = {
    "organisation": {"name": "Maison <Cacao>", "slug": "maison-cacao", "is_sample": True},
    "identity": {"name": "Inès Laurent", "role_title": "Sustainability lead"},
    "navigation": [
        {
            "title": "Respond",
            "items": [
                {
                    "label": "Risks",
                    "icon": "alert-triangle",
                    "href": "/r",
                    "current": True,
                    "count": 64,
                },
                {"label": "Remediation", "icon": "lifebuoy", "href": "/c", "locked": True},
            ],
        }
    ],
    "links": {
        "home": "/home",
        "search": "/search",
        "help": "/help",
        "notices": "/notices",
        "account": "/account",
        "switch": "/choose",
        "theme": "/theme",
        "sign_out": "/out",
        "offline": "/answers.xlsx",
    },
    "languages": [
        {"code": "en", "name": "English", "href": "?lang=en", "current": True},
        {"code": "ar", "name": "العربية", "href": "?lang=ar"},
    ],
    "theme": "dark",
    "lang": "ar",
    "dir": "rtl",
    "csp_nonce": "n0nce",
    "access_until": date(2026, 12, 31),
    "notice_count": 3,
    "product_name": "Waymark",
}


@pytest.fixture
def app() -> Flask:
    made = Flask(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    made.secret_key = "test only"
    filters.register(made)
    made.jinja_env.globals.update(
        csrf_token=lambda: "token",
        vendor=frozenset({"icons.svg", "fonts.css"}),
        permission=Permission,
        may=lambda permission: permission is Permission.VALUE_CHAIN_READ,
        page_notices=list,
    )
    return made


def _page(app: Flask, layout: str, blocks: str = "", **context: Any) -> str:
    source = (
        f"{{% extends 'layouts/{layout}.html' %}}{{% block heading %}}Title{{% endblock %}}{blocks}"
    )
    with app.test_request_context():
        flash("Saved <b>it</b>", "success")
        return render_template_string(source, **context)


@pytest.mark.parametrize("layout", ["workspace", "supplier", "public"])
def test_every_frame_stands_with_nothing_known(app: Flask, layout: str) -> None:
    page = _page(app, layout, csp_nonce="n")
    assert '<html lang="en" dir="ltr">' in page
    assert "<h1>Title</h1>" in page
    assert page.count('<main id="main"') == 1
    assert 'href="#main"' in page


@pytest.mark.parametrize("layout", ["workspace", "supplier", "public"])
def test_every_frame_takes_language_direction_and_theme_and_offers_the_languages(
    app: Flask, layout: str
) -> None:
    page = _page(app, layout, **EVERYTHING)
    assert '<html lang="ar" dir="rtl" data-theme="dark">' in page
    assert '<a href="?lang=ar" lang="ar" hreflang="ar">العربية</a>' in page


@pytest.mark.parametrize("layout", ["workspace", "supplier", "public"])
def test_messages_are_announced_and_never_read_as_markup(app: Flask, layout: str) -> None:
    page = _page(app, layout, **EVERYTHING)
    assert '<div class="notices" role="status"><div class="notice ok">' in page
    assert "Saved &lt;b&gt;it&lt;/b&gt;" in page
    assert "Maison <Cacao>" not in page


def test_the_title_names_page_organisation_and_product(app: Flask) -> None:
    page = _page(app, "workspace", **EVERYTHING)
    assert "<title>Title · Maison &lt;Cacao&gt; · Waymark</title>" in page


def test_the_side_navigation_marks_where_one_is_and_what_is_restricted(app: Flask) -> None:
    page = _page(app, "workspace", **EVERYTHING)
    assert page.count('<a href="/r" title="Risks" aria-current="page">') == 2
    assert '<span class="n">64</span>' in page
    assert 'aria-label="restricted"' in page


def test_sample_data_and_the_end_of_an_access_are_said_on_each_page(app: Flask) -> None:
    page = _page(app, "workspace", **EVERYTHING)
    assert "Sample data." in page
    assert "until <strong>31 December 2026</strong>" in page
    real = {
        **EVERYTHING,
        "organisation": {"name": "Real", "is_sample": False},
        "access_until": None,
    }
    assert "Sample data." not in _page(app, "workspace", **real)
    assert "audit trail" not in _page(app, "workspace", **real)


def test_the_person_menu_holds_theme_and_sign_out_as_forms_with_the_token(app: Flask) -> None:
    page = _page(app, "workspace", **EVERYTHING)
    assert 'action="/theme"><input type="hidden" name="csrf_token" value="token">' in page
    assert 'action="/out"><input type="hidden" name="csrf_token" value="token">' in page
    assert '<button name="theme" value="dark" aria-current="true">' in page


def test_a_page_can_fill_every_place_of_the_frame(app: Flask) -> None:
    names = ["lead", "actions", "content", "scripts", "breadcrumbs", "banner", "page_class"]
    blocks = "".join(f"{{% block {name} %}}[{name}]{{% endblock %}}" for name in names)
    page = _page(app, "workspace", blocks, **EVERYTHING)
    assert [name for name in names if f"[{name}]" not in page] == []


def test_the_narrow_side_bar_is_kept_for_pages_with_icons(app: Flask) -> None:
    rail = "{% block shell_class %}rail{% endblock %}"
    assert 'class="shell rail"' in _page(app, "workspace", rail, **EVERYTHING)
    app.jinja_env.globals["vendor"] = frozenset()
    bare = _page(app, "workspace", rail, **EVERYTHING)
    assert 'class="shell "' in bare
    assert "fonts.css" not in bare


def test_a_supplier_page_loads_two_style_sheets_one_script_and_no_font(app: Flask) -> None:
    page = _page(app, "supplier", **EVERYTHING)
    assert page.count('rel="stylesheet"') == 2
    assert page.count("<script") == 1
    assert "fonts.css" not in page
    assert "Never write a child’s name here." in page
    assert 'action="/out" data-forget' in page


@pytest.mark.parametrize("status", [403, 404, 409, 422, 429, 500])
@pytest.mark.parametrize("layout", [None, "layouts/workspace.html", "layouts/supplier.html"])
def test_error_pages_stand_in_any_frame_and_never_show_a_trace(
    app: Flask, status: int, layout: str | None
) -> None:
    with app.test_request_context():
        page = render_template(
            f"errors/{status}.html",
            **EVERYTHING,
            layout=layout,
            request_id="r-1",
            advice="Do this.",
        )
    assert "<h1>" in page
    assert "Do this." in page
    assert "r-1" in page
    assert "Traceback" not in page


def test_a_conflict_shows_both_versions(app: Flask) -> None:
    versions = [{"label": "Name", "yours": "A & B", "theirs": "C"}]
    with app.test_request_context():
        page = render_template("errors/409.html", versions=versions, back="/newer")
    assert "<bdi>A &amp; B</bdi>" in page
    assert "<bdi>C</bdi>" in page
    assert 'href="/newer"' in page


def test_an_unprocessable_form_lists_what_to_mend(app: Flask) -> None:
    problems = [{"href": None, "label": "Name", "messages": ["Give it."]}]
    with app.test_request_context():
        page = render_template("errors/422.html", problems=problems)
    assert "Name: Give it." in page


def test_a_message_by_mail_is_plain_text_with_its_reason(app: Flask) -> None:
    with app.test_request_context():
        source = "{% extends 'email/base.txt' %}{% block text %}3 actions are due.{% endblock %}"
        template = app.jinja_env.overlay(autoescape=False).from_string(source)
        text = template.render(name="Inès O'Hara", organisation_name="Maison Cacao")
    assert text.startswith("Dear Inès O'Hara,")
    assert "3 actions are due." in text
    assert "because of your account with Maison Cacao" in text


def test_what_helps_to_understand_a_map_stands_between_the_map_and_the_response():
    groups = {title: [entry.label for entry in entries] for title, entries in GROUPS}

    assert list(groups) == ["", "Assess", "Respond", "Reporting and assurance", "Administration"]
    assert groups["Assess"][:3] == ["Risks", "Scenarios", "Assessment plan"]
    assert groups["Respond"][:2] == ["Findings", "Actions"]


@pytest.mark.parametrize("role", ROLES.values(), ids=lambda role: role.id.value)
def test_nobody_has_more_than_sixteen_entries_in_the_navigation(role: Role):
    entries = [entry for _, of_group in GROUPS for entry in of_group]
    shown = [e for e in entries if e.permission in role.permissions and role.id not in e.not_for]

    assert len(shown) <= 16


def test_no_entry_of_the_navigation_stands_twice():
    labels = [entry.label for _, entries in GROUPS for entry in entries]

    assert len(labels) == len({*labels})
