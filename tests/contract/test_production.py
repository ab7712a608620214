"""Production installs and imports what it needs, and nothing that only tests and checks use."""

import ast
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from textwrap import dedent

from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("ddplatform", "supply_chain", "questionnaires", "demo")


def pins(name: str) -> dict[str, str]:
    """The version of each package that a list installs."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==(\S+)", text, re.M | re.I)
    return {canonicalize_name(package): version for package, version in found}


def only_for_checks() -> set[str]:
    """Modules whose package production does not install."""
    production = set(pins("requirements.txt"))
    extra = set(pins("requirements-checks.txt")) - production
    return {
        module
        for module, packages in packages_distributions().items()
        if {canonicalize_name(one) for one in packages} <= extra
    }


def test_list_of_checks_holds_that_of_production_with_the_same_versions():
    production, checks = pins("requirements.txt"), pins("requirements-checks.txt")

    assert len(production) > 60
    assert production.items() <= checks.items()
    tools = {"pytest", "hypothesis", "playwright", "schemathesis", "mypy", "ruff", "coverage"}
    assert tools <= set(checks) and not tools & set(production)


def test_set_up_installs_the_list_of_production_and_only_checks_the_longer_one():
    def calls(path: str) -> list[str]:
        text = (ROOT / path).read_text(encoding="utf-8")
        return re.findall(r"^scripts/install_python\.sh.*$", text, re.M)

    assert calls("scripts/setup.sh") == ["scripts/install_python.sh"]
    for path in ("scripts/test.sh", "scripts/lint.sh", ".ci/run"):
        assert calls(path) == ["scripts/install_python.sh checks"], path
    script = (ROOT / "scripts/install_python.sh").read_text(encoding="utf-8")
    default, asked = script.index("list=requirements.txt"), script.index("list=requirements-checks")
    assert default < script.index('if [ "${1:-}" = checks ]') < asked


def test_no_module_of_the_product_imports_what_only_checks_need():
    foreign = only_for_checks() | {"tests", "benchmarks"}
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for package in PRODUCT
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _names(node)
        if name.partition(".")[0] in foreign
    ]

    assert {"pytest", "hypothesis", "playwright"} <= foreign
    assert not found, "\n".join(found)


def test_application_starts_and_answers_without_what_checks_need(
    tmp_path: Path, sqlite_template: Path
):
    """In a process that cannot import them, as in an environment without them."""
    shutil.copy(sqlite_template, tmp_path / "platform.db")
    program = f"""
        import sys
        foreign = {sorted(only_for_checks() | {"tests", "benchmarks"})!r}
        sys.modules.update(dict.fromkeys(foreign))  # an import of them raises
        from ddplatform.factory import create_app
        app = create_app()
        print(app.test_client().get("/sign-in", base_url="https://waymark.example").status_code)
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(program)],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "APP_KIND": "production",
            "INSTANCE_PATH": str(tmp_path),
            "SECRET_KEY": "one-long-and-random-secret-of-a-test-0123456789",
            "BASE_URL": "https://waymark.example",
            "TRUSTED_HOSTS": "waymark.example",
            "SECURE_COOKIES": "on",
            "MAIL_URL": "smtps://mail.example",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.strip() == "200", done.stderr[-2000:]


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
