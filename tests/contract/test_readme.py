"""What README.md says can be done: its files, commands, targets and sign-ins exist."""

import re
from pathlib import Path

import pytest
import yaml

from ddplatform.demo.value_chain.maps import password_of
from ddplatform.factory import create_app
from tests.conftest import settings_for

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
QUOTED = re.findall(r"`([^`]+)`", TEXT)
PICTURE_LIMIT = 300_000


def commands() -> list[str]:
    """Every flask command of the table, a bare verb after the group before it."""
    table = TEXT.split("| command | does |")[1].split("\n\n")[0]
    found: list[str] = []
    for name in re.findall(r"`([^`]+)`", table):
        is_verb = " " not in name and name != "worker"
        found.append(f"{found[-1].split()[0]} {name}" if is_verb else name)
    return found


def test_the_commands_of_the_readme_exist(tmp_path):
    groups = create_app(settings_for(tmp_path, "sqlite://")).cli.commands
    known = {
        f"{group} {verb}" for group in groups for verb in getattr(groups[group], "commands", {})
    }

    assert len(commands()) > 10
    assert sorted({*commands()} - known - {"worker"}) == []
    assert "worker" in groups


@pytest.mark.parametrize(
    "name", [name for name in QUOTED if re.fullmatch(r"[\w./-]+\.\w+|[\w/]+/", name)]
)
def test_a_file_of_the_readme_exists(name):
    made_at_start = name == "instance/demo_sign_ins.json" or name.startswith(".venv")

    assert made_at_start or (ROOT / name).exists()


def test_the_make_targets_of_the_readme_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert {*re.findall(r"\bmake ([a-z-]+)\b(?= |`)", TEXT)} <= targets


def test_the_sign_ins_of_the_readme_are_those_of_the_sample():
    data = yaml.safe_load((ROOT / "demo" / "organisations.yaml").read_text(encoding="utf-8"))
    sample = {
        (person["email"], password_of(person))
        for organisation in data
        for person in organisation["people"]
    }
    shown = set(re.findall(r'(\S+@[\w.-]+), "([^"]+)"', TEXT.replace("(", " ")))

    assert len(shown) == 5
    assert shown <= sample


def test_the_picture_is_there_and_quick_to_load():
    assert (ROOT / "docs" / "images" / "overview.png").stat().st_size < PICTURE_LIMIT
