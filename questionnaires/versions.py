"""What changed between two versions of a questionnaire, and which answers carry over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from questionnaires.form import SELECTS, Form, Group, Kind, Question
from questionnaires.given import put_places, without_places

Aspect = Literal["type", "wording", "choices", "rules", "scoring"]

# A value of the first kind is a value of the second as it stands.
_WIDER = frozenset(
    {
        (Kind.INTEGER, Kind.DECIMAL),
        (Kind.INTEGER, Kind.TEXT),
        (Kind.DECIMAL, Kind.TEXT),
        (Kind.DATE, Kind.TEXT),
        (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE),
        (Kind.IMAGE, Kind.FILE),
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """A question that is in both versions and differs in some aspects."""

    question: str
    old_path: str
    new_path: str
    aspects: tuple[Aspect, ...]
    choices_added: tuple[str, ...] = ()
    choices_removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of two versions; questions are named by their id, else by their name.

    `paths` maps the path of each question kept in the old version to its path in the new one.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Change, ...]
    paths: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dropped:
    """An answer, or a part of one, that does not carry over, and why."""

    path: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """Answers of an old version for the new one.

    `answers` maps paths of the new version to values; `to_confirm` are those of its paths whose
    question was reworded or got other choices, so that the respondent should look again.
    """

    answers: Mapping[str, str]
    to_confirm: tuple[str, ...]
    dropped: tuple[Dropped, ...]


def compare_versions(old: Form, new: Form) -> Comparison:
    """Compare two versions question by question, matched by id, in the order of the new one."""
    before, after = _by_id(old), _by_id(new)
    kept = [key for key in after if key in before]
    changes = (_change(key, before[key], after[key]) for key in kept)
    return Comparison(
        added=tuple(key for key in after if key not in before),
        removed=tuple(key for key in before if key not in after),
        changed=tuple(change for change in changes if change is not None),
        paths={before[key].path: after[key].path for key in kept},
    )


def carry_over(old: Form, new: Form, answers: Mapping[str, str]) -> CarriedOver:
    """Move answers from one version to another; nothing is guessed.

    Args:
        answers: path with places (`/data/site[2]/school`) -> value, as in the old version.
    """
    mover = _Mover(old, new)
    carried: dict[str, str] = {}
    to_confirm: list[str] = []
    dropped: list[Dropped] = []
    for path, value in answers.items():
        moved, lost = mover.move(path, value)
        if lost is not None:
            dropped.append(lost)
        if moved is not None:
            carried[moved.path] = moved.value
            if moved.to_confirm:
                to_confirm.append(moved.path)
    return CarriedOver(carried, tuple(to_confirm), tuple(dropped))


@dataclass(frozen=True, slots=True)
class _Moved:
    path: str
    value: str
    to_confirm: bool


class _Mover:
    """Moves one answer after another from an old form to a new one."""

    def __init__(self, old: Form, new: Form) -> None:
        comparison = compare_versions(old, new)
        self.paths = comparison.paths
        self.reworded = {
            change.old_path
            for change in comparison.changed
            if {"wording", "choices", "type"} & set(change.aspects)
        }
        self.old = {question.path: question for question in old.questions()}
        self.new = {question.path: question for question in new.questions()}
        self.old_repeats, self.new_repeats = _repeats(old), _repeats(new)

    def move(self, path: str, value: str) -> tuple[_Moved | None, Dropped | None]:
        """The answer in its new place, and what of it is dropped."""
        source = self.old.get(without_places(path))
        target = self.new.get(self.paths.get(without_places(path), ""))
        if source is None or target is None:
            return None, Dropped(path, value, "The question is no longer asked.")
        if _around(source, self.old_repeats) != _around(target, self.new_repeats):
            return None, Dropped(path, value, "The question moved into or out of a repeat.")
        kept, lost = _keep(source, target, value)
        dropped = Dropped(path, *lost) if lost else None
        if not kept:
            return None, dropped
        new_path = put_places(target.path, like=path)
        return _Moved(new_path, kept, source.path in self.reworded), dropped


def _keep(old: Question, new: Question, value: str) -> tuple[str, tuple[str, str] | None]:
    """The part of `value` that is an answer to `new`, and what is lost with the reason."""
    if old.kind is not new.kind and (old.kind, new.kind) not in _WIDER:
        return "", (value, f"The question now asks for {new.kind.value}.")
    if new.kind not in SELECTS or not new.choices:
        return value, None
    offered = {choice.name for choice in new.choices}
    kept = [name for name in value.split() if name in offered]
    lost = [name for name in value.split() if name not in offered]
    reason = "This choice is no longer on offer."
    return " ".join(kept), (" ".join(lost), reason) if lost else None


def _repeats(form: Form) -> tuple[Group, ...]:
    return tuple(node for node in form.nodes() if isinstance(node, Group) and node.repeat)


def _around(question: Question, repeats: Sequence[Group]) -> tuple[str, ...]:
    """The names of the repeats around a question, from the outermost."""
    return tuple(repeat.name for repeat in repeats if question.path.startswith(f"{repeat.path}/"))


def _by_id(form: Form) -> dict[str, Question]:
    return {
        question.extras.get("dd:id") or question.name: question
        for question in form.questions()
        if question.is_input
    }


def _change(key: str, old: Question, new: Question) -> Change | None:
    before = [choice.name for choice in old.choices]
    after = [choice.name for choice in new.choices]
    aspects: dict[Aspect, bool] = {
        "type": old.kind is not new.kind,
        "wording": (old.label, old.hint) != (new.label, new.hint) or _labels(old) != _labels(new),
        "choices": before != after,
        "rules": old.rules != new.rules,
        "scoring": _scoring(old) != _scoring(new),
    }
    found = tuple(aspect for aspect, differs in aspects.items() if differs)
    if not found:
        return None
    return Change(
        question=key,
        old_path=old.path,
        new_path=new.path,
        aspects=found,
        choices_added=tuple(name for name in after if name not in before),
        choices_removed=tuple(name for name in before if name not in after),
    )


def _labels(question: Question) -> dict[str, object]:
    return {choice.name: choice.label for choice in question.choices}


def _scoring(question: Question) -> tuple[object, ...]:
    choices = {choice.name: dict(choice.extras) for choice in question.choices}
    return dict(question.extras), choices
