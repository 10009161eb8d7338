"""Reading returned mail and answers of calendars over IMAP: each mail is looked at once, and stays where it is.

What was looked at bears a keyword of ours, so that people may read the same mailbox; a server without keywords has only
the mark "read" for it.
"""

from __future__ import annotations

import email
import email.message
import email.policy
import imaplib
import logging
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from bosun.lib import clock
from bosun.platform.deliveries import bounces
from bosun.platform.deliveries.channels.email import TLS_ALONE
from bosun.platform.deliveries.channels.imap import STARTTLS, TLS, in_clear
from bosun.platform.deliveries.channels.port import Outcome

log = logging.getLogger(__name__)
SECONDS = 15
MOST, LARGEST = 200, 200_000
BACK = timedelta(days=14)
KEYWORD = "BosunRead"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Heard = Callable[[list[str], Outcome], bool]
Answered = Callable[[bytes, str], bool]
CALENDAR = ("text/calendar", "application/ics")


def read(values: Mapping[str, Any], heard: Heard, answered: Answered) -> str:
    """Hand over what came back since, by the ids of the mails it speaks of, and calendar parts with their sender.

    Answers what went wrong, or nothing.
    """
    try:
        with _opened(values) as box:
            _folder(box, str(values.get("imap_folder") or "INBOX"))
            _look(box, heard, answered)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        return f"IMAP: {_words(error)}"
    return ""


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    text = error.args[0] if error.args else ""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text) or type(error).__name__


@contextmanager
def _opened(values: Mapping[str, Any]) -> Iterator[imaplib.IMAP4]:
    host, port = str(values.get("imap_host") or ""), int(values.get("imap_port") or 993)
    security, user = str(values.get("imap_security") or TLS), str(values.get("imap_user") or "")
    if in_clear(values):
        raise ValueError(str(TLS_ALONE))
    context = ssl.create_default_context()
    box = (
        imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=SECONDS)
        if security == TLS
        else imaplib.IMAP4(host, port, timeout=SECONDS)
    )
    try:
        if security == STARTTLS:
            box.starttls(context)
        box.login(user, str(values.get("imap_password") or ""))
        yield box
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _folder(box: imaplib.IMAP4, name: str) -> None:
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    state, said = box.select(quoted)
    if state != "OK":
        raise ValueError((said[0] or b"").decode("utf-8", "replace"))


def _look(box: imaplib.IMAP4, heard: Heard, answered: Answered) -> None:
    _state, allowed = box.response("PERMANENTFLAGS")
    keywords = any(rb"\*" in each for each in allowed or () if isinstance(each, bytes))
    since = clock.now() - BACK
    day = f"{since.day}-{MONTHS[since.month - 1]}-{since.year}"
    wanted = ("UNKEYWORD", KEYWORD) if keywords else ("UNSEEN",)
    _state, found = box.uid("SEARCH", *wanted, "SINCE", day)
    for uid in (found[0] or b"").split()[:MOST]:
        ours = _one(box, uid.decode(), heard, answered)
        flags = ([KEYWORD] if keywords else ["\\Seen"]) + (["\\Seen"] if ours and keywords else [])
        box.uid("STORE", uid.decode(), "+FLAGS.SILENT", f"({' '.join(flags)})")


def _is_answer(mail: email.message.Message, answered: Answered) -> bool:
    sender = str(mail.get("From", ""))
    for part in mail.walk():
        content = part.get_payload(decode=True) if part.get_content_type() in CALENDAR else None
        if isinstance(content, bytes) and answered(content, sender):
            return True
    return False


def _one(box: imaplib.IMAP4, uid: str, heard: Heard, answered: Answered) -> bool:
    """True where it was a mail of ours that came back, or an answer to one."""
    _state, parts = box.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    try:
        if _is_answer(email.message_from_bytes(raw, policy=email.policy.compat32), answered):
            return True
        found = bounces.classify(raw)
    except Exception:
        # One mail that cannot be read must not keep all that come after it from being read.
        log.exception("a returned mail could not be read")
        return False
    if found.outcome is None or not found.about:
        return False
    return heard(found.about, found.outcome)
