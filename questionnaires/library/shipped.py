"""Shipped questionnaires, each in every version ever published."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from questionnaires import lazy
from questionnaires.errors import QuestionnaireError
from questionnaires.form.form import Form
from questionnaires.form.xlsform import read_form
from questionnaires.translations.texts import TITLE, Translation, read_translation

FILE_TYPE, WRITTEN_IN = ".md", "en"
NOT_ASKED = frozenset(["begin_group", "end_group", "end_repeat", "note", "calculate", "hidden"])


class NotShipped(QuestionnaireError):
    """No questionnaire, or no version of it, of that name comes with the product."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """One version of one questionnaire; `sha256` is that of its file, which is never edited.

    `questions` are those of the method, `short_questions` those of light mode (0: it marks none).
    """

    ref: str
    version: str
    title: str
    sha256: str
    questions: int
    short_questions: int


@cache
def list_shipped() -> tuple[Shipped, ...]:
    """Every version of every questionnaire, by reference, the oldest version first."""
    return tuple(_shipped(ref, version, data) for ref, version, data in _files())


def read_shipped(ref: str, version: str | None = None) -> bytes:
    """The file of a questionnaire (Markdown tables), of its newest version where none is named.

    Raises:
        NotShipped: there is no such questionnaire or version; the message names those there are.
    """
    found = {name: data for other, name, data in _files() if other == ref}
    if not found:
        known = ", ".join(sorted({other for other, _, _ in _files()}))
        raise NotShipped(f"Questionnaire '{ref}' is not shipped. Use one of: {known}.")
    if version is None:
        return list(found.values())[-1]
    if version not in found:
        raise NotShipped(
            f"Questionnaire {ref} has no version '{version}'. Use one of: {', '.join(found)}."
        )
    return found[version]


@cache
def shipped_form(ref: str, version: str | None = None) -> Form:
    """The questionnaire as a Form. Raises NotShipped."""
    return read_form(read_shipped(ref, version), file_type=FILE_TYPE)


@cache
def shipped_translations(sha256: str) -> tuple[Translation, ...]:
    """The translations that come with the form of this checksum, in the order of their codes."""
    shipped = next((one for one in list_shipped() if one.sha256 == sha256), None)
    if shipped is None:
        return ()
    folder = resources.files("questionnaires").joinpath("data", shipped.ref, "translations")
    if not folder.is_dir():
        return ()
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".csv")), key=_name)
    return tuple(
        read_translation(file.name.removesuffix(".csv"), file.read_bytes()) for file in files
    )


def title_in(sha256: str, title: str, language: str) -> str:
    """The title of the form of this checksum in a language (a code), or as it is."""
    found = (
        one.find(TITLE, title) for one in shipped_translations(sha256) if one.matches(language)
    )
    return next((text for text in found if text), title)


def title_language(sha256: str, title: str, language: str) -> str:
    """The code of the language of the title, where it is another than `language`.

    "": it is in `language`, or unknown: the shipped forms are written in English.
    """
    is_shipped = any(one.sha256 == sha256 for one in list_shipped())
    is_english = is_shipped and title_in(sha256, title, language) == title
    return WRITTEN_IN if is_english and language != WRITTEN_IN else ""


def _files() -> Iterator[tuple[str, str, bytes]]:
    data = resources.files("questionnaires").joinpath("data")
    folders = sorted((entry for entry in data.iterdir() if entry.is_dir()), key=_name)
    for folder in folders:
        files = [entry for entry in folder.iterdir() if entry.name.endswith(FILE_TYPE)]
        for file in sorted(files, key=lambda entry: version_key(_version(entry))):
            yield folder.name, _version(file), file.read_bytes()


def version_key(version: str) -> tuple[int, ...]:
    """Sorts versions by their numbers: 1.10 comes after 1.9."""
    return tuple(int(part) for part in version.split("."))


def _name(entry: Traversable) -> str:
    return entry.name


def _version(entry: Traversable) -> str:
    return entry.name.removesuffix(FILE_TYPE)


def _shipped(ref: str, version: str, data: bytes) -> Shipped:
    sheets = lazy.xls2json_backends.md_to_dict(data.decode("utf-8"))
    asked = [row for row in sheets["survey"] if _kind(row) not in NOT_ASKED]
    questions = [row for row in asked if row.get("bind::dd:id")]
    return Shipped(
        ref=ref,
        version=version,
        title=sheets["settings"][0]["form_title"],
        sha256=hashlib.sha256(data).hexdigest(),
        questions=len(questions),
        short_questions=sum(1 for row in questions if row.get("bind::dd:light") == "yes"),
    )


def _kind(row: dict[str, str]) -> str:
    return row["type"].partition(" ")[0]
