"""Answers made comparable: without what differs each time, without what was typed, without the address asked for."""

from __future__ import annotations

import html
import json
import re
from functools import lru_cache
from urllib.parse import quote, quote_plus

FRESH = (
    re.compile(r'(?i)csrf[\w": =]{0,40}"[A-Za-z0-9]{64}"'),
    re.compile(r'\bnonce="[^"]*"'),
    re.compile(r"(?<![0-9a-z])[0-9a-f]{32}(?![0-9a-z])"),
    re.compile(r'data-asks-in="[0-9]*"'),
)
"""CSRF tokens, nonces, the marks of batches, and the seconds until the working day ends."""


def body(text: str) -> str:
    """What was answered, without its headers and without what is another in each answer."""
    found = text.split("\n\n", 1)[1]
    for pattern in FRESH:
        found = pattern.sub("", found)
    return found


def without(text: str, typed: str, instead: str = "TYPED") -> str:
    """A text without the words that somebody typed, as they stand in texts, addresses, HTML and JSON.

    Only where they stand alone: a longer word that begins or ends with them is not what was typed.
    """
    return _pattern(typed).sub(instead, text) if typed else text


@lru_cache(maxsize=2000)
def _pattern(typed: str) -> re.Pattern[str]:
    escaped = json.dumps(typed)[1:-1], html.escape(typed)
    forms = {typed, quote(typed), quote(typed, safe=""), quote_plus(typed), *escaped, html.escape(escaped[0])}
    forms |= {quote_plus(json.dumps(typed)[1:-1])}
    longest = sorted(forms, key=len, reverse=True)
    # In addresses and in JSON, marks such as %22 and \\u201c stand before a word and are no part of it.
    before = r"(?:(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9a-f]{4})|(?<![\w-]))"
    return re.compile(before + f"(?:{'|'.join(map(re.escape, longest))})" + r"(?![\w-])")


def absent(text: str, *where: str) -> str:
    """The body of a refusal without the addresses that were asked for, however they are written."""
    found = body(text)
    for address in sorted(where, key=len, reverse=True):
        forms = {address, quote(address, safe=""), html.escape(address)}
        for form in sorted(forms, key=len, reverse=True):
            found = re.sub(rf"{re.escape(form)}(?![0-9])", "ADDRESS", found)
    return found


def difference(one: str, other: str) -> str:
    """Where two texts part for the first time, with what stands around; nothing when they are the same."""
    if one == other:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[max(0, at - 60) : at + 90]!r} against {other[max(0, at - 60) : at + 90]!r}"
