"""Mail: names with line ends stay names, and the server has to prove who it is."""

import datetime as clock
import smtplib
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ddplatform.infrastructure.adapters.mail import Mail, Mailer, MailRefused
from tests.mail_server import GREETING, HANGS_UP, MailServer, mail_server


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
            elif line == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    continue
                self._say("250 taken")
            else:
                self._say("221 bye" if line == b"QUIT" else "250 fine")

    def finish(self) -> None:
        super().finish()
        self.connection.close()

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


@pytest.mark.parametrize("has_certificate", [True, False])
def test_platform_proves_who_it_is_by_a_certificate_instead_of_a_password(
    tmp_path: Path,
    certificate: Path,
    server: tuple[str, _Server],
    monkeypatch: pytest.MonkeyPatch,
    has_certificate: bool,
):
    scheme, made = server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    made.tls.verify_mode = ssl.CERT_REQUIRED
    made.tls.load_verify_locations(certificate)
    place = f"localhost:{made.server_address[1]}"
    own, without = f"{scheme}://{place}/?certificate={certificate}", f"{scheme}://user:x@{place}"
    mailer = Mailer(
        sender="no-reply@localhost", outbox=tmp_path, url=own if has_certificate else without
    )

    with nullcontext() if has_certificate else pytest.raises((OSError, smtplib.SMTPException)):
        mailer.send(Mail("a@b.example", "Set a new password", "A link"))

    assert ("DATA" in made.heard) is has_certificate
    assert "AUTH" not in made.heard


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


@pytest.fixture
def plain() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


def _mailer(plain: MailServer, tmp_path: Path) -> Mailer:
    return Mailer(sender="no-reply@localhost", outbox=tmp_path, url=plain.url)


@pytest.mark.parametrize(
    "written",
    [
        *("fax:030/123;info@firma.de", "info@[firma.de", "a@b.c,x", "a@b.de;c@d.de", ""),
        *("a@b.de\r\nBcc: c@d.de", "Firma <a@b.de>"),
    ],
)
def test_what_is_no_single_address_is_refused_before_any_server_is_asked(
    tmp_path: Path, plain: MailServer, written: str
):
    with pytest.raises(MailRefused, match="not one e-mail address"):
        _mailer(plain, tmp_path).send(Mail(written, "Questions", "A link"))
    assert plain.heard == []


def test_mail_reaches_the_one_address_it_is_for(tmp_path: Path, plain: MailServer):
    _mailer(plain, tmp_path).send(Mail("Info@Firma.de", "Questions", "A link"))

    assert [line for line in plain.heard if line.startswith("rcpt")] == ["rcpt TO:<Info@Firma.de>"]
    assert plain.taken == ["A link\n"]


@pytest.mark.parametrize("begins", [GREETING, "EHLO"])
def test_server_that_hangs_up_before_any_mail_is_not_there_and_refuses_nobody(
    tmp_path: Path, plain: MailServer, begins: str
):
    plain.answers[begins] = HANGS_UP
    with pytest.raises(ConnectionError, match="not there"):
        _mailer(plain, tmp_path).send(Mail("a@b.example", "Questions", "A link"))


class _HangsUpAtAuth(_Smtp):
    """A mail server that ends the connection when somebody signs in."""

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _say(self, text: str) -> None:
        server: _Server = self.server  # type: ignore[assignment]
        if server.heard[-1:] == ["AUTH"]:
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            super()._say(text.replace("250 hello", "250-hello\r\n250 AUTH PLAIN"))


def test_server_that_hangs_up_at_the_sign_in_is_not_there_and_refuses_nobody(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with _Server(certificate, offers_tls=False) as made:
        made.RequestHandlerClass = _HangsUpAtAuth
        threading.Thread(target=made.serve_forever, daemon=True).start()
        url = f"smtps://user:secret@localhost:{made.server_address[1]}"
        mailer = Mailer(sender="no-reply@localhost", outbox=tmp_path, url=url)
        with pytest.raises(ConnectionError, match="not there"):
            mailer.send(Mail("a@b.example", "Questions", "A link"))
        made.shutdown()
    assert "AUTH" in made.heard


@pytest.mark.parametrize("farewell", ["421 too late", HANGS_UP])
def test_mail_that_was_taken_is_sent_however_the_server_says_goodbye(
    tmp_path: Path, plain: MailServer, farewell: str
):
    plain.answers["QUIT"] = farewell
    _mailer(plain, tmp_path).send(Mail("a@b.example", "Questions", "A link"))
    assert len(plain.taken) == 1
