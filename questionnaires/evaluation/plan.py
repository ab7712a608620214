"""Plan of a form: everything that depends on the form alone, computed once a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError

from questionnaires.errors import ExpressionFault, Fault, FormUnusable
from questionnaires.evaluation.specs import COUNT, RELEVANCE, VALUE, Reader, Spec
from questionnaires.evaluation.tree import ListNode, list_document
from questionnaires.form.form import Choice, Form, Group, Itemset, Node, Question, Rules, SetValue
from questionnaires.xpath.dependencies import Read, Unit, circle_of, in_order, reads
from questionnaires.xpath.expressions import Expression, compile_expression
from questionnaires.xpath.values import XNode

FIRST_LOAD, NEW_REPEAT, CHANGED = (
    "odk-instance-first-load",
    "odk-new-repeat",
    "xforms-value-changed",
)
Rows = Sequence[Mapping[str, str]]
Lists = Mapping[str, Rows | ListNode]


@dataclass(slots=True, eq=False)
class Plan:
    """A form ready to be answered. `order` is that of the units of calculation.

    `words` keeps the form's texts without values, by language and id(), as responses ask them.
    """

    form: Form
    document: Spec
    specs: dict[str, Spec]
    instances: dict[str, ListNode]
    order: list[tuple[str, Spec]]
    on_load: list[tuple[Spec, Expression]]
    words: dict[str | None, dict[int, str]] = field(default_factory=dict)

    @property
    def root(self) -> Spec:
        """The spec of the root node."""
        return self.document.children[0]


def plan(form: Form, external: Lists | None = None) -> Plan:
    """Work out a form: compile its expressions and put them in order.

    Args:
        form: the form.
        external: the lists kept in files, by the id of the list: rows, or a tree where the file
            is XML; one that is missing is an empty list.

    Raises:
        FormUnusable: expressions that cannot be read, or relevance or calculation in a circle.
    """
    faults: list[Fault] = []
    document = _specs(form, faults, external or {})
    specs = {spec.path: spec for spec in document.walk()}
    on_load = _attach_set_values(form, specs, faults)
    if faults:
        raise FormUnusable(faults)
    order = [(aspect, specs[path]) for aspect, path in _order(document)]
    _rank(order)
    return Plan(
        form=form,
        document=document,
        specs=specs,
        instances=_instances(form, external or {}),
        order=order,
        on_load=on_load,
    )


def _rank(order: Sequence[tuple[str, Spec]]) -> None:
    """Give each node, and its readers, the positions of its units in the order."""
    for rank, (aspect, spec) in enumerate(order):
        spec.ranks[aspect] = rank
    for _, spec in order:
        for reader in (*spec.readers, *spec.structure_readers):
            reader.rank = reader.spec.ranks[reader.aspect]


def _specs(form: Form, faults: list[Fault], external: Lists) -> Spec:
    document = Spec("", "", None, None)
    root_node = Group(f"/{form.root}", form.root, form.children)
    _add_spec(form, root_node, document, faults, external)
    return document


def _add_spec(form: Form, node: Node, parent: Spec, faults: list[Fault], external: Lists) -> None:
    if isinstance(node, Question) and node.itemset and node.itemset.is_searched:
        node = _searched(node, external)
    spec = Spec(node.path, node.name, node, parent)
    parent.children.append(spec)
    parent.by_name[spec.name] = spec

    def compiled(text: str | None, column: str) -> Expression | None:
        return _compiled(form, node.path, text, faults, column)

    rules: Rules = node.rules
    spec.relevant = compiled(rules.relevant, "relevant")
    spec.readonly = compiled(rules.readonly, "read_only")
    spec.may_be_readonly = spec.readonly is not None or parent.may_be_readonly
    if isinstance(node, Group):
        spec.count = compiled(node.count, "repeat_count")
        for child in node.children:
            _add_spec(form, child, spec, faults, external)
        return
    spec.required = compiled(rules.required, "required")
    spec.constraint = compiled(rules.constraint, "constraint")
    spec.calculate = compiled(rules.calculate, "calculation")
    if node.itemset:
        spec.itemset = compiled(node.itemset.nodeset, "choice_filter")
        spec.own_items = _items_of(node.itemset)
    if spec.is_select and (node.itemset is None or "[" not in node.itemset.nodeset):
        spec.fixed_offer = _fixed_offer(node)


def _searched(question: Question, external: Lists) -> Question:
    """A select by `search()`: its choices are those of the file, or the sheet's without one."""
    if question.itemset and question.itemset.list_name in external:
        return replace(question, choices=())
    return replace(question, itemset=None)


def _items_of(itemset: Itemset) -> Sequence[XNode]:
    """Choices of the sheet that come before those of a file, as items of a list."""
    rows = [
        {itemset.value: choice.name, itemset.label: choice.label.plain()}
        for choice in itemset.beside
    ]
    (root,) = list_document(rows).all_children()
    return root.all_children()


def _fixed_offer(question: Question) -> tuple[str, ...] | None:
    names = tuple(dict.fromkeys(choice.name for choice in question.choices))
    return names or None  # an empty list may be one kept in a file


def _compiled(
    form: Form, path: str, text: str | None, faults: list[Fault], column: str
) -> Expression | None:
    """An expression of the node at `path`, from the column that XLSForm calls `column`."""
    if not text:
        return None
    try:
        return compile_expression(text, form.namespaces)
    except ExpressionFault as fault:
        faults.append(
            Fault(
                "error",
                fault.code,
                f"{path}: {fault.message}",
                fault.mend,
                column=column,
                cell=text,
                at=fault.at,
                paths=(path,),
            )
        )
        return None


def _attach_set_values(
    form: Form, specs: Mapping[str, Spec], faults: list[Fault]
) -> list[tuple[Spec, Expression]]:
    on_load: list[tuple[Spec, Expression]] = []
    for set_value in form.set_values:
        target = specs.get(set_value.path)
        column = "calculation" if set_value.trigger else "default"
        value = _compiled(form, set_value.path, set_value.value, faults, column)
        if target is None or value is None:
            continue
        if FIRST_LOAD in set_value.events:
            on_load.append((target, value))
        if NEW_REPEAT in set_value.events and (repeat := _nearest_repeat(target)):
            repeat.on_new.append((target, value))
        _attach_trigger(set_value, specs, target, value)
    return on_load


def _attach_trigger(
    set_value: SetValue, specs: Mapping[str, Spec], target: Spec, value: Expression
) -> None:
    trigger = specs.get(set_value.trigger or "")
    if trigger and CHANGED in set_value.events:
        trigger.on_change.append((target, value))


def _nearest_repeat(spec: Spec) -> Spec | None:
    at: Spec | None = spec
    while at is not None and not at.is_repeat:
        at = at.parent
    return at


def _order(document: Spec) -> list[Unit]:
    needs: dict[Unit, set[Unit]] = {}
    for spec in document.walk():
        if spec.node is None:
            continue
        for aspect, expressions in _aspects(spec).items():
            found = {
                read
                for expression in expressions
                for read in reads(expression.token, at=spec, document=document)
            }
            _register(aspect, spec, found)
            needs[aspect, spec.path] = _own_needs(aspect, spec) | _needs(found)
            if aspect == VALUE and spec.calculate is None:
                # A choice_filter may look at what is chosen already.
                needs[aspect, spec.path].discard((VALUE, spec.path))
    try:
        return in_order(needs)
    except CycleError as error:
        raise FormUnusable([circular_fault(circle_of(error))]) from error


def circular_fault(paths: Sequence[str]) -> Fault:
    """The fault of a circle of expressions; `paths` with the first again at the end."""
    return Fault(
        "error",
        "circular",
        "These wait for each other in a circle: " + " -> ".join(paths) + ".",
        "Take one of them out of the other's relevant, calculation or choice_filter.",
        paths=tuple(paths),
    )


def _aspects(spec: Spec) -> dict[str, list[Expression]]:
    """The units of a node, each with the expressions that decide it."""
    out = {RELEVANCE: [spec.relevant] if spec.relevant else []}
    if spec.count:
        out[COUNT] = [spec.count]
    if spec.question:
        out[VALUE] = [found for found in (spec.calculate, spec.itemset) if found]
    return out


def _own_needs(aspect: str, spec: Spec) -> set[Unit]:
    if aspect == VALUE:
        return {(RELEVANCE, spec.path)}
    above = {(RELEVANCE, spec.parent.path)} if spec.parent and spec.parent.node else set()
    if aspect == RELEVANCE and spec.count:
        above.add((COUNT, spec.path))
    return above


def _needs(found: set[Read]) -> set[Unit]:
    units: set[Unit] = set()
    for spec, _ in found:
        if spec.question:
            units.add((VALUE, spec.path))
        at: Spec | None = spec
        while at is not None:
            if at.count:
                units.add((COUNT, at.path))
            at = at.parent
    return units


def _register(aspect: str, spec: Spec, found: set[Read]) -> None:
    """Tell what is read who reads it: its value, and the number of instances on the way."""
    for read, anchor in sorted(found, key=lambda pair: pair[0].path):
        reader = Reader(aspect, spec, anchor)
        read.readers.append(reader)
        at: Spec | None = read
        while at is not None:
            if at.is_repeat:
                at.structure_readers.append(reader)
            at = at.parent


def _instances(form: Form, external: Lists) -> dict[str, ListNode]:
    found: dict[str, ListNode] = {}
    for name, choices in form.choice_lists.items():
        found[name] = _list_of(
            external.get(name) or [_cells(choice, form.default_language) for choice in choices]
        )
    for name, rows in external.items():
        found.setdefault(name, _list_of(rows))
    return found


def _cells(choice: Choice, language: str) -> dict[str, str]:
    """A choice as an item of its list: with a label, or the id of one in several languages."""
    words = (
        {"itextId": choice.text_id} if choice.text_id else {"label": choice.label.plain(language)}
    )
    return {"name": choice.name, **words, **choice.extras}


def _list_of(rows: Rows | ListNode) -> ListNode:
    return rows if isinstance(rows, ListNode) else list_document(rows)
