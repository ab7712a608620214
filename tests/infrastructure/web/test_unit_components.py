"""The shared parts of pages, drawn with real forms: labels, hints, errors, states."""

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from ddplatform.infrastructure.web import filters

ROOT = Path(__file__).resolve().parents[3]


class SiteForm(Form):
    token = HiddenField()
    name = StringField(
        "Name of the site", [InputRequired("Give the name.")], description="As on the gate"
    )
    tier = SelectField("Tier", choices=[SelectChoice("1", "Tier 1"), SelectChoice("2", "Tier 2")])
    workers = IntegerField("Workers")
    note = TextAreaField("Why")
    ages = RadioField(
        "Do you check ages?",
        [InputRequired("Choose one.")],
        choices=[SelectChoice("y", "Yes"), SelectChoice("n", "No")],
    )
    issues = SelectMultipleField(
        "Issues", choices=[SelectChoice("a", "Hazardous work"), SelectChoice("b", "School")]
    )
    read = BooleanField("I have read this", description="No child is named")
    photo = FileField("Photo", description="Cover the names")
    papers = MultipleFileField("Papers")
    submit = SubmitField("Save")


class Page(HTMLParser):
    """Elements with their attributes, and the text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def ids(self) -> list[str]:
        return [str(a["id"]) for _, a in self.elements if "id" in a]


@pytest.fixture
def app() -> Flask:
    made = Flask(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    made.secret_key = "test only"
    filters.register(made)
    made.jinja_env.globals.update(csrf_token=lambda: "token", vendor=frozenset({"icons.svg"}))
    return made


def _draw(app: Flask, imports: str, source: str, **context: Any) -> Page:
    with app.test_request_context():
        return Page(render_template_string(f"{{% from {imports} %}}{source}", **context))


FORMS = "'components/forms.html' import error_summary, fields, field, problem_summary, text, select, textarea, file, submit_row, upload"
UI = "'components/ui.html' import icon, band, severity, level, facts, paging, tabs, segments, empty, notice, confirm, job_progress, breadcrumbs, sort_link, tag"


@pytest.fixture
def refused() -> SiteForm:
    form = SiteForm(MultiDict({"name": "", "tier": "2", "issues": ["b"]}))
    assert not form.validate()
    return form


def test_hints_and_errors_are_joined_to_their_control(app: Flask, refused: SiteForm) -> None:
    page = _draw(app, FORMS, "{{ fields(form) }}", form=refused)
    name = next(a for a in page.all("input") if a.get("name") == "name")
    assert name["aria-describedby"] == "name-hint name-error"
    assert name["aria-invalid"] == "true"
    described = {
        reference
        for _, a in page.elements
        for reference in (a.get("aria-describedby") or "").split()
    }
    assert described <= set(page.ids)


def test_every_label_belongs_to_a_control_and_no_id_stands_twice(
    app: Flask, refused: SiteForm
) -> None:
    page = _draw(app, FORMS, "{{ fields(form) }}", form=refused)
    assert all(a["for"] in page.ids for a in page.all("label") if "for" in a)
    assert [i for i, count in Counter(page.ids).items() if count > 1] == []


def test_the_error_summary_takes_the_focus_and_leads_to_each_field(
    app: Flask, refused: SiteForm
) -> None:
    page = _draw(app, FORMS, "{{ error_summary(form) }}{{ fields(form) }}", form=refused)
    summary = page.all("section")[0]
    assert "autofocus" in summary
    assert summary["tabindex"] == "-1"
    targets = [str(a["href"]).removeprefix("#") for a in page.all("a")]
    assert targets == ["name", "ages"]
    assert set(targets) <= set(page.ids)
    assert "Name of the site: Give the name." in page.words


def test_a_form_without_faults_has_no_error_summary(app: Flask) -> None:
    form = SiteForm(MultiDict({"name": "Nawa", "tier": "1", "ages": "y"}))
    assert form.validate()
    assert _draw(app, FORMS, "{{ error_summary(form) }}", form=form).elements == []


def test_what_was_typed_and_chosen_is_still_there_after_a_refusal(
    app: Flask, refused: SiteForm
) -> None:
    page = _draw(app, FORMS, "{{ fields(form) }}", form=refused)
    assert [a["value"] for a in page.all("option") if "selected" in a] == ["2"]
    assert [a["value"] for a in page.all("input") if "checked" in a] == ["b"]


def test_only_what_may_be_left_out_is_called_optional(app: Flask, refused: SiteForm) -> None:
    page = _draw(app, FORMS, "{{ field(form.name) }}|{{ field(form.note) }}", form=refused)
    required, optional = page.words.split("|")
    assert "(optional)" not in required
    assert "(optional)" in optional


@pytest.mark.parametrize(
    ("call", "is_optional"),
    [
        ("field(form.tier)", False),  # one of its answers always holds
        ("field(form.ages)", False),
        ("field(form.note, optional=false)", False),  # needed by a rule the form does not know
        ("field(form.workers)", True),
    ],
)
def test_a_choice_that_always_holds_is_not_called_optional(
    app: Flask, refused: SiteForm, call: str, is_optional: bool
) -> None:
    page = _draw(app, FORMS, "{{ " + call + " }}", form=refused)
    assert ("(optional)" in page.words) is is_optional


def test_problems_without_an_address_are_plain_text(app: Flask) -> None:
    rows = [{"href": None, "label": "Date", "messages": ["Give a day."]}]
    page = _draw(app, FORMS, "{{ problem_summary(rows, general=['Stop']) }}", rows=rows)
    assert page.all("a") == []
    assert "Date: Give a day." in page.words
    assert "Stop" in page.words


def test_fields_without_a_form_class_carry_label_hint_error_and_value(app: Flask) -> None:
    page = _draw(
        app,
        FORMS,
        "{{ text('a', 'A', 'x<y', hint='H', errors=['E'], autocomplete='off') }}"
        "{{ textarea('b', 'B', none, maxlength=280) }}"
        "{{ select('c', 'C', [('', 'All'), (3, 'Three')], 3) }}"
        "{{ file('d', 'D', button='Take a photo', multiple=true) }}"
        "{{ submit_row('Save', '/back') }}",
    )
    first = page.all("input")[0]
    assert (first["value"], first["autocomplete"]) == ("x<y", "off")
    assert first["aria-describedby"] == "a-hint a-error"
    assert page.all("textarea")[0]["maxlength"] == "280"
    assert [a["value"] for a in page.all("option") if "selected" in a] == ["3"]
    assert page.all("input")[1]["aria-labelledby"] == "d-label"
    assert page.all("output") == [{"for": "d"}]
    assert page.all("a")[0]["href"] == "/back"


def test_text_of_people_is_never_read_as_markup(app: Flask) -> None:
    page = _draw(
        app,
        UI,
        "{{ facts([(bad, bad)]) }}{{ notice(bad, 'warn', bad) }}{{ empty(bad, bad) }}"
        "{{ breadcrumbs([], bad) }}{{ tag(bad) }}{{ icon('lock', title=bad) }}",
        bad='"><script>alert(1)</script>',
    )
    assert page.all("script") == []


def test_a_band_is_a_word_and_what_is_not_assessed_says_so(app: Flask) -> None:
    page = _draw(
        app, UI, "{{ band('high') }}{{ band(none) }}{{ severity('very_severe') }}{{ level(none) }}"
    )
    assert [a["class"] for a in page.all("span")] == [
        "band high",
        "band none",
        "band critical",
        "band none",
    ]
    assert page.words == "HighNot assessedVery severeNot assessed"


def test_a_scale_says_its_step_in_words(app: Flask) -> None:
    page = _draw(app, UI, "{{ level(4) }}")
    assert sum(a.get("class") == "on" for a in page.all("i")) == 4
    assert "4 of 5" in page.words


def test_without_the_sprite_words_stand_in_place_of_icons(app: Flask) -> None:
    app.jinja_env.globals["vendor"] = frozenset()
    page = _draw(app, UI, "{{ icon('lock', title='restricted') }}{{ icon('map') }}")
    assert page.all("svg") == []
    assert page.words == "restricted"


def test_a_fact_not_known_is_said(app: Flask) -> None:
    page = _draw(app, UI, "{{ facts([('Sites', none), ('Cases', 0)]) }}")
    assert page.words == "SitesNot knownCases0"


def test_paging_says_where_it_is_and_leaves_out_what_leads_nowhere(app: Flask) -> None:
    first = {
        "first": 1,
        "last": 50,
        "total": 6632,
        "next_href": "?page=2",
        "pages": [{"number": 1, "current": True}, {"number": 2, "href": "?page=2"}, None],
    }
    page = _draw(app, UI, "{{ paging(page, 'sites', part='#rows') }}", page=first)
    assert "1–50 of 6,632 sites" in page.words
    assert "Previous" not in page.words
    assert {a["data-swap"] for a in page.all("a")} == {"#rows"}
    none = _draw(app, UI, "{{ paging(page, 'sites') }}", page={"total": 0})
    assert "No sites" in none.words


def test_the_current_tab_is_announced(app: Flask) -> None:
    items = [
        {"label": "Open", "href": "#o", "current": True, "count": 1200},
        {"label": "Closed", "href": "#c"},
    ]
    page = _draw(app, UI, "{{ tabs(items) }}{{ segments(items) }}", items=items)
    current = [a.get("aria-current") for a in page.all("a")]
    assert current == ["page", None, "true", None]
    assert "1,200" in page.words


def test_confirming_says_the_consequence_and_sends_the_token(app: Flask) -> None:
    page = _draw(
        app,
        UI,
        "{{ confirm('/close', 'Close it?', 'The supplier is told.', 'Close', '/back', fields={'v': 3}) }}",
    )
    assert {a["name"]: a["value"] for a in page.all("input")} == {"csrf_token": "token", "v": "3"}
    assert "The supplier is told." in page.words


def test_a_job_asks_again_only_while_it_runs(app: Flask) -> None:
    running = _draw(app, UI, "{{ job_progress('j', 'Reading', 40, 100) }}")
    assert running.all("section")[0]["data-progress"] == "2"
    done = _draw(app, UI, "{{ job_progress('j', 'Reading', none, none, running=false) }}")
    assert "data-progress" not in done.all("section")[0]
    assert "value" not in done.all("progress")[0]


TABLES = "'components/tables.html' import data_table, row_head, select_box"
TABLE = (
    "{% call data_table('Suppliers', columns, rows=rows, empty_title='No match') %}"
    "{% for row in rows %}<tr>{{ select_box('id', row, 'Pick ' ~ row) }}{{ row_head(row, '/n') }}</tr>"
    "{% endfor %}{% endcall %}"
)


def test_a_table_is_a_named_region_that_scrolls_and_says_how_it_is_sorted(app: Flask) -> None:
    columns = [
        {"label": "Pick", "hidden": True},
        {"label": "Name", "href": "?sort=-name", "direction": "ascending"},
        {"label": "Sites", "number": True},
    ]
    page = _draw(app, TABLES, TABLE, columns=columns, rows=["Nawa"])
    region = page.all("div")[0]
    assert (region["tabindex"], region["role"], region["aria-label"]) == (
        "0",
        "group",
        "Suppliers, table",
    )
    assert [a.get("aria-sort") for a in page.all("th")] == [None, "ascending", None, None]
    assert "Name, sorted ascending, turn round" in page.words


def test_an_empty_table_says_so_instead(app: Flask) -> None:
    page = _draw(app, TABLES, TABLE, columns=[], rows=[])
    assert page.all("table") == []
    assert "No match" in page.words


CHARTS = "'components/charts.html' import heat_map, bar_rows, meter, line, band_legend, stacked"


def test_a_heat_map_is_a_table_whose_counts_are_links_that_say_what_they_count(app: Flask) -> None:
    rows = [
        {
            "label": "5",
            "note": "Irreversible",
            "cells": [
                {"count": 3, "band": "critical", "href": "?s=5&l=1", "selected": True},
                {"count": 0, "band": "high", "href": "?s=5&l=2"},
            ],
        }
    ]
    page = _draw(app, CHARTS, "{{ heat_map('Open risks', ['Rare', 'Likely'], rows) }}", rows=rows)
    assert [(a["href"], a["aria-label"]) for a in page.all("a")] == [
        ("?s=5&l=1", "3, critical, 5 Irreversible, Rare")
    ]


def test_a_meter_shows_its_figure_and_the_unknown_as_not_assessed(app: Flask) -> None:
    page = _draw(app, CHARTS, "{{ meter(0.82) }}{{ meter(none) }}")
    assert page.words == "82%Not assessed"
    assert page.all("rect")[1]["width"] == "82%"


def test_a_meter_of_a_very_small_or_very_large_share_is_still_drawn(app: Flask) -> None:
    page = _draw(app, CHARTS, "{{ meter(0.0012) }}{{ meter(0.9999) }}")
    assert page.words == "under 1%over 99%"
    assert [rect["width"] for rect in page.all("rect")[1::2]] == ["0.12%", "99.99%"]


def test_bars_and_lines_carry_the_same_figures_as_words(app: Flask) -> None:
    series = [{"label": "With teams", "values": [14, None]}]
    page = _draw(
        app,
        CHARTS,
        "{{ bar_rows([{'label': 'Tier 1', 'parts': [('f-accent', 1)], 'text': '11 of 14'}], [('f-accent', 'Assessed')]) }}"
        "{{ stacked([('f-low', 1)]) }}{{ band_legend() }}{{ line('l', 'Hours', series, ['May', 'Nov']) }}",
        series=series,
    )
    assert "11 of 14" in page.words
    assert "not known" in page.words
    assert "Highest risk:" in page.words
