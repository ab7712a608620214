"""State of each node of a response, for pages and programs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from questionnaires.evaluation.answers import LONGEST_TEXT, AnswerProblem, read_answer
from questionnaires.evaluation.recalculation import Recalculation
from questionnaires.evaluation.specs import Spec
from questionnaires.evaluation.tree import TreeNode
from questionnaires.evaluation.wording import Wording
from questionnaires.form.form import Choice, Group, Node, Question, Text
from questionnaires.xpath.order import in_seeded_order, number_seed
from questionnaires.xpath.values import XNode, to_boolean, to_text

StateKind = Literal["group", "repeat", "instance", "question", "value"]
REQUIRED = "This question needs an answer."
NOT_ALLOWED = "This answer is not allowed here."


@dataclass(frozen=True, slots=True)
class OfferedChoice:
    """A choice on offer now, with its label in the language of the response."""

    name: str
    label: str


@dataclass(slots=True)  # not frozen: one is made for each node of a page, three times as fast
class NodeState:
    """Current state of one node.

    `value` is the effective value: typed, relevant, on offer; `raw` is the entry itself.
    `constraint_message` and `required_message` are the form's own words, only when broken, else
    None; `messages` are what to show at the field: those, or ours where the form has none.
    `count` is the number of instances of a repeat.
    """

    path: str
    kind: StateKind
    node: Node
    relevant: bool
    label: str = ""
    required: bool = False
    readonly: bool = False
    value: str = ""
    raw: str = ""
    hint: str = ""
    constraint_ok: bool = True
    constraint_message: str | None = None
    required_ok: bool = True
    required_message: str | None = None
    messages: tuple[str, ...] = ()
    choices: tuple[OfferedChoice, ...] = ()
    count: int = 0


@dataclass(slots=True)
class Observer:
    """Read-only view of the tree of a response, which gives the state of its nodes."""

    engine: Recalculation
    wording: Wording
    seed: str
    fixed: dict[tuple[str, str, str], tuple[OfferedChoice, ...]] = field(default_factory=dict)

    def states(self, node: TreeNode) -> Iterator[NodeState]:
        """The state of a node and of all below it, repeats before their instances."""
        yield self.state(node)
        for child in node.spec.children:
            yield from self.child_states(node, child)

    def child_states(self, parent: TreeNode, spec: Spec) -> Iterator[NodeState]:
        """The states of all nodes of one name in a parent, and of all below them."""
        if spec.is_repeat:
            yield self.repeat_state(parent, spec)
        for child in parent.children[spec.name]:
            yield from self.states(child)

    def repeat_state(self, parent: TreeNode, spec: Spec) -> NodeState:
        """The state of a repeat as a whole; with no instance, that of one which might come."""
        instances = parent.children[spec.name]
        stand_in = TreeNode(spec, parent)
        relevant = parent.relevant and (
            any(node.relevant for node in instances)
            if instances
            else self.engine.truth(spec.relevant, stand_in, default=True)
        )
        return NodeState(
            path=f"{parent.path()}/{spec.name}",
            kind="repeat",
            node=_node(spec),
            relevant=relevant,
            label=self._text(_node(spec).label, stand_in),
            readonly=self.is_readonly(parent),
            count=len(instances),
        )

    def is_readonly(self, node: TreeNode) -> bool:
        """Whether a node, or any above it, is read-only."""
        at: TreeNode | None = node if node.spec.may_be_readonly else None
        while at is not None:
            if at.spec.readonly and self.engine.truth(at.spec.readonly, at, default=False):
                return True
            at = at.parent
        return False

    def state(self, node: TreeNode, *, readonly: bool | None = None) -> NodeState:
        """The state of one node."""
        form_node = _node(node.spec)
        is_readonly = self.is_readonly(node) if readonly is None else readonly
        if isinstance(form_node, Group):
            return NodeState(
                path=node.path(),
                kind="instance" if form_node.repeat else "group",
                node=form_node,
                relevant=node.relevant,
                label=self._text(form_node.label, node),
                readonly=is_readonly,
            )
        return self._question_state(node, form_node, is_readonly)

    def _question_state(self, node: TreeNode, question: Question, readonly: bool) -> NodeState:
        required = self.is_required(node)
        required_ok = not (required and node.relevant and not node.value)
        constraint_ok = self.is_constraint_ok(node)
        broken = None if constraint_ok else self._text(question.constraint_message, node) or None
        missing = None if required_ok else self._text(question.required_message, node) or None
        return NodeState(
            path=node.path(),
            kind="question" if question.is_asked else "value",
            node=question,
            relevant=node.relevant,
            label=self._text(question.label, node),
            hint=self._text(question.hint, node),
            required=required,
            readonly=readonly,
            value=node.value,
            raw=node.raw,
            constraint_ok=constraint_ok,
            constraint_message=broken,
            required_ok=required_ok,
            required_message=missing,
            messages=self._messages(node, constraint_ok, required_ok, (broken, missing)),
            choices=self.choices(node) if node.spec.is_select else (),
        )

    def is_required(self, node: TreeNode) -> bool:
        """Whether an answer is asked for, were the node relevant."""
        return self.engine.truth(node.spec.required, node, default=False)

    def is_constraint_ok(self, node: TreeNode) -> bool:
        """Whether the constraint holds; a blank or not relevant node never breaks one."""
        if not node.value or not node.relevant or node.spec.constraint is None:
            return True
        value = self.engine.evaluate(node.spec.constraint, node)
        return value is None or to_boolean(value)

    def _messages(
        self,
        node: TreeNode,
        constraint_ok: bool,
        required_ok: bool,
        own: tuple[str | None, str | None],
    ) -> tuple[str, ...]:
        question = node.spec.question
        is_typed = question and node.relevant and question.is_input and node.raw
        # A text counts at any length, as in other tools; an unreadable one is reported.
        if question and is_typed and (not node.value or len(node.raw) > LONGEST_TEXT):
            problem = read_answer(question, node.raw, on_offer=self._offer(node))
            if isinstance(problem, AnswerProblem):
                return (f"{problem.message} {problem.advice}",)
        found = [] if constraint_ok else [own[0] or NOT_ALLOWED]
        if not required_ok:
            found.append(own[1] or REQUIRED)
        return tuple(found)

    def _offer(self, node: TreeNode) -> frozenset[str] | None:
        return frozenset(self.engine.offer(node)) if node.spec.is_select else None

    def choices(self, node: TreeNode) -> tuple[OfferedChoice, ...]:
        """The choices on offer; a randomised list always in the same order for this response."""
        question = node.spec.question
        itemset = question.itemset if question else None
        if question is None or itemset is None:
            return tuple(
                OfferedChoice(choice.name, self._text(choice.label, node))
                for choice in (question.choices if question else ())
            )
        list_key = (itemset.nodeset, itemset.value, itemset.label)
        if known := self.fixed.get(list_key):
            found = known
        else:
            found = tuple(self._offered(node, item) for item in self.engine.items(node))
            if node.spec.fixed_offer and all(self._is_plain(c) for c in question.choices):
                self.fixed[list_key] = found
        if itemset.randomized:
            found = tuple(in_seeded_order(found, self._seed(node, itemset.seed)))
        return found

    def seeded_names(self, node: TreeNode) -> tuple[str, ...]:
        """The names on offer, each once, in the order that the form's own seed gives; else none."""
        itemset = node.spec.question.itemset if node.spec.question else None
        if itemset is None or itemset.seed is None:
            return ()
        return tuple(dict.fromkeys(choice.name for choice in self.choices(node)))

    def media(self, files: Mapping[str, Text], node: TreeNode) -> Mapping[str, str]:
        """The files of a label as seen from a node: kind -> name in the language of the page."""
        named = {kind: self._text(text, node) for kind, text in files.items()}
        return {kind: name for kind, name in named.items() if name}

    def _is_plain(self, choice: Choice) -> bool:
        return self.wording.is_plain(choice.label)

    def _seed(self, node: TreeNode, expression: str | None) -> int:
        if expression is None:
            return number_seed(f"seed {self.seed}{node.path()}")
        return number_seed(self.wording.value_of(expression, node))

    def _offered(self, node: TreeNode, item: XNode) -> OfferedChoice:
        itemset = node.spec.question.itemset if node.spec.question else None
        column = itemset.value if itemset else "name"
        name = to_text(list(item.named(column)))
        return OfferedChoice(name, self.wording.item_label(item, node) or name)

    def _text(self, text: Text, node: TreeNode) -> str:
        return self.wording.text(text, node)


def _node(spec: Spec) -> Node:
    if spec.node is None:
        raise ValueError("The document has no state; ask its root.")
    return spec.node
