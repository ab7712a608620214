"""Nodes of a response, and of its lookup lists."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Union

from questionnaires.evaluation.specs import Spec

NO_CHILDREN: dict[str, list["TreeNode"]] = {}


class TreeNode:
    """One node of a response: a group, an instance of a repeat, a question or a value.

    `raw` is what was entered, calculated or set, kept while not relevant; `value` is what every
    expression reads. `worked_out` is what its calculation gave last, None while not relevant.
    """

    __slots__ = (
        "children",
        "number",
        "parent",
        "raw",
        "relevant",
        "spec",
        "told",
        "value",
        "worked_out",
    )

    def __init__(self, spec: Spec, parent: Union["TreeNode", None], *, number: int = 1) -> None:
        self.spec = spec
        self.parent = parent
        self.number = number
        self.raw = ""
        self.value = self.told = ""
        self.relevant = True
        self.worked_out: str | None = None
        self.children: dict[str, list[TreeNode]] = (
            {child.name: [] for child in spec.children} if spec.children else NO_CHILDREN
        )

    @property
    def name(self) -> str:
        """The name of the node, as in the form."""
        return self.spec.name

    def read(self) -> str:
        """Value for expressions; of a group the texts of all below it."""
        if self.spec.children:
            return "".join(child.read() for child in self.all_children())
        return self.value

    def own_text(self) -> str:
        """Content of the node, whether or not it counts now."""
        return self.raw

    def named(self, name: str) -> Sequence["TreeNode"]:
        """The children of that name, in order."""
        return self.children.get(name, ())

    def all_children(self) -> Sequence["TreeNode"]:
        """All children, in the order of the form."""
        return [node for nodes in self.children.values() for node in nodes]

    def position_in_repeat(self) -> int:
        """The number of this instance, from 1."""
        return self.number

    def lookup(self, column: str, text: str) -> None:
        """Responses keep no index."""

    def path(self) -> str:
        """The path from the root, with `[n]` behind every repeat."""
        if self.parent is None or not self.spec.has_places:
            return self.spec.path
        place = f"[{self.number}]" if self.spec.is_repeat else ""
        return f"{self.parent.path()}/{self.name}{place}"

    def below(self) -> Iterator["TreeNode"]:
        """This node and all below it, parents first."""
        yield self
        for child in self.all_children():
            yield from child.below()


class ListNode:
    """A node of a secondary instance: the document, its root, an item, or a cell of an item."""

    __slots__ = ("_columns", "_indexes", "items", "name", "parent", "text")

    def __init__(self, name: str, parent: Union["ListNode", None] = None, text: str = "") -> None:
        self.name = name
        self.parent = parent
        self.text = text
        self.items: list[ListNode] = []
        self._columns: dict[str, list[ListNode]] = {}
        self._indexes: dict[str, dict[str, list[ListNode]]] = {}

    def add(self, name: str, text: str = "") -> "ListNode":
        """Add a child at the end and give it back."""
        child = ListNode(name, self, text)
        self.items.append(child)
        self._columns.setdefault(name, []).append(child)
        return child

    def set_attribute(self, name: str, text: str) -> None:
        """Give the node an attribute of XML, found as `@name` and no child."""
        self._columns[f"@{name}"] = [ListNode(name, self, text)]

    def read(self) -> str:
        """Its text; of an item or a list the texts of all its cells."""
        return "".join(item.read() for item in self.items) if self.items else self.text

    def own_text(self) -> str:
        """The same as `read`: a list is never hidden."""
        return self.read()

    def named(self, name: str) -> Sequence["ListNode"]:
        """The children of that name, in order."""
        return self._columns.get(name, ())

    def all_children(self) -> Sequence["ListNode"]:
        """All children, in order."""
        return self.items

    def position_in_repeat(self) -> int:
        """The place of an item among its siblings, from 1."""
        return self.parent.items.index(self) + 1 if self.parent else 1

    def lookup(self, column: str, text: str) -> Sequence["ListNode"]:
        """The items whose `column` is `text`, from an index made at the first question."""
        index = self._indexes.get(column)
        if index is None:
            index = {}
            for item in self.items:
                for cell in item.named(column):
                    index.setdefault(cell.text, []).append(item)
            self._indexes[column] = index
        return index.get(text, ())


def saved_document(values: Mapping[str, str]) -> ListNode:
    """Answers of another response as a tree that expressions may ask, for `__last-saved`.

    Args:
        values: path with `[n]` behind every repeat -> text, in the order of the form.
    """
    document = ListNode("")
    nodes = {"": document}
    for path, text in values.items():
        at = ""
        for segment in path.removeprefix("/").split("/"):
            above, at = nodes[at], f"{at}/{segment}"
            if at not in nodes:
                nodes[at] = above.add(segment.partition("[")[0])
        nodes[at].text = text
    return document


def list_document(rows: Sequence[Mapping[str, str]]) -> ListNode:
    """A secondary instance: a document with one `root` and an `item` for each row."""
    document = ListNode("")
    root = document.add("root")
    for row in rows:
        item = root.add("item")
        for column, text in row.items():
            item.add(column, text)
    return document
