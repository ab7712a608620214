"""Nodes of a form with their compiled expressions, each with its dependents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from questionnaires.form.form import SELECTS, Group, Node, Question
from questionnaires.xpath.expressions import Expression
from questionnaires.xpath.values import XNode

RELEVANCE, COUNT, VALUE = "relevance", "count", "value"  # the aspects that are calculated


@dataclass(slots=True, eq=False)
class Reader:
    """Node and aspect to recalculate after a change; see `dependencies.Read`."""

    aspect: str
    spec: "Spec"
    anchor: "Spec | None"
    rank: int = 0  # of the unit in the order of the plan


@dataclass(slots=True, eq=False, repr=False)
class Spec:
    """One node of the form with its compiled expressions.

    `is_repeat`: it may have several instances. `question`: the question or value, None for
    groups. `is_select`: only what is on offer can be its value. `by_name`: its children.
    `has_places`: its path has places, because a repeat is on it. `own_items`: choices of the
    sheet, before those of a file. `may_be_readonly`: it or one above has a rule for it.
    `ranks`: places of its aspects in the order of the plan.
    """

    path: str
    name: str
    node: Node | None
    parent: "Spec | None"
    children: list["Spec"] = field(default_factory=list)
    by_name: dict[str, "Spec"] = field(default_factory=dict)
    is_repeat: bool = field(init=False)
    question: Question | None = field(init=False)
    is_select: bool = field(init=False)
    has_places: bool = field(init=False)
    may_be_readonly: bool = False
    relevant: Expression | None = None
    required: Expression | None = None
    constraint: Expression | None = None
    calculate: Expression | None = None
    readonly: Expression | None = None
    count: Expression | None = None
    itemset: Expression | None = None
    fixed_offer: tuple[str, ...] | None = None  # names of a list without a filter, each once
    own_items: Sequence[XNode] = ()
    ranks: dict[str, int] = field(default_factory=dict)
    readers: list[Reader] = field(default_factory=list)
    structure_readers: list[Reader] = field(default_factory=list)
    on_new: list[tuple["Spec", Expression]] = field(default_factory=list)
    on_change: list[tuple["Spec", Expression]] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Asked at every step of a calculation, so found once.
        self.is_repeat = isinstance(self.node, Group) and self.node.repeat
        self.question = self.node if isinstance(self.node, Question) else None
        self.is_select = self.question is not None and self.question.kind in SELECTS
        above = self.parent is not None and self.parent.has_places
        self.has_places = self.is_repeat or above

    def __repr__(self) -> str:
        # Specs name each other all round: in full, one would write the whole form many times over.
        return f"Spec({self.path!r})"

    def walk(self) -> Iterator["Spec"]:
        """This spec and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def line_to(self, ancestor: "Spec") -> list[str]:
        """The names from `ancestor`, exclusive, down to here."""
        names: list[str] = []
        at: Spec = self
        while at is not ancestor and at.parent:
            names.append(at.name)
            at = at.parent
        return names[::-1]
