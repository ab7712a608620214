"""docs/components.md is the inventory of what is installed, where from, and how soon it is updated."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/components.md").read_text(encoding="utf-8")
LISTS = (
    "requirements.txt",
    "requirements-checks.txt",
    "requirements-installer.txt",
    "requirements-models.txt",
    "requirements-audit.txt",
)
PINNED = re.compile(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,-]+\])?==\S+( ; .+)? \\", re.IGNORECASE)


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def lines_of(name: str) -> list[str]:
    """Lines that install something or say from where."""
    lines = text_of(name).splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def test_every_library_that_is_asked_for_by_name_is_on_the_page_and_no_other():
    asked = {
        re.split(r"[\[=<>~ ]", line)[0].lower()
        for name in ("requirements.in", "requirements-checks.in")
        for line in lines_of(name)
        if not line.startswith("-")
    }
    table = section("What each library is for").partition("| --- | --- |\n")[2].partition("\n\n")[0]
    cells = [line.split("|")[2] for line in table.splitlines()]
    named = {
        re.sub(r"\(.*?\)", "", name).strip()
        for cell in cells
        for name in re.sub(r"\([^)]*\)", "", cell).split(",")
    }

    assert named == asked


def test_every_front_end_package_is_on_the_page():
    package = json.loads(text_of("frontend/package.json"))
    found = section("What each library is for").partition("Front end: ")[2]

    for name in (*package["dependencies"], *package["devDependencies"]):
        assert name in found


def test_every_installed_python_package_is_one_version_with_checksums_and_no_other_source():
    for name in LISTS:
        for line in lines_of(name):
            assert PINNED.fullmatch(line) or re.fullmatch(
                r"    --hash=sha256:[0-9a-f]{64}( \\)?", line
            ), (name, line)
        assert f"`{name}`" in section("Inventory")


def test_every_front_end_package_has_a_checksum_and_no_other_source():
    packages = json.loads(text_of("frontend/package-lock.json"))["packages"]

    assert len(packages) > 1
    for name, package in packages.items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
            assert "resolved" not in package and not package.get("link"), name


def test_set_up_checks_the_sums_and_resolves_nothing():
    script = text_of("scripts/install_python.sh")
    installs = re.findall(r"pip install[^\n]*(?:\\\n[^\n]*)?", script)

    assert installs
    assert all("--require-hashes --no-deps" in one for one in installs)
    assert "index-url" not in script and "find-links" not in script
    assert "npm ci" in text_of("scripts/build_frontend.sh")


def test_time_limits_fall_with_the_severity():
    rows = re.findall(
        r"^\| (critical|high|medium|low)[^|]*\| (\d+) days \|", section("Time limits"), re.MULTILINE
    )

    assert [name for name, _days in rows] == ["critical", "high", "medium", "low"]
    days = [int(number) for _name, number in rows]
    assert days == sorted(days) and days[0] <= 7
    assert "every library is at most 180 days behind" in PAGE
