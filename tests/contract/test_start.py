"""What is imported and read before anybody asks for anything (docs/adr/0024)."""

import ast
import importlib
import inspect
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import click
import pytest
from flask.cli import FlaskGroup

from ddplatform import command_line
from ddplatform.command_line import MIGRATIONS, CommandsAlone, application
from ddplatform.commands import COMMANDS
from ddplatform.infrastructure.lazy_commands import Verb, Verbs

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    "PIL",
    "authlib",
    "cv2",
    "httpx",
    "joserfc",
    "lxml",
    "networkx",
    "numba",
    "openpyxl",
    "pandas",
    "pyarrow",
    "pypdfium2",
    "python_calamine",
    "pyxform",
    "reportlab",
    "scipy",
    "sparse_dot_topn",
    "xlsxwriter",
}
OF_PAGES = {"alembic", "babel", "flask_sqlalchemy", "numpy", "sqlalchemy", "wtforms"}
NEEDED_BY_LISTS = {
    "ddplatform",
    "ddplatform.command_line",
    "ddplatform.command_line.lazy",
    "ddplatform.commands",
    "ddplatform.infrastructure",
    "ddplatform.infrastructure.lazy_commands",
    "ddplatform.lazy",
}
GROUPS = [one for one in COMMANDS if isinstance(one, Verbs)]
VERBS = [(group, verb) for group in GROUPS for verb in group.verbs]
ALONE = [one for one in (*COMMANDS, MIGRATIONS) if isinstance(one, Verb)]
METHOD_FILES = "supply_chain/data/method/"
"""Constants of the modules that score: these are made from them when they are imported."""

# Prints what a program has imported, and the files of ours that it has opened, as JSON.
WATCH = """
import json, sys
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
sys.path.insert(0, ".")
{program}
print(json.dumps([sorted(sys.modules), opened]))
"""
LISTS = """
from flask.cli import cli
for words in {calls}:
    cli.main(["--app", "app", *words, "--help"], standalone_mode=False)
"""


@cache
def watched(program: str, folder: Path) -> tuple[set[str], set[str]]:
    """Modules that a program imports, and our files that it opens."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH.format(program=program)],
        cwd=ROOT,
        env={"INSTANCE_PATH": str(folder), "APP_KIND": "testing", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    modules, opened = json.loads(done.stdout.splitlines()[-1])
    paths = {(ROOT / name).resolve() for name in opened}
    return set(modules), {
        path.relative_to(ROOT).as_posix() for path in paths if path.is_relative_to(ROOT)
    }


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """`flask --help`, and that of each group."""
    calls = [[], *([group.name] for group in GROUPS)]
    return watched(LISTS.format(calls=calls), tmp_path_factory.mktemp("listing"))


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """A web process that has just started."""
    return watched("import app", tmp_path_factory.mktemp("web"))


def data_files(opened: set[str]) -> list[str]:
    """Those of our files that hold data: neither a module nor what Python compiled of it."""
    ours = ("supply_chain/", "questionnaires/", "ddplatform/")
    return sorted(
        name
        for name in opened
        if name.startswith(ours) and not name.endswith(".py") and "__pycache__" not in name
    )


def test_lists_of_commands_import_no_feature(listing):
    modules, _opened = listing
    own = {name for name in modules if name.split(".")[0] in {"ddplatform", "supply_chain"}}

    assert own == NEEDED_BY_LISTS
    assert modules & (HEAVY | OF_PAGES | {"questionnaires"}) == set()


def test_lists_of_commands_read_no_data(listing):
    _modules, opened = listing

    assert data_files(opened) == []


def test_a_started_web_process_has_every_page_and_no_heavy_library(web):
    modules, _opened = web

    assert "ddplatform.reporting.reports.routes" in modules
    assert modules & HEAVY == set()


def test_a_started_web_process_has_no_command(web):
    modules, _opened = web

    assert modules & {module for _name, module in lazy_names("ddplatform/lazy.py")} == set()


def test_a_started_web_process_has_read_the_method_and_no_other_data(web):
    _modules, opened = web

    assert [name for name in data_files(opened) if not name.startswith(METHOD_FILES)] == []


def first_paragraph(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").split("\n\n")[0]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_a_group_is_listed_by_its_docstring_with_all_its_commands(group):
    itself = group.find()

    assert (group.name, group.words) == (itself.name, first_paragraph(itself))
    assert itself.commands.keys() == {verb.name for verb in group.verbs if verb.find is None}


@pytest.mark.parametrize(
    ("group", "verb"), VERBS, ids=[f"{group.name}-{verb.name}" for group, verb in VERBS]
)
def test_a_command_is_listed_by_its_docstring(group, verb):
    command = verb.find() if verb.find else group.find().commands[verb.name]

    assert (verb.name, verb.words) == (command.name, first_paragraph(command))
    # `with_appcontext` wraps what needs the application.
    assert verb.is_alone is not hasattr(command.callback, "__wrapped__")


@pytest.mark.parametrize("verb", ALONE, ids=lambda verb: verb.name)
def test_a_command_without_a_group_is_listed_by_its_docstring(verb):
    command = verb.find()

    assert (verb.name, verb.words) == (command.name, first_paragraph(command))


def test_flask_gets_the_commands_alone_only_to_look_one_up(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    monkeypatch.setattr(command_line, "search_for_garbage", lambda: None)
    top = click.Context(FlaskGroup())

    with top:
        looked_up = application()
    with top, click.Context(click.Command("routes"), parent=top):
        whole = application()

    assert isinstance(looked_up, CommandsAlone)
    assert not isinstance(whole, CommandsAlone)
    assert "audit.check" in whole.view_functions


def test_a_called_command_runs_in_the_whole_application(tmp_path):
    program = LISTS.replace(', "--help"', "").format(calls=[["access", "matrix", "--json"]])
    modules, _opened = watched(program, tmp_path)

    assert "ddplatform.factory" in modules


def lazy_files() -> list[str]:
    return sorted(
        path.relative_to(ROOT).as_posix()
        for folder in ("ddplatform", "supply_chain", "questionnaires")
        for path in (ROOT / folder).rglob("lazy.py")
    )


def lazy_names(file: str) -> list[tuple[str, str]]:
    """Name -> module, as the imports for type checkers and import contracts say."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    (checked,) = (node for node in tree.body if isinstance(node, ast.If))
    return sorted(
        (
            (alias.asname or alias.name, alias.name)
            if isinstance(node, ast.Import)
            else (alias.asname or alias.name, f"{node.module}.{alias.name}")
        )
        for node in checked.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    )


@pytest.mark.parametrize("file", lazy_files())
def test_what_is_imported_late_is_what_contracts_and_types_see(file):
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))

    assert lazy_names(file) == sorted(module.MODULES.items())
    assert all(isinstance(getattr(module, name), ModuleType) for name in module.MODULES)
    assert not hasattr(module, "forgotten")
