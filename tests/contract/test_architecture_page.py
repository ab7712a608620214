"""docs/architecture.md names what stands, and every package has a place on it."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = ROOT / "ddplatform"
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
TREE = TEXT.split("**A feature reads")[0]
NAME = re.compile(r"`([\w./*-]+)`")
LAYERS = {"models", "queries", "services", "forms", "views", "routes", "commands", "jobs"}
MOST_LINES, MOST_FILES = 150, 12
# Made by the tools.
NOT_OURS = {"node_modules", "__pycache__"}


def paths() -> list[str]:
    """Every name of the page that says where something stands."""
    return sorted({name for name in NAME.findall(TEXT) if "/" in name})


def features() -> list[Path]:
    """Folders that hold a layer, as a file or as a folder; a domain is none."""
    inits = PLATFORM.glob("*/**/__init__.py")
    folders = {init.parent for init in inits if init.parent.name not in LAYERS} - domains()
    return sorted(folder for folder in folders if layers_of(folder))


def domains() -> set[Path]:
    return {init.parent for init in PLATFORM.glob("*/__init__.py")}


def layers_of(folder: Path) -> set[str]:
    return {path.stem for path in folder.iterdir() if path.stem in LAYERS}


@pytest.mark.parametrize("path", paths())
def test_a_place_that_the_page_names_exists(path):
    # Addresses of pages, and the short form inside a feature of the walk, are names too.
    inside = [*ROOT.glob(f"ddplatform/*/*/{path}"), *ROOT.glob(f"ddplatform/*/*/{path}.py")]
    inside += ROOT.glob(f"ddplatform/*/{path}.py")
    beside = [ROOT / path, PLATFORM / path, PLATFORM / f"{path}.py", ROOT / f"{path}.py"]
    of_verb = path.rpartition(".")[0]
    verbs = [*ROOT.glob(f"ddplatform/*/*/{of_verb}.py")] if of_verb else []

    assert inside or verbs or any(place.exists() for place in beside)


def test_the_page_can_be_read_in_a_few_minutes():
    assert len(TEXT.splitlines()) <= MOST_LINES


def test_every_top_level_folder_is_named():
    roots = {path.parent.name for path in ROOT.glob("*/*") if path.is_file()}
    roots = {name for name in roots if not name.startswith(".")} - NOT_OURS

    assert [
        name for name in sorted(roots) if f"`{name}`" not in TEXT and f"{name}/" not in TEXT
    ] == []


def test_every_domain_and_every_feature_stands_in_the_tree():
    names = {folder.name for folder in (*domains(), *features())} - {"words", "assets", "health"}

    assert [name for name in sorted(names) if f"{name}/" not in TREE] == []


def test_no_feature_has_more_files_than_a_newcomer_reads():
    sizes = Counter(
        {
            folder.relative_to(ROOT).as_posix(): sum(
                1 for path in folder.rglob("*.py") if path.name != "__init__.py"
            )
            for folder in features()
        }
    )

    assert {name: size for name, size in sizes.items() if size > MOST_FILES} == {}
