"""docs/architecture.md names what stands, and everything that stands has a place on it."""

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
NAME = re.compile(r"`([\w./*-]+)`")
FLOORS = ("services", "queries", "models")
# Made by the tools, or standing beside the product.
NOT_ROOMS = {"node_modules", "__pycache__"}
SHARED_TEMPLATES = {"components", "email", "errors", "layouts"}


def rows() -> dict[str, dict[str, list[str]]]:
    """Column -> floor -> the names of the table."""
    table = TEXT.split("## Columns")[1].split("\n## ")[0]
    lines = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    head = [cell.strip() for cell in lines[0]]
    return {
        line[0].strip(): {
            floor: NAME.findall(cell) for floor, cell in zip(head[1:], line[1:], strict=True)
        }
        for line in lines[2:]
    }


def named(floor: str) -> list[str]:
    """The names of a floor over all columns."""
    return [name for row in rows().values() for name in row[floor]]


def covered(floor: str, patterns: list[str]) -> set[str]:
    """Modules of a floor that a pattern names."""
    folder = ROOT / "ddplatform" / floor
    return {path.stem for pattern in patterns for path in folder.glob(f"{pattern}.py")}


def folders_with_code(folder: Path) -> set[str]:
    return {path.parent.name for path in folder.glob("*/*.py")} - NOT_ROOMS


def paths() -> list[str]:
    """Every name of the page that says where something stands."""
    text = TEXT.split("## Columns")[0] + TEXT.split("## The rooms")[1]
    return sorted({name for name in NAME.findall(text) if "/" in name})


@pytest.mark.parametrize("path", paths())
def test_a_place_that_the_page_names_exists(path):
    # Addresses of pages and the short form `queries/responses` are names too.
    places = [path, f"ddplatform/{path}", f"ddplatform/{path}.py"]

    assert any((ROOT / place).exists() for place in places)


@pytest.mark.parametrize("floor", FLOORS)
def test_every_name_of_a_floor_in_the_table_is_a_module(floor):
    assert [name for name in named(floor) if not covered(floor, [name])] == []


@pytest.mark.parametrize("floor", FLOORS)
def test_every_module_of_a_floor_has_a_column(floor):
    """A module bears the word of its column; others are named in the table of the page."""
    modules = {path.stem for path in (ROOT / "ddplatform" / floor).glob("*.py")} - {"__init__"}

    assert sorted(modules - covered(floor, named(floor)) - {*rows()}) == []


def test_every_folder_of_pages_has_a_column():
    """A folder bears the word of its column; others are named in the table of the page."""
    folders = folders_with_code(ROOT / "ddplatform" / "web")
    templates = {path.parent.name for path in (ROOT / "templates").glob("*/*.html")}

    known = {*rows(), *named("web, templates")}

    assert sorted((folders | templates - SHARED_TEMPLATES) - known) == []
    assert sorted({*named("web, templates")} - folders) == []


def test_every_piece_of_bedrock_and_every_test_in_the_table_exists():
    missing = [name for name in named("bedrock") if not list(ROOT.glob(f"{name}.py"))]
    missing += [name for name in named("tests") if not list(ROOT.glob(f"tests/*/{name}.py"))]

    assert missing == []


def test_every_top_level_folder_is_named():
    roots = {path.parent.name for path in ROOT.glob("*/*") if path.is_file()}
    roots = {name for name in roots if not name.startswith(".")} - NOT_ROOMS

    assert [name for name in sorted(roots) if f"`{name}`" not in TEXT] == []


def test_every_package_of_the_platform_is_named():
    packages = folders_with_code(ROOT / "ddplatform")

    assert [
        name for name in sorted(packages) if f"{name}/" not in TEXT.split("**The house")[0]
    ] == ["migrations"]
    assert "`ddplatform/migrations`" in TEXT


def test_every_module_of_the_ground_floor_is_named():
    modules = {path.name for path in (ROOT / "ddplatform").glob("*.py")} - {"__init__.py"}

    assert [name for name in sorted(modules) if name not in TEXT] == []


def test_bare_file_names_of_the_rooms_exist():
    rooms = TEXT.split("## The rooms")[1].split("## Three walks")[0]
    bare = {name for name in NAME.findall(rooms) if name.endswith(".py") and "/" not in name}
    known = {
        path.name
        for root in ("ddplatform", "supply_chain", "questionnaires")
        for path in (ROOT / root).rglob("*.py")
    }

    assert sorted(bare - known) == []


def files_of_tests() -> set[str]:
    """The tests of one column each; those of contracts are about the whole repository."""
    folders = ("unit", "integration", "journeys")
    return {path.stem for name in folders for path in (ROOT / "tests" / name).glob("test_*.py")}


def files_called(pattern: str) -> set[str]:
    return {name for name in files_of_tests() if fnmatch(name, pattern)}


def test_every_name_of_tests_in_the_table_is_a_file():
    assert [pattern for pattern in named("tests") if not files_called(pattern)] == []


def test_every_file_of_unit_and_integration_tests_has_a_column():
    known = {name for pattern in named("tests") for name in files_called(pattern)}
    walks = {path.stem for path in (ROOT / "tests" / "journeys").glob("test_*.py")}

    assert sorted(files_of_tests() - walks - known) == []
