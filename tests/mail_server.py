"""A mail server for tests: it answers what it is told to answer, and keeps what it took."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy

HANGS_UP = ""
"""The answer of a server, or of a balancer before it, that ends the connection."""
GREETING = "GREETING"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        is_open = self._say(GREETING, "220 hello")
        while is_open and (line := self.rfile.readline().decode().strip()):
            self._server.heard.append(line)
            if line.upper() == "DATA" and "DATA" not in self._server.answers:
                is_open = self._say("", "354 go on") and self._take()
            else:
                is_open = self._say(line, "221 bye" if line.upper() == "QUIT" else "250 fine")

    @property
    def _server(self) -> "MailServer":
        assert isinstance(self.server, MailServer)
        return self.server

    def _take(self) -> bool:
        lines = iter(self.rfile.readline, b".\r\n")
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        self._server.taken.append(message.get_content().replace("\r\n", "\n"))
        return self._say("", "250 taken")

    def _say(self, heard: str, usual: str) -> bool:
        said = heard.upper()
        told = [text for begins, text in self._server.answers.items() if said.startswith(begins)]
        answer = told[0] if told and heard else usual
        self.wfile.write(f"{answer}\r\n".encode() if answer else b"")
        return answer != HANGS_UP


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks plainly. `answers` may be changed at any time: how a line begins (in
    capitals) -> the answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("localhost", 0), _Talk)
        self.answers: dict[str, str] = {}
        self.heard: list[str] = []
        self.taken: list[str] = []

    @property
    def url(self) -> str:
        return f"smtp://localhost:{self.server_address[1]}"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A server that runs until the test ends."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()
