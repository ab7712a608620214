"""Who may import whom: layers and packages by import-linter, circles of features by their graph."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).resolve().parents[2]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "ddplatform").rglob("*.py")
}


def test_every_file_imports_only_from_layers_below_its_own():
    # A process of its own: import-linter sets up logging and silences the loggers it finds.
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


def layer_of(module: str) -> str | None:
    """`value_chain.mapping.queries` of a module in a feature, None outside features."""
    parts = module.split(".")
    is_feature = len(parts) > 3 and Path(ROOT, *parts[:3]).is_dir()
    return ".".join(parts[1:4]) if is_feature else None


def feature_of(layer: str) -> str:
    return layer.rpartition(".")[0]


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                yield whole if whole in MODULES else node.module


def circles(imports: nx.DiGraph) -> list[list[str]]:
    return sorted(
        sorted(part) for part in nx.strongly_connected_components(imports) if len(part) > 1
    )


def test_layers_of_the_features_of_a_domain_import_each_other_in_no_circle():
    """Queries of one feature may ask those of another, which then ask nothing of the first."""
    imports = nx.DiGraph(
        (importer, imported)
        for module, path in MODULES.items()
        if (importer := layer_of(module))
        for name in imported_by(path)
        if (imported := layer_of(name)) and feature_of(imported) != feature_of(importer)
    )

    assert imports.number_of_edges() > 1_000
    assert circles(imports) == []


def test_a_circle_of_two_features_is_named():
    imports = nx.DiGraph(
        [("a.one.queries", "a.two.queries"), ("a.two.queries", "a.one.queries"), ("x", "a")]
    )

    assert circles(imports) == [["a.one.queries", "a.two.queries"]]
