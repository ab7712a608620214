"""Style figures of our own code: lengths, types, comments, tests.

Usage: python -m scripts.style_figures

Counted over the product's own code with Python's `ast`; migrations are left out, since they
are a record. docs/style.md explains the figures and names those that a test checks.
"""

import ast
import io
import statistics
import sys
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("app.py", "ddplatform", "supply_chain", "questionnaires")
LONG_FUNCTION = 50

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Lengths:
    """Lengths in lines, 0 where there is nothing to count."""

    count: int
    median: float
    ninetieth: float
    longest: int

    @classmethod
    def of(cls, lengths: Sequence[int]) -> "Lengths":
        """The figures of a list of lengths."""
        if len(lengths) < 2:
            alone = lengths[0] if lengths else 0
            return cls(len(lengths), alone, alone, alone)
        tenths = statistics.quantiles(lengths, n=10, method="inclusive")
        return cls(len(lengths), statistics.median(lengths), tenths[-1], max(lengths))


@dataclass(frozen=True)
class Figures:
    """Figures of the style page; shares are 0 to 1."""

    modules: Lengths
    functions: Lengths
    tests: Lengths
    long_share: float
    typed_share: float
    comment_share: float
    test_ratio: float


def sources(*roots: str) -> list[Path]:
    """Python files under the roots that are not empty, migrations left out."""
    found: list[Path] = []
    for root in roots:
        path = ROOT / root
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [path for path in found if "migrations" not in path.parts and path.stat().st_size]


def functions_of(path: Path) -> Iterator[Function]:
    """Every function and method of a file, nested ones included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def length_of(function: Function) -> int:
    """Lines from `def` to the last statement, docstring included."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def is_typed(function: Function) -> bool:
    """Whether the result (known for `__init__`) and every argument but `self` are annotated."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [star for star in (arguments.vararg, arguments.kwarg) if star]
    named = [argument for argument in every if argument.arg not in {"self", "cls"}]
    has_result = function.returns is not None or function.name == "__init__"
    return has_result and all(argument.annotation for argument in named)


def code_lines(path: Path) -> tuple[int, int]:
    """Lines that are not blank, and those that carry a comment."""
    text = path.read_text(encoding="utf-8")
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    return sum(bool(line.strip()) for line in text.splitlines()), len(comments)


def measure(product_roots: Sequence[str] = PRODUCT, test_root: str = "tests") -> Figures:
    """Count everything."""
    product, tests = sources(*product_roots), sources(test_root)
    functions = [function for path in product for function in functions_of(path)]
    lengths = [length_of(function) for function in functions]
    counted = [code_lines(path) for path in product]
    lines = sum(total for total, _ in counted)
    test_lengths = [
        length_of(function)
        for path in tests
        for function in functions_of(path)
        if function.name.startswith("test_")
    ]
    return Figures(
        modules=Lengths.of([len(path.read_text("utf-8").splitlines()) for path in product]),
        functions=Lengths.of(lengths),
        tests=Lengths.of(test_lengths),
        long_share=sum(length > LONG_FUNCTION for length in lengths) / len(lengths),
        typed_share=sum(is_typed(function) for function in functions) / len(functions),
        comment_share=sum(comments for _, comments in counted) / lines,
        test_ratio=sum(code_lines(path)[0] for path in tests) / lines,
    )


def report(figures: Figures) -> Iterator[str]:
    """The figures as lines, one a measure."""
    for name in ("modules", "functions", "tests"):
        part: Lengths = getattr(figures, name)
        yield (
            f"{name}: {part.count}, lines median {part.median:.0f}, "
            f"90th {part.ninetieth:.0f}, longest {part.longest}"
        )
    yield f"functions over {LONG_FUNCTION} lines: {figures.long_share:.1%}"
    yield f"functions fully typed: {figures.typed_share:.1%}"
    yield f"lines with a comment: {figures.comment_share:.1%}"
    yield f"test lines for each line of code: {figures.test_ratio:.2f}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in report(measure()))
