"""A verb that leaves two events, none after a change, or is called by no test is told by name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verbs import ALLOWED, NOT_ONE, entry_points

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = {
    "__init__.py": "",
    "rows.py": """
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)

class Event(Base):
    __tablename__ = "audit_event"
    action: Mapped[str]

class Note(Base):
    __tablename__ = "note"

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine, autoflush=False)

def record(*actions):
    session.add_all([Event(action=action) for action in actions])
    session.flush()
""",
    "services.py": """
from sqlalchemy import insert
from ddplatform.rows import Note, record, session

def keep(*, act):
    session.add(Note())
    record("note:keep")

def keep_two(*, act):
    keep(act=act)
    keep(act=act)

def keep_silently(*, act):
    session.add(Note())
    session.flush()

def keep_many_silently(*, act):
    session.execute(insert(Note), [{}, {}])

def keep_in_steps(*, act):
    keep(act=act)
    session.commit()
    keep(act=act)
    session.commit()

def keep_in_parts(*, act):
    session.add(Note())
    session.commit()
    keep(act=act)
    session.commit()

def keep_and_ask(ask, *, act):
    keep(act=act)
    ask()

def keep_at_the_second_try(*, act):
    keep(act=act)
    session.rollback()
    keep(act=act)

def keep_together(*, act):
    keep_silently(act=act)
    record("note:keep")

def look(*, act):
    pass

def fail(*, act):
    record("note:keep", "note:keep")
    raise ValueError

def forget(*, act):
    pass

def _tell(*, act):
    record("note:tell", "note:tell")

def tell(*, act):
    _tell(act=act)
""",
    "routes.py": """
from ddplatform import services
from ddplatform.services import keep, keep_two

VIEWS = [services.keep_silently, services.keep_many_silently, services.keep_in_steps,
         services.keep_in_parts, services.keep_at_the_second_try, services.keep_and_ask,
         services.keep_together, services.look, services.fail, services.forget]
""",
}
CASES = """
import pytest
from ddplatform import routes, services
from ddplatform.rows import session

KEEPS = ["keep", "keep_in_steps", "keep_in_parts", "keep_at_the_second_try", "keep_together",
         "look", "tell"]
BREAKS = ["keep_two", "keep_silently", "keep_many_silently"]

@pytest.mark.parametrize("verb", [*KEEPS, *BREAKS])
def test_verb(verb):
    getattr(services, verb)(act=None)

def test_another_in_between():
    services.keep_and_ask(lambda: services.keep(act=None), act=None)

def test_failing():
    with pytest.raises(ValueError):
        services.fail(act=None)
    session.rollback()

@pytest.fixture
def made():
    routes.keep_two(act=None)

def test_made(made):
    pass
"""
FEW = """
from ddplatform import services

def test_keep():
    services.keep(act=None)
"""
HERE = "services."
TWO = f"{HERE}keep_two left 2 events: note:keep (2)."
SILENT = [
    f"{HERE}{verb} left no event, but wrote to note."
    for verb in ("keep_silently", "keep_many_silently")
]
UNCALLED = f"{HERE}forget is called by no test."


def run(folder: Path, cases: str, *arguments: str) -> tuple[int, list[str]]:
    """How pytest ends and what it prints, with a platform of a few verbs in place of ours."""
    (folder / "ddplatform").mkdir()
    for name, text in PLATFORM.items():
        (folder / "ddplatform" / name).write_text(text, encoding="utf-8")
    (folder / "test_cases.py").write_text(cases, encoding="utf-8")
    (folder / "conftest.py").write_text("pytest_plugins = ('tests.one_event',)", encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = test_cases.py\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "tests.sampling"]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
        "PYTEST_PLUGINS": "",
        "PYTEST_ADDOPTS": "",  # what the outer run asks for is not meant for this one
    }
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines()


def failed(printed: list[str]) -> list[str]:
    """The cases that did not pass, as pytest sums them up."""
    return sorted(
        line.partition("::")[2].partition(" - ")[0]
        for line in printed
        if line.startswith(("FAILED ", "ERROR "))
    )


def test_a_verb_fails_the_test_that_called_it_unless_it_leaves_one_event(tmp_path: Path) -> None:
    _, printed = run(tmp_path, CASES)

    assert failed(printed) == [
        "test_made",
        "test_verb[keep_many_silently]",
        "test_verb[keep_silently]",
        "test_verb[keep_two]",
    ]
    assert [line for line in printed if line in (TWO, *SILENT)] == [TWO, TWO, *SILENT]


@pytest.mark.parametrize("workers", [[], ["-n1"]])
def test_a_whole_run_fails_by_verbs_that_no_test_calls(tmp_path: Path, workers: list[str]) -> None:
    code, printed = run(tmp_path, FEW, "--whole", *workers)

    assert code == 1
    assert UNCALLED in printed and not any(f"{HERE}keep is" in line for line in printed)


@pytest.mark.parametrize("part", [["--whole", "-k", "keep"], ["--whole", "test_cases.py"], []])
def test_a_run_of_a_part_passes_without_them(tmp_path: Path, part: list[str]) -> None:
    code, printed = run(tmp_path, FEW, *part)

    assert code == 0
    assert UNCALLED not in printed


def test_the_table_names_verbs_that_stand_each_once_and_with_a_reason():
    named = [verb for _, _, verbs in NOT_ONE for verb in verbs]

    assert sorted(ALLOWED) == sorted(named)
    assert {*named} <= entry_points(ROOT)
    assert all(reason.endswith(".") and actions for reason, actions, _ in NOT_ONE)
