"""Parser of ODK's XPath: a token tree from elementpath's parser, without its evaluator."""

import re
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from elementpath import ElementPathError
from elementpath.tdop import Parser
from elementpath.xpath1 import XPath1Parser

from questionnaires.errors import ExpressionFault

Token = Any  # elementpath's token: symbol, value, position, children by index

_XPATH1_FUNCTIONS = (
    "last position count id name local-name namespace-uri string contains concat "
    "string-length normalize-space starts-with translate substring substring-before "
    "substring-after "
    "boolean not true false lang number sum ceiling floor round"
)
XPATH1_FUNCTIONS = _XPATH1_FUNCTIONS.split()
_NOT_FUNCTIONS = "and or div mod node text comment processing-instruction"
NOT_FUNCTIONS = frozenset(_NOT_FUNCTIONS.split())  # words that may precede a bracket
STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
CALL = re.compile(r"(?<![\w.:$-])([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)\s*\(")
GLUED_OPERATOR = re.compile(r"(?<![\w.-])((?:\d+\.?\d*|\.\d+))(div|mod)\b")
TYPOGRAPHIC = re.compile("[‘’‚“”„«»]")
COMPARISONS = dict.fromkeys(("=", "!="), 30) | dict.fromkeys(("<", "<=", ">", ">="), 35)
# elementpath takes one comparison only; XPath 1.0 chains them, order before equality.
PREFIXES = {"jr": "http://openrosa.org/javarosa", "orx": "http://openrosa.org/xforms"}
LONGEST = 320_000  # characters: ten full cells of Excel, as a ${name} becomes a whole path
SHORT_ROW = 8  # conditions joined by one word, valid in the order of reading
DEEPEST_TREE = 300  # levels of a parsed expression; each takes two frames of the stack
DEEPEST = 120  # brackets in one another; beyond it is a mistake or an attack on the stack


class OdkParser(XPath1Parser):
    """XPath 1.0 with ODK's functions, parsed without elementpath's static evaluation."""

    DEFAULT_NAMESPACES: ClassVar[dict[str, str]] = {**XPath1Parser.DEFAULT_NAMESPACES, **PREFIXES}
    PATH_STEP_LABELS: ClassVar[tuple[str, ...]] = ("axis", "kind test", "function")

    def parse(self, source: str) -> Token:
        """The token tree of `source`; static evaluation is left out, it has other rules."""
        return Parser.parse(self, source)


def register_functions(names: Collection[str]) -> None:
    """Make `names` the functions of the language; called once, when `functions` loads.

    Numbers of arguments are ours to check, with better words. A name XPath 1.0 knows too must
    first leave the subclass's table, or it keeps its old number of arguments.
    """
    for name in (*XPATH1_FUNCTIONS, *names):
        OdkParser.symbol_table.pop(name, None)
    for name in names:
        prefix, _, local = name.rpartition(":")
        OdkParser.function(local, prefix=prefix or None, nargs=(0, None))
    for symbol, power in COMPARISONS.items():
        OdkParser.symbol_table.pop(symbol, None)
        OdkParser.infix(symbol, bp=power)
    OdkParser.tokenizer = OdkParser.create_tokenizer(OdkParser.symbol_table)


def parse_expression(
    text: str, *, functions: Collection[str], namespaces: Mapping[str, str] | None = None
) -> Token:
    """Parse one expression.

    Args:
        text: the expression, with paths in place of `${names}`.
        functions: the names that may be called.
        namespaces: prefixes declared by the form, for columns such as `osm:building`.

    Raises:
        ExpressionFault: `expression-syntax`, `function-unknown` or `quotes-typographic`.
    """
    bare = STRINGS.sub(lambda found: "_" * len(found[0]), text)
    _refuse_oversize(bare)
    if quote := TYPOGRAPHIC.search(bare):
        raise ExpressionFault(
            "quotes-typographic",
            f"The expression holds the typographic quote {quote[0]}.",
            "Write straight quotes: ' or \".",
            quote.start(),
        )
    _refuse_unknown_function(bare, functions)
    source = _unglue(text, bare)
    try:
        token = OdkParser(namespaces=dict(namespaces or {})).parse(source)
    except (ElementPathError, SyntaxError, ValueError, TypeError, NameError, RecursionError) as e:
        raise _syntax_fault(text, e) from e
    _refuse_depth(token)
    return token


def _refuse_oversize(bare: str) -> None:
    depth = deepest = 0
    for sign in bare:
        depth += (sign in "([") - (sign in ")]")
        deepest = max(deepest, depth)
    if len(bare) > LONGEST or deepest > DEEPEST:
        raise _oversize()


def _oversize() -> ExpressionFault:
    return ExpressionFault(
        "expression-syntax",
        "The expression is too long or its brackets stand too deep.",
        "Split it: calculate parts in questions of their own.",
    )


def _refuse_depth(token: Token) -> None:
    """Refuse what would not fit on the stack, once long rows of `and` and `or` are evened out."""
    open_tokens = [(token, 1)]
    while open_tokens:
        part, depth = open_tokens.pop()
        if depth > DEEPEST_TREE:
            raise _oversize()
        if part.symbol in ("and", "or") and len(part) == 2:
            _even_out(part)
        open_tokens += [(below, depth + 1) for below in part]


def _even_out(top: Token) -> None:
    """Make the tree of `a or b or c ...` as shallow as it can be; its order stays as it is."""
    operators, operands, part = [], [], top
    while part.symbol == top.symbol and len(part) == 2:
        operators.append(part)
        operands.append(part[1])
        part = part[0]
    operands = [part, *reversed(operands)]
    if len(operands) <= SHORT_ROW:
        return
    spare = iter(operators)

    def tree(first: int, end: int) -> Token:
        if end - first == 1:
            return operands[first]
        operator, middle = next(spare), (first + end) // 2
        operator[0], operator[1] = tree(first, middle), tree(middle, end)
        return operator

    tree(0, len(operands))


def _refuse_unknown_function(bare: str, functions: Collection[str]) -> None:
    for call in CALL.finditer(bare):
        name = call[1]
        if name not in functions and name not in NOT_FUNCTIONS and "::" not in name:
            raise ExpressionFault(
                "function-unknown",
                f"The function '{name}' is not known.",
                "Use a function of the ODK XForms specification; names are in small letters.",
                call.start(1),
            )


def _unglue(text: str, bare: str) -> str:
    """Put the blank that elementpath wants between a digit and `div` or `mod`."""
    for found in reversed(list(GLUED_OPERATOR.finditer(bare))):
        at = found.start(2)
        text = f"{text[:at]} {text[at:]}"
    return text


def place_of(token: Token, text: str) -> int:
    """Position of a token in its expression, from 0."""
    line, column = token.position
    before = text.split("\n")[: line - 1]
    return min(sum(len(part) + 1 for part in before) + int(column) - 1, len(text))


def _syntax_fault(text: str, error: Exception) -> ExpressionFault:
    token = getattr(error, "token", None)
    at = None if token is None else place_of(token, text)
    if token is None or token.symbol == "(end)":
        return ExpressionFault(
            "expression-syntax",
            "The expression ends where a value or a closing bracket is expected.",
            "Finish it: a number, a 'text', a ${question} or a ')' is missing.",
            len(text.rstrip()) if token is not None else None,
        )
    return ExpressionFault(
        "expression-syntax",
        f"The expression cannot be read at '{token.value or token.symbol}'.",
        _way_out(text, at or 0),
        at,
    )


def _way_out(text: str, at: int) -> str:
    """Suggested notation, where a sign of another language is at or around a place."""
    for sign, mend in OTHER_LANGUAGES.items():
        if text[max(0, at - 1) :].lstrip().startswith(sign) or text[at:].startswith(sign):
            return mend
    return "Check brackets, commas, quotes and operators at that place."


OTHER_LANGUAGES = {
    "==": "Write one '=' to compare.",
    "=>": "Write '>=' for at least.",
    "=<": "Write '<=' for at most.",
    "<>": "Write '!=' for another value.",
    "&": "Write 'and' between conditions.",
    "||": "Write 'or' between conditions.",
    "AND": "Write 'and' in small letters.",
    "OR": "Write 'or' in small letters.",
    "%": "Write 'mod' for the rest of a division.",
    "!(": "Write not( ) around what must not be.",
    "{": "Write a question as ${name}.",
    "${": "Close the name of the question with '}'.",
    "$": "Write a question as ${name}.",
    "'": "Close the quote: every text stands between two of them.",
    '"': "Close the quote: every text stands between two of them.",
}
