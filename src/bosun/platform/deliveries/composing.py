"""Mail composed: plain text beside HTML, a calendar part and files where there are any, under a name that stays.

The same letter is the same bytes each time it is composed, where it says when it was written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from typing import Any

from django.utils.crypto import salted_hmac

from bosun.lib import clock

LONGEST_NAME = 50
PROOF = 10
MAILBOX = re.compile(r"[^\s<>(),;:\"\\\[\]@]{1,64}@[^\s<>(),;:\"\\\[\]@]{1,253}")
WIDEST = 78


class Quick(Compat32):
    """As the plain old policy; what fits on one line of ASCII is not split into words and put together again."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """A header as it goes over the wire."""
        if isinstance(value, str) and value.isascii() and value.isprintable() and len(name) + len(value) + 2 <= WIDEST:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


POLICY = Quick(linesep="\r\n")


@dataclass(frozen=True)
class Attached:
    """A file that goes along; `kind` as in image/png."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """A mail as it is meant. The key is the same for every copy of it, and cannot be guessed; `at` is when it was
    written, now where None."""

    key: str
    to: str
    subject: str
    text: str
    html: str = ""
    language: str = "en"
    at: datetime | None = None
    who: str = ""  # who writes by name, where that is not Bosun
    reply_to: str = ""
    calendar: tuple[str, bytes] | None = None  # the method of iTIP, and the file
    files: tuple[Attached, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def plain(text: str) -> str:
    """A header's text on one line. What looks encoded is not left so: Python would decode it, line breaks and all."""
    return " ".join(text.split()).replace("=?", "= ?")


def composed(letter: Letter, sender: str) -> MIMEBase:
    """The mail from a sender as in `Bosun <crm@example.com>`; ValueError for an address that is none.

    Made of the plain old parts: the newer ones take four times as long, and decode what looks encoded in a header.
    """
    if not MAILBOX.fullmatch(letter.to):
        raise ValueError(letter.to)
    name, address = _parsed(sender)
    mail = _body(letter)
    mail["From"] = formataddr((plain(letter.who) or name, address))
    mail["To"] = letter.to
    if MAILBOX.fullmatch(letter.reply_to):
        mail["Reply-To"] = letter.reply_to
    subject = plain(letter.subject)
    mail["Subject"] = subject if subject.isascii() else Header(subject, "utf-8")  # type: ignore[assignment]
    mail["Date"] = format_datetime(letter.at or clock.now())
    mail["Message-ID"] = message_id(letter.key, address)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = letter.language
    for title, value in letter.headers.items():
        mail[title] = plain(value)
    return mail


@lru_cache(16)
def _parsed(sender: str) -> tuple[str, str]:
    return parseaddr(sender)


def as_bytes(mail: MIMEBase) -> bytes:
    """As it goes over the wire."""
    return mail.as_bytes(policy=POLICY)


def message_id(key: str, sender: str) -> str:
    """The same for every copy of a message."""
    host = re.sub(r"[^A-Za-z0-9.-]", "", sender.rpartition("@")[2]) or "localhost"
    name = re.sub(r"[^A-Za-z0-9]", ".", key).strip(".")
    if len(name) > LONGEST_NAME:
        # A longer one is broken into two lines, which not every server takes well.
        name = f"{name[:20]}.{hashlib.sha256(key.encode()).hexdigest()[:28]}"
    return f"<{name}@{host}>"


def unguessable(key: str) -> str:
    """The key with what only this house can add: whoever knows the key cannot report the message as returned."""
    return f"{key}.{salted_hmac('bosun.deliveries.composing', key, algorithm='sha256').hexdigest()[:PROOF]}"


def _body(letter: Letter) -> MIMEBase:
    parts: list[MIMEBase] = [MIMEText(letter.text, "plain", "utf-8")]
    if letter.html:
        parts.append(MIMEText(letter.html, "html", "utf-8"))
    if letter.calendar is not None:
        method, content = letter.calendar
        invitation = MIMEText(content.decode(), "calendar", "utf-8")
        invitation.set_param("method", method)
        parts.append(invitation)
    made = parts[0] if len(parts) == 1 else _several("alternative", letter.key, parts)
    if not letter.files:
        return made
    return _several("mixed", letter.key, [made, *(_attachment(each) for each in letter.files)])


def _several(kind: str, key: str, parts: list[MIMEBase]) -> MIMEBase:
    """Parts between marks that follow from the key: by chance, they would differ with each copy."""
    mark = hashlib.sha256(f"{kind}:{key}".encode()).hexdigest()[:32]
    return MIMEMultipart(kind, boundary=f"=_{mark}", _subparts=parts)


def _attachment(file: Attached) -> MIMEBase:
    main, _slash, sub = file.kind.partition(";")[0].strip().partition("/")
    made = MIMEBase(main or "application", sub or "octet-stream")
    if main == "text":
        made.set_param("charset", "utf-8")
    made.set_payload(file.content)
    encode_base64(made)
    name = file.name if file.name.isascii() else ("utf-8", "", file.name)
    made.add_header("Content-Disposition", "attachment", filename=name)
    return made
