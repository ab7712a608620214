"""Labels, hints and messages in the language of a response, with values inserted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from questionnaires.errors import ExpressionFault
from questionnaires.evaluation.plan import Plan
from questionnaires.evaluation.recalculation import Recalculation, beside
from questionnaires.evaluation.tree import TreeNode
from questionnaires.form.form import Form, Output, Question, Text
from questionnaires.xpath.expressions import compile_expression
from questionnaires.xpath.paths import plain_names
from questionnaires.xpath.scope import Scope
from questionnaires.xpath.values import Value, XNode, to_text


@dataclass(slots=True)
class Wording:
    """The texts of one response. `language` is one of the form's, or None for its default."""

    plan: Plan
    language: str | None
    engine: Recalculation | None = None
    labels: dict[str, Mapping[str, Text]] = field(default_factory=dict)
    plain: dict[int, str] = field(init=False)  # the form's texts without values, by id()

    def __post_init__(self) -> None:
        self.plain = self.plan.words.setdefault(self.language, {})

    @property
    def form(self) -> Form:
        """The form whose texts these are."""
        return self.plan.form

    def _parts(self, text: Text) -> tuple[str | Output, ...]:
        languages = (self.language or self.form.default_language, self.form.default_language)
        return text.parts(*languages)

    def is_plain(self, text: Text) -> bool:
        """Whether no values are put into a text, so that it reads the same everywhere."""
        return all(isinstance(part, str) for part in self._parts(text))

    def text(self, text: Text, node: TreeNode) -> str:
        """A text as seen from a node."""
        if not text.by_language:
            return ""
        if known := self.plain.get(id(text)):
            return known
        parts = self._parts(text)
        if len(parts) == 1 and isinstance(parts[0], str):
            return self.plain.setdefault(id(text), parts[0].strip())
        return "".join(
            part if isinstance(part, str) else to_text(self.value_of(part.expression, node))
            for part in parts
        ).strip()

    def value_of(self, expression: str, node: TreeNode) -> Value:
        """The value put into a text; nothing where the expression has none."""
        if self.engine is None or not expression:
            return ""
        try:
            compiled = compile_expression(expression, self.form.namespaces)
        except ExpressionFault:
            return ""
        target = self.plan.specs.get("/" + "/".join(plain_names(compiled.token)))
        if target is not None and target.question:
            # Within a repeat the value of the same instance is meant, though the path has none.
            return next((place.read() for place in beside(node, target)), "")
        value = self.engine.evaluate(compiled, node)
        return "" if value is None else value

    def item_label(self, item: XNode, node: TreeNode) -> str:
        """The label of an item of a list, translated where it has a text id."""
        itemset = node.spec.question.itemset if node.spec.question else None
        text_id = to_text(list(item.named("itextId")))
        if text_id:
            return self.text(self.form.texts.get(text_id, Text()), node)
        column = itemset.label if itemset and "(" not in itemset.label else "label"
        own = to_text(list(item.named(column)))
        if self.language is None or node.spec.question is None or itemset is None:
            return own
        label = self._labels(node.spec.question).get(to_text(list(item.named(itemset.value))))
        return self.text(label, node) if label else own

    def _labels(self, question: Question) -> Mapping[str, Text]:
        """The translated labels of a list by value, made once for each list."""
        name = question.itemset.list_name if question.itemset else ""
        if name not in self.labels:
            self.labels[name] = {choice.name: choice.label for choice in question.choices}
        return self.labels[name]

    def itext(self, text_id: str) -> str:
        """The translated text of an id, for `jr:itext`; its values are not put in."""
        found = self.form.texts.get(text_id)
        return (
            "".join(part for part in self._parts(found) if isinstance(part, str)) if found else ""
        )

    def choice_label(self, value: str, path: str, scope: Scope) -> str:
        """The label of a choice on offer at the select at `path`, for `jr:choice-name`."""
        current = scope.current
        spec = self.plan.specs.get(_absolute(path.strip(), current))
        if spec is None or spec.question is None or not isinstance(current, TreeNode):
            return ""
        if spec.itemset is None or spec.fixed_offer:
            labels = (c.label for c in spec.question.choices if c.name == value)
            return next((self.text(label, current) for label in labels), "")
        return self._offered_label(value, next(iter(beside(current, spec)), None))

    def _offered_label(self, value: str, select: TreeNode | None) -> str:
        """The label of a value in a list that a filter or a file decides."""
        if self.engine is None or select is None:
            return ""
        itemset = select.spec.question.itemset if select.spec.question else None
        column = itemset.value if itemset else "name"
        for item in self.engine.items(select):
            if to_text(list(item.named(column))) == value:
                return self.item_label(item, select)
        return ""


def _absolute(path: str, current: XNode) -> str:
    """A path as written in `jr:choice-name`, from the root and without instance numbers."""
    if path.startswith("/") or not isinstance(current, TreeNode):
        return path
    at = current.spec
    steps = path.removeprefix("current()/").split("/")
    while steps and steps[0] in ("..", "."):
        if steps.pop(0) == ".." and at.parent:
            at = at.parent
    return "/".join([at.path, *steps])
