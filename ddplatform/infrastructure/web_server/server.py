"""Waitress, bounded: what a stranger can make the server read, keep and wait for.

Waitress by itself takes bodies up to one limit before the application is asked, counts a connection
as active with each byte, and accepts no connection any more once its limit is reached. Here the
limit of a body hangs on the address and on who sends it, a request has to be complete within a
time, and where connections run out those that have waited longest make room for new ones.
"""

import copy
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer, TcpWSGIServer, UnixWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import RequestEntityTooLarge

BodyLimit = Callable[[str, str, Mapping[str, str]], int]
"""(method, path, headers by CGI name) -> the largest body in bytes."""
Application = Callable[..., Any]

UNIX = "unix:"
OPEN_FILES = 4_096
"""Of a connection up to three: its socket, and a temporary file each way."""
TOO_LARGE = (
    "What was sent is larger than this address takes, so nothing of it was read. Files are taken "
    "up to 25 MB, and only from people who are signed in: sign in, and send it again."
)


@dataclass(frozen=True)
class Bounds:
    """Limits of the server; sizes in bytes, times in seconds."""

    threads: int = 4
    connections: int = 400
    """Open at one time. Each may keep two temporary files open besides."""
    headers_bytes: int = 32 * 1024
    headers_s: float = 20.0
    """From the first byte of a request to the end of its headers."""
    body_s: float = 60.0
    """For a body, and a second for each `slowest` bytes of it besides."""
    slowest: int = 8 * 1024
    idle_s: float = 60.0
    """Without a byte, before a request or in the middle of one."""
    look_every_s: float = 5.0


def start_server(
    application: Application,
    listen: str,
    body_limit: BodyLimit,
    bounds: Bounds,
    *,
    error_headers: Mapping[str, str],
    **more: Any,
) -> "Running":
    """Listen; `run` of what is returned answers requests.

    Args:
        listen: `HOST:PORT` or `unix:/PATH`, several parted by blanks; port 0 is a free one. A
            socket is for its owner and its group alone.
        body_limit: is asked when the headers of a request are there, before its body is read.
        error_headers: of answers that the server makes without asking the application.
        more: further settings of waitress, for example of a trusted proxy.

    Raises:
        OSError: the port is taken, or the folder of the socket is not there.
    """
    _allow_open_files()
    dispatcher, sockets = ThreadedTaskDispatcher(), dict[int, Any]()
    dispatcher.set_thread_count(bounds.threads)
    servers = [
        (BoundedUnixServer if settings.unix_socket else BoundedServer)(
            application,
            sockets,
            dispatcher=dispatcher,
            adj=settings,
            sockinfo=where,
            body_limit=body_limit,
            bounds=bounds,
            error_headers=error_headers,
        )
        for settings in _settings(listen, bounds, more)
        for where in ([None] if settings.unix_socket else settings.listen)
    ]
    return Running(servers, sockets, dispatcher)


def _settings(listen: str, bounds: Bounds, more: Mapping[str, Any]) -> Iterator[Adjustments]:
    """One for all ports, and one for each socket: waitress does not take both together."""
    ports = [one for one in listen.split() if not one.startswith(UNIX)]
    if ports:
        yield _adjustments(bounds, {**more, "listen": " ".join(ports)})
    for one in listen.split():
        if one.startswith(UNIX):
            path = one.removeprefix(UNIX)
            yield _adjustments(bounds, {**more, "unix_socket": path, "unix_socket_perms": "660"})


def _adjustments(bounds: Bounds, more: Mapping[str, Any]) -> Adjustments:
    return Adjustments(
        threads=bounds.threads,
        connection_limit=bounds.connections,
        channel_timeout=int(bounds.idle_s),
        cleanup_interval=max(1, int(bounds.look_every_s)),
        max_request_header_size=bounds.headers_bytes,
        # A thread waits for a slow reader only with an answer that is larger than any file.
        outbuf_high_watermark=64 * 1024 * 1024,
        # `select` knows no more than 1,024 files of a process.
        asyncore_use_poll=True,
        log_socket_errors=False,
        ident=None,
        **more,
    )


@dataclass(frozen=True)
class Running:
    """Servers that listen, one for each address."""

    servers: list["BoundedServer | BoundedUnixServer"]
    sockets: dict[int, Any]
    dispatcher: ThreadedTaskDispatcher

    @property
    def port(self) -> int:
        """The port of the first address, where that is not a socket."""
        return int(self.servers[0].effective_port)

    def run(self) -> None:
        """Answer requests until the process is interrupted, or `close` is called."""
        try:
            wasyncore.loop(timeout=1, use_poll=True, map=self.sockets)
        except (SystemExit, KeyboardInterrupt):
            self.close()

    def close(self) -> None:
        """End the requests that are being answered, and every connection."""
        self.dispatcher.shutdown()
        wasyncore.close_all(self.sockets)


class BoundedParser(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request up to the limit of its address."""

    def __init__(self, adj: Adjustments, *, body_limit: BodyLimit) -> None:
        super().__init__(adj)
        self.adj: Any = adj
        self.error: Any = None
        self._body_limit = body_limit
        self.began = time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers, and from them what the body may hold.

        Raises:
            ParsingError: two rules for the end of the body, of which a proxy may follow the other
                (RFC 9112, 6.1 and 6.3).
        """
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length beside Transfer-Encoding")
        if "TRANSFER_ENCODING" in self.headers:  # read and taken away in HTTP/1.1
            raise ParsingError("Transfer-Encoding in version 1.0")
        if self.chunked or self.content_length > 0:
            largest = self._body_limit(self.command, self.path, self.headers)
            self.adj = copy.copy(self.adj)  # the adjustments of all requests are one object
            self.adj.max_request_body_size = largest + 1

    def received(self, data: bytes) -> int:
        """Take bytes of the request; returns how many of them were its own."""
        taken: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.error = RequestEntityTooLarge(TOO_LARGE)
        return taken


class HeadedErrorTask(ErrorTask):  # type: ignore[misc]
    """An error that the server answers itself, under the headers of the application."""

    def execute(self) -> None:
        """Answer."""
        self.response_headers.extend(self.channel.server.error_headers.items())
        super().execute()


class BoundedChannel(HTTPChannel):  # type: ignore[misc]
    """A connection."""

    error_task_class = HeadedErrorTask

    def __init__(self, server: "_Bounded", *args: Any, **options: Any) -> None:
        super().__init__(server, *args, **options)
        self.parser_class = partial(BoundedParser, body_limit=server.body_limit)
        self.opened = time.monotonic()

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is being answered here: the other side is to send something."""
        return not (self.requests or self.total_outbufs_len or self.will_close)

    @property
    def waits_since(self) -> float:
        """The beginning of the request that is not complete, or of the connection."""
        return self.opened if self.request is None else float(self.request.began)

    def is_late(self, now: float, bounds: Bounds) -> bool:
        """Whether a request that began here should be complete by now."""
        request = self.request
        if request is None or not self.is_waiting:
            return False
        if not request.headers_finished:
            return bool(now - request.began > bounds.headers_s)
        allowed = bounds.headers_s + bounds.body_s + request.body_bytes_received / bounds.slowest
        return bool(now - request.began > allowed)


class _Bounded(BaseWSGIServer):  # type: ignore[misc]
    """What listens, on a port or a Unix socket."""

    channel_class = BoundedChannel

    def __init__(
        self,
        *args: Any,
        body_limit: BodyLimit,
        bounds: Bounds,
        error_headers: Mapping[str, str],
        **options: Any,
    ) -> None:
        self.body_limit, self.bounds, self.error_headers = body_limit, bounds, error_headers
        super().__init__(*args, **options)

    def readable(self) -> bool:
        """Whether to accept connections: always, where one that waits can be closed instead."""
        if len(self._map) >= self.adj.connection_limit:
            self._make_room()
        return bool(super().readable())

    def maintenance(self, now: float) -> None:
        """Close connections that are idle, and requests that come too slowly."""
        super().maintenance(now)
        for channel in self._channels():
            if channel.is_late(time.monotonic(), self.bounds):
                channel.will_close = True

    def _make_room(self) -> None:
        """Close one connection in twenty, those first that have waited longest."""
        waiting = sorted(
            (channel for channel in self._channels() if channel.is_waiting),
            key=lambda channel: channel.waits_since,
        )
        for channel in waiting[: max(1, self.adj.connection_limit // 20)]:
            channel.will_close = True

    def _channels(self) -> Iterator[BoundedChannel]:
        yield from list(self.active_channels.values())


class BoundedServer(_Bounded, TcpWSGIServer):  # type: ignore[misc]
    """A port that listens."""


class BoundedUnixServer(_Bounded, UnixWSGIServer):  # type: ignore[misc]
    """A Unix socket that listens; whoever may open it is `localhost` to waitress."""


def _allow_open_files() -> None:
    """Raise the number of files this process may open, as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
