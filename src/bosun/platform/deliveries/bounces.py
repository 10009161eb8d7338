"""What a mail to the sender's address says: that ours did not arrive, and why; that somebody is away; a complaint.

Standard reports (RFC 3464) are read by their fields; what they and others say in words goes by `wordings`.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message as Mail

from bosun.platform.deliveries import wordings
from bosun.platform.deliveries.channels.port import Outcome

SAID = 1000
LONGEST = 20_000
"""Characters of a report that are read; whoever wants to tell something says it before."""
SERVED = ("delivered", "relayed", "expanded")
FEEDBACK, VACATION, DELIVERED, EXPIRED, NOTHING = "feedback", "vacation", "delivered", "expired", ""
ID = re.compile(r"^>?[ \t]*(?:x-)?(?:original-)?message-id:\s*(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE)
IDS = re.compile(r"<[^<>\s]{3,250}>")
ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,2}\.\d{1,3})(?![\d.])")
REPLY = re.compile(r"(?<![\d.#-])([45][0-5]\d)(?=[\s-]+(?:[45]\.\d|\D))")
ORIGINAL = re.compile(
    r"^(?:-{2,} ?(?:(?:this is a copy of|below this line is a copy of|original message|returned mail|the header of "
    r"the original|unsent message|message header|included is a copy|the unsent message)[^\n]*|[^\n]{0,40}original "
    r"message[^\n]*)|received: |return-path: <[^>\n])",
    re.IGNORECASE | re.MULTILINE,
)
REPORTERS = re.compile(
    r"mailer-daemon|postmaster|mail delivery|mail administrator|delivery subsystem|mailer_daemon|mmdf|mailsystem|"
    r"complaints@",
    re.IGNORECASE,
)
FAILED_SUBJECT = re.compile(
    r"undeliver|not deliver|delivery (?:status|fail|notif|report|error|problem)|fail(?:ure|ed)|returned mail|"
    r"returned to sender|could not (?:be )?(?:deliver|send)|mail (?:system )?error|warning: (?:could not|message)|"
    r"unzustellbar|"
    r"no se puede entregar|退信|rejected|unable to deliver|non (?:remis|distribu)",
    re.IGNORECASE,
)
TRANSIENT = re.compile(r"\s*4\.(?!1\.)")
"""Codes of what may pass, those aside that speak of the address itself."""
BLOCKS = re.compile(r"\n[ \t]*\n")
FIELD = re.compile(r"^(?:final-recipient|action)\s*:", re.IGNORECASE | re.MULTILINE)
COMPLAINT = re.compile(r"^\s*complaint about message from", re.IGNORECASE)
AWAY_SUBJECT = re.compile(
    r"^\s*(?:auto(?:matic|mated)?[\s:-]*(?:re|reply|response|submitted)|auto:|out of (?:the )?office|vacation|away|"
    r"respuesta autom|abwesen|自动回复|自動応答|réponse auto)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Returned:
    """What a mail says: the reason in a word, the code, whether the address is none or ours still waits, and the ids of
    mails that it names.
    """

    reason: str = NOTHING
    status: str = ""
    said: str = ""
    dead: bool = False
    waiting: bool = False
    about: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome | None:
        """What became of the mail it is about; None where this says nothing about that."""
        if self.reason in (NOTHING, VACATION):
            return None
        if self.reason in (DELIVERED, FEEDBACK):
            return Outcome("delivered", self.said)
        if self.waiting:
            return Outcome("again", self.said)
        return Outcome("failed", self.said, dead=self.dead)


def classify(raw: bytes) -> Returned:
    """What a mail says; nothing where it is nested deeper than anybody nests who has something to say."""
    try:
        return _read(raw)
    except RecursionError:
        return Returned()


def _read(raw: bytes) -> Returned:
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
    fields, words, original = _parts(mail)
    about = _about(mail, words, original)
    kind = mail.get_content_type()
    subject = str(mail.get("Subject", ""))
    reports = kind == "multipart/report" and "feedback" in str(mail.get_param("report-type") or "").lower()
    if reports or _arf(mail) or COMPLAINT.search(subject):
        return Returned(FEEDBACK, said="feedback", about=about)
    if not fields and _is_answer(mail, subject):
        return Returned(VACATION, about=about)
    back = str(mail.get("Return-Path", "")).strip() == "<>" and bool(original)
    if not (fields or back or REPORTERS.search(str(mail.get("From", ""))) or FAILED_SUBJECT.search(subject)):
        return Returned(about=about)
    return _judged(fields, words, about)


def _judged(fields: list[dict[str, str]], words: str, about: list[str]) -> Returned:
    """By the recipients that failed; those alone that were served, or still are waited for, where none failed."""
    actions = [each.get("action", "").split("(")[0].strip().lower() for each in fields]
    failed = [
        each for each, action in zip(fields, actions, strict=True) if action not in ("delivered", "relayed", "expanded")
    ]
    if fields and not failed:
        return Returned(DELIVERED, fields[0].get("status", ""), "delivered", about=about)
    diagnostics = " ".join(" ".join(each.get("diagnostic-code", "").split()) for each in failed)[:LONGEST]
    status = _status(failed, diagnostics, words)
    text = " ".join(f"{diagnostics} {words}".split())
    said = (diagnostics or text)[:SAID]
    reason = wordings.reason(diagnostics, text, status)
    if actions and all(each == "delayed" for each in actions):
        return Returned(reason if diagnostics else EXPIRED, status, said, waiting=True, about=about)
    # What a server calls transient says nothing of the address for good, whatever its words.
    passing = any(TRANSIENT.match(each.get("status", "")) for each in failed)
    return Returned(reason, status, said, reason in wordings.DEAD and not passing, about=about)


def _status(failed: list[dict[str, str]], diagnostics: str, words: str) -> str:
    """The most telling code: one in what the other server said, else the field's, else one in the words.

    Those that end in 0 say no more than the subject (RFC 3463).
    """
    given = [found[1] for each in failed if (found := ENHANCED.search(each.get("status", "")))]
    known = [*ENHANCED.findall(diagnostics), *given, *ENHANCED.findall(words)]
    telling = [each for each in known if not each.endswith(".0.0")]
    exact = [each for each in telling if not each.endswith(".0")]
    return str(next(iter([*exact, *telling, *given]), ""))


def _is_answer(mail: Mail, subject: str) -> bool:
    auto = str(mail.get("Auto-Submitted", "")).lower()
    marked = auto.startswith("auto-replied") or "X-Auto-Response-Suppress" in mail or "X-Autoreply" in mail
    daemon = REPORTERS.search(str(mail.get("From", ""))) or FAILED_SUBJECT.search(subject)
    return bool(AWAY_SUBJECT.search(subject)) or bool(marked and not daemon)


def _arf(mail: Mail) -> bool:
    return any(part.get_content_type() == "message/feedback-report" for part in mail.walk())


def _about(mail: Mail, words: str, original: str) -> list[str]:
    """Ids of mails: in the mail that came back, then in what this one answers."""
    found = ID.findall(original) + ID.findall(words)
    for name in ("In-Reply-To", "References", "Original-Message-ID"):
        found += IDS.findall(str(mail.get(name, "")))
    return list(dict.fromkeys(found))[:20]


# reading -----------------------------------------------------------------------------------------------------------


def _parts(mail: Mail) -> tuple[list[dict[str, str]], str, str]:
    """The fields of each recipient, the words of the report, and the mail that came back as text."""
    fields: list[dict[str, str]] = []
    words: list[str] = []
    original: list[str] = []
    for part, inside in _walk(mail):
        kind = part.get_content_type()
        if inside:
            original.append(_headers(part))
        elif kind in ("message/delivery-status", "message/global-delivery-status"):
            fields += _recipients(part)
        elif kind in ("text/rfc822-headers", "message/global-headers"):
            original.append(_text(part))
        elif kind.startswith("text/"):
            text = _text(part)
            cut = ORIGINAL.search(text)
            words.append(_plain(text[: cut.start()] if cut else text, LONGEST))
            original.append(text[cut.start() :] if cut else "")
        elif kind.startswith("multipart/") and isinstance(part.get_payload(), str):
            # Its parts run into one another: the marks between them are lost.
            fields += _loose(str(part.get_payload()))
            words.append(str(part.get_payload())[:LONGEST])
            original.append(str(part.get_payload()))
    return fields, "\n".join(words)[:LONGEST], "\n".join(original)


def _walk(mail: Mail, inside: bool = False) -> Iterator[tuple[Mail, bool]]:
    """Every part, and whether it is of the mail that came back."""
    yield mail, inside
    payload = mail.get_payload()
    if not isinstance(payload, list) or mail.get_content_type() == "message/delivery-status":
        return
    returned = inside or mail.get_content_type() in ("message/rfc822", "message/global")
    for part in payload:
        if isinstance(part, Mail):
            yield from _walk(part, returned)


def _headers(part: Mail) -> str:
    return "\n".join(f"{name}: {value}" for name, value in part.items())


def _recipients(part: Mail) -> list[dict[str, str]]:
    """The blocks that speak of one recipient each."""
    blocks = part.get_payload()
    found = [{name.lower(): str(value) for name, value in each.items()} for each in blocks if isinstance(each, Mail)]
    return [each for each in found if "action" in each or "status" in each or "final-recipient" in each]


def _loose(text: str) -> list[dict[str, str]]:
    """The blocks of recipients that stand in a text."""
    blocks = [email.message_from_string(each.strip() + "\n\n") for each in BLOCKS.split(text) if _speaks(each)]
    return [{name.lower(): str(value) for name, value in each.items()} for each in blocks]


def _speaks(block: str) -> bool:
    return len({found.group().lower() for found in FIELD.finditer(block)}) == 2


def _text(part: Mail) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        return raw.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")


def _plain(text: str, most: int) -> str:
    """So much of a text, without its tags."""
    text = text[:most]
    return (
        re.sub(r"<(?:/?[a-z][^<>]*|!--.{0,2000}?--)>", " ", text, flags=re.IGNORECASE | re.DOTALL)
        if "</" in text
        else text
    )
