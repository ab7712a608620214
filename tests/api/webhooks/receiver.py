"""A program that takes events: a small HTTP server on this machine."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """What came in, and how the next requests are answered."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body = b"ok"
        self.slow_s = 0.0
        self.drip_s = 0.0
        """Wait before each byte of the body."""
        self.refused_after: int | None = None
        """So many requests are taken, then 500 is answered."""
        self.stopping = threading.Event()

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.requests]

    @property
    def types(self) -> list[str]:
        return [message["type"] for message in self.messages]


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[tuple[Receiver, str]]:
    """A receiver, and the address `host:port` of its server."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append((dict(self.headers), body))
            limit = receiver.refused_after
            status = receiver.status if limit is None or len(receiver.requests) <= limit else 500
            receiver.stopping.wait(receiver.slow_s)
            try:
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.body)))
                self.end_headers()
                for byte in receiver.body if receiver.drip_s else ():
                    receiver.stopping.wait(receiver.drip_s)
                    self.wfile.write(bytes((byte,)))
                if not receiver.drip_s:
                    self.wfile.write(receiver.body)
            except OSError:
                return  # the sender did not wait

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver, f"127.0.0.1:{server.server_port}"
    finally:
        receiver.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
