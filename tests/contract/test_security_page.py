"""The pages on security and operation say what the code says."""

import re
from dataclasses import fields
from pathlib import Path

from ddplatform.config import Settings, read_settings
from ddplatform.infrastructure.access.permissions import Permission
from ddplatform.infrastructure.access.roles import ROLES

DOCS = Path(__file__).parents[2] / "docs"


def _matrix() -> str:
    roles = list(ROLES.values())
    lines = [
        f"| permission | {' | '.join(role.title for role in roles)} |",
        "| --- |" + " --- |" * len(roles),
    ]
    lines += [
        f"| `{permission.value}` | "
        + " | ".join("yes" if permission in role.permissions else "–" for role in roles)
        + " |"
        for permission in Permission
    ]
    return "\n".join(lines)


def test_the_table_of_roles_is_that_of_the_code() -> None:
    page = (DOCS / "security.md").read_text(encoding="utf-8")
    shown = page.split("<!-- roles -->\n")[1].split("\n<!-- /roles -->")[0]
    assert shown == _matrix(), "Paste this table into docs/security.md:\n" + _matrix()


def test_every_setting_that_is_read_is_explained(tmp_path: Path) -> None:
    asked: set[str] = set()

    class Environment(dict[str, str]):
        def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
            asked.add(key)
            return str(tmp_path) if key == "INSTANCE_PATH" else default

    settings = read_settings(Environment())
    page = (DOCS / "operations.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", page, flags=re.MULTILINE))
    assert asked <= explained
    assert len(fields(Settings)) == len(asked) - 1  # PORT only makes the default address
    assert settings.instance_path == tmp_path.resolve()


def test_every_file_that_the_security_page_names_exists() -> None:
    page = (DOCS / "security.md").read_text(encoding="utf-8")
    root = DOCS.parent
    named = set(re.findall(r"`([a-z_]+(?:/[a-z_]+)*\.py)`", page))
    homes = (root / "ddplatform", root)
    missing = [name for name in named if not any((home / name).exists() for home in homes)]
    assert not missing
