"""The real application as an operator starts it: web and worker as processes of their own."""

import contextlib
import email
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.policy import default
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response
from playwright.sync_api import Error as PlaywrightError
from werkzeug.serving import make_server

from ddplatform.config import ROOT, read_settings
from ddplatform.factory import create_app
from ddplatform.infrastructure.db import db

BIN = Path(sys.executable).parent
READY_S, STOP_S = 60.0, 15.0
WAIT_S = 300.0
"""How long a walk waits for work in the background: a guard against hanging, no measure."""
MANAGER_ROLE = "sustainability_manager"


@contextlib.contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of an application that is served by a thread of this process meanwhile."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Running:
    """One installation in a folder of its own, with its processes."""

    folder: Path
    port: int
    environment: Mapping[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the web process answers."""
        return f"http://127.0.0.1:{self.port}"

    def flask(self, *arguments: str, given: str | None = None, refused: bool = False) -> str:
        """Run one command, which ends well or refuses, in this process; its standard output."""
        app = create_app(read_settings(self.environment))
        done = app.test_cli_runner().invoke(args=arguments, input=given)
        with app.app_context():
            db.engine.dispose()
        is_refusal = done.exception is None or isinstance(done.exception, SystemExit)
        assert done.exit_code == int(refused) and is_refusal, (
            f"flask {' '.join(arguments)}: {done.output} {done.exception!r}"
        )
        return done.stdout

    def start_web(self) -> None:
        """Start the web process and wait until it answers."""
        listen = f"127.0.0.1:{self.port}"
        self._start("web", BIN / "flask", "--app", "app", "serve", "--listen", listen)
        end = time.monotonic() + READY_S
        while not self._answers():
            assert self.processes["web"].poll() is None, self.log("web")
            assert time.monotonic() < end, self.log("web")
            time.sleep(0.1)

    def start_worker(self) -> None:
        """Start the worker."""
        self._start("worker", BIN / "flask", "--app", "app", "worker")

    def kill_worker(self) -> None:
        """End the worker as a power cut would."""
        worker = self.processes.pop("worker")
        worker.send_signal(signal.SIGKILL)
        worker.wait(STOP_S)

    def stop(self) -> None:
        """End what was started."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def sign_ins(self) -> list[dict[str, str]]:
        """The sample sign-ins."""
        found: list[dict[str, str]] = json.loads(
            (self.folder / "demo_sign_ins.json").read_text(encoding="utf-8")
        )
        return found

    def sign_in(self, begins: str) -> dict[str, str]:
        """The sample sign-in whose address begins so."""
        return next(one for one in self.sign_ins() if one["email"].startswith(begins))

    def link_in_mail(self, to: str, path: str) -> str:
        """The newest link below a path in the mails to an address, once it has come."""
        wanted = re.compile(rf"{re.escape(self.address)}{path}[\w./-]+")
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            for file in sorted((self.folder / "outbox").glob("*.eml"), reverse=True):
                message = email.message_from_bytes(file.read_bytes(), policy=default)
                body = message.get_body()
                found = wanted.search(body.get_content()) if body and message["To"] == to else None
                if found and not self._is_working():
                    return found[0]
            time.sleep(0.2)
        raise AssertionError(f"No mail to {to} with a link to {path} came.")

    def _is_working(self) -> bool:
        """Whether a job runs: what it changed, as the link of a mail, opens once it has ended."""
        address = f"file:{self.folder / 'platform.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
            running = database.execute("SELECT count(*) FROM job WHERE lower(state) = 'running'")
            return bool(running.fetchone()[0])

    def _start(self, name: str, *command: str | Path) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.environment},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with contextlib.closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def installation(folder: Path, template: Path) -> Running:
    """An empty installation in this folder; nothing runs yet.

    Args:
        template: a migrated SQLite file.
    """
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {
        **kept,
        "INSTANCE_PATH": str(folder),
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
    }
    shutil.copy(template, folder / "platform.db")
    return Running(folder, port, environment)


@dataclass
class Visitor:
    """One browser window whose faults are noted: console errors, refused policies, strangers."""

    running: Running
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)
    is_offline: bool = False

    def open(self, path: str) -> Page:
        """Go to a page of the application."""
        target = path if path.startswith("http") else self.running.address + path
        response = self.page.goto(target)
        assert response is None or response.status < 400, f"{path}: {response.status}"
        return self.page

    def sign_in(self, sign_in: Mapping[str, str]) -> Page:
        """Sign in with one of the sample sign-ins."""
        self.open("/sign-in")
        self.page.fill("[name=email]", sign_in["email"])
        self.page.fill("[name=password]", sign_in["password"])
        self.page.click("form button:has-text('Sign in')")
        self.page.wait_for_url(re.compile(r"/o/"))
        return self.page

    def check(self) -> None:
        """Nothing went wrong behind the pages."""
        assert self.faults == [], "\n".join(self.faults)

    def watch(self) -> None:
        """Begin to note faults."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._see_request)
        self.page.on("response", self._see_response)

    def _hear(self, message: ConsoleMessage) -> None:
        # While the network is off, and for 422 and 409 answers, the browser logs what we asked for.
        expected = self.is_offline or "status of 422" in message.text or "409" in message.text
        if message.type == "error" and not expected:
            self.faults.append(f"console at {self.page.url}: {message.text}")

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((self.running.address, "blob:", "data:")):
            self.faults.append(f"request to a stranger: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} at {response.url}")


def width_of(page: Page) -> int:
    """Width in px of the whole open page; wider than its window, it scrolls sideways.

    A page that a click led to may have begun without anything in it yet.
    """
    page.wait_for_load_state("load")
    return int(page.locator("html").evaluate("html => html.scrollWidth"))


@contextlib.contextmanager
def visitor(
    running: Running, browser: Browser, *, width: int = 1440, height: int = 900, **more: object
) -> Iterator[Visitor]:
    """A fresh browser window; at the end its faults are told."""
    context = browser.new_context(viewport={"width": width, "height": height}, **more)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    made = Visitor(running, context, context.new_page())
    made.watch()
    try:
        yield made
        made.check()
    finally:
        # A window that is still on its way to another page may never close.
        with contextlib.suppress(PlaywrightError):
            made.page.wait_for_load_state(timeout=5_000)
        context.close()
