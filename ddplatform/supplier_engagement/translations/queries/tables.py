"""The translation table of a version: export, and the changes in a returned table."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ddplatform.infrastructure.adapters.uploads import require_harmless
from ddplatform.supplier_engagement.translations.queries.texts import (
    load_source,
    load_texts,
    require_target,
)
from questionnaires.translations.states import TextState, targets_of
from questionnaires.translations.table import (
    TableChange,
    TableFault,
    read_table,
    refusal_of,
    write_table,
)
from questionnaires.workbook.reading import BookRefused, read_book
from supply_chain.errors import FileRefused


@dataclass(frozen=True)
class Offered:
    """A change in a table beside the current text; `where`: the source it translates."""

    change: TableChange
    source: str
    now: str

    @property
    def clashes(self) -> bool:
        """Whether the text was changed here too since the table was exported."""
        return self.now not in (self.change.before, self.change.text)

    @property
    def is_confirmation(self) -> bool:
        """Whether the text stays, and only its confirmation by a person is new."""
        return self.now == self.change.text


@dataclass(frozen=True)
class Returned:
    """The changes in a table, and its unusable cells."""

    offered: Sequence[Offered]
    faults: Sequence[TableFault]


def table_of(version_id: UUID, language: str = "") -> tuple[str, bytes]:
    """The name and the bytes of the table, of one language or of all.

    Raises:
        NotFound: no such version, or not translated into that language.
    """
    form = load_source(version_id)
    if language:
        require_target(form, language)
    codes = [language] if language else targets_of(form)
    texts = {code: load_texts(version_id, code).texts for code in codes}
    name = "-".join(part for part in (form.form_id, form.version, language) if part)
    return f"{name}-translations.xlsx", write_table(form, texts)


def look_at_table(version_id: UUID, filename: str, content: bytes) -> Returned:
    """The changes in a returned table; nothing is changed.

    Raises:
        FileRefused: it is no table of this form in this version.
        NotFound: no such version.
    """
    form = load_source(version_id)
    try:
        book = read_book(content)
        require_harmless(filename, content)
    except BookRefused as refused:
        raise FileRefused(
            refused.code, f"{filename}: {refused.message}", refused.advice
        ) from refused
    if refusal := refusal_of(book, form):
        raise FileRefused("other_table", f"{filename}: {refusal[0]}", refusal[1])
    returned = read_table(book, form)
    here = {code: load_texts(version_id, code).texts for code in _codes(returned.changes)}
    offered = [
        Offered(change, known.source, known.text)
        for change in returned.changes
        if (known := here[change.language][change.place])
        and not (known.text == change.text and known.state is TextState.CONFIRMED)
    ]
    return Returned(offered, returned.faults)


def _codes(changes: Sequence[TableChange]) -> list[str]:
    return list(dict.fromkeys(change.language for change in changes))
