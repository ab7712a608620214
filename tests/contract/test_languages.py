"""Pages that a supplier or a first-time user meets: no text unmarked, none without translation."""

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from ddplatform.languages import ENGLISH, LANGUAGES
from ddplatform.web.responses.help_words import MESSAGES
from scripts.update_translations import HEADER, catalogue_file, is_translated, read_marked

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
FIRST_MET = sorted(
    str(path.relative_to(ROOT))
    for pattern in (
        *("layouts/base.html", "layouts/public.html", "layouts/supplier.html"),
        *("auth/*.html", "errors/*.html", "email/*.txt", "responses/*.html"),
        "findings/my_action*.html",
    )
    for path in TEMPLATES.glob(pattern)
)
SPOKEN_BY_SUPPLIERS = (
    "ddplatform/web/responses/",
    "ddplatform/web/auth/",
    "ddplatform/web/filters",
)
OTHERS = [code for code in LANGUAGES if code != ENGLISH]
MARKED = [message for message in read_marked() if message.id]
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SHOWN_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|placeholder|data-label|alt)="([^"]*)"')
TAG = re.compile(r"<[^>]*>", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2}")
PART_OF_MARKUP = re.compile(r"^(-\w+\s*)+$|aria-")  # what macros put into ids and attributes
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def unmarked(source: str) -> list[str]:
    """Words of a template that a reader sees and gettext does not."""
    plain = JINJA.sub(" ", source)
    texts = [*SHOWN_ATTRIBUTE.findall(plain), *TAG.sub("\n", plain).split("\n")]
    found = [text.strip() for text in texts if WORD.search(text)]
    return [text for text in found if not PART_OF_MARKUP.search(text)]


def test_a_text_between_tags_or_in_a_label_is_found_and_a_marked_one_is_not():
    assert unmarked('<p title="Open">Go {{ name }}</p>') == ["Open", "Go"]
    assert unmarked("<p class=\"go\">{{ _('Go') }}</p>{# why #}") == []


@pytest.mark.parametrize("template", FIRST_MET)
def test_no_text_of_a_page_met_first_is_left_unmarked(template: str):
    assert unmarked((ROOT / template).read_text(encoding="utf-8")) == []


def wanted() -> list[Message]:
    """What the pages of suppliers say, in templates and in Python."""
    return [
        message
        for message in MARKED
        if any(
            place in FIRST_MET or place.startswith(SPOKEN_BY_SUPPLIERS)
            for place, _ in message.locations
        )
    ]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_those_pages_is_translated(language: str):
    with catalogue_file(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    known = {message.id: message for message in catalogue if message.id}
    found = [known.get(message.id) for message in wanted()]

    missing = [
        message.id
        for message, there in zip(wanted(), found, strict=True)
        if there is None or there.fuzzy or not is_translated(there.string)
    ]
    assert missing == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_placeholders_and_the_tags_of_its_text(language: str):
    with catalogue_file(language).open("rb") as file:
        messages = [m for m in read_po(file, locale=language) if m.id and is_translated(m.string)]
    wrong = []
    for message in messages:
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        for text in texts:
            same = [
                sorted(set(PLACEHOLDER.findall(text))) == sorted(set(PLACEHOLDER.findall(source)))
                and sorted(TAG.findall(text)) == sorted(TAG.findall(source))
                and (('"' in TAG.sub("", source)) or '"' not in TAG.sub("", text))
                for source in sources
            ]
            if not any(same):
                wrong.append((sources[-1], text))
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_says_that_no_speaker_has_reviewed_it(language: str):
    text = catalogue_file(language).read_text(encoding="utf-8")

    assert HEADER.splitlines()[-1] in text


def test_words_of_help_are_those_of_the_red_flags():
    flags = tomllib.loads((ROOT / "questionnaires/data/red_flags.toml").read_text("utf-8"))

    assert [message.source for message in MESSAGES] == [row["message"] for row in flags.values()]
