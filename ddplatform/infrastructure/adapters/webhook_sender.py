"""Sending of events to programs elsewhere, only to hosts that the operator allows."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from threading import Timer
from typing import Final
from urllib.parse import SplitResult

from ddplatform.infrastructure.adapters.outgoing import read_address

STEP_S: Final = 10.0
"""Longest wait for the connection, and for each part of an answer."""
LONGEST_S: Final = 30.0
"""Longest time from the connection to the end of an answer, however slowly it drips in."""
LARGEST_ANSWER: Final = 4096
DEFAULT_PORTS: Final = {"https": 443, "http": 80}


class Fault(StrEnum):
    """Why an event was not taken."""

    HOST = "host"
    CONNECTION = "connection"
    CERTIFICATE = "certificate"
    TIME = "time"
    REDIRECT = "redirect"
    STATUS = "status"
    SIZE = "size"
    SECRET = "secret"
    """Nothing was sent, since its secret could not be opened."""


@dataclass(frozen=True)
class Answer:
    """How a receiver answered; it took the event where there is no fault."""

    fault: Fault | None
    status: int | None = None


class WebhookSender:
    """Posts to allowed hosts: no redirects, no proxies, short answers within a limited time.

    Args:
        hosts: `host`, `host:port` or `*.domain`; without a port the one of the scheme counts.
        plain_here: whether the machine itself may be reached without encryption, for tests and
            development.
    """

    def __init__(self, hosts: tuple[str, ...], *, plain_here: bool) -> None:
        self.hosts = hosts
        self._plain_here = plain_here

    @property
    def is_on(self) -> bool:
        """Whether the operator allows any host."""
        return bool(self.hosts)

    def allows(self, url: str) -> bool:
        """Whether events may be sent to this address."""
        return self._read(url) is not None

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one event; nothing of the answer but its status is kept."""
        parts = self._read(url)
        if parts is None:
            return Answer(Fault.HOST)
        connection = _connection(parts)
        try:
            return _post(connection, parts, body, headers)
        except ssl.SSLCertVerificationError:
            return Answer(Fault.CERTIFICATE)
        except TimeoutError:
            return Answer(Fault.TIME)
        except (OSError, http.client.HTTPException, ValueError):
            return Answer(Fault.CONNECTION)
        finally:
            connection.close()

    def _read(self, url: str) -> SplitResult | None:
        """The parts of an allowed address."""
        parts = read_address(url, plain_here=self._plain_here)
        if parts is None:
            return None
        host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
        is_named = any(_matches(one, host, port, parts.scheme) for one in self.hosts)
        return parts if is_named else None


def _matches(allowed: str, host: str, port: int, scheme: str) -> bool:
    name, _, wanted = allowed.lower().partition(":")
    if port != (int(wanted) if wanted else DEFAULT_PORTS[scheme]):
        return False
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=STEP_S)
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(host, parts.port, timeout=STEP_S, context=context)


def _post(
    connection: http.client.HTTPConnection,
    parts: SplitResult,
    body: bytes,
    headers: Mapping[str, str],
) -> Answer:
    connection.connect()
    wire = connection.sock  # the library forgets it where the receiver closes after its answer
    ended: list[bool] = []

    def end() -> None:
        ended.append(True)
        with suppress(OSError):  # closed meanwhile
            # The method of a socket below TLS: it ends a read that waits in the other thread.
            socket.socket.shutdown(wire, socket.SHUT_RDWR)

    clock = Timer(LONGEST_S, end)
    clock.daemon = True
    clock.start()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body=body, headers=dict(headers))
        response = connection.getresponse()
        is_large = len(response.read(LARGEST_ANSWER + 1)) > LARGEST_ANSWER
    except (OSError, http.client.HTTPException):
        if ended:
            return Answer(Fault.TIME)
        raise
    finally:
        clock.cancel()
    return _judged(response.status, is_large=is_large, is_late=bool(ended))


def _judged(status: int, *, is_large: bool, is_late: bool) -> Answer:
    if 300 <= status < 400:
        return Answer(Fault.REDIRECT, status)
    if not 200 <= status < 300:
        return Answer(Fault.STATUS, status)
    if is_late:
        return Answer(Fault.TIME)
    return Answer(Fault.SIZE, status) if is_large else Answer(None, status)
