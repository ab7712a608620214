"""Odd values in every address and form: answered in words, never by a crash or another host."""

import ast
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask, redirect, request
from sqlalchemy import event
from werkzeug import Response
from werkzeug.exceptions import NotFound

from ddplatform.infrastructure.db import db
from tests.conftest import NOW, do_not_wait_for_the_disk, make_app
from tests.leak_checks import all_endpoints
from tests.odd_values import EVIL, OddSweep, is_elsewhere, noting
from tests.repeated_values import RepeatedSweep
from tests.sampling import draw
from tests.worlds import World, make_worlds

ROOT = Path(__file__).resolve().parents[2]
TIMES, SHARE = 1, 0.15
"""Rounds of values for each address in any run; the share of addresses in a sampled one."""
pytestmark = pytest.mark.no_cover


@pytest.fixture(scope="module")
def world_app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("worlds")
    shutil.copy(sqlite_template, folder / "platform.db")
    app = make_app(folder, f"sqlite:///{folder / 'platform.db'}")
    with app.app_context():
        event.listen(db.engine, "connect", do_not_wait_for_the_disk)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def worlds(world_app: Flask) -> dict[str, World]:
    with world_app.app_context():
        return make_worlds(at=NOW)


@pytest.mark.long
def test_no_odd_value_crashes_a_page_or_leads_to_another_host(
    world_app: Flask,
    worlds: dict[str, World],
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
):
    sweep, is_whole = OddSweep(world_app, worlds), pytestconfig.option.whole
    with noting(world_app):
        for door in sweep.doors():
            chance = draw(pytestconfig, f"odd {door.method} {door.path} {door.caller.name}")
            if is_whole or chance.random() < SHARE:
                sweep.try_out(door, chance, TIMES)

    record_property("requests", sweep.sent)
    assert sweep.sent > len(all_endpoints(world_app)) * SHARE
    assert not sweep.faults, "\n".join(sweep.faults[:60])


@pytest.mark.long
def test_second_value_of_a_name_is_refused_and_one_in_the_other_place_changes_nothing(
    world_app: Flask, worlds: dict[str, World], pytestconfig: pytest.Config
):
    sweep, is_whole = RepeatedSweep(world_app, worlds), pytestconfig.option.whole
    with noting(world_app):
        for door in sweep.doors():
            chance = draw(pytestconfig, f"twice {door.method} {door.path} {door.caller.name}")
            if is_whole or chance.random() < SHARE:
                sweep.send_twice(door, chance)
                sweep.send_in_both(door)
                sweep.find_repeating_forms(door)

    assert sweep.tried_twice > len(all_endpoints(world_app)) * SHARE * 0.7
    assert sweep.tried_in_both
    assert not sweep.faults, "\n".join(sweep.faults[:60])


def _reads_a_number() -> str:
    return str(int(request.args.get("page", "1")))


def _goes_where_it_is_told() -> Response:
    return redirect(request.args.get("next", "/"))


@pytest.mark.parametrize(
    ("view", "words"), [(_reads_a_number, "500 ValueError"), (_goes_where_it_is_told, "leads to")]
)
def test_sweep_sees_a_view_without_a_guard(
    world_app: Flask,
    worlds: dict[str, World],
    monkeypatch: pytest.MonkeyPatch,
    view: Any,
    words: str,
):
    view.access = world_app.view_functions["health.show"].access
    monkeypatch.setitem(world_app.view_functions, "health.show", view)
    sweep = OddSweep(world_app, worlds)
    with noting(world_app):
        door = next(one for one in sweep.doors() if one.rule.endpoint == "health.show")
        sweep.try_out(door, Random(1), 60)

    assert any(words in fault for fault in sweep.faults), sweep.faults


OWN_READERS = re.compile(
    r"\b(?:int|float|date\.fromisoformat|datetime\.fromisoformat)\(\s*request\."
    r"|request\.[^\n]*type=(?:int|float)\b"
    r"|request\.[^\n]*,\s*(?:int|float|date\.fromisoformat|datetime\.fromisoformat)\)"
)
UNBOUNDED = {"IntegerField", "FloatField", "DecimalField", "DateField", "DateTimeField"}


def test_numbers_and_days_of_a_request_are_read_in_one_place():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in (ROOT / "ddplatform").rglob("*.py")
        for match in OWN_READERS.finditer(path.read_text(encoding="utf-8"))
    ]

    assert not found, "read them with ddplatform/infrastructure/typed_values.py:\n" + "\n".join(
        found
    )


def test_fields_of_forms_are_those_with_bounds():
    found = [
        f"{path.relative_to(ROOT)}: {name.name}"
        for path in (ROOT / "ddplatform").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wtforms")
        for name in node.names
        if name.name in UNBOUNDED and path.name != "numbers.py"
    ]

    assert not found, "take them from ddplatform/infrastructure/forms/bounded.py:\n" + "\n".join(
        found
    )


def test_reader_of_its_own_is_seen():
    for line in (
        'int(request.args["page"])',
        'request.args.get("page", 1, type=int)',
        'read_place(request.args.get("after", ""), float)',
    ):
        assert OWN_READERS.search(line), line
    assert not OWN_READERS.search('request.args.get("page", 1, type=read_number)')


def test_converter_takes_no_number_that_a_database_does_not(world_app: Flask):
    adapter = world_app.url_map.bind("localhost")

    assert adapter.match("/o/acme/audit/7")[1]["sequence"] == 7
    for odd in ("9" * 5_000, str(2**31), "\N{ARABIC-INDIC DIGIT THREE}", "-1"):
        with pytest.raises(NotFound):
            adapter.match(f"/o/acme/audit/{odd}")


def test_two_slashes_at_the_beginning_lead_to_no_other_host(world_app: Flask):
    client = world_app.test_client()
    for path in ("//o/acme/campaigns/x/start?lang=fr", f"//{EVIL}/?lang=fr", f"//{EVIL}/sign-in"):
        answer = client.get(path, base_url="http://localhost")
        assert not is_elsewhere(answer.headers.get("Location", "")), path


@pytest.mark.parametrize(
    "address", [f"//{EVIL}", f"/\t/{EVIL}", f"/\\{EVIL}", f"https://{EVIL}", "\t//x.example", "//["]
)
def test_address_of_another_host_is_seen(address: str):
    assert is_elsewhere(address)


@pytest.mark.parametrize("address", ["/", "/o/acme/?next=//x", "?page=2", "", "http://localhost/a"])
def test_own_address_is_seen(address: str):
    assert not is_elsewhere(address)
