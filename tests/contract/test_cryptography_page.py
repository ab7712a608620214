"""docs/cryptography.md is the inventory of keys, algorithms and uses that the code has."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ddplatform.accounts.second_factor.services.codes import ALPHABET, CODE, GROUP, GROUPS
from ddplatform.config import MIN_SECRET_LENGTH, read_settings
from ddplatform.infrastructure.adapters import sealed_file, sealing
from ddplatform.infrastructure.adapters.keys import CASE_MASTER, KeyFolder
from ddplatform.operations.keys import schedule

ROTATE = "| `flask --app app keys rotate "
ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/cryptography.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
PRODUCT = ("ddplatform", "questionnaires", "supply_chain")
LIBRARIES = frozenset(
    {"argon2", "cryptography", "hashlib", "hmac", "itsdangerous", "pyotp", "secrets", "ssl"}
    | {"webauthn", "random"}
)
ALGORITHMS = {
    "AESGCM": "AES-256-GCM",
    "HKDF": "HKDF-SHA-256",
    "SHA256": "SHA-256",
    "sha256": "SHA-256",
    "Ed25519PrivateKey": "Ed25519",
    "Ed25519PublicKey": "Ed25519",
    "blake2b": "BLAKE2b",
    "md5": "MD5",
    "sha1": "SHA-1",
    "new": "SHA-1",  # `hashlib.new` of the function digest() of XForms
}
"""What modules import of `cryptography.hazmat` and `hashlib`, and its name on the page."""
WITHOUT_SECURITY = frozenset({"blake2b", "md5", "new", "sha1"})
MAY_USE = re.compile(rf"(?:import|from) +(?:{'|'.join(sorted(LIBRARIES))})\b|urandom|sha256\(")
NO_SECRETS = frozenset(
    {"APP_KIND", "INSTANCE_PATH", "BASE_URL", "TRUSTED_HOSTS", "SECURE_COOKIES", "MAIL_FROM"}
    | {
        "BREACHED_PASSWORDS",
        "SIGN_UP",
        "VIRUS_SCANNER",
        "UPLOADS_AT_ONCE",
        "OFFICER_WAIT_HOURS",
        "SECURITY_EVENTS",
    }
    | {"MAILS_PER_DAY", "MAILS_PER_HOUR", "SUPPLIER_MAILS_PER_DAY", "SUPPLIER_MAILS_PER_HOUR"}
    | {"FILES_PER_PERSON", "MEGABYTES_PER_PERSON", "FILES_PER_ORGANISATION"}
    | {"MEGABYTES_PER_ORGANISATION"}
    | {"EXPORTS_PER_HOUR", "CALCULATIONS_PER_HOUR", "COSTLY_PAGES_PER_MINUTE", "FORMS_PER_MINUTE"}
    | {"PORT", "FLASK_DEBUG", "WEBHOOK_HOSTS", "NETWORK_TO_PROXY"}
)
"""Settings that hold no secret: any other one is in the inventory."""


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


@cache
def uses() -> tuple[tuple[str, str, str], ...]:
    """(module, library, name): what each module takes of a library of cryptography."""
    found: list[tuple[str, str, str]] = []
    for path in sorted(path for package in PRODUCT for path in (ROOT / package).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if MAY_USE.search(text):
            name = path.relative_to(ROOT).as_posix()
            nodes = ast.walk(ast.parse(text))
            found += [(name, *taken) for node in nodes for taken in _taken(node)]
    return tuple(found)


def _taken(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Import(names=names):
            yield from ((one.name, "") for one in names if one.name.split(".")[0] in LIBRARIES)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            if module.split(".")[0] in LIBRARIES:
                yield from ((module, one.name) for one in names)
        case ast.Attribute(value=ast.Name(id="hashlib"), attr=name):
            yield "hashlib", name
        case ast.Attribute(value=ast.Name(id="os"), attr="urandom"):
            yield "os", "urandom"
        case ast.Constant(value=str(text)) if "sha256(" in text:
            yield "SQL", "sha256"
        case _:
            pass


def test_every_module_that_uses_cryptography_is_in_the_inventory_and_no_other():
    listed = re.findall(r"`((?:ddplatform|questionnaires|supply_chain)/[\w/]+\.py)`", PAGE)

    assert sorted(listed) == sorted({module for module, _, _ in uses()})


def test_every_algorithm_and_library_is_named():
    algorithms = section("Algorithms")
    taken = {
        name
        for _, library, name in uses()
        if (library == "hashlib" or ".primitives" in library) and name not in {"", "file_digest"}
    }
    libraries = {library.split(".")[0] for _, library, _ in uses()} - {"os", "SQL", "random"}

    assert taken == set(ALGORITHMS)
    assert all(ALGORITHMS[name] in algorithms for name in taken)
    assert all(f"`{library}`" in algorithms for library in libraries - {"argon2"})


def test_weak_or_unkeyed_hashes_stand_only_among_checksums_without_a_security_purpose():
    checksums = section("Where it happens").partition("\nChecksums ")[2]
    weak = {module for module, lib, name in uses() if lib == "hashlib" and name in WITHOUT_SECURITY}

    assert all(f"`{module}`" in checksums for module in weak)


def test_every_key_of_the_folder_is_in_the_table(tmp_path: Path):
    folder = KeyFolder(tmp_path / "keys", origin="ddplatform/rights.example")
    folder.log_public_keys()
    folder.prepare_log_signer()
    folder.single_sign_on()
    folder.second_factor()
    folder.webhook()
    folder.begin_change(CASE_MASTER)
    made = {f"keys/{path.name}" for path in (tmp_path / "keys").iterdir()}

    assert made == set(re.findall(r"`(keys/[\w.]+)`", section("Keys and secrets")))


def test_every_setting_that_may_hold_a_secret_is_in_the_table(tmp_path: Path):
    asked: set[str] = set()

    class Environment(dict[str, str]):
        def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
            asked.add(key)
            return str(tmp_path) if key == "INSTANCE_PATH" else default

    read_settings(Environment())

    assert asked - NO_SECRETS == set(re.findall(r"`([A-Z_]{5,})`", section("Keys and secrets")))


def test_sizes_and_costs_are_those_of_the_code():
    file = sealed_file.ARGON2
    hasher = (ROOT / "ddplatform/infrastructure/adapters/passwords.py").read_text(encoding="utf-8")
    hidden = len(ALPHABET) ** (GROUP * (GROUPS - 1))

    assert sealing.KEY_BYTES * 8 == sealed_file.KEY_BYTES * 8 == 256
    assert sealing.NONCE_BYTES * 8 == 96
    assert "PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)" in hasher
    assert "(19 MiB, 2 passes, 1 lane)" in PAGE
    assert (
        f"({file['memory_kib'] // 1024} MiB, {file['passes']} passes, {file['lanes']} lanes)"
        in (PAGE)
    )
    assert PAGE.count(f"{MIN_SECRET_LENGTH} characters or more") == 2
    assert f"{sealed_file.MIN_PASSPHRASE_CHARACTERS} characters or " in PAGE
    assert f"{hidden.bit_length() - 1} of {(len(ALPHABET) ** 16).bit_length() - 1} bits" in PAGE
    assert (CODE.times, CODE.window_s) == (10, 3600) and "ten attempts an hour" in PAGE


def test_periods_of_keys_are_those_of_the_page_for_operators():
    keys = section("Keys and secrets")
    rotation = OPERATIONS.partition("## Rotation of keys\n")[2].partition("\n## ")[0]
    periods = (
        ("keys rotate case-master", "yearly", "`keys/case_master_key` |", "one year"),
        ("keys rotate log-signing", "every two years", "`keys/log_signing_key` |", "two years"),
        ("keys rotate single-sign-on", "yearly", "`keys/single_sign_on_key` |", "one year"),
        ("keys rotate second-factor", "yearly", "`keys/second_factor_key` |", "one year"),
        ("keys rotate webhook", "yearly", "`keys/webhook_key` |", "one year"),
        ("keys rotate session", "90 days", "`SECRET_KEY` |", "90 days"),
    )
    for command, often, key, period in periods:
        [row] = [line for line in rotation.splitlines() if command in line]
        [kept] = [line for line in keys.splitlines() if line.startswith(f"| {key}")]
        assert row.endswith(f"| {often} |")
        assert kept.endswith(f"| {period} |")


def test_periods_of_keys_are_those_that_are_watched():
    """`flask keys status` and the metric count by these."""
    words = {90: "90 days", 365: "one year", 730: "two years"}
    rows = section("Keys and secrets").splitlines()
    watched = {f"keys/{one.file}": one.days for one in schedule.KEYS} | dict(schedule.SETTINGS)

    for name, days in watched.items():
        [row] = [line for line in rows if f"`{name}`" in line.split(" | ")[0]]
        assert row.endswith(f"| {words[days]} |"), name
    rotated = [
        line.split("` |")[0].split()[-1] for line in OPERATIONS.splitlines() if ROTATE in line
    ]
    assert {one.key for one in schedule.KEYS} | {"session"} == set(rotated)


def test_the_policy_covers_the_whole_life_of_a_key():
    life = section("Life of a key")

    steps = re.findall(r"^\d\. \*\*(\w+)\.\*\*", life, flags=re.MULTILINE)
    assert steps == [
        *("Generation", "Distribution", "Storage", "Use", "Rotation", "Compromise", "Destruction")
    ]
    assert "NIST SP 800-57" in life
