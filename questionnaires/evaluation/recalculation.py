"""Incremental recalculation of a response: only what a change can reach is evaluated again."""

from collections.abc import Sequence
from heapq import heappop, heappush

from questionnaires.errors import EvaluationFault
from questionnaires.evaluation.answers import counted_text
from questionnaires.evaluation.plan import Plan
from questionnaires.evaluation.specs import COUNT, RELEVANCE, VALUE, Reader, Spec
from questionnaires.evaluation.tree import TreeNode
from questionnaires.form.form import Group, Kind
from questionnaires.xpath.expressions import Expression
from questionnaires.xpath.scope import Scope, World
from questionnaires.xpath.values import Value, XNode, text_number, to_boolean, to_text

MOST_INSTANCES = 2_000  # of one repeat: more is a mistyped count
MOST_IN_ALL = 20_000  # of all repeats of a response, so that nested counts and places end


class Recalculation:
    """The tree of one response and the queue of its pending recalculations.

    `faults` maps the path of a node to what its expression could not do.
    """

    def __init__(self, plan: Plan, world: World, document: TreeNode) -> None:
        self.plan, self.world, self.document = plan, world, document
        self.faults: dict[str, str] = {}
        self.is_loading = False  # a response is being built, or read back from storage
        self._queue: list[tuple[int, int, str, TreeNode]] = []
        self._queued: set[tuple[str, int]] = set()
        self._arrivals = 0
        self._swept: int | None = None  # how far a sweep over the whole plan has come
        self._places: dict[str, list[TreeNode]] = {}  # nodes by path, while sweeping
        self.changed: list[TreeNode] = []  # those whose change triggers another
        self._fresh: set[int] = set()  # nodes that are just being made, by id()
        self._new: list[tuple[TreeNode, Expression]] = []  # their defaults still to be worked out
        self._instances = 0  # added since the response was begun or read back

    # -- evaluating ---------------------------------------------------------------------------

    def evaluate(self, expression: Expression, node: TreeNode) -> Value | None:
        """The value of an expression at a node; None where it has none, noted in `faults`."""
        try:
            return expression.evaluate(Scope(node, node, self.world))
        except EvaluationFault as fault:
            self.faults[node.path()] = str(fault)
            return None

    def truth(self, expression: Expression | None, node: TreeNode, *, default: bool) -> bool:
        """The truth of an expression at a node; `default` where there is none or it fails."""
        if expression is None:
            return default
        if expression.constant is not None:
            return expression.constant
        value = self.evaluate(expression, node)
        return default if value is None else to_boolean(value)

    def items(self, node: TreeNode) -> list[XNode]:
        """The items of a select that are on offer, in the order of the list."""
        value = self.evaluate(node.spec.itemset, node) if node.spec.itemset else None
        found = value if isinstance(value, list) else []
        return [*node.spec.own_items, *found] if node.spec.own_items else found

    def offer(self, node: TreeNode) -> Sequence[str]:
        """The names on offer, each once, in the order of the list."""
        spec = node.spec
        if spec.fixed_offer is not None:
            return spec.fixed_offer
        column = spec.question.itemset.value if spec.question and spec.question.itemset else "name"
        return tuple(
            dict.fromkeys(cell.read() for item in self.items(node) for cell in item.named(column))
        )

    def keep_offered(self, node: TreeNode, text: str, shown: Sequence[str] = ()) -> str:
        """Offered part of an answer: in the order of the list as `shown`, for a rank as answered.

        Without `shown` the list is in the order of the form.
        """
        kept = self._on_offer(node, text)
        if node.spec.question is None or node.spec.question.kind is not Kind.SELECT_MULTIPLE:
            return kept
        chosen = kept.split()
        return " ".join(name for name in shown or self.offer(node) if name in chosen)

    # -- the queue ----------------------------------------------------------------------------

    def mark(self, aspect: str, node: TreeNode) -> None:
        """Schedule the recalculation of one aspect of a node."""
        rank = node.spec.ranks[aspect]
        if self._swept is not None and rank > self._swept:
            return  # its turn is still to come
        key = _key(aspect, node)
        if key not in self._queued:
            self._queued.add(key)
            self._arrivals += 1
            heappush(self._queue, (rank, self._arrivals, aspect, node))

    def mark_all(self, top: TreeNode) -> None:
        """Schedule the recalculation of a node and all below it."""
        for node in top.below():
            if node.spec.node is not None:
                self.mark(RELEVANCE, node)
            if node.spec.question:
                self.mark(VALUE, node)
            for child in node.spec.children:
                if child.count:
                    self.mark(COUNT, TreeNode(child, node))

    def run(self) -> None:
        """Work the queue off, in the order of the plan; then what new instances begin with."""
        self._drain()
        while self._new:
            waiting, self._new = self._new, []
            for place, expression in waiting:
                self.write(place, expression)
                self._drain()
        self._fresh.clear()

    def _drain(self) -> None:
        while self._queue:
            _, _, aspect, node = heappop(self._queue)
            self._queued.discard(_key(aspect, node))
            _WORK[aspect](self, node)

    def run_all(self) -> None:
        """Work out everything once, in the order of the plan: the same as marking all, faster."""
        for rank, (aspect, spec) in enumerate(self.plan.order):
            self._swept = rank
            if aspect == COUNT and spec.parent:
                for parent in self._nodes_of(spec.parent):
                    self._count(TreeNode(spec, parent))
            else:
                work = _WORK[aspect]
                for node in self._places.get(spec.path) or self._nodes_of(spec):
                    work(self, node)
        self._swept = None
        self._places.clear()
        self.run()

    def _nodes_of(self, spec: Spec) -> list[TreeNode]:
        """Every node of a spec there is now, found once until an instance comes or goes."""
        if spec.parent is None:
            return [self.document]
        found = self._places.get(spec.path)
        if found is None:
            above = self._nodes_of(spec.parent)
            found = [node for parent in above for node in parent.children[spec.name]]
            self._places[spec.path] = found
        return found

    def _relevance(self, node: TreeNode) -> None:
        parent = node.parent
        relevant = (parent is None or parent.relevant) and self.truth(
            node.spec.relevant, node, default=True
        )
        if relevant is node.relevant:
            return
        node.relevant = relevant
        if node.spec.question:
            self.mark(VALUE, node)
        for child in node.all_children():
            self.mark(RELEVANCE, child)

    def _value(self, node: TreeNode) -> None:
        calculate = node.spec.calculate
        if not node.relevant:
            node.worked_out = None
        elif calculate and not (self.is_loading and calculate.volatile and node.raw):
            result = self.evaluate(calculate, node)
            text = "" if result is None else to_text(result)
            if text != node.worked_out:  # else a person's own entry stays
                node.raw = node.worked_out = text
        self._count_in(node)

    def enter(self, node: TreeNode, text: str) -> None:
        """Store a person's entry: it is valid until a calculation there gives another value."""
        node.raw = text
        self._count_in(node)

    def _count_in(self, node: TreeNode) -> None:
        """Make the value of a node effective, as far as it counts, and notify all its readers."""
        value = self._counted(node) if node.relevant and node.raw else ""
        if value != node.value:
            node.value = value
            self._mark_readers(node.spec.readers, node)
        if node.spec.on_change:
            self._note_change(node)

    def _note_change(self, node: TreeNode) -> None:
        """Have a trigger fire for another value, not because it is hidden or shown again.

        ODK XForms specification, xforms-value-changed, after XForms 1.1, 4.4.2: what changes is
        the node of the instance, which keeps its value while it is not relevant.
        """
        if self.is_loading or id(node) in self._fresh:
            node.told = self._counted(node)
        elif node.relevant and node.value != node.told:
            node.told = node.value
            self.changed.append(node)

    def _counted(self, node: TreeNode) -> str:
        question = node.spec.question
        text = counted_text(question, node.raw) if question else node.raw
        return self._on_offer(node, text) if node.spec.is_select and text else text

    def _on_offer(self, node: TreeNode, text: str) -> str:
        """Part of a select's text that is still on offer, in its own order."""
        offer = self.offer(node)
        if node.spec.question and node.spec.question.kind is Kind.SELECT_ONE:
            return text if text in offer else ""
        return " ".join(name for name in dict.fromkeys(text.split()) if name in offer)

    def _count(self, stand_in: TreeNode) -> None:
        """Bring a counted repeat to its number; `stand_in` is an instance outside the tree."""
        spec, parent = stand_in.spec, stand_in.parent
        result = self.evaluate(spec.count, stand_in) if spec.count else None
        text = "" if result is None else to_text(result).strip()
        if parent is None or not text:
            return  # a blank count leaves the instances as they are
        number = text_number(text)
        if not number.is_integer() or number < 0:
            number = 0.0
        self.resize(parent, spec, int(min(number, MOST_INSTANCES)))

    # -- instances ----------------------------------------------------------------------------

    @property
    def is_full(self) -> bool:
        """Whether a response has grown as far as it may."""
        return self._instances >= MOST_IN_ALL

    def resize(self, parent: TreeNode, spec: Spec, count: int) -> None:
        """Add instances at the end of a repeat, or drop the last ones with their answers."""
        while len(parent.children[spec.name]) > count:
            self.remove(parent.children[spec.name][-1], parent)
        while len(parent.children[spec.name]) < count and not self.is_full:
            self.add(parent, spec)

    def add(self, parent: TreeNode, spec: Spec) -> TreeNode:
        """Add an instance at the end, with its defaults. The queue is not run."""
        instances = parent.children[spec.name]
        is_first = not instances and spec.count is not None and _is_of_the_first(parent)
        node = build(spec, parent, number=len(instances) + 1, with_repeats=is_first, is_later=True)
        instances.append(node)
        self._instances += 1
        self._places.clear()
        # A default may read what is worked out in its own instance, so it waits for that.
        self._new += [
            (place, expression)
            for new in node.below()  # also of the instances that come with it, in its groups
            for target, expression in new.spec.on_new
            for place in under(new, target, new.spec)
        ]
        self._fresh.update(id(below) for below in node.below())
        self.mark_all(node)
        self._mark_structure(parent, spec)
        return node

    def remove(self, node: TreeNode, parent: TreeNode) -> None:
        """Remove an instance with its answers from its parent; the ones behind it move up."""
        instances = parent.children[node.name]
        instances.remove(node)
        self._instances -= 1
        self._places.clear()
        for number, left in enumerate(instances, 1):
            left.number = number
        self._mark_structure(parent, node.spec)

    def write(self, node: TreeNode, expression: Expression) -> None:
        """Put the result of a set value into a node, as text."""
        result = self.evaluate(expression, node)
        node.raw = "" if result is None else to_text(result)
        self.mark(VALUE, node)

    def _mark_structure(self, parent: TreeNode, spec: Spec) -> None:
        """Mark all who read anything in a repeat of which an instance came or went."""
        for reader in spec.structure_readers:
            anchor = reader.anchor
            if anchor is not None and is_within(anchor, spec):
                anchor = spec.parent  # the number of each sibling may be another now
            self._mark_reader(reader, anchor, parent)

    def _mark_readers(self, readers: Sequence[Reader], changed: TreeNode) -> None:
        for reader in readers:
            if self._swept is None or reader.rank <= self._swept:
                self._mark_reader(reader, reader.anchor, changed)

    def _mark_reader(self, reader: Reader, anchor: Spec | None, changed: TreeNode) -> None:
        top = changed if anchor else self.document
        while anchor is not None and top.spec is not anchor and top.parent:
            top = top.parent
        if reader.aspect == COUNT and reader.spec.parent:
            # A count never reads its own repeat (a circle, refused), so `top` is above it.
            for node in under(top, reader.spec.parent, top.spec):
                self.mark(COUNT, TreeNode(reader.spec, node))
            return
        for node in under(top, reader.spec, top.spec):
            self.mark(reader.aspect, node)


def _key(aspect: str, node: TreeNode) -> tuple[str, int]:
    """One entry of the queue; a count is identified by the parent, as its stand-in is made anew."""
    if aspect == COUNT:
        return node.spec.path, id(node.parent)
    return aspect, id(node)


def _is_of_the_first(node: TreeNode) -> bool:
    """Whether a node is in the first instance of every repeat above it."""
    at: TreeNode | None = node
    while at is not None and at.number == 1:
        at = at.parent
    return at is None


def is_within(spec: Spec, ancestor: Spec) -> bool:
    """Whether `spec` is `ancestor` or a descendant of it."""
    at: Spec | None = spec
    while at is not None and at is not ancestor:
        at = at.parent
    return at is not None


def under(top: TreeNode, spec: Spec, top_spec: Spec) -> list[TreeNode]:
    """All nodes of `spec` in `top`, itself included when it is one."""
    nodes = [top]
    for name in spec.line_to(top_spec):
        nodes = [child for node in nodes for child in node.children.get(name, ())]
    return nodes


def beside(node: TreeNode, target: Spec) -> list[TreeNode]:
    """The nodes of `target` that share most with `node`: those of the same instance."""
    top = node
    while top.parent is not None and (top.spec is target or not is_within(target, top.spec)):
        top = top.parent
    return under(top, target, top.spec)


def build(
    spec: Spec,
    parent: TreeNode,
    *,
    number: int = 1,
    with_repeats: bool = False,
    with_defaults: bool = True,
    is_later: bool = False,
) -> TreeNode:
    """A new node and all below it, outside the tree.

    `with_repeats`: free repeats below get their first instance. Counted ones wait for their count.
    `is_later`: of an instance that is added later, free repeats in its groups get one all the
    same; those directly in it do not, as in other ODK programs.
    """
    node = TreeNode(spec, parent, number=number)
    if spec.question and with_defaults:
        node.raw = spec.question.default
    for child in spec.children:
        if not child.is_repeat:
            node.children[child.name].append(
                build(
                    child, node, with_repeats=with_repeats or is_later, with_defaults=with_defaults
                )
            )
        elif with_repeats and isinstance(child.node, Group) and not child.node.count:
            node.children[child.name].append(build(child, node, with_repeats=True))
    return node


# Not bound to an engine: a circle of references would wait for the garbage collector.
_WORK = {
    RELEVANCE: Recalculation._relevance,
    VALUE: Recalculation._value,
    COUNT: Recalculation._count,
}
