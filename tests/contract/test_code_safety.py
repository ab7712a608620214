"""What no module of the product does, whatever the input (docs/asvs.md, V1 and V13)."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("ddplatform", "questionnaires", "supply_chain")
RUNS_TEXT = frozenset({"eval", "exec", "__import__"})
TEMPLATES_OF_TEXT = frozenset({"render_template_string", "from_string"})
SHELLS = frozenset({"system", "popen", "getoutput", "getstatusoutput"})
LEAVES_THE_MACHINE = frozenset(
    {"socket", "ssl", "smtplib", "ftplib", "http.client", "urllib.request", "requests", "httpx"}
)
CONNECTS = {
    "ddplatform/accounts/single_sign_on/lazy.py": "the provider that the operator set for an organisation",
    "ddplatform/infrastructure/adapters/mail.py": "the mail server of MAIL_URL",
    "ddplatform/infrastructure/adapters/virus_scanner.py": "the scanner of VIRUS_SCANNER",
    "ddplatform/infrastructure/adapters/webhook_sender.py": "hosts of WEBHOOK_HOSTS",
    "ddplatform/infrastructure/jobs/runner.py": "nobody: it names the errors of mail",
    "ddplatform/infrastructure/jobs/worker.py": "nobody: it names its own machine",
}
"""Modules that know a network library, and whom they speak with; docs/operations.md lists them."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PRODUCT:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield path.relative_to(ROOT).as_posix(), tree


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """(module, name of what is called, the call)"""
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func
                plain = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
                yield name, plain, node


def test_no_text_is_run_as_python_or_as_a_template():
    found = [
        f"{name}:{call.lineno} {called}"
        for name, called, call in calls()
        if (called in RUNS_TEXT and isinstance(call.func, ast.Name)) or called in TEMPLATES_OF_TEXT
    ]

    assert found == []


def test_no_program_is_started_through_a_shell():
    found = [
        f"{name}:{call.lineno}"
        for name, called, call in calls()
        if called in SHELLS
        or any(
            word.arg == "shell"
            and not (isinstance(word.value, ast.Constant) and not word.value.value)
            for word in call.keywords
        )
    ]

    assert found == []


def test_only_known_modules_can_open_a_connection():
    found = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for asked in _names(node)
        if asked in LEAVES_THE_MACHINE
    }

    assert found == set(CONNECTS)


def test_operators_are_told_of_every_connection():
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    section = page.partition("## Connections\n")[2].partition("\n## ")[0]

    named = ("DATABASE_URL", "MAIL_URL", "VIRUS_SCANNER", "WEBHOOK_HOSTS")
    assert all(name in section for name in named)
    assert "sslmode=verify-full" in section
    assert "No address that a user typed is ever contacted" in section


def test_lists_of_libraries_are_whole_and_pinned_by_checksum():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = [at for at, line in enumerate(lines) if "==" in line and not line.startswith(" ")]
    wanted = {
        line.partition(" ")[0].partition("[")[0].partition("=")[0].partition(">")[0].lower()
        for line in (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    }

    assert all(lines[at + 1].strip().startswith("--hash=sha256:") for at in pinned)
    assert wanted <= {lines[at].partition("==")[0].partition("[")[0].lower() for at in pinned}


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""]
