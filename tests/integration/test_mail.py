"""Mail: names with line ends stay names, and the server has to prove who it is."""

import datetime as clock
import smtplib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ddplatform.adapters.mail import Mail, Mailer, MailRefused


def test_line_end_in_a_name_makes_no_header_and_stops_no_mail(tmp_path: Path):
    mailer = Mailer(sender="no-reply@localhost", outbox=tmp_path)
    mailer.send(Mail("a@b.example", "Site one\r\nBcc: c@d.example\x0b has\nanswered", "Text"))

    (kept,) = tmp_path.glob("*.eml")
    message = message_from_bytes(kept.read_bytes(), policy=policy.default)
    assert message["Subject"] == "Site one Bcc: c@d.example has answered"
    assert message["Bcc"] is None


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.datetime.now(clock.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - clock.timedelta(days=1))
        .not_valid_after(now + clock.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


class _Smtp(socketserver.StreamRequestHandler):
    """Just enough of a mail server to be sent to."""

    def handle(self) -> None:
        server: _Server = self.server  # type: ignore[assignment]
        if not server.offers_tls:
            self._wrap()
        self._say("220 hello")
        while line := self.rfile.readline().strip().upper():
            server.heard.append(line.split(b" ")[0].decode())
            if line.startswith(b"EHLO"):
                self._say("250-hello\r\n250 STARTTLS" if server.offers_tls else "250 hello")
            elif line == b"STARTTLS":
                self._say("220 go on")
                self._wrap()
            else:
                self._say("221 bye" if line == b"QUIT" else "250 fine")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _wrap(self) -> None:
        server: _Server = self.server  # type: ignore[assignment]
        try:
            self.connection = server.tls.wrap_socket(self.connection, server_side=True)
        except OSError:
            server.heard.append("REFUSED")
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that does not believe us hangs up in the middle."""

    def __init__(self, certificate: Path, *, offers_tls: bool) -> None:
        super().__init__(("localhost", 0), _Smtp)
        self.heard: list[str] = []
        self.offers_tls = offers_tls
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate)


@pytest.fixture(params=["smtp", "smtps"])
def server(request: pytest.FixtureRequest, certificate: Path) -> Iterator[tuple[str, _Server]]:
    with _Server(certificate, offers_tls=request.param == "smtp") as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield request.param, made
        made.shutdown()


def test_mail_server_that_nobody_vouches_for_gets_no_password_and_no_mail(
    tmp_path: Path, server: tuple[str, _Server]
):
    scheme, made = server
    url = f"{scheme}://user:secret@localhost:{made.server_address[1]}"
    mailer = Mailer(sender="no-reply@localhost", outbox=tmp_path, url=url)

    with pytest.raises(ssl.SSLCertVerificationError):
        mailer.send(Mail("a@b.example", "Set a new password", "A link"))

    assert {"AUTH", "MAIL", "DATA"}.isdisjoint(made.heard)


class _Plain(_Smtp):
    """A mail server without SMTPUTF8, as many are."""

    def _wrap(self) -> None:
        """Nothing is encrypted here."""


def test_address_that_the_server_cannot_take_is_refused_and_stops_no_other_mail(
    tmp_path: Path, certificate: Path
):
    with _Server(certificate, offers_tls=False) as made:
        made.RequestHandlerClass = _Plain
        threading.Thread(target=made.serve_forever, daemon=True).start()
        url = f"smtp://localhost:{made.server_address[1]}"
        mailer = Mailer(sender="no-reply@localhost", outbox=tmp_path, url=url)

        with pytest.raises(MailRefused, match="without accents"):
            mailer.send(Mail("andré@firme.example", "Questions", "A link"))
        made.shutdown()
    assert {"MAIL", "DATA"}.isdisjoint(made.heard)


@pytest.mark.parametrize(
    ("refused", "raised"),
    [
        (smtplib.SMTPDataError(554, b"no such content"), MailRefused),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no such user")}), MailRefused),
        (smtplib.SMTPDataError(451, b"later"), smtplib.SMTPDataError),
        (smtplib.SMTPSenderRefused(550, b"not you", "x"), smtplib.SMTPSenderRefused),
    ],
)
def test_refusal_is_for_good_by_its_code_and_never_for_the_sender_of_all_mails(
    tmp_path: Path,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    refused: Exception,
    raised: type[Exception],
):
    def refuses(_self: object, _message: object) -> None:
        raise refused

    monkeypatch.setattr(smtplib.SMTP, "send_message", refuses)
    with _Server(certificate, offers_tls=False) as made:
        made.RequestHandlerClass = _Plain
        threading.Thread(target=made.serve_forever, daemon=True).start()
        url = f"smtp://localhost:{made.server_address[1]}"
        with pytest.raises(raised):
            Mailer(sender="no-reply@localhost", outbox=tmp_path, url=url).send(Mail("a", "b", "c"))
        made.shutdown()
