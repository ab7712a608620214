"""Dependencies of an expression, found in its tokens, and the calculation order of a form."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from questionnaires.evaluation.specs import Spec
from questionnaires.xpath.parser import Token
from questionnaires.xpath.paths import function_name, is_path

# The spec read, and the node common to reader and read: None means that every instance
# of the one matters to every instance of the other.
Read = tuple[Spec, Spec | None]
Unit = tuple[str, str]  # aspect and path
OF_CONTEXT = frozenset({"string", "number", "string-length", "normalize-space"})
STRUCTURAL = frozenset({"position", "count", "indexed-repeat", "name", "local-name"})
UP = frozenset({"ancestor", "ancestor-or-self"})
DOWN = frozenset({"descendant", "descendant-or-self"})


def reads(token: Token, *, at: Spec, document: Spec) -> set[Read]:
    """Everything in the form that an expression bound at `at` can read."""
    reader = _Reader(at, document)
    reader.value(token, (at, at))
    return reader.found


class _Reader:
    """One walk over the tokens of one expression."""

    def __init__(self, current: Spec, document: Spec) -> None:
        self.current, self.document = current, document
        self.found: set[Read] = set()

    def value(self, token: Token, here: Read | None) -> None:
        """Note what `token` reads when it is evaluated at `here` (None: in a list)."""
        name = function_name(token)
        if (is_path(token) and not name) or name in ("current", "instance"):
            self.found.update(below for read in self.path(token, here) for below in _below(read))
            return
        call = token[1] if name and token.symbol == ":" else token
        if name in OF_CONTEXT and len(call) == 0 and here:
            self.found.add(here)
        for part in call:
            # Of a group, these use its position; all others read the texts of all below it.
            if name in STRUCTURAL and is_path(part):
                self.found.update(self.path(part, here))
            else:
                self.value(part, here)

    def path(self, token: Token, here: Read | None) -> list[Read]:
        """Possible targets of a path."""
        symbol = token.symbol
        if symbol in ("/", "//"):
            start: list[Read] = [(self.document, None)]
            if len(token) == 2:
                start = self.path(token[0], here)
            if symbol == "//":
                start = [below for read in start for below in _below(read)]
            return self.step(token[-1], start) if len(token) else start
        if symbol == "current":
            return [(self.current, self.current)]
        if symbol == "[" and token[0].symbol in ("(", "/", "//", "["):
            return self.filtered(self.path(token[0], here), token[1])
        if symbol == "|" or (symbol == "(" and len(token) == 1):
            return [read for part in token for read in self.path(part, here)]
        if function_name(token) or not is_path(token):
            self.arguments(token, here)
            return []
        return self.step(token, [here] if here else [])

    def arguments(self, token: Token, here: Read | None) -> None:
        """Note what the parts of a function or an operator read."""
        for part in token[1] if token.symbol == ":" else token:
            self.value(part, here)

    def step(self, token: Token, start: Iterable[Read]) -> list[Read]:
        """Targets of one step from each of `start`."""
        if token.symbol == "[":
            return self.filtered(self.step(token[0], start), token[1])
        return list(dict.fromkeys(found for read in start for found in _step(token, read)))

    def filtered(self, reached: list[Read], predicate: Token) -> list[Read]:
        """Note what a predicate reads at every node it looks at."""
        places: list[Read | None] = [*reached] or [None]
        for read in places:
            self.value(predicate, read)
        return reached


def _step(token: Token, read: Read) -> Iterator[Read]:
    symbol, (spec, anchor) = token.symbol, read
    test = token[0] if len(token) else token
    name = str(test.value) if test.symbol == "(name)" else None
    if symbol in (".", "text", "self"):
        yield read
    elif symbol in ("..", "parent"):
        yield from _up(read)
    elif symbol in ("(name)", "*", "node", "child"):
        yield from ((child, anchor) for child in spec.children if name in (None, child.name))
    elif symbol in UP:
        yield from (found for found in _above(read) if name in (None, found[0].name))
    elif symbol in DOWN:
        yield from (found for found in _below(read) if name in (None, found[0].name))
    elif symbol.endswith("sibling") and spec.parent:
        yield from ((child, None) for child in spec.parent.children if name in (None, child.name))


def _up(read: Read) -> Iterator[Read]:
    spec, anchor = read
    if spec.parent:
        # Above the node that was the same for both, its parent is the same for both.
        is_anchor = anchor is spec
        yield spec.parent, spec.parent if is_anchor else anchor


def _above(read: Read) -> Iterator[Read]:
    yield read
    for parent in _up(read):
        yield from _above(parent)


def _below(read: Read) -> Iterator[Read]:
    yield read
    for child in read[0].children:
        yield from _below((child, read[1]))


def in_order(needs: Mapping[Unit, set[Unit]]) -> list[Unit]:
    """The units so that each comes after all it needs.

    Raises:
        CycleError: some need each other; `circle_of` gives their paths.
    """
    return list(TopologicalSorter(needs).static_order())


def circle_of(error: CycleError) -> list[str]:
    """The paths of a circle, each once, the first again at the end."""
    units: list[Unit] = error.args[1]
    paths = list(dict.fromkeys(path for _, path in reversed(units)))
    return [*paths, paths[0]]
