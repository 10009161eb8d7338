"""A real mail server on loopback that does what it is told, and keeps what it was sent."""

from __future__ import annotations

import email
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bosun.platform.deliveries import configured


@dataclass
class Post:
    """The server: what it answers to each recipient and to each message, and what it got."""

    port: int = 0
    taken: list[tuple[tuple[str, ...], EmailMessage]] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    """The Message-ID of everything that came, also of what was cut off or refused afterwards."""
    logins: list[bytes] = field(default_factory=list)
    connections: int = 0
    to_recipient: Callable[[str], str] = field(default=lambda _to: "250 OK")
    to_message: Callable[[str], str] = field(default=lambda _id: "250 OK")
    """"" cuts the connection off after DATA, before anything was answered."""

    @property
    def ids(self) -> list[str]:
        """The Message-ID of each mail that was taken."""
        return [str(mail["Message-ID"]) for _to, mail in self.taken]

    def set_up(self, **values: Any) -> None:
        """Let Bosun use it."""
        held = {"host": "127.0.0.1", "port": self.port, "security": "none", "sender": "Bosun <crm@house.example>"}
        configured.save("email", {**held, **values}, True)

    async def handle_RCPT(  # noqa: N802 - a name of aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        answer = self.to_recipient(address)
        if answer.startswith("25"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - a name of aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.offered.append(str(mail["Message-ID"]))
        answer = self.to_message(str(mail["Message-ID"]))
        if not answer:
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
            return "250 nobody hears this"
        if answer.startswith("250"):
            self.taken.append((tuple(envelope.rcpt_tos), mail))
        return answer

    def login(self, *given: Any) -> AuthResult:
        """Take every password, and keep it."""
        held = given[-1]
        assert isinstance(held, LoginPassword)
        self.logins.append(held.password)
        return AuthResult(success=True)


class _Controller(Controller):
    def __init__(self, post: Post, **how: Any) -> None:
        super().__init__(post, hostname="127.0.0.1", port=0, **how)
        self.post = post

    def factory(self) -> SMTP:
        self.post.connections += 1
        made: SMTP = super().factory()  # type: ignore[no-untyped-call]
        return made

    def _trigger_server(self) -> None:
        # The number of the port is known only now.
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        super()._trigger_server()  # type: ignore[no-untyped-call]
        self.post.connections = 0


@contextmanager
def serving(**how: Any) -> Iterator[Post]:
    """The server, while it runs; `how` as in aiosmtpd."""
    post = Post()
    controller = _Controller(post, authenticator=post.login, **how)
    controller.start()
    post.port = controller.port
    try:
        yield post
    finally:
        controller.stop(no_assert=True)


@contextmanager
def tar_pit(pause: float = 1.0) -> Iterator[int]:
    """A server that gives one byte now and then, for ever; its port."""
    over = Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        with suppress(OSError):
            while True:
                connection, _address = listener.accept()
                Thread(target=trickle, args=(connection,), daemon=True).start()

    def trickle(connection: socket.socket) -> None:
        until = time.monotonic() + 60
        with connection, suppress(OSError):
            while time.monotonic() < until and not over.wait(pause):
                connection.sendall(b"2")

    Thread(target=drip, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        listener.close()


def certificate(folder: Path, host: str, days: int = 30) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for a host, and the file by which one would trust it; with `days` below 0 it is over."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    with suppress(ValueError):
        alternative: x509.GeneralName = x509.IPAddress(ip_address(host))
    if not host[0].isdigit():
        alternative = x509.DNSName(host)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain = folder / f"{host}{days}.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = folder / f"{host}{days}.key"
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    return context, chain
