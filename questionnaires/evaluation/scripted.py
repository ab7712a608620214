"""Scripted answers: a list of steps applied in order to a new response, and the resulting state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from questionnaires.errors import QuestionnaireError, StepRefused
from questionnaires.evaluation.response import NodeState, Plan, Response
from questionnaires.form.form import SELECTS, Question

NO_DOCUMENT = "The answers are neither a list of steps nor an object with 'steps'."
KNOWN = frozenset({"now", "language", "steps", "evidence_accepted"})


class ScriptError(QuestionnaireError):
    """The answers are not written as steps; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Script:
    """Steps to be done, each `{"path", "value"}`, `{"add_repeat"}` or `{"remove_repeat"}`."""

    steps: Sequence[Mapping[str, Any]]
    now: datetime
    language: str | None = None


def read_script(document: object, *, now: datetime) -> Script:
    """Read a list of steps, or `{"now", "language", "steps"}`.

    Args:
        document: the JSON as read.
        now: the moment to take where the document names none.

    Raises:
        ScriptError: it is neither, or `now` is no moment.
    """
    if isinstance(document, list):
        return Script(_steps(document), now)
    if not isinstance(document, dict) or not isinstance(document.get("steps", []), list):
        raise ScriptError(NO_DOCUMENT)
    if document and not document.keys() & KNOWN:
        raise ScriptError(NO_DOCUMENT)  # answers by name, say: nothing of them would be done
    language = document.get("language")
    return Script(
        _steps(document.get("steps", [])),
        _moment(document.get("now"), now),
        str(language) if language else None,
    )


def _steps(steps: list[Any]) -> list[Mapping[str, Any]]:
    for number, step in enumerate(steps):
        known = isinstance(step, dict) and step.keys() & {"path", "add_repeat", "remove_repeat"}
        if not known:
            raise ScriptError(f"Step {number} has none of 'path', 'add_repeat', 'remove_repeat'.")
    return steps


def _moment(text: object, default: datetime) -> datetime:
    if text is None:
        return default
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise ScriptError(f"'now' is {text!r}; write 2026-06-15T12:00:00.000Z.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def run_script(plan: Plan, script: Script) -> tuple[Response, list[dict[str, Any]]]:
    """Do the steps of a script on a new response.

    Returns:
        The response, and the refused steps with their number from 0 and the reason.
    """
    known = script.language in plan.form.languages
    response = Response(plan, now=script.now, language=script.language if known else None)
    refused: list[dict[str, Any]] = []
    for number, step in enumerate(script.steps):
        try:
            _do(response, step)
        except StepRefused as refusal:
            refused.append({"step": number, "reason": str(refusal)})
    return response, refused


def _do(response: Response, step: Mapping[str, Any]) -> None:
    if "add_repeat" in step:
        response.add_repeat(str(step["add_repeat"]))
    elif "remove_repeat" in step:
        response.remove_repeat(str(step["remove_repeat"]))
    else:
        value = step.get("value")
        response.set(str(step["path"]), None if value is None else str(value))


def evaluate_script(
    plan: Plan, script: Script, *, missing_files: Sequence[str] = ()
) -> dict[str, Any]:
    """The answer of `questionnaires evaluate`: every node of the form after the steps."""
    response, refused = run_script(plan, script)
    return {
        "error": None,
        "refused": refused,
        "missing_files": list(missing_files),
        "nodes": {state.path: _node(state) for state in response.states()},
    }


def unusable(message: str) -> dict[str, Any]:
    """The answer of `questionnaires evaluate` for a form that cannot be used."""
    return {"error": message, "refused": [], "missing_files": [], "nodes": {}}


def _node(state: NodeState) -> dict[str, Any]:
    out: dict[str, Any] = {"kind": state.kind, "relevant": state.relevant}
    if state.kind == "repeat":
        return out | {"count": state.count}
    if not isinstance(state.node, Question):
        return out | {"label": state.label or None}
    out |= {
        "required": state.required,
        "readonly": state.readonly,
        "value": state.value,
        "constraint_ok": state.constraint_ok,
        "constraint_message": state.constraint_message,
        "required_ok": state.required_ok,
        "required_message": state.required_message,
    }
    if state.kind == "question":
        out["label"] = state.label or None
        if state.node.kind in SELECTS:
            out["choices"] = [choice.name for choice in state.choices]
    return out
