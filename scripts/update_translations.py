"""Update of every catalogue to the texts marked in templates and Python, and of red flags.

New texts are left empty: a translation is written, never guessed from a text that looks alike.
Run it as `.venv/bin/python -m scripts.update_translations`.
"""

import sys
import tomllib
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("fr", "es", "pt", "ar", "tr", "sw", "zh")
METHODS = [
    ("ddplatform/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("templates/**.txt", "jinja2"),
]
OPTIONS = {pattern: {"trimmed": "true"} for pattern, method in METHODS if method == "jinja2"}
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
RED_FLAGS = "questionnaires/data/red_flags.toml"
"""Its messages to people who report a danger."""
HEADER = """\
# {name} texts of the pages. Texts: Apache-2.0, as the rest of the project.
# Machine-made, not yet reviewed by a speaker."""


def read_marked() -> Catalog:
    """All marked texts, with the files that contain them."""
    found = Catalog(project="Waymark", charset="utf-8")
    for folder in ("ddplatform", "templates"):
        methods = [(p.split("/", 1)[1], m) for p, m in METHODS if p.startswith(folder)]
        options = {p.split("/", 1)[1]: o for p, o in OPTIONS.items() if p.startswith(folder)}
        for file, _line, message, _comments, context in extract_from_dir(
            ROOT / folder, methods, options, KEYWORDS
        ):
            place = [(f"{folder}/{Path(file).as_posix()}", 0)]
            found.add(message, None, place, context=context)
    for flag in tomllib.loads((ROOT / RED_FLAGS).read_text("utf-8")).values():
        found.add(flag["message"], None, [(RED_FLAGS, 0)])
    return found


def catalogue_file(language: str) -> Path:
    """Catalogue file of a language."""
    return ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"


def read_catalogue(language: str) -> Catalog:
    """Translated texts of a language, from its file."""
    file = catalogue_file(language)
    if not file.is_file():
        return Catalog(locale=Locale.parse(language), project="Waymark", charset="utf-8")
    with file.open("rb") as source:
        return read_po(source, locale=language)


def write_catalogue(language: str, catalogue: Catalog) -> None:
    """Write the file of a language, by the files that contain its texts."""
    name = Locale.parse(language).english_name
    catalogue.header_comment = HEADER.format(name=name)
    catalogue.fuzzy, catalogue.version = False, "1"
    catalogue.last_translator = catalogue.language_team = "machine-made, not yet reviewed"
    file = catalogue_file(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(
            target,
            catalogue,
            width=100,
            sort_by_file=True,
            ignore_obsolete=True,
            include_lineno=False,
        )


def main() -> None:
    """Update all catalogues and say how much of each is still to translate."""
    marked = read_marked()
    for language in LANGUAGES:
        catalogue = read_catalogue(language)
        catalogue.update(marked, no_fuzzy_matching=True, update_creation_date=False)
        write_catalogue(language, catalogue)
        empty = sum(1 for message in catalogue if message.id and not is_translated(message.string))
        sys.stdout.write(f"{language}: {len(catalogue)} texts, {empty} to translate\n")


def is_translated(text: str | tuple[str, ...] | list[str]) -> bool:
    """Whether a message, or every plural form of it, has a text."""
    return bool(text) if isinstance(text, str) else bool(text) and all(text)


if __name__ == "__main__":
    main()
