"""Answer files for `flask questionnaires evaluate` and `score` (docs/commands.md)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

ANSWERS = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_EACH_LINE = "each line must be an object with 'id' and 'answers'"


@dataclass(frozen=True)
class AnswerCase:
    """The answers of one response; `named` is its id as the answer repeats it."""

    named: dict[str, Any]  # {"id": ...} of a line, empty for a whole file
    document: object  # a list of steps, or an object with them
    fault: str | None = None  # why there is no document


def read_answer_cases(path: Path) -> Iterator[AnswerCase]:
    """The case of a `.json` file, or each line of a `.jsonl`; a faulty line stops no other."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        yield AnswerCase({}, None, f"{path.name} is not written in UTF-8.")
        return
    if path.suffix.lower() != ".jsonl":
        document, fault = _parsed(text, path.name)
        yield AnswerCase({}, document, fault)
        return
    # Not `splitlines`: a text of JSON may hold other line separators than this one.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _line_case(line, f"{path.name}, line {number}")


def _line_case(line: str, place: str) -> AnswerCase:
    case, fault = _parsed(line, place)
    named = {"id": case.get("id") if isinstance(case, dict) else None}
    if fault is None and not (isinstance(case, dict) and case.keys() >= {"id", "answers"}):
        fault = f"{place}: {_EACH_LINE}."
    return AnswerCase(named, case["answers"] if fault is None else None, fault)


def _parsed(text: str, place: str) -> tuple[Any, str | None]:
    try:
        return json.loads(text), None
    except (ValueError, RecursionError) as fault:
        return None, f"{place} is not JSON: {fault}."
