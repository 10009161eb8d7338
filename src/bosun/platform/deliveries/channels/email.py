"""E-mail over SMTP: one connection for many messages, TLS with a checked certificate, and no waiting for ever."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parseaddr
from itertools import chain
from math import inf
from threading import Event, Thread
from time import monotonic
from typing import Any

from django.conf import settings as django
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.platform.deliveries.channels.calls import AddressKind
from bosun.platform.deliveries.channels.imap import IMAP, in_clear
from bosun.platform.deliveries.channels.port import Message, Outcome, Setting
from bosun.platform.deliveries.composing import Letter, as_bytes, composed, plain, unguessable

CONNECTING, SENDING, LEAVING = 14.0, 14.0, 2.0
"""Seconds, however slowly something trickles in: one that gives a byte a second is left within half a minute."""
LOOK = 0.1
"""Seconds between two looks at whether that time is over."""
CUTS = 3
"""After so many messages in a row that were cut off the server is taken for down."""
GONE = re.compile(r"\b5\.(1\.(0|1|2|3|6|10)|2\.1)\b")
"""Enhanced codes (RFC 3463) of addresses that are not there; others speak of this message, or of a full mailbox."""
ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
SENDER = re.compile(r"[\w.!#$%&'*+/^`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)
HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")
"""A name, or an address of either kind; with its port it is none."""
TLS, STARTTLS, PLAIN = "tls", "starttls", "none"
TLS_ALONE = _("A password is sent over TLS alone. Choose TLS or STARTTLS.")
_EXAMPLE = _("As in Bosun <crm@example.com>")
_SMTP = "smtp" in str(django.EMAIL_BACKEND)


class Limit:
    """Cuts a connection off when its time is over; a time limit of each read alone would let bytes trickle for ever.

    One thread watches over all steps of a connection: to start one for each message takes longer than to send it.
    """

    def __init__(self) -> None:
        self._twin: socket.socket | None = None
        self.over = False
        self._until = inf
        self._closed = Event()
        self._watcher: Thread | None = None

    def hold(self, sock: socket.socket) -> None:
        """The connection, under a number of its own: TLS takes the first one over."""
        self._twin = sock.dup()

    def cut(self) -> None:
        """End it, whoever waits for it."""
        self.over = True
        if self._twin is not None:
            with suppress(OSError):
                self._twin.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What is done here is over after so many seconds."""
        self._until = monotonic() + seconds
        if self._watcher is None:
            self._watcher = Thread(target=self._watch, daemon=True)
            self._watcher.start()
        try:
            yield
        finally:
            self._until = inf

    def _watch(self) -> None:
        while not self._closed.wait(LOOK):
            if monotonic() > self._until:
                self.cut()

    def close(self) -> None:
        """Let it go."""
        self._closed.set()
        if self._twin is not None:
            self._twin.close()


class Server(smtplib.SMTP):
    """A connection to the mail server of the settings; OSError or SMTPException where there is none."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.limit = Limit()
        self.security = str(values.get("security") or STARTTLS)
        self.context = ssl.create_default_context() if self.security != PLAIN else None
        host, port = str(values.get("host") or ""), int(values.get("port") or 0)
        if not host or not port:
            raise smtplib.SMTPException(str(_("The mail server is not set.")))
        self.sender = parseaddr(sender_of(values))[1]
        if not SENDER.fullmatch(self.sender):
            raise smtplib.SMTPException(str(_("The sender is no address.")))
        try:
            with self.limit.within(CONNECTING):
                super().__init__(host, port, local_hostname=self.sender.rpartition("@")[2], timeout=CONNECTING)
                self._greet(str(values.get("user") or ""), str(values.get("password") or ""))
        except (OSError, smtplib.SMTPException, ValueError):
            self.leave(politely=False)
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = socket.create_connection((host, port), timeout)
        self.limit.hold(sock)
        if self.security == TLS and self.context is not None:
            return self.context.wrap_socket(sock, server_hostname=host)
        return sock

    def _greet(self, user: str, password: str) -> None:
        self.ehlo_or_helo_if_needed()
        if self.security == STARTTLS:
            # Refused where the server does not offer it: no password goes over the wire in clear.
            self.starttls(context=self.context)
            self.ehlo_or_helo_if_needed()
        if user:
            if self.security == PLAIN:
                raise smtplib.SMTPException(str(TLS_ALONE))
            self.login(user, password)

    def leave(self, politely: bool = True) -> None:
        """Hang up."""
        with suppress(OSError, smtplib.SMTPException, AttributeError):
            if politely:
                with self.limit.within(LEAVING):
                    self.quit()
        with suppress(OSError, AttributeError):
            self.close()
        self.limit.close()


class Refused(Exception):
    """The server said no to one message."""

    def __init__(self, code: int, said: bytes | str, stage: str) -> None:
        super().__init__(code)
        self.code = code
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        self.said, self.stage = f"{code} {text}", stage


def sender_of(values: Mapping[str, Any]) -> str:
    """Who writes, on one line."""
    return plain(str(values.get("sender") or django.DEFAULT_FROM_EMAIL))


def _letter(message: Message) -> Letter:
    """The mail of a message; most say no more than the message does."""
    return message.letter or Letter(
        unguessable(message.key), message.to, message.subject, message.text, message.html, message.language
    )


class Email:
    """Mail through one server."""

    key = "email"
    label = pgettext_lazy("channel", "E-mail")
    address_kind: AddressKind = "email"
    parallel = 3
    private = True
    settings: tuple[Setting, ...] = (
        Setting("host", _("Mail server"), initial=django.EMAIL_HOST if _SMTP else "", required=True),
        Setting("port", _("Port"), "number", initial=django.EMAIL_PORT if _SMTP else 587, required=True),
        Setting(
            "security", _("Security"), "choice",
            initial=TLS if django.EMAIL_USE_SSL else STARTTLS,
            choices={STARTTLS: "STARTTLS", TLS: "TLS", PLAIN: _("None: within the house alone")},
        ),
        Setting("user", _("Username"), initial=django.EMAIL_HOST_USER if _SMTP else ""),
        Setting("password", _("Password"), "secret"),
        Setting("sender", _("Sender"), initial=django.DEFAULT_FROM_EMAIL, help=_EXAMPLE, required=True),
        *IMAP,
    )  # fmt: skip

    def faults(self, values: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with these settings."""
        found = {}
        if not HOST.fullmatch(str(values.get("host") or "")):
            found["host"] = str(_("Write the name of the server alone, as in smtp.example.com."))
        if not SENDER.fullmatch(parseaddr(sender_of(values))[1]):
            found["sender"] = str(_("The sender is no address."))
        if in_clear(values):
            found["imap_security"] = str(TLS_ALONE)
        return found

    def send(self, messages: Iterable[Message], settings: Mapping[str, Any]) -> Iterator[tuple[Message, Outcome]]:
        """One connection for all; where it is cut another one, and after some cuts none any more."""
        server: Server | None = None
        waiting, cuts = iter(messages), 0
        try:
            for message in waiting:
                try:
                    server = server or Server(settings)
                except (OSError, smtplib.SMTPException, ValueError) as error:
                    answered = isinstance(error, smtplib.SMTPException)
                    silent = Outcome("again", _words(error), down=True, silent=not answered)
                    yield from ((each, silent) for each in chain((message,), waiting))
                    return
                outcome = _tried(server, message, settings)
                if outcome.state == "again" and (outcome.down or server.sock is None):
                    cuts += 1
                    late = server.limit.over
                    server.leave(politely=False)
                    server = None
                    if late or cuts >= CUTS or outcome.down:
                        silent = Outcome("again", outcome.said, down=True)
                        yield from ((each, silent) for each in chain((message,), waiting))
                        return
                else:
                    cuts = 0
                yield message, outcome
        finally:
            if server is not None:
                server.leave()


def _tried(server: Server, message: Message, values: Mapping[str, Any]) -> Outcome:
    try:
        mail = composed(_letter(message), sender_of(values))
    except (ValueError, IndexError, UnicodeError):
        return Outcome("failed", str(_("This is no address: %(address)s") % {"address": message.to[:200]}), dead=True)
    try:
        with server.limit.within(SENDING):
            said = _handed(server, as_bytes(mail), message.to)
    except Refused as refused:
        return _judged(refused)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        server.close()
        return Outcome("again", _words(error))
    return Outcome("sent", said, reference=str(mail["Message-ID"]))


def _handed(server: Server, raw: bytes, to: str) -> str:
    """The four steps of SMTP, each with its own meaning of no."""
    wide = not to.isascii()
    if wide and not server.has_extn("smtputf8"):
        raise Refused(553, "SMTPUTF8", "recipient")
    code, said = server.mail(server.sender, ["SMTPUTF8"] if wide else [])
    if code != 250:
        raise Refused(code, said, "sender")
    code, said = server.rcpt(to)
    if code not in (250, 251):
        server.rset()
        raise Refused(code, said, "recipient")
    try:
        code, said = server.data(raw)
    except smtplib.SMTPDataError as error:
        raise Refused(error.smtp_code, error.smtp_error, "message") from None
    if code != 250:
        raise Refused(code, said, "message")
    return f"{code} {said.decode('utf-8', 'replace')}"


def _judged(refused: Refused) -> Outcome:
    if refused.stage == "sender" or refused.code == 421:
        # Nobody's mail would be taken: the matter of the administrator, not of this message.
        return Outcome("again", refused.said, down=True)
    if refused.code < 500:
        return Outcome("again", refused.said)
    enhanced = ENHANCED.search(refused.said)
    gone = bool(GONE.search(refused.said)) if enhanced else refused.code in (550, 551, 553)
    return Outcome("failed", refused.said, dead=refused.stage == "recipient" and gone)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return f"{error.smtp_code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror  # "Connection refused", without the number of the system
    return str(error) or type(error).__name__
