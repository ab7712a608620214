"""Mail: over SMTP when MAIL_URL is set, else as files in the outbox folder."""

import os
import smtplib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

TIMEOUT_S = 20


@dataclass(frozen=True)
class Mail:
    """One message in plain text. Never holds anything about a child."""

    to: str
    subject: str
    text: str


class Mailer:
    """Sends mail the way the settings say."""

    def __init__(self, *, sender: str, outbox: Path, url: str | None = None) -> None:
        self._sender, self._outbox, self._url = sender, outbox, url

    def send(self, mail: Mail) -> None:
        """Send one message. Raises OSError or SMTPException when the server cannot be reached."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, mail.to, mail.subject
        message.set_content(mail.text)
        if self._url:
            self._send_smtp(message)
        else:
            self._keep(message)

    def _keep(self, message: EmailMessage) -> None:
        self._outbox.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        path = self._outbox / f"{stamp}-{uuid4().hex[:6]}.eml"
        path.write_bytes(message.as_bytes())
        os.chmod(path, 0o600)

    def _send_smtp(self, message: EmailMessage) -> None:
        parts = urlsplit(self._url or "")
        kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        with kind(parts.hostname or "localhost", parts.port or 0, timeout=TIMEOUT_S) as server:
            if parts.username:
                if parts.scheme == "smtp":
                    server.starttls()
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
