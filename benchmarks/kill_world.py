"""Separate installation for the kills of web and worker: real processes, a real database.

Processes are forked from a server that has loaded all code, so that a new one is ready at once:
otherwise they are as the operator's, with connections and memory of their own.
"""

import http.client
import logging
import multiprocessing
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import waitress
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import column, func, make_url, select, table, update
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import stream_encode_multipart

from ddplatform.accounts.organisations.services.organisations import found_organisation
from ddplatform.accounts.organisations.services.people import add_person
from ddplatform.config import Kind, Settings
from ddplatform.factory import create_app
from ddplatform.infrastructure.access.identity import Act, Identity, system_identity
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.db import db, finish, unit_of_work
from ddplatform.infrastructure.jobs.models import Job, JobState
from ddplatform.infrastructure.jobs.worker import Worker
from ddplatform.infrastructure.tenancy import acting_in, nobody
from supply_chain.intake.drafts import NamedBytes

EMAIL, PASSWORD = "mia@kills.example", "four random words here"
READY_S, WORK_S = 60.0, 180.0
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
FORKED = multiprocessing.get_context("forkserver")
_ACTIVITY = table("pg_stat_activity", column("application_name"), column("datname"))
Found = TypeVar("Found")


class Ended(Exception):
    """The web process ended before it had answered."""


def work(settings: Settings, log: Path) -> None:
    """A worker, as `flask worker` starts it."""
    _write_to(log)
    Worker(create_app(settings)).run()


def serve(settings: Settings, log: Path, port: int) -> None:
    """The web process."""
    _write_to(log)
    waitress.serve(create_app(settings), host="127.0.0.1", port=port, threads=4)


def _write_to(log: Path) -> None:
    with log.open("ab") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")


@dataclass
class Browser:
    """Requests of a person: pages by address, forms by the fields of their page."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, address: str) -> str:
        """A page; answers of 400 or more are a fault of ours."""
        return self._send("GET", address)[1]

    def post(
        self, address: str, fields: Mapping[str, str], files: Sequence[NamedBytes] = ()
    ) -> str:
        """Send a form with the token of the page seen last; where the answer leads to."""
        parts: MultiDict[str, Any] = MultiDict({**fields, "csrf_token": self.token})
        for file in files:
            parts.add("files", FileStorage(BytesIO(file.content), filename=file.name))
        body, _, boundary = stream_encode_multipart(parts)
        kind = {"Content-Type": f'multipart/form-data; boundary="{boundary}"'}
        return self._send("POST", address, body.read(), kind)[0]

    def _send(
        self,
        method: str,
        address: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WORK_S)
        try:
            connection.request(method, address, body, {"Cookie": cookie, **(headers or {})})
            answer = connection.getresponse()
            page = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Ended(address) from error
        finally:
            connection.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise AssertionError(f"{method} {address}: {answer.status} {page[-2000:]}")
        for given in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        if 'name="csrf_token" value="' in page:
            self.token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        return urlsplit(answer.headers.get("Location", "")).path, page


@dataclass
class World:
    """One installation with one organisation, its manager at a browser, web and worker."""

    app: Flask
    settings: Settings
    by: Identity
    browser: Browser
    processes: dict[str, BaseProcess] = field(default_factory=dict)

    def start(self, *names: str) -> None:
        """Start `web`, `worker` or both, where they do not run."""
        for name in names:
            if name not in self.processes:
                self.processes[name] = self._fork(name)
        if "web" in names:
            self._wait_for_web()

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        process = self.processes.pop(name)
        process.kill()
        process.join()
        process.close()
        # The server ends what the dead process had begun, or had asked to be kept, a moment later.
        words = f"The database server still works for a dead {name}."
        self._wait(lambda: not count_backends(name), words)

    def stop(self) -> None:
        """End all that was started, and leave the database."""
        for name in list(self.processes):
            self.kill(name)
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def log(self, name: str) -> str:
        """Last output of the processes of this name."""
        log = self._log(name)
        return log.read_text(encoding="utf-8", errors="replace")[-4000:] if log.exists() else ""

    def look(self, read: Callable[[], Found]) -> Found:
        """Current database content, read in the organisation and without a lock."""
        with self.app.app_context(), acting_in(self.by.organisation_id):
            try:
                return read()
            finally:
                finish(ok=False)
                db.session.remove()

    def change(self, write: Callable[[], Found]) -> Found:
        """A change that this process makes itself."""
        with self.app.app_context(), unit_of_work(), acting_in(self.by.organisation_id):
            return write()

    def wait_until(self, job_id: UUID, reached: Callable[[Job], bool]) -> None:
        """Wait until a job is where it should be."""

        def read() -> bool:
            job = db.session.get(Job, job_id)
            return job is not None and reached(job)

        self._wait(read, f"Job {job_id} does not come so far.", pause=0.005)

    def settle(self) -> None:
        """Let the worker end all that waits. The lease of a dead worker is let run out first."""
        self.change(_let_leases_end)
        self.start("worker")
        waiting = select(Job.id).where(Job.state.in_(UNDER_WAY)).limit(1)
        self._wait(lambda: db.session.scalar(waiting) is None, "The jobs do not end.")

    def _wait(self, read: Callable[[], Found | None], words: str, *, pause: float = 0.02) -> Found:
        end = time.monotonic() + WORK_S
        while time.monotonic() < end:
            found = self.look(read)
            if found:
                return found
            time.sleep(pause)
        raise AssertionError(f"{words}\n{self.log('worker')}")

    def _fork(self, name: str) -> BaseProcess:
        given = (_settings_of(self.settings, name), self._log(name))
        process = (
            FORKED.Process(target=serve, args=(*given, self.browser.port), daemon=True)
            if name == "web"
            else FORKED.Process(target=work, args=given, daemon=True)
        )
        process.start()
        return process

    def _log(self, name: str) -> Path:
        return self.settings.instance_path / f"{name}.log"

    def _wait_for_web(self) -> None:
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            with suppress(Ended):
                self.browser.get("/healthz")
                return
            time.sleep(0.02)
        raise AssertionError(f"The web process does not answer.\n{self.log('web')}")


def _settings_of(settings: Settings, name: str) -> Settings:
    """The settings of one process: on PostgreSQL its connections carry its name."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "postgresql":
        return settings
    named = url.update_query_dict({"application_name": name})
    return replace(settings, database_url=named.render_as_string(hide_password=False))


def count_backends(name: str) -> int:
    """Number of connections of these processes that the database server still serves."""
    if db.engine.dialect.name != "postgresql":
        return 0
    mine = select(func.count()).select_from(_ACTIVITY)
    named = _ACTIVITY.c.application_name == name
    here = _ACTIVITY.c.datname == func.current_database()
    return db.session.scalar(mine.where(named, here)) or 0


def _let_leases_end() -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    running = update(Job).where(Job.state == JobState.RUNNING).values(lease_until=past)
    db.session.execute(running.execution_options(synchronize_session=False))


def make_world(folder: Path, url: str, port: int) -> World:
    """A migrated installation in a folder, its manager signed in, its first jobs done."""
    FORKED.set_forkserver_preload([__name__])
    settings = Settings(
        kind=Kind.DEVELOPMENT,
        instance_path=folder,
        database_url=url,
        secret_key="k" * 40,
        base_url=f"http://127.0.0.1:{port}",
    )
    app = create_app(settings)
    at = datetime.now(UTC)
    with app.app_context(), nobody():
        upgrade()
        with unit_of_work():
            tenant = found_organisation(name="Kills", slug="kills", at=at).id
            by = system_identity(tenant)
            with acting_in(tenant):
                add_person(
                    email=EMAIL,
                    name="Mia",
                    role=RoleId.SUSTAINABILITY_MANAGER,
                    password=PASSWORD,
                    act=Act(by, at),
                )
        db.session.remove()
    world = World(app, settings, by, Browser(port))
    world.start("web")
    world.browser.get("/sign-in")
    world.browser.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
    world.settle()
    return world
