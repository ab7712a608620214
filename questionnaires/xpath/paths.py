"""Paths compiled to closures: steps from node to node, predicates, and a fast path for lists."""

from collections.abc import Callable, Sequence

from questionnaires.errors import ExpressionFault
from questionnaires.xpath.parser import Token
from questionnaires.xpath.scope import Closure, Scope
from questionnaires.xpath.values import Value, XNode, to_boolean, to_text

STARTS = frozenset({"current", "instance"})  # functions that a path may start with
_AXES = (
    "child parent self ancestor ancestor-or-self descendant descendant-or-self "
    "following-sibling preceding-sibling"
)
AXES = frozenset(_AXES.split())
PATHS = frozenset({"(name)", "*", ".", "..", "@", "/", "//", "[", ":", "node", "text"}) | AXES
_CONTEXT_BOUND = "position last string number name local-name string-length"
CONTEXT_BOUND = frozenset(_CONTEXT_BOUND.split()) | {"normalize-space"}

Step = Callable[[Scope, XNode], Sequence[XNode]]
Compile = Callable[[Token], Closure]


def function_name(token: Token) -> str:
    """The name of the function that a token calls ("jr:choice-name" with prefix), else ""."""
    if token.symbol == ":" and len(token) == 2 and token[1].label == "function":
        return f"{token[0].value}:{token[1].symbol}"
    return str(token.symbol) if token.label == "function" else ""


def is_path(token: Token) -> bool:
    """Whether a token is a path or a part of one (a `*` between two values is not)."""
    return token.symbol in PATHS and not (token.symbol == "*" and len(token) == 2)


def compile_path(token: Token, compile_any: Compile) -> Closure:
    """The closure of a path; its value is always a list of nodes, without doubles."""
    if names := plain_names(token):
        return _plain_path(names)
    if token.symbol == "/":
        return _slash(token, compile_any)
    if token.symbol == "//":
        return _double_slash(token, compile_any)
    if function_name(token):
        return _start(token, compile_any)
    if token.symbol == "[" and token[0].symbol in ("(", "/", "//", "["):
        return _filtered(token, compile_any)
    step = compile_step(token, compile_any)
    return lambda scope: list(step(scope, scope.node))


def plain_names(token: Token) -> tuple[str, ...]:
    """The names of an absolute path of names only, such as `/data/group/age`; else nothing."""
    names: list[str] = []
    while token.symbol == "/" and len(token) == 2 and token[1].symbol == "(name)":
        names.append(str(token[1].value))
        token = token[0]
    if token.symbol == "/" and len(token) == 1 and token[0].symbol == "(name)":
        return (str(token[0].value), *reversed(names))
    return ()


def _plain_path(names: tuple[str, ...]) -> Closure:
    path = "/" + "/".join(names)

    def walk(scope: Scope) -> Value:
        if known := scope.world.places.get(path):
            return [known]
        node = scope.world.document
        for name in names:
            found = node.named(name)
            if len(found) != 1:
                return every(scope)
            node = found[0]
        return [node]

    def every(scope: Scope) -> Value:
        nodes: list[XNode] = [scope.world.document]
        for name in names:
            nodes = [child for node in nodes for child in node.named(name)]
        return nodes

    return walk


def _slash(token: Token, compile_any: Compile) -> Closure:
    if len(token) == 0:
        return lambda scope: [scope.world.document]
    step = compile_step(token[-1], compile_any)
    if len(token) == 1:
        return lambda scope: list(step(scope, scope.world.document))
    return _then(compile_any(token[0]), step)


def _double_slash(token: Token, compile_any: Compile) -> Closure:
    step = compile_step(token[-1], compile_any)
    if len(token) == 2:
        start = compile_any(token[0])
    else:

        def start(scope: Scope) -> Value:
            return [scope.world.document]

    return _then(_then(start, lambda scope, node: _descendants(node, with_self=True)), step)


def _then(start: Closure, step: Step) -> Closure:
    def walk(scope: Scope) -> Value:
        nodes = start(scope)
        if not isinstance(nodes, list):
            return []
        if len(nodes) == 1:
            return list(step(scope, nodes[0]))
        return list(dict.fromkeys(found for node in nodes for found in step(scope, node)))

    return walk


def _start(token: Token, compile_any: Compile) -> Closure:
    if token.symbol == "current":
        return lambda scope: [scope.current]
    wanted = compile_any(token[0])

    def instance(scope: Scope) -> Value:
        found = scope.world.instances.get(to_text(wanted(scope)))
        return [found] if found else []

    return instance


def _filtered(token: Token, compile_any: Compile) -> Closure:
    start, keep = compile_any(token[0]), _predicate(compile_any(token[1]))

    def walk(scope: Scope) -> Value:
        nodes = start(scope)
        return keep(scope, nodes) if isinstance(nodes, list) else []

    return walk


def compile_step(token: Token, compile_any: Compile) -> Step:
    """The closure of one step: from a node to the nodes it leads to."""
    symbol = token.symbol
    if symbol == "(name)":
        name = str(token.value)
        return lambda scope, node: node.named(name)
    if symbol == ":":
        prefixed = f"{token[0].value}:{token[1].value}"
        return lambda scope, node: node.named(prefixed)
    if symbol == "[":
        return _filtered_step(token, compile_any)
    if symbol == "@":  # only lists kept as XML have attributes, nodes of a response have none
        attribute = f"@{token[0].value}"
        return lambda scope, node: node.named(attribute)
    if symbol in AXES:
        return _axis(token)
    if simple := _SIMPLE.get(symbol):
        return simple
    raise ExpressionFault(
        "expression-syntax",
        f"'{token.value or symbol}' cannot be a step of a path.",
        "Name a question between the slashes; to divide, write 'div'.",
        token.position[1] - 1,
    )


_SIMPLE: dict[str, Step] = {
    "*": lambda scope, node: node.all_children(),
    "node": lambda scope, node: node.all_children(),
    ".": lambda scope, node: [node],
    "text": lambda scope, node: [node],  # the text of a leaf reads as the leaf itself
    "..": lambda scope, node: [node.parent] if node.parent else [],
}


def in_document_order(nodes: list[XNode]) -> list[XNode]:
    """Nodes in the order of the document, as XPath's union gives them."""
    return sorted(nodes, key=_place) if len(nodes) > 1 else nodes


def _place(node: XNode) -> tuple[int, ...]:
    """Position of a node: its number among its siblings, from the document down."""
    places: list[int] = []
    at = node
    while at.parent is not None:
        places.append(list(at.parent.all_children()).index(at))
        at = at.parent
    return tuple(reversed(places))


def _axis(token: Token) -> Step:
    test = token[0]
    reach = _REACH[token.symbol]
    if test.symbol == "(name)":
        name = str(test.value)
        return lambda scope, node: [n for n in reach(node) if n.name == name]
    if test.symbol == "*":  # any element: the document above the root is none
        return lambda scope, node: [n for n in reach(node) if n.parent is not None]
    return lambda scope, node: list(reach(node))


def _ancestors(node: XNode, *, with_self: bool = False) -> list[XNode]:
    out = [node] if with_self else []
    at = node.parent
    while at is not None:
        out.append(at)
        at = at.parent
    return out


def _descendants(node: XNode, *, with_self: bool = False) -> list[XNode]:
    out = [node] if with_self else []
    for child in node.all_children():
        out.extend(_descendants(child, with_self=True))
    return out


def _siblings(node: XNode, *, after: bool) -> list[XNode]:
    everyone = list(node.parent.all_children()) if node.parent else [node]
    place = next((at for at, one in enumerate(everyone) if one is node), len(everyone))
    return everyone[place + 1 :] if after else everyone[:place][::-1]


_REACH: dict[str, Callable[[XNode], Sequence[XNode]]] = {
    "child": lambda node: node.all_children(),
    "parent": lambda node: [node.parent] if node.parent else [],
    "self": lambda node: [node],
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node: _ancestors(node, with_self=True),
    "descendant": _descendants,
    "descendant-or-self": lambda node: _descendants(node, with_self=True),
    "following-sibling": lambda node: _siblings(node, after=True),
    "preceding-sibling": lambda node: _siblings(node, after=False),
}


def _filtered_step(token: Token, compile_any: Compile) -> Step:
    base, keep = compile_step(token[0], compile_any), _predicate(compile_any(token[1]))
    if token[0].symbol == "(name)" and (pair := _column_and_value(token[1])):
        column, value = pair[0], compile_any(pair[1])

        def quick(scope: Scope, node: XNode) -> Sequence[XNode]:
            wanted = value(scope)
            if isinstance(wanted, list) and len(wanted) == 1:
                wanted = wanted[0].read()
            found = node.lookup(column, wanted) if isinstance(wanted, str) else None
            return keep(scope, list(base(scope, node))) if found is None else found

        return quick
    return lambda scope, node: keep(scope, list(base(scope, node)))


def _predicate(test: Closure) -> Callable[[Scope, list[XNode]], list[XNode]]:
    def keep(scope: Scope, nodes: list[XNode]) -> list[XNode]:
        kept, size = [], len(nodes)
        for place, node in enumerate(nodes, 1):
            value = test(scope.at(node, place, size))
            if value == place if type(value) is float else to_boolean(value):
                kept.append(node)
        return kept

    return keep


def _column_and_value(token: Token) -> tuple[str, Token] | None:
    """`column = value` where the value is the same for every item: answerable from an index."""
    if token.symbol != "=":
        return None
    for column, value in ((token[0], token[1]), (token[1], token[0])):
        if column.symbol == "(name)" and not is_context_bound(value):
            return str(column.value), value
    return None


def is_context_bound(token: Token) -> bool:
    """Whether a token's value depends on the node that a predicate is looking at."""
    symbol = token.symbol
    if symbol in ("(string)", "(integer)", "(decimal)", "(float)", "current"):
        return False
    if symbol in ("/", "//"):
        return len(token) == 2 and is_context_bound(token[0])
    if name := function_name(token):
        call = token[1] if symbol == ":" else token
        return name in CONTEXT_BOUND or any(is_context_bound(part) for part in call)
    return is_path(token) or any(is_context_bound(part) for part in token)
