"""Evaluation context of an expression: a node, the whole response, one moment, one generator."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Protocol

from questionnaires.form.form import Form
from questionnaires.xpath.values import Value, XNode


class Words(Protocol):
    """Texts that expressions may ask for."""

    @property
    def form(self) -> Form:
        """The form that is answered."""
        ...

    def choice_label(self, value: str, path: str, scope: "Scope") -> str:
        """The label of `value` in the list of the select at `path`."""
        ...

    def itext(self, text_id: str) -> str:
        """The translated text of that id."""
        ...


@dataclass(slots=True)
class World:
    """Common context of all expressions of one evaluation.

    `places` knows the nodes outside every repeat by their path: they are there from the beginning
    to the end.
    """

    document: XNode  # the parent of the root node, so that `/data` is a child
    instances: Mapping[str, XNode]
    now: datetime
    random: Random
    words: Words
    places: dict[str, XNode] = field(default_factory=dict)


@dataclass(slots=True)
class Scope:
    """The place of one expression: `current` is where it is bound, `node` where it has got to."""

    node: XNode
    current: XNode
    world: World
    position: int = 1
    size: int = 1

    def at(self, node: XNode, position: int, size: int) -> "Scope":
        """The same place seen from `node`, for a predicate."""
        return Scope(node, self.current, self.world, position, size)


Closure = Callable[[Scope], Value]
