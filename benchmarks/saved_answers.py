"""Saved answers of a supplier under server kills (kill -9) and network cuts.

One phone saves the same answer again and again, each time with another text. Among the saves some
come with a kill of the web process at a random moment of the save, and some with a connection that
is cut: in the middle of the request, or before the response of the server has arrived. After each
of these the database is read: it holds the text that was acknowledged last, or the one that was
under way, whole. Anything else is an acknowledged answer lost, or half an answer stored.
"""

import socket
import statistics
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import select

from benchmarks.contract import SEED, Row, count_row
from benchmarks.kill_world import PASSWORD, Browser, Ended, World, make_world
from benchmarks.kills import free_port
from benchmarks.postgres import SERVER, own_database
from ddplatform.accounts.organisations.models import Invitation
from ddplatform.accounts.organisations.queries import get_organisation_by_slug
from ddplatform.infrastructure.access.identity import Act, Identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db
from ddplatform.supplier_engagement.library.queries import list_library
from ddplatform.supplier_engagement.library.services import publish_shipped
from ddplatform.supplier_engagement.requests.services.requests import (
    Sending,
    assign,
    propose_due_date,
)
from ddplatform.supplier_engagement.respondents.services.join import Joined, join
from ddplatform.supplier_engagement.responses.models import Answer
from ddplatform.value_chain.mapping.services.nodes import NodeFields, add_node, create_chain

SAVES = {"small": 200, "full": 1000}
EMAIL = "amina@kills.example"
PATH, SECTION = "/data/O/SAQ_O04", "O"
KILLED, CUT = 0.1, 0.1
"""Shares of the saves hit by a kill, and by a cut."""
LATEST = 1.2
"""A kill comes at a moment drawn from so many times the usual time of a save."""


@dataclass
class Tally:
    """Observations: the number of each kind of event, and the faults found afterwards."""

    saves: int = 0
    acknowledged: int = 0
    kills: int = 0
    cuts: int = 0
    kept_unsaid: int = 0
    """Number of saves stored although they could no longer be acknowledged."""
    faults: list[str] = field(default_factory=list)


def run(size: str) -> list[Row]:
    """So many saves on SQLite, and where there is a server on PostgreSQL."""
    with TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'platform.db'}"
        rows = [_row("SQLite", saved_under_kills(Path(name), url, SAVES[size], seed=SEED))]
    if SERVER:
        with TemporaryDirectory() as name, own_database(f"saves_{uuid4().hex[:12]}") as url:
            kept = saved_under_kills(Path(name), url, SAVES[size], seed=SEED)
            rows.append(_row("PostgreSQL", kept))
    return rows


def _row(name: str, kept: Tally) -> Row:
    for fault in kept.faults:
        print(f"{name}: {fault}")
    what = (
        f"{kept.saves:,} saves of an answer on {name}, {kept.kills} kills of the web process, "
        f"{kept.cuts} cuts ({kept.kept_unsaid} kept unsaid): acknowledged answers lost"
    )
    return count_row(what, len(kept.faults), 0, "lost")


def saved_under_kills(folder: Path, url: str, saves: int, *, seed: int) -> Tally:
    """So many saves by one phone, and what stood in the database after each kill and cut."""
    world = make_world(folder, url, free_port())
    try:
        address = _come_in(world)
        return _Phone(world, address, Random(seed)).save_all(saves)
    finally:
        world.stop()


def _come_in(world: World) -> str:
    """A supplier is asked, comes in and signs in; where its section saves drafts."""
    at = datetime.now(UTC)
    joined = world.change(lambda: _ask_and_join(Act(world.by, at)))
    home = world.look(lambda: get_organisation_by_slug(joined.organisation_slug).id)
    user_id = world.look(lambda: db.session.merge(joined.user, load=False).id)
    world.by = Identity(user_id, home, RoleId.SUPPLIER, "Amina")
    world.browser = Browser(world.browser.port)
    world.browser.get("/sign-in")
    world.browser.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
    base = f"/o/{joined.organisation_slug}/responses/{joined.assignment_id}/{SECTION}"
    world.browser.get(base)
    return f"{base}/draft"


def _ask_and_join(act: Act) -> Joined:
    publish_shipped(act.at)
    chain = create_chain("Cocoa", own_business="Kills", country="FR", act=act)
    node = add_node(chain.id, NodeFields(name="Cooperative", country="CI"), act=act)
    version = next(row.version_id for row in list_library() if row.ref == "SAQ")
    sending = Sending(version_id=version, due_on=propose_due_date(act.at.date()))
    (asked,) = assign(sending, {node.id: EMAIL}, act=act)
    invitation = db.session.scalars(
        select(Invitation).where(Invitation.assignment_id == asked.id)
    ).one()
    return join(invitation, name="Amina", password=PASSWORD, at=act.at)


class _Phone:
    """One page that is open all the time; each of its saves has another text."""

    def __init__(self, world: World, address: str, chance: Random) -> None:
        self.world, self.address, self.chance = world, address, chance
        self.page, self.acknowledged, self.tally = uuid4().hex, "", Tally()
        self.times: list[float] = [0.1]

    def save_all(self, saves: int) -> Tally:
        """Save so often; look after each kill and cut, and at the end."""
        for number in range(1, saves + 1):
            text = f"text {number} " + "x" * self.chance.randrange(400)
            drawn = self.chance.random()
            self.tally.saves += 1
            if drawn < KILLED:
                self._save_while_killed(text)
            elif drawn < KILLED + CUT:
                self._save_and_cut(text)
            else:
                self._save(text)
        self._look("")
        return self.tally

    def _fields(self, text: str) -> dict[str, str]:
        return {PATH: text, "seen": "0", "page": self.page}

    def _save(self, text: str) -> None:
        start = time.perf_counter()
        self.world.browser.post(self.address, self._fields(text))
        self.times.append(time.perf_counter() - start)
        self.acknowledged, self.tally.acknowledged = text, self.tally.acknowledged + 1

    def _save_while_killed(self, text: str) -> None:
        self.tally.kills += 1
        process = self.world.processes["web"]
        usual = statistics.median(self.times[-20:])
        timer = threading.Timer(self.chance.random() * LATEST * usual, process.kill)
        timer.start()
        with suppress(Ended):  # then the save was never acknowledged
            self._save(text)
        timer.join()
        self.world.kill("web")
        self._look(text)
        self.world.start("web")

    def _save_and_cut(self, text: str) -> None:
        """Send all of the form or a part of it, and leave before the answer."""
        self.tally.cuts += 1
        fields = {**self._fields(text), "csrf_token": self.world.browser.token}
        body = urlencode(fields).encode()
        cookie = "; ".join(f"{n}={v}" for n, v in self.world.browser.cookies.items())
        head = (
            f"POST {self.address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        ).encode()
        part = len(body) if self.chance.random() < 0.5 else self.chance.randrange(len(body))
        with socket.create_connection(("127.0.0.1", self.world.browser.port)) as line:
            line.sendall(head + body[:part])
        self._look(text if part == len(body) else "")
        self._save(f"{text} again")  # what the page does when the signal is back

    def _look(self, under_way: str) -> None:
        kept = self.world.look(_kept_text)
        if kept not in {self.acknowledged, under_way or self.acknowledged}:
            self.tally.faults.append(
                f"save {self.tally.saves}: kept “{kept[:20]}”, acknowledged "
                f"“{self.acknowledged[:20]}”, under way “{under_way[:20]}”"
            )
        if kept == under_way != self.acknowledged:
            self.tally.kept_unsaid += 1
            self.acknowledged = kept


def _kept_text() -> str:
    return db.session.scalar(select(Answer.raw).where(Answer.path == PATH)) or ""
