"""The plan of a form: everything that depends on the form alone, worked out once a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError

from questionnaires.dependencies import Read, Unit, circle_of, in_order, reads
from questionnaires.errors import ExpressionFault, Fault, FormUnusable
from questionnaires.expressions import Expression, compile_expression
from questionnaires.form import Form, Group, Node, Question, Rules, SetValue
from questionnaires.specs import COUNT, RELEVANCE, VALUE, Reader, Spec
from questionnaires.tree import ListNode, list_document

FIRST_LOAD, NEW_REPEAT, CHANGED = (
    "odk-instance-first-load",
    "odk-new-repeat",
    "xforms-value-changed",
)
Rows = Sequence[Mapping[str, str]]


@dataclass(slots=True, eq=False)
class Plan:
    """A form ready to be answered. `ranks` orders the units of calculation."""

    form: Form
    document: Spec
    specs: dict[str, Spec]
    instances: dict[str, ListNode]
    order: list[tuple[str, Spec]]
    ranks: dict[Unit, int]
    on_load: list[tuple[Spec, Expression]]

    @property
    def root(self) -> Spec:
        """The spec of the root node."""
        return self.document.children[0]


def plan(form: Form, external: Mapping[str, Rows] | None = None) -> Plan:
    """Work out a form: compile its expressions and put them in order.

    Args:
        form: the form.
        external: rows of the lists kept in files, by the id of the list; one that is missing is
            an empty list.

    Raises:
        FormUnusable: expressions that cannot be read, or relevance or calculation in a circle.
    """
    faults: list[Fault] = []
    document = _specs(form, faults)
    specs = {spec.path: spec for spec in document.walk()}
    on_load = _attach_set_values(form, specs, faults)
    if faults:
        raise FormUnusable(faults)
    order = _order(document)
    return Plan(
        form=form,
        document=document,
        specs=specs,
        instances=_instances(form, external or {}),
        order=[(aspect, specs[path]) for aspect, path in order],
        ranks={unit: rank for rank, unit in enumerate(order)},
        on_load=on_load,
    )


def _specs(form: Form, faults: list[Fault]) -> Spec:
    document = Spec("", "", None, None)
    root_node = Group(f"/{form.root}", form.root, form.children)
    _add_spec(form, root_node, document, faults)
    return document


def _add_spec(form: Form, node: Node, parent: Spec, faults: list[Fault]) -> None:
    spec = Spec(node.path, node.name, node, parent)
    parent.children.append(spec)
    parent.by_name[spec.name] = spec

    def compiled(text: str | None) -> Expression | None:
        return _compiled(form, node.path, text, faults)

    rules: Rules = node.rules
    spec.relevant, spec.readonly = compiled(rules.relevant), compiled(rules.readonly)
    if isinstance(node, Group):
        spec.count = compiled(node.count)
        for child in node.children:
            _add_spec(form, child, spec, faults)
        return
    spec.required, spec.constraint = compiled(rules.required), compiled(rules.constraint)
    spec.calculate = compiled(rules.calculate)
    if node.itemset:
        spec.itemset = compiled(node.itemset.nodeset)
    if spec.is_select and (node.itemset is None or "[" not in node.itemset.nodeset):
        spec.fixed_offer = _fixed_offer(node)


def _fixed_offer(question: Question) -> tuple[str, ...] | None:
    names = tuple(dict.fromkeys(choice.name for choice in question.choices))
    return names or None  # an empty list may be one kept in a file


def _compiled(form: Form, path: str, text: str | None, faults: list[Fault]) -> Expression | None:
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
                cell=text,
                at=fault.at,
            )
        )
        return None


def _attach_set_values(
    form: Form, specs: Mapping[str, Spec], faults: list[Fault]
) -> list[tuple[Spec, Expression]]:
    on_load: list[tuple[Spec, Expression]] = []
    for set_value in form.set_values:
        target = specs.get(set_value.path)
        value = _compiled(form, set_value.path, set_value.value, faults)
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


def _instances(form: Form, external: Mapping[str, Rows]) -> dict[str, ListNode]:
    found: dict[str, ListNode] = {}
    for name, choices in form.choice_lists.items():
        rows: Rows = external.get(name) or [
            {
                "name": choice.name,
                "label": choice.label.plain(form.default_language),
                "itextId": choice.text_id,
                **choice.extras,
            }
            for choice in choices
        ]
        found[name] = list_document(rows)
    for name, rows in external.items():
        found.setdefault(name, list_document(rows))
    return found
