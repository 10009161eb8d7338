"""Fetching an address outside: no proxies, no cookies, at most three redirects, so much and no longer.

Who does not take the call, or does not begin to answer, in `guard.SILENCE` seconds is silent.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import lru_cache
from time import monotonic
from urllib.parse import urljoin

import certifi
import httpcore

from bosun import __version__
from bosun.lib import clock
from bosun.platform.outbound import guard
from bosun.platform.outbound.guard import Resolver, Target, Unreachable

SECONDS = 15.0
MOST_BYTES = 1_000_000
MOST_REDIRECTS = 3
LONGEST_WAIT = 24 * 3600
MOVED, SAME_AGAIN = (301, 302, 303), (307, 308)
AGENT = f"Bosun/{__version__}"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\t\x20-\x7e]{0,4000}")
_OURS = frozenset(
    (
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "accept-encoding",
        "expect",
        "upgrade",
        "te",
        "trailer",
        "keep-alive",
    )
)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    """True when there was more than is taken."""

    @property
    def text(self) -> str:
        """The body in words, as far as it is text."""
        encoded = self.headers.get("content-encoding", "identity").lower() != "identity"
        said = "" if encoded else self.body.decode("utf-8", "replace")
        return "".join(char if char.isprintable() or char == "\n" else " " for char in said)


def header_fault(name: str, value: str) -> bool:
    """True for what cannot be a header of one's own: line breaks, other letters, or one that is Bosun's to set."""
    return (
        not _NAME.fullmatch(name)
        or not _VALUE.fullmatch(value)
        or name.lower() in _OURS
        or name.lower().startswith("proxy-")
    )


def fetch(
    url: str,
    method: str = "GET",
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    private: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    most: int = MOST_BYTES,
    resolver: Resolver = guard.system_resolver,
) -> Answer:
    """The answer of an address; Unreachable where there is none, whatever the reason.

    `private` are headers that never go to another host than the first. What is posted follows only the redirects that
    ask for the same again, and never to another host.
    """
    if any(header_fault(*pair) for pair in (*(headers or {}).items(), *(private or {}).items())):
        raise Unreachable
    until = monotonic() + seconds
    first = at = guard.target(url)
    for _turn in range(MOST_REDIRECTS + 1):
        own = private if at.origin == first.origin else None
        answer = _once(at, method, body, {**(headers or {}), **(own or {})}, until, most, resolver)
        following = _following(at, method, answer)
        if following is None:
            return answer
        at = following
    raise Unreachable


def _following(at: Target, method: str, answer: Answer) -> Target | None:
    """Where an answer sends us; None where it is the answer itself."""
    where = answer.headers.get("location", "")
    reads = method in ("GET", "HEAD")
    if not where or not (answer.status in SAME_AGAIN or (reads and answer.status in MOVED)):
        return None
    found = guard.target(urljoin(at.url, where))
    if (at.scheme == "https" and found.scheme == "http") or (not reads and found.origin != at.origin):
        raise Unreachable
    return found


def _once(
    at: Target, method: str, body: bytes, headers: Mapping[str, str], until: float, most: int, resolver: Resolver
) -> Answer:
    sent = {"Host": at.authority, "User-Agent": AGENT, "Accept-Encoding": "identity", "Connection": "close", **headers}
    if body or method not in ("GET", "HEAD"):
        sent["Content-Length"] = str(len(body))
    request = httpcore.Request(method, at.url, headers=list(sent.items()), content=body or None)
    try:
        with httpcore.ConnectionPool(
            ssl_context=_trusted(), network_backend=guard.Checked(until, resolver), max_connections=1
        ) as pool:
            answer = pool.handle_request(request)
            try:
                return _read(answer, most)
            finally:
                answer.close()
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, ssl.SSLError, OSError):
        raise Unreachable from None


def _read(answer: httpcore.Response, most: int) -> Answer:
    told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
    held = bytearray()
    for part in answer.iter_stream():
        held += part
        if len(held) > most:
            return Answer(answer.status, told, bytes(held[:most]), cut=True)
    return Answer(answer.status, told, bytes(held))


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The authorities of the machine, as its owner has set them, and those that browsers trust."""
    found = ssl.create_default_context()
    found.load_verify_locations(certifi.where())
    return found


def asked_to_wait(answer: Answer | None) -> int:
    """Seconds that the other side asks for in Retry-After, a day at most."""
    said = (answer.headers.get("retry-after", "") if answer else "").strip()
    if said.isascii() and said.isdigit() and len(said) < 10:
        return min(int(said), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(said)
        seconds = (at - clock.now()).total_seconds() if at.tzinfo else 0
    except (ValueError, TypeError, OverflowError):
        return 0
    return min(max(0, int(seconds)), LONGEST_WAIT)
