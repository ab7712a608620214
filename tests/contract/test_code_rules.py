"""House rules that no linter knows: what may stand only in the files named for it."""

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("app.py", "ddplatform", "supply_chain", "questionnaires")
EVERYTHING = (*PRODUCT, "scripts", "benchmarks", "tests")

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}

COMMITS = {"ddplatform/infrastructure/db.py": 1}
ENVIRONMENT_READS = {"ddplatform/config.py": 1}
# SQLite's BEGIN, which the library has no word for.
RAW_SQL = {"ddplatform/infrastructure/db.py": 1}
# Before a tenant is known: who is signed in, what they may enter, whose job this is.
WAYS_ACROSS_TENANTS = (
    "ddplatform/infrastructure/gate.py",
    "ddplatform/infrastructure/gate_tokens.py",
    "ddplatform/infrastructure/jobs/runner.py",
    "ddplatform/accounts/sign_in/",
    # A name that looks like that of another organisation which the invited person knows.
    "ddplatform/accounts/organisations/services/lookalikes.py",
    # A new password is not made of the name of any organisation of the person.
    "ddplatform/accounts/organisations/services/new_passwords.py",
    # Of a person: whether an organisation asks for a second factor, and where else they belong.
    "ddplatform/accounts/second_factor/services/",
    "ddplatform/accounts/organisation_factors/services.py",
    # The provider of an organisation is found before anybody is known, and a person's by theirs.
    "ddplatform/accounts/single_sign_on/",
    # A supplier's link: whose it is, and whether the person answers somewhere already.
    "ddplatform/supplier_engagement/respondents/links.py",
    "ddplatform/supplier_engagement/respondents/services/join.py",
    # The secret address of a phone app: whose it is.
    "ddplatform/supplier_engagement/phone_apps/",
    # Removing the sample: its people, and what its suppliers had not released.
    "ddplatform/demo/removal.py",
    # Replacing and destroying stored bytes: a supplier may name them in what it has not sent.
    "ddplatform/evidence/orphaned_files/services.py",
    "ddplatform/evidence/redaction/services.py",
    # A backup is whole, and what is restored is checked as a whole.
    "ddplatform/operations/backup/services/",
    # A person concerned: everything that names them, in every organisation.
    "ddplatform/operations/personal_data/services/",
    # A second person: in which other organisations this person has a role.
    "ddplatform/risk/approvals/services/deciders.py",
)


SELECTS = {"select", "sa.select", "sqlalchemy.select", "db.session.query"}


def modules(*roots: str) -> list[Path]:
    """Python files under the roots; migrations are a record, kept as they were made."""
    found: list[Path] = []
    for root in roots:
        path = ROOT / root
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [path for path in found if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_layer(name: str, layer: str) -> bool:
    """Whether a file is this layer of its feature, or stands in a folder of this name."""
    return name.endswith(f"/{layer}.py") or f"/{layer}/" in name


def nodes_of(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)  # every rule looks at a node before the next node comes
def called(node: ast.AST) -> str:
    """What a call calls, as it is written; empty for what is no call."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def is_call(node: ast.AST, *endings: str) -> bool:
    return called(node).endswith(endings)


def imports_raw_text(node: ast.AST) -> bool:
    is_library = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
    return is_library and "text" in {alias.name for alias in node.names}


def reads_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom) and node.module == "os":
        return bool({"environ", "getenv"} & {alias.name for alias in node.names})
    return isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}


BULK = (".bulk_save_objects", ".bulk_insert_mappings", ".bulk_update_mappings")
LOOKED_AT = (ast.Call, ast.ImportFrom, ast.Attribute)
RULES: dict[str, Callable[[ast.AST], bool]] = {
    "commit": lambda node: is_call(node, ".commit"),
    "raw SQL": lambda node: (
        imports_raw_text(node) or is_call(node, "sa.text", "sqlalchemy.text", "exec_driver_sql")
    ),
    "bulk": lambda node: is_call(node, *BULK),
    "across tenants": lambda node: is_call(node, "across_tenants"),
    "environment": reads_environment,
    "abort": lambda node: called(node) in {"abort", "flask.abort"},
    "select": lambda node: called(node) in SELECTS,
}


@cache
def _counted() -> dict[str, Counter[str]]:
    """Rule -> file -> how often; the code is parsed once for all rules."""
    found = {rule: Counter[str]() for rule in RULES}
    for path in modules(*PRODUCT):
        for rule, count in broken_in(nodes_of(path)).items():
            found[rule][name_of(path)] = count
    return found


def broken_in(nodes: Iterable[ast.AST]) -> Counter[str]:
    """How often each rule matches."""
    found = Counter[str]()
    for node in nodes:
        if isinstance(node, LOOKED_AT):
            found.update(rule for rule, matches in RULES.items() if matches(node))
    return found


def places(rule: str) -> dict[str, int]:
    """File -> how often it holds what a rule looks for, over the product's own code."""
    return {name: count for name, count in _counted()[rule].items() if count}


def test_only_the_unit_of_work_commits():
    assert places("commit") == COMMITS


def test_raw_sql_stands_only_where_the_library_has_no_word_for_it():
    assert places("raw SQL") == RAW_SQL


def test_rows_are_never_saved_in_bulk_past_the_tenant_wall():
    assert places("bulk") == {}


def test_tenants_are_crossed_only_before_one_is_known():
    crossing = places("across tenants")

    assert [
        place
        for place in crossing
        if not place.startswith(WAYS_ACROSS_TENANTS) and not is_layer(place, "commands")
    ] == []


def test_only_the_settings_read_the_environment():
    assert places("environment") == ENVIRONMENT_READS


def test_only_routes_and_the_gate_abort_a_request():
    gate = "ddplatform/infrastructure/gate.py"

    assert [
        place for place in places("abort") if not is_layer(place, "routes") and place != gate
    ] == []


def test_no_services_module_selects_what_its_queries_can_find():
    """The condition of a write that needs a select stands in queries too."""
    assert [place for place in places("select") if is_layer(place, "services")] == []


def imported_by(node: ast.AST) -> Iterator[str]:
    """The modules that a statement imports, and the names in them, as dotted names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def feature_of_routes(name: str) -> str:
    """The package whose `routes` a dotted name is in; empty where it is in no routes."""
    package, found, _ = f"{name}.".partition(".routes.")
    return package if found else ""


def gathers(routes: str, of: str) -> bool:
    """Whether the routes of a package may import those of another: of a feature inside it."""
    return bool(routes) and f"{of}.".startswith(f"{routes}.")


def test_routes_are_imported_only_within_their_feature_and_by_those_that_gather_them():
    factory = "ddplatform.factory"
    wrong = [
        f"{importing} -> {imported}"
        for path in modules("ddplatform")
        for importing in [name_of(path).removesuffix(".py").replace("/", ".")]
        for node in nodes_of(path)
        for imported in imported_by(node)
        if (of := feature_of_routes(imported))
        and not gathers(feature_of_routes(importing), of)
        and (importing, of) != (factory, "ddplatform")
    ]

    assert wrong == []


def test_no_file_has_an_empty_name():
    assert [name_of(path) for path in modules(*EVERYTHING) if path.stem in EMPTY_NAMES] == []


def test_no_module_is_longer_than_a_reader_bears():
    long = {
        name_of(path): length
        for path in modules(*PRODUCT, "scripts", "benchmarks")
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }

    assert long == {}


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{name_of(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in modules(*PRODUCT, "scripts", "benchmarks")
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }

    assert long == {}


def test_no_property_has_settings_of_its_own_past_those_of_the_run():
    """A deadline, or examples that no run makes fewer, would stand in a call of `settings`."""
    own = [
        name_of(path)
        for path in modules("tests")
        if path.name not in ("sampling.py", "profiles.py")
        for node in nodes_of(path)
        if isinstance(node, ast.ImportFrom)
        and node.module == "hypothesis"
        and "settings" in {alias.name for alias in node.names}
    ]

    assert own == []


@pytest.mark.parametrize(
    ("code", "routes", "is_allowed"),
    [
        ("from ddplatform.risk.atlas.routes.goods import bp", "ddplatform.risk.atlas", True),
        ("from ddplatform.risk.atlas import routes", "ddplatform.risk", True),
        ("from ddplatform.risk.atlas import routes", "ddplatform.risk.atlas_files", False),
        ("import ddplatform.risk.atlas.routes.goods", "ddplatform.accounts", False),
        ("from ddplatform.risk.atlas.routes import goods", "", False),
    ],
)
def test_rule_sees_whose_routes_are_imported(code, routes, is_allowed):
    (imported,) = imported_by(ast.parse(code).body[0])

    assert gathers(routes, feature_of_routes(imported)) is is_allowed


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("session.commit()", "commit"),
        ("from sqlalchemy import select, text", "raw SQL"),
        ("from sqlalchemy.sql import text", "raw SQL"),
        ("session.bulk_save_objects(rows)", "bulk"),
        ("key = os.environ['KEY']", "environment"),
        ("from os import getenv", "environment"),
        ("with tenancy.across_tenants(): ...", "across tenants"),
        ("flask.abort(404)", "abort"),
        ("row = session.scalar(select(Job).where(Job.state == state))", "select"),
        ("row = db.session.query(Job).first()", "select"),
    ],
)
def test_rule_sees_what_it_is_meant_to_see(code, rule):
    assert broken_in(ast.walk(ast.parse(code)))[rule] == 1
