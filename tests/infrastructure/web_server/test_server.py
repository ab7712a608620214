"""The shipped server on a real port: what a stranger can make it read, keep and wait for."""

import http.client
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
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
from ddplatform.infrastructure.web.headers import LOADS_NOTHING, bare_headers
from ddplatform.infrastructure.web_server.body_limit import limit_by_address
from ddplatform.infrastructure.web_server.commands import behind_proxy
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
            headers = bare_headers(replace(app.extensions["settings"], secure_cookies=True))
            made = start_server(
                *(app.wsgi_app, f"{HOST}:0", limit_by_address(app), bounds), error_headers=headers
            )
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


def test_errors_of_the_server_itself_carry_the_headers_of_the_application(start: Start):
    port = start(Bounds())
    answers = {
        b"400": send(port, "GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n"),
        b"413": send(port, f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MB}\r\n\r\n"),
        b"431": send(port, f"GET / HTTP/1.1\r\nX-Long: {'x' * 40_000}\r\n\r\n"),
    }

    for status, answer in answers.items():
        assert answer.split(b" ", 2)[1] == status
        assert b"\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains\r\n" in answer
        assert b"\r\nX-Content-Type-Options: nosniff\r\n" in answer
        assert f"\r\nContent-Security-Policy: {LOADS_NOTHING}\r\n".encode() in answer


NEXT = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("version", "headers", "status"),
    [
        ("1.1", f"{CHUNKED}Content-Length: 5\r\n", b"400"),
        ("1.1", f"Content-Length: 5\r\n{CHUNKED}", b"400"),
        ("1.1", "Content-Length: 5\r\nContent-Length: 6\r\n", b"400"),
        ("1.1", "Content-Length: +5\r\n", b"400"),
        ("1.1", "Content-Length : 5\r\n", b"400"),
        ("1.1", "Transfer-Encoding : chunked\r\n", b"400"),
        ("1.1", "Transfer-Encoding: xchunked\r\n", b"501"),
        ("1.1", f"{CHUNKED}Transfer-Encoding: identity\r\n", b"501"),
        ("1.0", f"{CHUNKED}Connection: keep-alive\r\n", b"400"),
    ],
)
def test_request_whose_end_can_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_answered(
    start: Start, version: str, headers: str, status: bytes
):
    head = f"POST /sign-in HTTP/{version}\r\nHost: localhost\r\n{headers}\r\n"

    answer = send(start(Bounds()), f"{head}0\r\n\r\n{NEXT}")

    assert answer.split(b" ", 2)[1] == status
    assert answer.count(b"HTTP/1.") == 1


def address_seen(proxy: str | None, claimed: str) -> str:
    """The address that an application sees of a browser that claims one."""

    def tell(environ: dict[str, str], begin: Callable[..., object]) -> list[bytes]:
        body = environ["REMOTE_ADDR"].encode()
        begin("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    made = start_server(
        *(tell, f"{HOST}:0", lambda *_of_request: 0, Bounds()),
        error_headers={},
        **behind_proxy(proxy),
    )
    request = (
        f"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {claimed}\r\nForwarded: for=9.9.9.9\r\n"
    )
    with answering(made):
        answer = send(made.port, f"{request}Connection: close\r\n\r\n")
    return answer.rpartition(b"\r\n\r\n")[2].decode()


def test_address_of_a_browser_is_believed_from_the_named_proxy_alone():
    assert address_seen(HOST, "198.51.100.7") == "198.51.100.7"
    assert address_seen(HOST, "203.0.113.9, 198.51.100.7") == "198.51.100.7"
    assert address_seen("192.0.2.1", "198.51.100.7") == HOST
    assert address_seen(None, "198.51.100.7") == HOST


def over_socket(path: Path, request: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as one:
        one.connect(str(path))
        one.sendall(request.encode())
        return b"".join(iter(lambda: one.recv(65_536), b""))


def test_unix_socket_is_for_owner_and_group_and_has_the_same_limits(
    app: Flask, tmp_path_factory: pytest.TempPathFactory
):
    path = tmp_path_factory.mktemp("s") / "web.sock"
    for _ in range(2):  # the second one finds the socket of the first
        made = start_server(
            *(app.wsgi_app, f"unix:{path} {HOST}:0", limit_by_address(app), Bounds()),
            error_headers={},
        )
        with answering(made):
            assert path.stat().st_mode & 0o777 == 0o660
            health = over_socket(
                path, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            large = over_socket(
                path, f"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: {3 * MB}\r\n\r\n"
            )
        assert health.startswith(b"HTTP/1.1 200 ") and health.endswith(b"ok")
        assert large.startswith(b"HTTP/1.1 413 ")


def test_address_of_a_browser_is_believed_from_whoever_may_open_the_socket(
    tmp_path_factory: pytest.TempPathFactory,
):
    def tell(environ: dict[str, str], begin: Callable[..., object]) -> list[bytes]:
        body = environ["REMOTE_ADDR"].encode()
        begin("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    path = tmp_path_factory.mktemp("s") / "web.sock"
    made = start_server(
        *(tell, f"unix:{path}", lambda *_of_request: 0, Bounds()),
        error_headers={},
        **behind_proxy("localhost"),
    )
    with answering(made):
        answer = over_socket(
            path,
            "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.7\r\nConnection: close\r\n\r\n",
        )
    assert answer.endswith(b"\r\n\r\n198.51.100.7")


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


def test_errors_of_the_reference_proxy_carry_the_headers_that_the_application_did_not_set():
    absent = r'map \$upstream_http_x_content_type_options \$(\w+) {\s+default "";\s+"" "?([^";]+)'
    values = dict(re.findall(absent + r'[^"]*"?;', PROXY))
    tls = PROXY.partition("listen 443 ssl;")[2]
    lines = re.findall(r"^    add_header (\S+) \$(\w+) always;", tls, flags=re.MULTILINE)

    assert {name: values[variable] for name, variable in lines} == {
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'",
    }
    assert "max-age=31536000; includeSubDomains" in PROXY and PROXY.count(LOADS_NOTHING) == 2
    # A location that adds a header of its own inherits none of these.
    assert "add_header" not in tls.partition("location /")[2]


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
