"""Differences between two versions of a questionnaire, and the answers that carry over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from questionnaires.form.form import SELECTS, Form, Group, Kind, Question, Text
from questionnaires.scoring.given import put_places, without_places

Aspect = Literal["type", "wording", "choices", "rules", "scoring"]

# A value of the first kind is unchanged a value of the second.
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


@dataclass(frozen=True, slots=True)
class SameAsked:
    """Answers to one form that another form asks for too: by id, and by what the words say.

    `answers` maps paths of the new form to values, `came_from` the same paths to where they stood;
    `reworded` maps those questions of it, without places, that ask in other words, with another
    type or other choices to the words of the question that was answered.
    """

    answers: Mapping[str, str]
    came_from: Mapping[str, str]
    reworded: Mapping[str, str]


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


def same_asked(old: Form, new: Form, answers: Mapping[str, str]) -> SameAsked:
    """Answers to `old` that also answer `new`; nothing is guessed.

    A question is the same by its id. A name alone says nothing, so a question without an id needs
    the same words, type and choices. An answer of which a part would be lost, or whose chosen
    words read otherwise there, is no answer to the other question.
    """
    mover = _Mover(old, new)
    moved: dict[str, str] = {}
    came_from: dict[str, str] = {}
    reworded: dict[str, str] = {}
    for path, value in answers.items():
        found, lost = mover.move(path, value)
        if found is None or lost is not None:
            continue
        source = mover.old[without_places(path)]
        target = mover.new[without_places(found.path)]
        is_same = _asks_the_same(source, target)
        if not is_same and not _is_known_by_id(source, target):
            continue
        if not _chosen_read_the_same(source, target, value):
            continue
        moved[found.path], came_from[found.path] = found.value, path
        if not is_same:
            reworded[target.path] = source.label.plain(old.default_language)
    return SameAsked(moved, came_from, reworded)


def _is_known_by_id(one: Question, other: Question) -> bool:
    first = one.extras.get("dd:id")
    return bool(first) and first == other.extras.get("dd:id")


def _asks_the_same(one: Question, other: Question) -> bool:
    first, second = _labels(one), _labels(other)
    return (
        one.kind is other.kind
        and _read_the_same(one.label, other.label)
        and _read_the_same(one.hint, other.hint)
        and first.keys() == second.keys()
        and all(_read_the_same(first[name], second[name]) for name in first)
    )


def _chosen_read_the_same(one: Question, other: Question, value: str) -> bool:
    first, second = _labels(one), _labels(other)
    chosen = [name for name in value.split() if name in first and name in second]
    return all(_read_the_same(first[name], second[name]) for name in chosen)


def _read_the_same(one: Text, other: Text) -> bool:
    """In each language that both have; where they have none in common, as they are written."""
    there = other.by_language
    both = [name for name, parts in one.by_language.items() if parts and there.get(name)]
    if not both:
        return _words(one.plain()) == _words(other.plain())
    return all(_words(one.plain(name)) == _words(other.plain(name)) for name in both)


def _words(text: str) -> list[str]:
    return text.split()


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


def _labels(question: Question) -> dict[str, Text]:
    return {choice.name: choice.label for choice in question.choices}


def _scoring(question: Question) -> tuple[object, ...]:
    choices = {choice.name: dict(choice.extras) for choice in question.choices}
    return dict(question.extras), choices
