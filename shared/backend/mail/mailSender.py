from __future__ import annotations

from abc import ABC, abstractmethod
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import Literal

import aiosmtplib
from pydantic import SecretStr

from shared.backend.utils.valueObject import ValueObject

SEND_TIMEOUT_S = 15.0


class MailMessage(ValueObject):
    """One mail to one person, in text and HTML."""

    to: str
    subject: str
    text: str
    html: str


class MailSenderInterface(ABC):
    @abstractmethod
    async def send(self, message: MailMessage) -> None:
        """Hand the mail to the next server; raises when it was not taken."""


class SmtpMailSender(MailSenderInterface):
    """SMTP (RFC 5321); `security` is none, starttls or tls. A new connection for each mail: jobs send few at a time."""

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        *,
        security: Literal["none", "starttls", "tls"] = "none",
        username: str = "",
        password: SecretStr | None = None,
    ) -> None:
        self._host, self._port, self._sender, self._security = host, port, sender, security
        self._username = username
        self._password = password.get_secret_value() if password else ""

    async def send(self, message: MailMessage) -> None:
        await aiosmtplib.send(
            self._compose(message),
            hostname=self._host,
            port=self._port,
            username=self._username or None,
            password=self._password or None,
            use_tls=self._security == "tls",
            start_tls=self._security == "starttls",
            timeout=SEND_TIMEOUT_S,
        )

    def _compose(self, message: MailMessage) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = message.to
        mail["Subject"] = message.subject
        mail["Date"] = formatdate()
        mail["Message-ID"] = make_msgid(domain=parseaddr(self._sender)[1].partition("@")[2] or "localhost")
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        return mail
