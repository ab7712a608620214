"""Pages requested as by a browser, through the whole application: statements and times."""

import statistics
import time
from collections.abc import Sequence

from flask.testing import FlaskClient
from sqlalchemy import event

from ddplatform.infrastructure.db import db

NOT_COUNTED = ("PRAGMA", "BEGIN", "SELECT set_config")


def sign_in(client: FlaskClient, email: str, password: str) -> FlaskClient:
    """The client, signed in."""
    page = client.get("/sign-in").text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = {"email": email, "password": password, "csrf_token": token}
    assert client.post("/sign-in", data=form).status_code == 302
    return client


def count_statements(client: FlaskClient, address: str) -> int:
    """Number of statements of a page, including those of the authorisation gate."""
    seen: list[str] = []

    def note(*call: object) -> None:
        if not str(call[2]).startswith(NOT_COUNTED):
            seen.append(str(call[2]))

    assert client.get(address).status_code == 200  # the first page renews the session
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def p95(client: FlaskClient, addresses: Sequence[str], rounds: int) -> float:
    """The 95th percentile of the seconds that these pages take, asked for in turn."""
    times = []
    for _ in range(rounds):
        for address in addresses:
            start = time.perf_counter()
            client.get(address)
            times.append(time.perf_counter() - start)
    return statistics.quantiles(times, n=20)[-1]


def times_of(client: FlaskClient, addresses: Sequence[str], rounds: int) -> tuple[float, float]:
    """The 95th percentiles of processor time and of seconds that these pages take, in turn."""
    busy, clock = [], []
    for _ in range(rounds):
        for address in addresses:
            start, spent = time.perf_counter(), time.process_time()
            client.get(address)
            busy.append(time.process_time() - spent)
            clock.append(time.perf_counter() - start)
    return statistics.quantiles(busy, n=20)[-1], statistics.quantiles(clock, n=20)[-1]
