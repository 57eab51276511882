import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from alerts.channels import Message
from alerts.channels.email import EmailChannel
from tidings.errors import PermanentError, TransientError

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
MESSAGE = Message(
    subject="NMPA approved · Mindray · 国械注准20253061234", text="监护仪获批\n", html="<p>监护仪获批</p>\n", blocks=()
)


class Mailbox:
    """What a real server on loopback received; answers as its script says at each step."""

    def __init__(self, answer="250 ok", at="DATA"):
        self.mails = []
        self.recipients = []
        self._answer, self._at = answer, at

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self._answer if self._at == "MAIL" else "250 ok"

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self._answer if self._at == "RCPT" else "250 ok"

    async def handle_DATA(self, server, session, envelope):
        if self._at == "DATA" and not self._answer.startswith("250"):
            return self._answer
        self.recipients += envelope.rcpt_tos
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 ok"


class LoopbackController(Controller):
    def __init__(self, handler, **options):
        super().__init__(handler, hostname="127.0.0.1", port=0)
        self._options = options

    def factory(self):
        return SMTP(self.handler, hostname="mail.test", **self._options)

    def _trigger_server(self):
        """The base class connects to the port that it was given; ours is the one that the system chose."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def serve():
    running = []

    def start(mailbox, **options):
        controller = LoopbackController(mailbox, **options)
        controller.start()
        running.append(controller)
        return controller.port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """(server context, client context that trusts it), for localhost, made now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


def channel(port, *, host="127.0.0.1", tls="none", **over):
    given = {"host": host, "port": port, "sender": "Tidings <alerts@tidings.test>", "tls": tls, "timeout_seconds": 2.0}
    return EmailChannel(**(given | over), clock=lambda: NOON)


def send(channel, message=MESSAGE, recipient="desk@example.com"):
    return channel.send(message, recipient=recipient, key="0123abcd")


def test_a_mail_carries_fact_key_text_and_html_side_by_side(serve):
    mailbox = Mailbox()

    id_ = send(channel(serve(mailbox)))

    (mail,) = mailbox.mails
    headers = {
        name: str(mail[name])
        for name in ("From", "To", "Subject", "Date", "Message-ID", "X-Tidings-Key", "Auto-Submitted")
    }
    assert (id_, mailbox.recipients, headers) == (
        "<0123abcd@tidings>",
        ["desk@example.com"],
        {
            "From": "Tidings <alerts@tidings.test>",
            "To": "desk@example.com",
            "Subject": "NMPA approved · Mindray · 国械注准20253061234",
            "Date": "Tue, 24 Nov 2026 04:00:00 +0000",
            "Message-ID": "<0123abcd@tidings>",
            "X-Tidings-Key": "0123abcd",
            "Auto-Submitted": "auto-generated",
        },
    )
    assert [(part.get_content_type(), part.get_content()) for part in mail.iter_parts()] == [
        ("text/plain", "监护仪获批\n"),
        ("text/html", "<p>监护仪获批</p>\n"),
    ]


def test_a_subject_with_a_line_break_is_refused_and_starts_no_header(serve):
    mailbox = Mailbox()
    message = Message(subject="News\r\nBcc: all@example.com", text="t", html="h", blocks=())

    with pytest.raises(PermanentError, match=r"mail to 'desk@example\.com'"):
        send(channel(serve(mailbox)), message)

    assert mailbox.mails == []


def test_a_recipient_with_a_line_break_is_refused(serve):
    with pytest.raises(PermanentError):
        send(channel(serve(Mailbox())), recipient="desk@example.com\nBcc: all@example.com")


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "error"), [("451 try later", TransientError), ("550 no such box", PermanentError)])
def test_the_first_digit_of_the_answer_decides_wherever_it_comes(serve, at, answer, error):
    mailbox = Mailbox(answer, at)

    with pytest.raises(error, match=rf"mail server 127\.0\.0\.1:\d+ answered {answer}"):
        send(channel(serve(mailbox)))

    assert mailbox.mails == []


def test_a_refused_connection_may_pass():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

        with pytest.raises(TransientError, match="ConnectionRefusedError"):
            send(channel(port))


def test_a_server_that_says_nothing_is_left_after_the_timeout():
    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        pytest.raises(TransientError, match="did not take the message"),
    ):
        send(channel(mute.getsockname()[1], timeout_seconds=0.2))


def test_a_server_that_hangs_up_may_pass():
    with socket.create_server(("127.0.0.1", 0)) as rude:
        threading.Thread(target=lambda: rude.accept()[0].close(), daemon=True).start()

        with pytest.raises(TransientError, match="did not take the message"):
            send(channel(rude.getsockname()[1]))


def test_starttls_checks_the_certificate_and_then_sends(serve, certificate):
    server, client = certificate
    mailbox = Mailbox()
    port = serve(mailbox, tls_context=server, require_starttls=True)

    send(channel(port, host="localhost", tls="starttls", context=client))
    with pytest.raises(TransientError, match="SSLCertVerificationError"):
        send(channel(port, host="localhost", tls="starttls"))

    assert len(mailbox.mails) == 1


def test_a_server_without_starttls_gets_nothing_in_plain(serve):
    mailbox = Mailbox()

    with pytest.raises(PermanentError, match="does not offer what is configured"):
        send(channel(serve(mailbox), tls="starttls"))

    assert mailbox.mails == []


def test_login_comes_before_the_mail_and_a_wrong_password_is_final_and_not_told(serve, certificate):
    server, client = certificate

    def authenticate(smtp, session, envelope, mechanism, given):
        right = isinstance(given, LoginPassword) and given == LoginPassword(b"desk", b"s3cret")
        return AuthResult(success=right, handled=False)

    mailbox = Mailbox()
    port = serve(mailbox, tls_context=server, authenticator=authenticate, auth_required=True)
    over = {"host": "localhost", "tls": "starttls", "context": client, "user": "desk"}

    send(channel(port, **over, password="s3cret"))
    with pytest.raises(PermanentError) as caught:
        send(channel(port, **over, password="wr0ng-one"))

    assert (len(mailbox.mails), "wr0ng-one" in str(caught.value)) == (1, False)


def greet(port, client):
    """The trial connection by which the controller knows that the server runs; its own is not encrypted."""
    with (
        socket.create_connection(("127.0.0.1", port), 2) as plain,
        client.wrap_socket(plain, server_hostname="localhost") as encrypted,
    ):
        encrypted.recv(100)


def test_tls_from_the_first_byte(certificate):
    server, client = certificate
    mailbox = Mailbox()
    controller = LoopbackController(mailbox)
    controller.ssl_context = server
    controller._trigger_server = lambda: greet(controller.server.sockets[0].getsockname()[1], client)
    controller.start()
    try:
        port = controller.server.sockets[0].getsockname()[1]
        send(channel(port, host="localhost", tls="tls", context=client))
    finally:
        controller.stop()

    assert [str(mail["X-Tidings-Key"]) for mail in mailbox.mails] == ["0123abcd"]
