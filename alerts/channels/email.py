"""Notifications by e-mail over SMTP."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

from alerts.channels import Message
from tidings.clock import Clock, system_clock
from tidings.errors import PermanentError, TidingsError, TransientError

#: For each single exchange with the server, connecting included; a mail takes about eight of them.
TIMEOUT_SECONDS = 10.0

Tls = Literal["none", "starttls", "tls"]


class EmailChannel:
    """Sends each message as a mail of its own over a connection of its own, text and HTML side by side.

    `tls`: "starttls" (the server must offer it: there is no silent fall-back to plain), "tls" from the first byte
    (port 465), or "none". `user` "" means no login. `context` None means certificates are checked as usual.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        sender: str,
        tls: Tls = "starttls",
        user: str = "",
        password: str = "",
        timeout_seconds: float = TIMEOUT_SECONDS,
        context: ssl.SSLContext | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self._host = host
        self._port = port
        self._sender = sender
        self._tls = tls
        self._user = user
        self._password = password
        self._timeout_seconds = timeout_seconds
        self._context = context
        self._clock = clock

    def send(self, message: Message, *, recipient: str, key: str) -> str:
        """Send the mail and return its Message-ID.

        A 4xx answer, a refused or lost connection and a timeout are transient; a 5xx answer and a server that does
        not offer what was configured are permanent.
        """
        mail = self._compose(message, recipient, key)
        try:
            with self._connect() as server:
                server.send_message(mail)
        except (smtplib.SMTPException, OSError) as error:
            raise self._translate(error) from error
        return str(mail["Message-ID"])

    def _compose(self, message: Message, recipient: str, key: str) -> EmailMessage:
        mail = EmailMessage()
        try:
            mail["From"] = self._sender
            mail["To"] = recipient
            mail["Subject"] = message.subject
        except ValueError as error:  # a line break would start another header
            raise PermanentError(f"mail to {recipient!r}: {error}") from error
        mail["Date"] = format_datetime(self._clock())
        mail["Message-ID"] = f"<{key}@tidings>"
        mail["X-Tidings-Key"] = key
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: keeps out-of-office replies away
        # base64: no server on the way may re-wrap long lines or lack 8BITMIME.
        mail.set_content(message.text, cte="base64")
        mail.add_alternative(message.html, subtype="html", cte="base64")
        return mail

    def _connect(self) -> smtplib.SMTP:
        # Without a name smtplib asks the DNS for our own, which can take longer than all the rest.
        name = self._sender.rpartition("@")[2].strip("> ") or "localhost"
        server: smtplib.SMTP
        if self._tls == "tls":
            server = smtplib.SMTP_SSL(
                self._host, self._port, name, timeout=self._timeout_seconds, context=self._certificates()
            )
        else:
            server = smtplib.SMTP(self._host, self._port, name, timeout=self._timeout_seconds)
        try:
            if self._tls == "starttls":
                server.starttls(context=self._certificates())
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _certificates(self) -> ssl.SSLContext:
        return self._context or ssl.create_default_context()

    def _translate(self, error: Exception) -> TidingsError:
        where = f"mail server {self._host}:{self._port}"
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            return _by_code(where, *next(iter(error.recipients.values())))
        if isinstance(error, smtplib.SMTPResponseException):
            return _by_code(where, error.smtp_code, error.smtp_error)
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return PermanentError(f"{where} does not offer what is configured ({error}); check its TLS mode and login")
        return TransientError(f"{where} did not take the message ({type(error).__name__}: {error})")


def _by_code(where: str, code: int, answer: bytes | str) -> TidingsError:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    kind: Callable[[str], TidingsError] = PermanentError if 500 <= code <= 599 else TransientError
    return kind(f"{where} answered {code} {words}")
