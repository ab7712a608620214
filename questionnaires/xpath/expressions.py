"""ODK's XPath: parsed once by elementpath, compiled here to Python closures. Never `eval`.

elementpath's own evaluation is not used: it raises where XForms gives false, and represents numbers
and dates by other types than ODK does.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from questionnaires.errors import EvaluationFault, ExpressionFault
from questionnaires.xpath.functions import FUNCTIONS
from questionnaires.xpath.parser import OTHER_LANGUAGES, Token, parse_expression, register_functions
from questionnaires.xpath.paths import (
    STARTS,
    compile_path,
    function_name,
    in_document_order,
    is_path,
)
from questionnaires.xpath.scope import Closure, Scope
from questionnaires.xpath.values import (
    ORDER,
    Value,
    XNode,
    are_equal,
    are_unequal,
    divide,
    in_order,
    modulo,
    to_boolean,
    to_number,
    to_text,
)

MOVING = {  # functions compiled here: least and most arguments
    "if": (3, 3),
    "once": (1, 1),
    "position": (0, 1),
    "last": (0, 0),
    "current": (0, 0),
    "instance": (1, 1),
    "indexed-repeat": (3, 7),
}
NAMES = frozenset(FUNCTIONS) | frozenset(MOVING)
VOLATILE = ("random", "uuid", "randomize")
ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "div": divide,
    "mod": modulo,
}
OPERATORS = {"and", "or", "=", "!=", "<", "<=", ">", ">=", "|", *ARITHMETIC}

COMPARISONS = frozenset({"=", "!=", *ORDER})

register_functions(NAMES)


@dataclass(frozen=True, slots=True)
class Expression:
    """One compiled expression.

    `evaluate` takes a scope and gives a value. `token` is its tree, for finding what it reads.
    `volatile`: it calls `random()` or `uuid()`, so a stored result is kept. `constant`: its truth
    where it is `true()` or `false()` alone.
    """

    text: str
    evaluate: Closure
    token: Token
    volatile: bool
    constant: bool | None = None


def compile_expression(text: str, namespaces: Mapping[str, str] | None = None) -> Expression:
    """Compile one expression; the same text is compiled once in a process.

    Args:
        text: XPath with absolute or relative paths, as in an XForm (no `${names}`).
        namespaces: prefixes the form declares -> their address.

    Raises:
        ExpressionFault: it cannot be read; with a code, a place and the way out.
    """
    return _compiled(text, tuple(sorted((namespaces or {}).items())))


@lru_cache(maxsize=8_192)
def _compiled(text: str, namespaces: tuple[tuple[str, str], ...]) -> Expression:
    token = parse_expression(text, functions=NAMES, namespaces=dict(namespaces))
    volatile = any(function_name(part) in VOLATILE for part in token.iter())
    constant = {"true": True, "false": False}.get(function_name(token) or "")
    return Expression(text, _compile(token), token, volatile, constant)


def _compile(token: Token) -> Closure:
    """The closure of one token and all below it."""
    symbol, size = token.symbol, len(token)
    if name := function_name(token):
        return _compile_function(name, token)
    if symbol in ("(integer)", "(decimal)", "(float)"):
        number = float(token.value)
        return lambda scope: number
    if symbol == "(string)":
        text = str(token.value)
        return lambda scope: text
    if symbol == "(" and size == 1:
        return _compile(token[0])
    if size == 1 and symbol in ("+", "-"):
        return _compile_sign(symbol, token)
    if is_path(token):
        return compile_path(token, _compile)
    return _compile_operator(symbol, token)


def _compile_sign(symbol: str, token: Token) -> Closure:
    inner = _compile(token[0])
    if symbol == "+":
        return lambda scope: to_number(inner(scope))
    return lambda scope: -to_number(inner(scope))


def _compile_operator(symbol: str, token: Token) -> Closure:
    if len(token) != 2 or symbol not in OPERATORS:
        raise not_supported(token)
    left, right = _compile(token[0]), _compile(token[1])
    if symbol in ("and", "or"):
        return _both_or_one(symbol, _as_truth(token[0], left), _as_truth(token[1], right))
    if symbol == "=":
        return lambda scope: are_equal(left(scope), right(scope))
    if symbol == "!=":
        return lambda scope: are_unequal(left(scope), right(scope))
    if compare := ORDER.get(symbol):
        return lambda scope: in_order(compare, left(scope), right(scope))
    if calculate := ARITHMETIC.get(symbol):
        return lambda scope: calculate(to_number(left(scope)), to_number(right(scope)))
    return _union(left, right)


def _both_or_one(symbol: str, left: Closure, right: Closure) -> Closure:
    if symbol == "and":
        return lambda scope: left(scope) and right(scope)
    return lambda scope: left(scope) or right(scope)


def _as_truth(token: Token, value: Closure) -> Closure:
    """The truth of a value; a comparison is one already."""
    if token.symbol in COMPARISONS and len(token) == 2:
        return value
    return lambda scope: to_boolean(value(scope))


def _union(left: Closure, right: Closure) -> Closure:
    def union(scope: Scope) -> Value:
        both = dict.fromkeys([*as_nodes(left(scope)), *as_nodes(right(scope))])
        return in_document_order(list(both))

    return union


def not_supported(token: Token) -> ExpressionFault:
    """The fault of a construct that no form needs and no closure exists for."""
    return ExpressionFault(
        "expression-syntax",
        f"'{token.value or token.symbol}' cannot be used in a form.",
        OTHER_LANGUAGES.get(token.symbol, "Use paths, operators and functions of ODK XForms."),
        token.position[1] - 1,
    )


def as_nodes(value: Value) -> list[XNode]:
    """`value`, which must be nodes. Raises EvaluationFault for a text, number or truth."""
    if isinstance(value, list):
        return value
    raise EvaluationFault("A question is needed here, not a value.")


def _compile_function(name: str, token: Token) -> Closure:
    call = token[1] if token.symbol == ":" else token
    arguments = [_compile(part) for part in call]
    _check_arity(name, call, len(arguments))
    if name in STARTS:
        return compile_path(token, _compile)
    if name in MOVING:
        return _MOVING[name](*arguments)
    function = FUNCTIONS[name].call
    if not arguments:
        return lambda scope: function(scope)
    if len(arguments) == 1:
        (only,) = arguments
        return lambda scope: function(scope, only(scope))
    if len(arguments) == 2:
        first, second = arguments
        return lambda scope: function(scope, first(scope), second(scope))
    return lambda scope: function(scope, *(argument(scope) for argument in arguments))


def _check_arity(name: str, call: Token, given: int) -> None:
    spec = FUNCTIONS.get(name)
    least, most = (spec.least, spec.most) if spec else MOVING[name]
    odd = name == "indexed-repeat" and given % 2 == 0
    if least <= given <= most and not odd:
        return
    wanted = str(least) if least == most else f"{least} to {most}" if most < 100 else f"{least}+"
    raise ExpressionFault(
        "arguments-wrong",
        f"{name}() takes {wanted} arguments, {given} are given.",
        f"Give {name}() {wanted} arguments, with commas between them.",
        call.position[1] - 1,
    )


def _if(condition: Closure, then: Closure, otherwise: Closure) -> Closure:
    return lambda scope: then(scope) if to_boolean(condition(scope)) else otherwise(scope)


def _once(value: Closure) -> Closure:
    return lambda scope: scope.current.own_text() or to_text(value(scope))


def _position(*arguments: Closure) -> Closure:
    if not arguments:
        return lambda scope: float(scope.position)
    (of,) = arguments

    def position(scope: Scope) -> Value:
        nodes = as_nodes(of(scope))
        if not nodes:
            return math.nan
        if len(nodes) > 1:
            raise EvaluationFault(f"position() needs one instance, {len(nodes)} are given.")
        return float(nodes[0].position_in_repeat())

    return position


def _last() -> Closure:
    return lambda scope: float(scope.size)


def _indexed_repeat(wanted: Closure, *repeats: Closure) -> Closure:
    pairs = list(zip(repeats[0::2], repeats[1::2], strict=True))

    def indexed_repeat(scope: Scope) -> Value:
        nodes = as_nodes(wanted(scope))
        for instances, index in pairs:
            number = to_number(index(scope))
            kept = {n for n in as_nodes(instances(scope)) if n.position_in_repeat() == number}
            nodes = [node for node in nodes if _is_within(node, kept)]
        return nodes[:1]

    return indexed_repeat


def _is_within(node: XNode, instances: set[XNode]) -> bool:
    at: XNode | None = node
    while at is not None:
        if at in instances:
            return True
        at = at.parent
    return False


_MOVING: Mapping[str, Callable[..., Closure]] = {
    "if": _if,
    "once": _once,
    "position": _position,
    "last": _last,
    "indexed-repeat": _indexed_repeat,
}
