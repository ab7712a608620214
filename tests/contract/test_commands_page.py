"""docs/commands.md promises only what the commands keep."""

import re
from pathlib import Path

import click
import pytest

from ddplatform.factory import create_app
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.lazy_commands import LazyCommand
from tests.conftest import settings_for

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
TABLE = TEXT.split("| command | result |")[1].split("\n\n")[0]
PROMISED = [
    promise
    for line in TABLE.splitlines()[2:]
    for promise in re.findall(r"`([^`]+)`", line.split("|")[1])
]


@pytest.fixture(scope="module")
def groups(tmp_path_factory):
    folder = tmp_path_factory.mktemp("commands")
    return create_app(settings_for(folder, "sqlite://")).cli.commands


def called(groups: dict[str, click.Command], promise: str) -> click.Command:
    """The command that a promise begins with."""
    group, *words = promise.split()
    command = groups[group]
    if isinstance(command, click.Group):
        command = command.commands[words[0]]
    return command.find() if isinstance(command, LazyCommand) else command


@pytest.mark.parametrize("promise", PROMISED)
def test_a_promised_command_has_every_promised_option(groups, promise):
    known = {option for part in called(groups, promise).params for option in part.opts}

    assert {*re.findall(r"--[a-z-]+", promise)} <= known


@pytest.mark.parametrize("promise", [p for p in PROMISED if "-" in p and "worker" not in p])
def test_what_a_promised_command_cannot_do_without_is_named(groups, promise):
    required = {
        part.opts[0]
        for part in called(groups, promise).params
        if isinstance(part, click.Option) and part.required
    }

    assert required <= {*re.findall(r"--[a-z-]+", re.sub(r"\[[^]]*\]", "", promise))}


def test_every_role_is_named():
    assert [role.value for role in RoleId if f"`{role.value}`" not in TEXT] == []


def test_the_make_targets_of_the_page_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert {*re.findall(r"`make ([a-z-]+)`", TEXT)} == targets - {"PHONY"}
