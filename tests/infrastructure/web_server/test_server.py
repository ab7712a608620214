"""The shipped server on a real port: what a stranger can make it read, keep and wait for."""

import http.client
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ddplatform.infrastructure.access.body_limits import (
    ANONYMOUS_BYTES,
    FILES_BYTES,
    FORM_BYTES,
)
from ddplatform.infrastructure.access.declared import access_of
from ddplatform.infrastructure.access.roles import RoleId
from ddplatform.infrastructure.web_server.body_limit import limit_by_address
from ddplatform.infrastructure.web_server.server import Bounds, Running, start_server
from tests.factories import Tenant, signed_in_client

ROOT = Path(__file__).resolve().parents[3]
HOST = "127.0.0.1"
WAIT_S = 60
SLOW = 150
MB = 1024 * 1024

Start = Callable[[Bounds], int]


@pytest.fixture
def start(app: Flask) -> Iterator[Start]:
    """Starts a server with these bounds on a free port; ends it after the test."""
    with ExitStack() as running:

        def begin(bounds: Bounds) -> int:
            made = start_server(app.wsgi_app, f"{HOST}:0", limit_by_address(app), bounds)
            running.enter_context(answering(made))
            return made.port

        yield begin


@contextmanager
def answering(made: Running) -> Iterator[None]:
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        yield
    finally:
        made.close()
        thread.join(WAIT_S)
        assert not thread.is_alive()


def connect(port: int) -> socket.socket:
    return socket.create_connection((HOST, port), timeout=WAIT_S)


def send(port: int, text: str) -> bytes:
    """Everything the server answers to this beginning of a request."""
    with connect(port) as made:
        made.sendall(text.encode())
        return read_all(made)


def read_all(made: socket.socket) -> bytes:
    found = b""
    try:
        while part := made.recv(65_536):
            found += part
    except ConnectionResetError:
        pass  # the server closed with bytes of ours unread
    return found


@pytest.mark.parametrize("connections", [100, 400])
def test_honest_requests_are_answered_beside_150_slow_connections(start: Start, connections: int):
    port = start(Bounds(connections=connections))
    with ExitStack() as open_ones:
        for _ in range(SLOW):
            slow = open_ones.enter_context(connect(port))
            slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        answers = [healthz(port) for _ in range(5)]

    assert answers == [200] * 5


def healthz(port: int) -> int:
    asking = http.client.HTTPConnection(HOST, port, timeout=WAIT_S)
    try:
        asking.request("GET", "/healthz")
        return asking.getresponse().status
    finally:
        asking.close()


def test_request_that_comes_byte_by_byte_is_ended(start: Start):
    port = start(Bounds(headers_s=0.3, look_every_s=1))
    with connect(port) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        slow.settimeout(0.1)
        for _ in range(WAIT_S * 10):
            try:
                slow.sendall(b"x")
                if slow.recv(1) == b"":
                    return
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                return

    pytest.fail("the connection stayed open")


def test_body_of_a_stranger_is_refused_before_it_is_read(start: Start):
    port = start(Bounds())
    head = f"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: {300 * MB}\r\n\r\n"
    answer = send(port, head)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"sign in, and send it again" in answer


def test_body_without_a_length_is_refused_once_it_is_too_long(start: Start):
    port, sent = start(Bounds()), 0
    with connect(port) as made:
        made.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        try:
            while sent < 300 * MB:
                made.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
                sent += 0x10000
        except (ConnectionResetError, BrokenPipeError):
            pass

    # What the two ends of a connection keep under way is a few megabytes.
    assert ANONYMOUS_BYTES <= sent < 30 * MB


def test_headers_past_their_limit_are_refused(start: Start):
    bounds = Bounds()
    port = start(bounds)
    head = f"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {'x' * bounds.headers_bytes}\r\n\r\n"

    assert send(port, head).split(b" ", 2)[1] == b"431"


def announced(app: Flask, client: FlaskClient | None, path: str, size: int = 3 * MB) -> int:
    """The limit of a body of this size from a browser."""
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name) if client else None
    sid = cookie.value if cookie else "made-up"
    headers = {"CONTENT_LENGTH": str(size), "COOKIE": f"{name}={sid}"}
    return limit_by_address(app)("POST", path, headers)


def test_only_people_who_are_signed_in_may_send_files(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.SUSTAINABILITY_MANAGER)
    files, form = f"/o/{tenant.slug}/evidence/add", f"/o/{tenant.slug}/value-chain/new"

    assert announced(app, client, files) == FILES_BYTES
    assert announced(app, client, form) == FORM_BYTES
    assert announced(app, None, files) == ANONYMOUS_BYTES
    assert announced(app, None, "/openrosa/made-up/submission") == ANONYMOUS_BYTES
    assert announced(app, client, "/nowhere") == ANONYMOUS_BYTES


def test_body_of_no_known_length_is_limited_as_a_large_one(app: Flask, tenant: Tenant):
    limit = limit_by_address(app)

    assert limit("POST", f"/o/{tenant.slug}/evidence/add", {}) == ANONYMOUS_BYTES
    assert limit("POST", "/sign-in", {"CONTENT_LENGTH": "9" * 5_000}) == ANONYMOUS_BYTES


def test_signed_in_form_past_two_megabytes_is_refused_in_words(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/settings/"
    answer = client.post(page, data={"name": "x" * (FORM_BYTES + 1)})

    assert answer.status_code == 413
    assert "shorten what you typed" in answer.text


def test_file_sent_to_a_form_without_files_is_refused(app: Flask, tenant: Tenant):
    client = signed_in_client(app, tenant, RoleId.ADMIN)
    page = f"/o/{tenant.slug}/settings/"
    answer = client.post(page, data={"file": (ROOT.joinpath("README.md").open("rb"), "a.txt")})

    assert answer.status_code == 422
    assert "This form takes no files." in answer.text


PROXY = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")


def test_reference_proxy_has_the_limits_of_the_server():
    sizes = {int(number) for number in re.findall(r"client_max_body_size (\d+)k;", PROXY)}

    assert sizes == {limit // 1024 for limit in (ANONYMOUS_BYTES, FORM_BYTES, FILES_BYTES)}
    assert f"large_client_header_buffers 4 {Bounds().headers_bytes // 1024}k;" in PROXY
    assert f"client_header_timeout {Bounds().headers_s:.0f}s;" in PROXY
    assert f"client_body_timeout {Bounds().body_s:.0f}s;" in PROXY


def test_reference_proxy_takes_files_where_the_application_does(app: Flask):
    patterns = [re.compile(text) for text in re.findall(r"location ~ (\S+) {", PROXY)]
    taking, others = set(), set()
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and (access := access_of(app, rule.endpoint)):
            (taking if access.takes_files else others).add(re.sub("<[^>]+>", "x", rule.rule))

    assert taking
    assert [p for p in taking if not any(one.search(p) for one in patterns)] == []
    # Only the sections of a questionnaire share their shape with other addresses.
    loose = [p for p in others if any(one.search(p) for one in patterns)]
    assert [p for p in loose if not p.startswith("/o/x/responses/")] == []


def test_reference_proxy_offers_current_versions_and_strong_ciphers_alone():
    ciphers = re.search(r"ssl_ciphers ([A-Z0-9:-]+);", PROXY)

    assert "ssl_protocols TLSv1.2 TLSv1.3;" in PROXY and "ssl_prefer_server_ciphers on;" in PROXY
    assert ciphers is not None
    suites = ciphers.group(1).split(":")
    assert all(one.startswith("ECDHE-") and ("GCM" in one or "POLY1305" in one) for one in suites)
    assert "AES256" in suites[0] and "AES128" in suites[-1]


def test_reference_proxy_writes_no_secret_of_an_address_into_its_log(app: Flask):
    doors = {
        rule.rule.split("/")[1]
        for rule in app.url_map.iter_rules()
        if "token" in rule.arguments and "organisation" not in rule.arguments
    }
    masked = re.search(r"\(\?<waymark_door>([a-z|-]+)\)", PROXY)

    assert doors
    assert masked is not None and set(masked.group(1).split("|")) == doors
    assert "$request " not in PROXY and "$request_uri" not in PROXY and "$args" not in PROXY
