"""Why a mail came back: the wordings that mail servers are known to use, and what their codes (RFC 3463) mean.

The wordings stand in wordings.txt, the more telling ones first. The reasons are named as is usual among programs that
read bounces.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

DEAD = frozenset(("userunknown", "hostunknown", "hasmoved", "notaccept"))
"""Reasons for which an address will never take anything."""
UNKNOWN = "undefined"


@lru_cache(maxsize=1)
def _known() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Reasons and wordings in their order, those of one reason that stand together as one expression."""
    lines = Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines()
    pairs = [line.partition(": ")[::2] for line in lines if line and not line.startswith("#")]
    return tuple(
        (name, re.compile("|".join(pattern for _name, pattern in held), re.IGNORECASE))
        for name, held in groupby(pairs, key=itemgetter(0))
    )


_CODES = {
    "1.0": "userunknown", "1.1": "userunknown", "1.2": "hostunknown", "1.3": "userunknown", "1.4": "filtered",
    "1.6": "hasmoved", "1.7": "rejected", "1.8": "rejected", "1.9": "systemerror", "1.10": "notaccept",
    "2.0": "filtered", "2.1": "suspend", "2.2": "mailboxfull", "2.3": "exceedlimit", "2.4": "filtered",
    "3.0": "systemerror", "3.1": "systemerror", "3.2": "notaccept", "3.3": "systemerror", "3.4": "mesgtoobig",
    "3.5": "systemerror", "4.1": "expired", "4.2": "networkerror", "4.3": "systemerror", "4.4": "hostunknown",
    "4.5": "systemerror", "4.6": "networkerror", "4.7": "expired", "4.10": "networkerror",
    "5.0": "mailererror", "5.1": "systemerror", "5.2": "syntaxerror", "5.3": "toomanyconn", "5.4": "systemerror",
    "6.0": "contenterror", "6.1": "contenterror", "6.2": "contenterror", "6.5": "contenterror", "6.9": "contenterror",
    "7.0": "securityerror", "7.1": "rejected", "7.2": "filtered", "7.7": "spamdetected", "7.8": "securityerror",
    "7.9": "securityerror", "7.13": "suspend", "7.17": "hasmoved", "7.26": "authfailure", "7.27": "rejected",
}  # fmt: skip
_SURE = frozenset(("1.1", "1.2", "1.6", "1.10", "2.1", "2.2", "2.3", "3.2", "3.4", "7.9", "7.26"))
"""Codes that say more than the words beside them do."""


_QUOTED = re.compile(r"(?:^|[\s:>\"(])((?:[45]\d\d[ -]|#[45]\.\d)[^<]{0,300}(?:<[^>]*>)?[^<]{0,200})")
_AT_MAIL = re.compile(r"(?:reply to|after) (?:the )?MAIL\b|>>> MAIL", re.IGNORECASE)
_VAGUE = frozenset(("", "rejected", "expired", "mailererror", "systemerror", "filtered"))
"""What words mean that a sure code says better."""
_AT_DATA = re.compile(r">>> DATA|reply to (?:the )?(?:end of )?DATA|end of data", re.IGNORECASE)


def reason(diagnostics: str, text: str, status: str) -> str:
    """The reason in a word, from what the other server said, else from all that is said, else from the code."""
    code = status.partition(".")[2]
    found = _by_words(diagnostics)
    if not found:
        quoted = _QUOTED.search(text)
        found = _by_words(quoted[1]) if quoted else ""
    if found == "userunknown" and code != "1.1" and _AT_DATA.search(text):
        # A server that knew the recipient, and refuses once it has read the mail, means the mail.
        return "filtered"
    if found in DEAD and _AT_MAIL.search(text):
        # Said before any recipient was named: it means whoever sends.
        return "rejected"
    if found == "userunknown" and status.startswith("5.7.") and status in (diagnostics or text):
        # A code of security or policy: the address may well be there.
        found = "filtered" if code == "7.1" else ""
    if found == "mailererror" and diagnostics.lower().startswith("x-unix"):
        # A program of the other machine failed; the code says no more than that the mail stayed there.
        return found
    if code in _SURE and (found in _VAGUE or (found, code) in (("userunknown", "3.2"), ("exceedlimit", "3.4"))):
        return _CODES[code]
    return found or _by_words(text) or _CODES.get(code, UNKNOWN)


def _by_words(text: str) -> str:
    return next((name for name, pattern in _known() if pattern.search(text)), "")
