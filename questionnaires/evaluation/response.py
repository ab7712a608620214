"""State of a response from its answers: relevant, required, valid, calculated, choices offered."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from random import Random
from uuid import UUID

from questionnaires.errors import StepRefused
from questionnaires.evaluation.plan import Plan, plan
from questionnaires.evaluation.recalculation import (
    MOST_IN_ALL,
    MOST_INSTANCES,
    Recalculation,
    beside,
    build,
    under,
)
from questionnaires.evaluation.specs import Spec
from questionnaires.evaluation.states import NodeState, Observer, OfferedChoice
from questionnaires.evaluation.tree import ListNode, TreeNode, saved_document
from questionnaires.evaluation.wording import Wording
from questionnaires.form.form import LAST_SAVED, Form, Group, Kind, Question, Section
from questionnaires.xpath.scope import World
from questionnaires.xpath.values import moment_text

__all__ = ["NodeState", "OfferedChoice", "Plan", "Response", "plan"]

SEGMENT = re.compile(r"([^\[\]]+)(?:\[(\d{1,6})\])?\Z")
INSTANCE = re.compile(r"\[\d+\]")
LONGEST_COUNT = 6
"""Digits of a count that is read back, as many as a place may have."""
NO_SUCH_NODE = "no such node"


class Response:
    """The answers to one form, always in step with themselves.

    Paths run from the root, with `[n]` from 1 behind every repeat: `/data/member[2]/age`.

    Args:
        plan: of the form's version, from `plan(form)`.
        answers: path -> raw text, as `answers()` gave them. None or empty begins a new response,
            with the form's defaults; otherwise what is not named is blank. Paths that the form
            does not have are left aside in `unknown`.
        now: the one moment of this evaluation, with a time zone; required.
        language: one of the form's languages; None takes its default.
        seed: makes `random()`, `uuid()` and randomised lists repeatable; take the response's id.
        last_saved: what the same respondent sent to this form before, path -> value, for
            `${last-saved#name}`; None or empty: nothing was sent.
    """

    def __init__(
        self,
        plan: Plan,
        answers: Mapping[str, str] | None = None,
        *,
        now: datetime,
        language: str | None = None,
        seed: str = "",
        last_saved: Mapping[str, str] | None = None,
    ) -> None:
        self.plan, self.language = plan, language
        self.last_saved = last_saved
        self.unknown: dict[str, str] = {}
        self._document = TreeNode(plan.document, None)
        wording = Wording(plan, language)
        world = World(
            document=self._document,
            instances=_with_last_saved(plan, last_saved),
            now=now.astimezone(UTC) if now.tzinfo else now.replace(tzinfo=UTC),
            random=Random(f"{seed}{now.isoformat()}"),
            words=wording,
        )
        self._engine = wording.engine = Recalculation(plan, world, self._document)
        self._observer = Observer(self._engine, wording, seed)
        self._instance_id = _instance_id(seed)
        self._seen: dict[str, tuple[NodeState, ...]] = {}  # until the next change
        self._engine.is_loading = True
        self._begin() if not answers else self._read_back(answers)
        self._engine.is_loading = False

    @property
    def form(self) -> Form:
        """The form that is answered."""
        return self.plan.form

    @property
    def faults(self) -> Mapping[str, str]:
        """Paths of nodes whose expression had no value, with what it could not do."""
        return dict(self._engine.faults)

    @property
    def now(self) -> datetime:
        """The one moment of this evaluation, in UTC."""
        return self._engine.world.now

    # -- reading ------------------------------------------------------------------------------

    def state(self, path: str) -> NodeState:
        """The state of one node, or of a repeat as a whole (no `[n]` at the end).

        Raises:
            KeyError: there is no such node now.
        """
        if repeat := self._repeat_at(path):
            return self._observer.repeat_state(*repeat)
        node = self._find(path)
        if node is None:
            raise KeyError(path)
        return self._observer.state(node)

    def states(self) -> Iterator[NodeState]:
        """The state of every node, relevant or not, in the order of the form."""
        yield self._observer.state(self._root)
        for spec in self.plan.root.children:
            yield from self._states_below(spec)

    def media(self, path: str) -> Mapping[str, str]:
        """The files that a question's label shows or plays ("image", "audio" ...), by name.

        Raises:
            KeyError: there is no such node now.
        """
        node = self._find(path)
        if node is None:
            raise KeyError(path)
        return self._observer.media(node.spec.question.media, node) if node.spec.question else {}

    def choice_media(self, path: str) -> Mapping[str, Mapping[str, str]]:
        """The same for the labels of its choices, by the name of the choice. Raises KeyError."""
        node = self._find(path)
        if node is None:
            raise KeyError(path)
        choices = node.spec.question.choices if node.spec.question else ()
        return {one.name: self._observer.media(one.media, node) for one in choices if one.media}

    def section(self, name: str) -> tuple[NodeState, ...]:
        """The states of one page, in order. Raises KeyError."""
        section: Section = self.plan.form.section(name)
        specs = [self.plan.specs[node.path] for node in section.children]
        return tuple(state for spec in specs for state in self._states_below(spec))

    def _states_below(self, spec: Spec) -> tuple[NodeState, ...]:
        """The states of one child of the root and of all below it, read once a change."""
        if spec.path not in self._seen:
            self._seen[spec.path] = tuple(self._observer.child_states(self._root, spec))
        return self._seen[spec.path]

    def open_required(self) -> int:
        """Number of questions of the whole form that still need an answer."""
        return sum(
            1
            for node in self._root.below()
            if node.relevant
            and node.spec.required
            and not node.value
            and node.spec.question
            and self._observer.is_required(node)
        )

    def broken(self) -> tuple[NodeState, ...]:
        """The questions whose answer breaks its constraint or is missing or unreadable."""
        return tuple(state for state in self.states() if state.messages)

    def answers(self) -> dict[str, str]:
        """Everything entered, calculated or set, by path, relevant or not.

        Blank nodes are left out; each repeat is there by its own path with its number of
        instances, so that empty ones come back.
        """
        found: dict[str, str] = {}
        for node in self._root.below():
            for child in node.spec.children:
                if child.is_repeat:
                    found[f"{node.path()}/{child.name}"] = str(len(node.children[child.name]))
            if node.spec.question and node.raw:
                found[node.path()] = node.raw
        return found

    # -- changing -----------------------------------------------------------------------------

    def set(self, path: str, value: str | None) -> None:
        """Answer a question, relevant or not; blank or None clears it.

        Of a select, what is not on offer is left out. What is no answer of the question's type
        is kept as entered but does not count; the state says so.

        Raises:
            StepRefused: no such node, not an input, or read-only.
        """
        node = self._find(path)
        if node is None:
            raise StepRefused(NO_SUCH_NODE)
        if node.spec.question is None or not node.spec.question.is_asked:
            raise StepRefused("not an input")
        if node.spec.question.kind is Kind.NOTE or self._observer.is_readonly(node):
            raise StepRefused("read-only")
        text = value or ""
        if node.spec.is_select:
            text = self._engine.keep_offered(node, text.strip(), self._observer.seeded_names(node))
        self._seen.clear()
        self._engine.enter(node, text)
        self._settle()

    def add_repeat(self, path: str) -> str:
        """Add an instance at the end of a free repeat, and give its path.

        Raises:
            StepRefused: no such repeat, it is counted, or there are too many entries.
        """
        repeat = self._repeat_at(path)
        if repeat is None:
            raise StepRefused(NO_SUCH_NODE)
        parent, spec = repeat
        _refuse_counted(spec)
        if len(parent.children[spec.name]) >= MOST_INSTANCES or self._engine.is_full:
            raise StepRefused(f"more than {MOST_INSTANCES} instances")
        self._seen.clear()
        node = self._engine.add(parent, spec)
        self._settle()
        return node.path()

    def remove_repeat(self, path: str) -> None:
        """Remove one instance (`/data/member[2]`) with its answers.

        Raises:
            StepRefused: no such instance, or the repeat is counted.
        """
        node = self._find(path)
        if node is None or node.parent is None or not node.spec.is_repeat:
            raise StepRefused(NO_SUCH_NODE)
        _refuse_counted(node.spec)
        self._seen.clear()
        self._engine.remove(node, node.parent)
        self._settle()

    def _settle(self) -> None:
        """Work out what a change reaches, and run the triggers of what changed, each once."""
        self._engine.run()
        fired: set[int] = set()
        while self._engine.changed:
            changed = self._engine.changed.pop(0)
            if id(changed) in fired:
                continue
            fired.add(id(changed))
            for target, expression in changed.spec.on_change:
                for place in beside(changed, target):
                    self._engine.write(place, expression)
                    self._engine.run()

    # -- the tree -----------------------------------------------------------------------------

    @property
    def _root(self) -> TreeNode:
        return self._document.children[self.plan.root.name][0]

    def _begin(self) -> None:
        root = self._plant(with_repeats=True, with_defaults=True)
        for node in root.below():
            if node.spec.question and node.spec.question.kind is Kind.META:
                node.raw = self._preload(node.spec.question)
        self._engine.run_all()
        for target, expression in self.plan.on_load:
            for node in under(self._document, target, self.plan.document):
                # Also where it is not relevant yet: defaults come before anything is worked out
                # (ODK XForms Specification, odk-instance-first-load).
                if not node.raw:
                    self._engine.write(node, expression)
            self._engine.run()

    def _plant(self, *, with_repeats: bool, with_defaults: bool) -> TreeNode:
        """Make the tree, and know the nodes outside every repeat by their path."""
        root = build(
            self.plan.root, self._document, with_repeats=with_repeats, with_defaults=with_defaults
        )
        self._document.children[root.name].append(root)
        self._places = {node.spec.path: node for node in root.below() if not node.spec.has_places}
        self._engine.world.places.update(self._places)
        self._engine.world.places.setdefault(f"{root.path()}/meta/instanceID", self._instance_id)
        return root

    def _preload(self, question: Question) -> str:
        source = question.parameters.get("preload", "")
        now = self._engine.world.now
        if source == "date":
            return now.date().isoformat()
        if source == "timestamp":
            return moment_text(now)
        if source == "uid":
            return _uid(self._engine.world.random)
        return ""

    def _read_back(self, answers: Mapping[str, str]) -> None:
        root = self._plant(with_repeats=False, with_defaults=False)
        self._room = MOST_IN_ALL
        for path in sorted(answers, key=lambda path: path.count("/")):
            text = answers[path]
            found = self._places.get(path)
            if found is not None and found.spec.question:
                found.raw = text
                continue
            if repeat := self._repeat_at(path, create=True):
                if text.isdecimal() and len(text) <= LONGEST_COUNT:
                    self._grow(*repeat, int(text))
                continue
            node = self._find(path, create=True)
            if node is None or node.spec.question is None:
                self.unknown[path] = text
            else:
                node.raw = text
        if any(spec.is_repeat for spec in self.plan.specs.values()):
            _add_first_instances(root, answers)
        self._engine.run_all()

    def _find(self, path: str, *, create: bool = False) -> TreeNode | None:
        node = self._document
        for segment in path.removeprefix("/").split("/"):
            part = SEGMENT.match(segment)
            spec = node.spec.by_name.get(part[1]) if part else None
            if part is None or spec is None or spec.is_repeat is not bool(part[2]):
                return None
            place = int(part[2] or 1)
            if create and spec.is_repeat and place <= MOST_INSTANCES:
                self._grow(node, spec, place)
            nodes = node.children[spec.name]
            if not 1 <= place <= len(nodes):
                return None
            node = nodes[place - 1]
        return node

    def _grow(self, parent: TreeNode, spec: Spec, count: int) -> None:
        """Make the instances that are read back; paths beyond the limits stay unknown."""
        there = len(parent.children[spec.name])
        _fill(parent, spec, min(count, MOST_INSTANCES, there + self._room))
        self._room -= len(parent.children[spec.name]) - there

    def _repeat_at(self, path: str, *, create: bool = False) -> tuple[TreeNode, Spec] | None:
        spec = self.plan.specs.get(INSTANCE.sub("", path) if "[" in path else path)
        if spec is None or not spec.is_repeat or path.endswith("]"):
            return None
        parent = self._find(path.rpartition("/")[0], create=create)
        return (parent, spec) if parent else None


def _instance_id(seed: str) -> ListNode:
    """Value of `${instanceID}`: the same for a response at each opening."""
    node = ListNode("instanceID")
    node.text = _uid(Random(f"instance {seed}"))
    return node


def _uid(random: Random) -> str:
    return f"uuid:{UUID(int=random.getrandbits(128), version=4)}"


def _with_last_saved(plan: Plan, last_saved: Mapping[str, str] | None) -> Mapping[str, ListNode]:
    if not last_saved:
        return plan.instances
    return {**plan.instances, LAST_SAVED: saved_document(last_saved)}


def _refuse_counted(spec: Spec) -> None:
    if spec.count is not None:
        raise StepRefused("the repeat is counted")


def _fill(parent: TreeNode, spec: Spec, count: int) -> None:
    """Make instances, blank, until a repeat has `count` of them."""
    instances = parent.children[spec.name]
    while len(instances) < count:
        node = build(spec, parent, number=len(instances) + 1, with_defaults=False)
        instances.append(node)


def _add_first_instances(root: TreeNode, answers: Mapping[str, str]) -> None:
    """Give free repeats that the answers do not mention the instance every response begins with."""
    for node in list(root.below()):
        for spec in node.spec.children:
            is_free = isinstance(spec.node, Group) and spec.node.repeat and not spec.node.count
            if is_free and f"{node.path()}/{spec.name}" not in answers and node.number == 1:
                _fill(node, spec, 1)
