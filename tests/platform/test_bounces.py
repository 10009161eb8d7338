"""Returned mail: told apart from answers and complaints, by the fields of reports and by what servers say."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bosun.platform.deliveries import bounces

OURS = "<r7.1.4.email@crm.example.com>"
REPORT = """From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: crm@crm.example.com
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
Message-ID: <their@mx.example.org>

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ann@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: message/rfc822

From: Bosun <crm@crm.example.com>
Message-ID: {ours}
Subject: Weekly

Text
--b--
"""
QMAIL = """From: MAILER-DAEMON@example.org
Subject: failure notice

Hi. This is the qmail-send program at example.org.
<ann@example.org>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 No such user here

--- Below this line is a copy of the message.

Return-Path: <crm@crm.example.com>
Message-ID: {ours}
Subject: Weekly
"""


def report(action: str, status: str, said: str) -> bytes:
    return REPORT.format(action=action, status=status, said=said, ours=OURS).encode()


@pytest.mark.parametrize(
    ("action", "status", "said", "reason", "dead"),
    [
        ("failed", "5.1.1", "550 5.1.1 <ann@example.org>: User unknown in virtual mailbox table", "userunknown", True),
        ("failed", "5.2.2", "552 5.2.2 Mailbox full, quota exceeded", "mailboxfull", False),
        (
            "failed",
            "5.7.1",
            "554 5.7.1 Service unavailable; Client host blocked using zen.spamhaus.org",
            "blocked",
            False,
        ),
        ("failed", "5.4.4", "Host or domain name not found", "hostunknown", True),
        ("failed", "5.0.0", "552 message too large", "mesgtoobig", False),
        ("delayed", "4.4.1", "connect to mx: Connection timed out", "expired", False),
        ("delivered", "2.0.0", "250 ok", "delivered", False),
        # What may pass is no dead address, the address itself aside.
        ("failed", "4.4.3", "DNS Error: lookup responded with NXDOMAIN", "hostunknown", False),
        ("failed", "4.1.1", "450 4.1.1 User unknown in virtual alias table", "userunknown", True),
        # Codes of policy, and what was said before any recipient was named, are not about the address.
        ("failed", "5.0.0", "550 5.7.1 550 User unknown", "filtered", False),
        (
            "failed",
            "5.1.0",
            "553 5.1.0 crm.example.com does not exist (in reply to MAIL FROM command)",
            "rejected",
            False,
        ),
        (
            "failed",
            "5.3.2",
            "521 5.3.2 Recipient address rejected: System not accepting network messages",
            "notaccept",
            True,
        ),
    ],
)
def test_standard_reports_are_read_by_their_fields(
    action: str, status: str, said: str, reason: str, dead: bool
) -> None:
    found = bounces.classify(report(action, status, said))
    assert (found.reason, found.dead, found.about) == (reason, dead, [OURS])
    state = {"delivered": "delivered", "expired": "failed"}.get(reason, "failed")
    assert found.outcome is not None
    assert found.outcome.state == ("again" if action == "delayed" else state)


def test_reports_in_words_alone_are_read_too() -> None:
    found = bounces.classify(QMAIL.format(ours=OURS).encode())
    assert (found.reason, found.dead, found.about, found.status) == ("userunknown", True, [OURS], "5.1.1")


def test_a_report_whose_parts_run_into_one_another_is_read_by_its_fields() -> None:
    raw = report("failed", "5.1.1", "550 5.1.1 User unknown").replace(b"--b\n", b"\n").replace(b"--b--", b"")
    found = bounces.classify(raw)
    assert (found.reason, found.status, found.dead, found.about) == ("userunknown", "5.1.1", True, [OURS])


def test_an_answer_of_nobody_and_a_letter_say_nothing_about_ours() -> None:
    away = f"From: Ann <ann@example.org>\nSubject: Out of office: Weekly\nIn-Reply-To: {OURS}\n\nBack on Monday."
    letter = f"From: Ann <ann@example.org>\nSubject: Re: Weekly\nIn-Reply-To: {OURS}\n\nThe user unknown to you is me."
    found, other = bounces.classify(away.encode()), bounces.classify(letter.encode())
    assert (found.reason, found.outcome, found.about) == ("vacation", None, [OURS])
    assert (other.reason, other.outcome) == ("", None)


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"Content-Type: multipart/report; boundary=x\n\n--x", b"\n" * 50]
)
def test_what_cannot_be_read_says_nothing(raw: bytes) -> None:
    assert bounces.classify(raw).outcome is None


def nested(depth: int) -> bytes:
    parts = [f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth)]
    return ("From: mailer-daemon@x\n" + "".join(parts)).encode()


@pytest.mark.parametrize(
    "raw",
    [
        nested(3000),
        b"From: mailer-daemon@x\n\n" + b"<!--" * 50_000 + b"</",
        b"From: mailer-daemon@x\n\n" + b"<a" * 100_000 + b"</",
        b"From: mailer-daemon@x\n\n" + b"\n" * 200_000,
        b"From: mailer-daemon@x\n\n" + b"mailbox " * 25_000,
    ],
)
def test_monsters_are_looked_at_in_a_moment(raw: bytes) -> None:
    """B9.02. Without bounds the first one ends the reading, and each of the others takes minutes."""
    assert bounces.classify(raw).about == []


@pytest.mark.data
def test_the_share_of_a_public_set_that_is_read_as_expected(data_folder: Path, record_property: object) -> None:
    folder = data_folder / "bounces_a"
    rows = [row for row in csv.DictReader((folder / "expected.csv").open()) if row["reason"] != "?"]
    found = [(row, bounces.classify((folder / "mail" / row["file"]).read_bytes())) for row in rows]
    exact = sum(each.reason == row["reason"] for row, each in found)
    final = sum(each.dead == (row["hard_bounce"] == "1") for row, each in found)
    spoken = sum((each.outcome is not None) == (row["reason"] != "vacation") for row, each in found)
    shares = {name: round(100 * count / len(rows), 1) for name, count in
              (("reason", exact), ("dead or not", final), ("came back or not", spoken))}  # fmt: skip
    print(f"bounces_a, {len(rows)} mails, percent as expected: {shares}")
    assert len(rows) == 298
    assert shares["reason"] >= 75
    assert shares["dead or not"] >= 91
    assert shares["came back or not"] >= 98.5
