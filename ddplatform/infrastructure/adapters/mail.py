"""Mail: over SMTP when MAIL_URL is set, else as files in the outbox folder."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from uuid import uuid4

from ddplatform.infrastructure.adapters.private_files import make_private_folder, write_whole

TIMEOUT_S = 20
LASTING = 500
"""Answers of a mail server from here on will be the same tomorrow (RFC 5321, 4.2.1)."""
LONGEST_REFUSAL = 200
FOR_ONE = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPServerDisconnected,
)
"""Responses of a server to one mail; the next one may get through.

A refused sender is none of them: that is no fault of an address, and hits every mail.
"""
HUNG_UP = "The mail server ended the connection."
NOT_ONE = "What is written there is not one e-mail address; it was not given to a mail server."
NOT_ASCII = "The mail server takes addresses in plain letters alone (a to z, without accents)."


class MailRefused(Exception):
    """The mail server will never take mail for this address; `str` gives the reason."""


@dataclass(frozen=True)
class Refusal:
    """Why a mail was not taken, in the server's words."""

    words: str
    is_lasting: bool


def refusal_of(error: Exception) -> Refusal:
    """The message of one of `FOR_ONE`."""
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    else:
        return Refusal(HUNG_UP, is_lasting=False)
    told = words.decode(errors="replace") if isinstance(words, bytes) else words
    return Refusal(f"{code} {told}"[:LONGEST_REFUSAL], is_lasting=code >= LASTING)


@dataclass(frozen=True)
class Mail:
    """One message in plain text. Never holds anything about a child."""

    to: str
    subject: str
    text: str


class Mailer:
    """Sends mail according to the settings."""

    def __init__(self, *, sender: str, outbox: Path, url: str | None = None) -> None:
        self._sender, self._outbox, self._url = sender, outbox, url

    @property
    def is_remote(self) -> bool:
        """Whether a server takes the mail: single delivery can then not be verified."""
        return bool(self._url)

    def send(self, mail: Mail, *, key: str = "") -> None:
        """Send one message.

        Args:
            key: names the message; sent again with the same key, it is in the outbox once,
                and on its way over SMTP it has the same Message-ID.

        Raises:
            MailRefused: it is not one address, or the server will never take it for this one.
            OSError, SMTPException: the server cannot be reached, or refuses it for now.
        """
        message = EmailMessage()
        if key:
            message["Message-ID"] = f"<{key}@{self._sender.rpartition('@')[2].strip('>')}>"
        message["From"] = self._sender
        _address_to(message, mail.to)
        # Subjects contain names of sites and organisations; a list may bring one of two lines.
        message["Subject"] = " ".join(mail.subject.split())
        message.set_content(mail.text)
        if self._url:
            self._send_smtp(message)
        else:
            self._keep(message, key)

    def _keep(self, message: EmailMessage, key: str) -> None:
        make_private_folder(self._outbox)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        path = self._outbox / f"{key or f'{stamp}-{uuid4().hex[:6]}'}.eml"
        write_whole(path, message.as_bytes())

    def _send_smtp(self, message: EmailMessage) -> None:
        server = self._connect()
        try:
            server.send_message(message)
        except FOR_ONE as refused:
            refusal = refusal_of(refused)
            if not refusal.is_lasting:
                raise  # for now only: a later try may get through
            raise MailRefused(refusal.words) from refused
        except smtplib.SMTPNotSupportedError as refused:
            raise MailRefused(NOT_ASCII) from refused
        finally:
            with suppress(smtplib.SMTPServerDisconnected):
                server.quit()  # whatever it answers: the mail was taken or refused before
            server.close()

    def _connect(self) -> smtplib.SMTP:
        """A server that knows us. One that hangs up before is not there, for any mail."""
        try:
            return _sign_in(urlsplit(self._url or ""))
        except smtplib.SMTPServerDisconnected as gone:
            raise ConnectionError(f"The mail server is not there: {gone}") from gone


def _address_to(message: EmailMessage, written: str) -> None:
    """Never more than the one address: what was typed may hold two, or none that can be read."""
    try:
        message["To"] = written
        read = [found.addr_spec for found in message["To"].addresses]
    except (ValueError, AttributeError, IndexError, TypeError) as fault:
        raise MailRefused(NOT_ONE) from fault
    if read != [written] or not written:
        raise MailRefused(NOT_ONE)


def client_certificate(parts: SplitResult) -> str:
    """The file by which the platform proves who it is; empty where it has none."""
    return parse_qs(parts.query).get("certificate", [""])[0]


def _sign_in(parts: SplitResult) -> smtplib.SMTP:
    """Encrypted, and with a server that proves who it is; plain only where we prove nothing.

    `?certificate=/path.pem` of the address names our own certificate and its key.
    """
    place = (parts.hostname or "localhost", parts.port or 0)
    tls = ssl.create_default_context()
    certificate = client_certificate(parts)
    if certificate:
        tls.load_cert_chain(certificate)
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(*place, timeout=TIMEOUT_S, context=tls)
    else:
        server = smtplib.SMTP(*place, timeout=TIMEOUT_S)
    try:
        if (parts.username or certificate) and parts.scheme != "smtps":
            server.starttls(context=tls)
        server.ehlo_or_helo_if_needed()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server
