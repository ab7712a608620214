"""The answers of a round for the final check: every question by section."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ddplatform.infrastructure.words.problems import in_words
from ddplatform.languages import current_language
from ddplatform.supplier_engagement.answering.views.fields import answer_words, field_id, numbers_of
from ddplatform.supplier_engagement.responses.queries.responses import FileOfAnswer, Filled
from ddplatform.supplier_engagement.responses.traces import traces_of
from questionnaires import Item
from questionnaires.form.languages import tongue_of
from questionnaires.scoring.plan import question_id

Files = Mapping[str, Sequence[FileOfAnswer]]
"""The documents of a round by the path of their question."""


def sections_of(
    filled: Filled, files: Files, doubtful: Collection[str] = (), known: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The pages with questions, answers, documents and obstacles to submission.

    Args:
        doubtful: refs of questions whose answers do not fit others.
        known: names of firms that an answer may hold.
    """
    tongue = tongue_of(filled.form.form, current_language(), filled.row.language)
    found = []
    for page in filled.pages:
        numbers = numbers_of(page)
        rows = [
            {
                **_row(page.name, item, files, doubtful, known),
                "number": numbers[item.state.path],
                "lang": tongue.other(item.state.node.label),
            }
            for item in page.questions()
        ]
        missing = sum(1 for row in rows if row["messages"])
        lang = tongue.of_section(filled.form.form, page.name)
        found.append({"page": page, "rows": rows, "missing": missing, "lang": lang})
    return found


def _row(
    name: str, item: Item, files: Files, doubtful: Collection[str], known: Collection[str]
) -> dict[str, Any]:
    state = item.state
    documents = [file for path in (state, *item.uploads) for file in files.get(path.path, ())]
    named = [file.filename for file in documents]
    ref = question_id(item.question)
    return {
        "ref": ref,
        "label": state.label,
        "words": []
        if named and not state.choices and state.raw in ", ".join(named)
        else answer_words(state),
        "files": named,
        "documents": documents,
        "messages": [
            in_words(text) for s in (state, *item.uploads) if s.relevant for text in s.messages
        ],
        "blank": not state.raw,
        "doubtful": ref in doubtful,
        "traces": traces_of(state, known),
        "section": name,
        "id": field_id(state.path),
    }
